"""The style of a space's documents: its name, its logo, one colour. Read by whoever sets a document."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, UnidentifiedImageError

from maillage.lib.colours import READABLE, contrast, read_colour, readable_on
from maillage.lib.pictures import BAD_BYTES
from maillage.lib.typography import typo
from maillage.office.services import record_activity
from maillage.people.models import Space, SpaceStyle

ACCENT = "#0c5a63"  # the house's own: ui/css/base.css
PAPER, NIGHT = "#ffffff", "#1a2c30"  # what it is read on: paper, and the palest of a dark screen (base.css, --wash)
FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 2_000_000
LEAST_SIDE = 40  # pixels
LONGEST_SIDE = 800  # kept: a logo is 30 mm wide on paper, that is 680 dots an inch
MOST_PIXELS = 25_000_000  # 100 MB once unfolded
MOST_OBLONG = 8  # times wider than tall, or the contrary


class LogoRefused(Exception):
    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class ColourRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class House:
    """What the four writers use. Without a style of its own, a space has the house's."""

    name: str
    host: str = ""
    accent: str = ACCENT
    logo: bytes = b""  # a PNG of ours
    logo_width: int = 0
    logo_height: int = 0

    @property
    def logo_alt(self) -> str:
        return typo(_("Logo de {name}").format(name=self.host or self.name))

    @property
    def accent_at_night(self) -> str:
        return readable_on(self.accent, NIGHT)

    @property
    def logo_address(self) -> str:
        return f"data:image/png;base64,{base64.b64encode(self.logo).decode()}" if self.logo else ""

    def as_data(self) -> dict[str, Any]:
        """For typst, which reads bytes as a list of numbers."""
        return {
            "name": self.name,
            "host": self.host,
            "accent": self.accent,
            "logo": list(self.logo),
            "logo_alt": self.logo_alt if self.logo else "",
            "logo_ratio": self.logo_height / self.logo_width if self.logo_width else 0,
        }


def house_of(space: Space, *, plain: bool = False) -> House:
    """`plain`: without the space's own colour and logo."""
    name, host = typo(space.name), typo(space.host)
    style = None if plain else SpaceStyle.objects.filter(space=space).first()
    if style is None:
        return House(name, host)
    return House(name, host, style.accent or ACCENT, bytes(style.logo or b""), style.logo_width, style.logo_height)


def check_accent(text: str) -> str:
    """A colour dark enough to be read on paper; else a ColourRefused that proposes the nearest one."""
    if not text.strip():
        return ""
    colour = read_colour(text)
    if colour is None:
        raise ColourRefused(
            _("« {text} » n’est pas une couleur. Écrivez-la avec six chiffres ou lettres, comme #0c5a63.").format(
                text=text.strip()[:20]
            )
        )
    seen = contrast(colour, PAPER)
    if seen < READABLE:
        raise ColourRefused(
            _(
                "{colour} est trop claire : sur du papier, son contraste est de {seen}, il en faut 4,5 pour être lue. "
                "La plus proche qui convienne : {near}."
            ).format(colour=colour, seen=contrast_words(seen), near=readable_on(colour, PAPER))
        )
    return colour


def contrast_words(ratio: float) -> str:
    """« 7,4 »; never rounded up to what it does not reach."""
    tenths = int(ratio * 10)
    return f"{tenths // 10},{tenths % 10}"


def clean_logo(content: bytes) -> tuple[bytes, int, int]:
    """A PNG made anew, its width and height: whatever else the file held stays behind."""
    if len(content) > MOST_BYTES:
        raise LogoRefused(gettext_lazy("Ce fichier pèse plus de 2 Mo. Envoyez une image plus petite."))
    if content.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<!doc") or b"<svg" in content[:1000].lower():
        raise LogoRefused(
            gettext_lazy(
                "Les images SVG ne sont pas acceptées : elles peuvent contenir un programme. "
                "Exportez le logo en PNG, de 800 pixels de large, et envoyez ce fichier."
            )
        )
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (UnidentifiedImageError, *BAD_BYTES):
        raise LogoRefused(
            gettext_lazy("Ce fichier n’est pas une image PNG, JPEG ou WebP. Enregistrez le logo en PNG.")
        ) from None
    with image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise LogoRefused(gettext_lazy("Cette image est trop grande. Réduisez-la à 800 pixels de large."))
        if min(width, height) < LEAST_SIDE:
            raise LogoRefused(
                gettext_lazy("Cette image est trop petite pour être imprimée : il faut au moins 40 pixels de côté.")
            )
        if max(width, height) > MOST_OBLONG * min(width, height):
            raise LogoRefused(gettext_lazy("Cette image est trop étirée : huit fois plus longue que large, au plus."))
        try:
            made = image.convert("RGBA")
            made.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        except BAD_BYTES:
            raise LogoRefused(
                gettext_lazy("Cette image est abîmée, ou n’est arrivée qu’en partie. Envoyez-la de nouveau.")
            ) from None
        # On white, not transparent: PDF/A-2a takes both, a page read at night does not.
        flat = Image.new("RGB", made.size, "white")
        flat.paste(made, mask=made.getchannel("A"))
    out = BytesIO()
    flat.save(out, "PNG", optimize=True)
    return out.getvalue(), *flat.size


@transaction.atomic
def change_style(*, space: Space, accent: str, logo: tuple[bytes, int, int] | None, by: str) -> SpaceStyle:
    """`accent` as `check_accent` gives it; `logo` None leaves the one there is."""
    style, _made = SpaceStyle.objects.select_for_update().get_or_create(space=space)
    style.accent = accent
    if logo is not None:
        style.logo, style.logo_width, style.logo_height = logo
    style.save()
    record_activity(space=space.slug, by=by, verb="a changé le style des documents", about_id=space.pk)
    return style


@transaction.atomic
def remove_logo(*, space: Space, by: str) -> None:
    SpaceStyle.objects.filter(space=space).update(logo=None, logo_width=0, logo_height=0)
    record_activity(space=space.slug, by=by, verb="a retiré le logo des documents", about_id=space.pk)
