"""The style of a space's documents: a logo read with care, a colour that can be read."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from maillage.lib.colours import contrast, read_colour, readable_on
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, SpaceStyle, User
from maillage.people.services import give_right
from maillage.people.style import (
    ACCENT,
    NIGHT,
    PAPER,
    ColourRefused,
    LogoRefused,
    check_accent,
    clean_logo,
    contrast_words,
    house_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return Space.objects.create(slug="essai", name="Essai", host="Centre d'essai")


@pytest.fixture
def staff(client, space):
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé")
    give_right(user=user, space=space, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    return client


def image(size=(1200, 300), form="PNG", mode="RGBA", **more) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 20, 60, 128)[: len(mode)]).save(out, form, **more)
    return out.getvalue()


def sent(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


def test_colours_are_compared_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert (read_colour(" #AbC "), read_colour("0c5a63"), read_colour("rouge")) == ("#aabbcc", "#0c5a63", None)
    assert contrast_words(4.499) == "4,4"  # never rounded up to what it does not reach


@pytest.mark.parametrize("colour", ["#ffff00", "#00ff00", "#ff0000", "#ffffff", "#12ab34", "#000000"])
def test_the_nearest_colour_that_is_proposed_is_read(colour):
    assert contrast(readable_on(colour, PAPER), PAPER) >= 4.5
    assert contrast(readable_on(colour, NIGHT), NIGHT) >= 4.5


def test_a_colour_too_pale_is_refused_with_its_contrast_and_a_near_one():
    with pytest.raises(ColourRefused, match="contraste est de 1,0, il en faut 4,5") as refusal:
        check_accent("#ffff00")
    near = refusal.value.sentence.rsplit(" ", 1)[1].rstrip(".")
    assert check_accent(near) == near
    with pytest.raises(ColourRefused, match=r"«\srouge\s» n’est pas une couleur"):
        check_accent("rouge")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<?xml version="1.0"?><svg xmlns="x"/>', "SVG ne sont pas acceptées"),
        (b"\n\n<SVG onload='x'/>", "SVG ne sont pas acceptées"),
        (b"GIF89a" + b"\0" * 100, "n’est pas une image PNG"),
        (b"%PDF-1.7", "n’est pas une image PNG"),
        (b"", "n’est pas une image PNG"),
        (image((30, 30)), "trop petite"),
        (image((1000, 50)), "trop étirée"),
        (image((6000, 6000), mode="1"), "trop grande"),
        (image()[:400], "abîmée|n’est pas une image"),
        (b"x" * 2_000_001, "plus de 2 Mo"),
    ],
)
def test_a_bad_logo_is_refused_in_words(content, words):
    with pytest.raises(LogoRefused, match=words):
        clean_logo(content)


def test_a_logo_is_made_anew_smaller_and_holds_nothing_hidden():
    said = PngInfo()
    said.add_text("Comment", "SECRET")
    content, width, height = clean_logo(image(pnginfo=said) + b"SECRET")
    assert b"SECRET" not in content
    assert (width, height) == (800, 200)
    with Image.open(io.BytesIO(content)) as made:
        assert (made.format, made.mode, made.size, made.info) == ("PNG", "RGB", (800, 200), {})


def test_an_organiser_changes_both_and_the_documents_have_them(staff, space):
    answer = staff.post("/apparence/essai/", {"accent": "#7A1F5C", "logo": sent(image())})
    assert answer.status_code == 302
    house = house_of(space)
    assert (house.accent, house.logo_width, house.logo_height) == ("#7a1f5c", 800, 200)
    assert house.logo.startswith(b"\x89PNG")
    assert house_of(space, plain=True).accent == ACCENT
    page = staff.get("/apparence/essai/").content.decode()
    assert "#7a1f5c" in page
    assert "Logo de Centre d’essai" in page
    assert ' style="' not in page

    staff.post("/apparence/essai/", {"accent": "#123456"})  # without a file the logo stays
    assert house_of(space).logo
    staff.post("/apparence/essai/logo/retrait/")
    assert (house_of(space).logo, house_of(space).accent) == (b"", "#123456")
    staff.post("/apparence/essai/", {"accent": ACCENT})
    assert SpaceStyle.objects.get().accent == ""  # the house's own is not kept as a choice


def test_what_is_refused_is_said_and_changes_nothing(staff, space):
    answer = staff.post("/apparence/essai/", {"accent": "#ffff00", "logo": sent(b"<svg/>", "logo.svg")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "trop claire" in page
    assert "SVG ne sont pas acceptées" in page
    assert not SpaceStyle.objects.exists()


def test_the_style_is_the_organisers_alone(client, space):
    assert client.get("/apparence/essai/").status_code == 302
    for role, status in ((SpaceRole.FACILITATOR, 403), (None, 404)):
        user = User.objects.create_user(f"{role}@exemple.invalid")
        if role:
            give_right(user=user, space=space, role=role, by="essai")
        client.force_login(user)
        assert client.get("/apparence/essai/").status_code == status
        assert client.post("/apparence/essai/", {"accent": "#000000"}).status_code == status
        assert client.post("/apparence/essai/logo/retrait/").status_code == status
    assert not SpaceStyle.objects.exists()
