"""« Ajouter une photo du tableau papier »: in by who leads, seen by its group, sealed, gone with the key."""

import re
import struct
import zlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import ExifTags, Image, ImageStat

from maillage.gatherings.models import Gathering
from maillage.gatherings.removal import losses_of
from maillage.lib import pictures
from maillage.lib.pictures import PictureRefused, clean_picture
from maillage.live import keys, runtime, seats, urls_of
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import BoardPhoto, Move, Seat, Session
from maillage.live.photos import MOST_PHOTOS
from maillage.live.rehearsal import wipe_rehearsal
from maillage.live.runtime import live
from maillage.live.services import close_session, erase_due, open_session
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)

CAPTION = "Trois colonnes : envies, freins, premiers pas. <b>Canari</b>"
CANARY = b"CanariDuTelephone"
RED, BLUE = (200, 30, 30), (30, 30, 200)


def board(fmt: str = "JPEG", size: tuple[int, int] = (120, 80), orientation: int = 1, **options: Any) -> bytes:
    """A board, red on the left and blue on the right, as a phone writes it: who made it, and where."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = CANARY.decode()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (48.0, 35.0, 1.0)
    place[ExifTags.GPS.GPSAreaInformation] = CANARY
    out = BytesIO()
    if fmt == "JPEG":
        options["comment"] = CANARY
    image.save(out, fmt, exif=exif, **options)
    assert CANARY in out.getvalue()
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@dataclass
class Hall:
    """A session of two tables that plays: who leads it, somebody at each table."""

    session: Session
    lead: Client
    one: Client
    two: Client

    def address(self, which: str = "") -> str:
        return f"/seance/{self.session.pk}/photos/" + (f"?siege={which}" if which else "")

    def add(self, client: Client | None = None, content: bytes | None = None, **typed: object) -> HttpResponse:
        client = client or self.lead
        which = "a" if client is self.lead else ""
        form: dict[str, object] = {"caption": CAPTION, "people_on_it": "non", **typed}
        if client is self.lead and "table" not in form:
            form["table"] = "1"
        content = board() if content is None else content
        if content:
            form["photo"] = SimpleUploadedFile("IMG_0001.JPG", content)
        return client.post(self.address(which), {name: value for name, value in form.items() if value is not None})

    def image(self, client: Client, photo: BoardPhoto | None = None, which: str = "") -> HttpResponse:
        photo = photo or BoardPhoto.objects.get()
        return client.get(f"/seance/{self.session.pk}/photos/{photo.pk}.jpg" + (f"?siege={which}" if which else ""))

    def lead_does(self, kind: str, **payload: object) -> None:
        seat = Seat.objects.get(session=self.session, kind=SeatKind.FACILITATOR)
        move = Submitted(self.session.pk, seat.pk, kind, payload, f"{kind}-{payload}")
        assert live().committer.submit(move).accepted


def make_hall(*, rehearsal: bool = False) -> Hall:
    tables = [{"id": 1, "name": "Table 1"}, {"id": 2, "name": "Table 2"}]
    session = open_session(workshop=make_workshop(), by="essai", tables=tables, rehearsal=rehearsal)
    lead = Client()
    lead.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})
    hall = Hall(session, lead, sit(session, "Amel", 1), sit(session, "Noé", 2))
    hall.lead_does("open")
    return hall


def sit(session: Session, name: str, table: int) -> Client:
    client = Client()
    answer = client.post(urls_of.join_url(session), {"name": name, "table": str(table), "key": name})
    assert answer.status_code == 303
    return client


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return make_hall()


def text_of(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.content.decode()))


# --- from the prompter to the group, and nobody else ------------------------------------------------------------------


def test_photo_joins_the_session_and_its_table_reads_it(hall) -> None:
    assert "Ajouter une photo du tableau papier" in text_of(hall.lead.get(f"/seance/{hall.session.pk}/?siege=a"))
    assert "/photos/" not in hall.one.get(f"/seance/{hall.session.pk}/").content.decode()

    answer = hall.add(people_on_it="oui", agreed="on")
    photo = BoardPhoto.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{hall.address('a')}#photo-{photo.pk}")
    assert (photo.table, photo.people_on_it) == (1, True)
    assert photo.seat == Seat.objects.get(kind=SeatKind.FACILITATOR).pk
    assert "Photos du tableau (1)" in text_of(hall.one.get(f"/seance/{hall.session.pk}/"))
    for client, which in ((hall.lead, "a"), (hall.one, "")):
        page = client.get(hall.address(which))
        assert "Trois colonnes : envies, freins, premiers pas. &lt;b&gt;Canari&lt;/b&gt;" in page.content.decode()
        assert "Table 1 · Chacun écrit" in text_of(page)
        assert "des personnes y sont, et sont d’accord" in text_of(page)
        assert f"/photos/{photo.pk}.jpg" in page.content.decode()
        image = hall.image(client, which=which)
        assert (image.status_code, image["Content-Type"]) == (200, "image/jpeg")
        assert Image.open(BytesIO(image.content)).size == (120, 80)
    assert "enctype" in hall.lead.get(hall.address("a")).content.decode()
    assert "enctype" not in hall.one.get(hall.address()).content.decode()  # who does not lead reads
    assert Move.objects.filter(kind="photo").count() == 0


def test_another_table_the_projector_the_control_room_and_strangers_see_nothing(hall) -> None:
    hall.add()
    screens = [Client(), Client()]
    screens[0].get(urls_of.projector_url(hall.session))
    organiser = User.objects.create_user("orga@exemple.invalid", "Orga")
    give_right(user=organiser, space=hall.session.gathering.space, role=SpaceRole.ORGANISER, by="essai")
    screens[1].force_login(organiser)
    screens[1].get(f"/regie/{hall.session.pk}/")
    for client, which in ((screens[0], "p"), (screens[1], "c"), (screens[0], ""), (screens[1], "")):
        assert client.get(f"/seance/{hall.session.pk}/?siege={which}").status_code == 200  # it has a seat here
        for answer in (client.get(hall.address(which)), hall.image(client, which=which)):
            assert answer.status_code == 403
            assert "cet écran ne les montre pas" in text_of(answer)
    assert "photo" not in text_of(screens[0].get(f"/seance/{hall.session.pk}/"))

    page = hall.two.get(hall.address())
    assert (page.status_code, "Trois colonnes" in text_of(page)) == (200, False)
    assert "Photos du tableau" not in text_of(hall.two.get(f"/seance/{hall.session.pk}/"))
    refused = hall.image(hall.two)
    assert refused.status_code == 404
    assert "parmi celles de votre groupe" in text_of(refused)
    removal = f"/seance/{hall.session.pk}/photos/{BoardPhoto.objects.get().pk}/retrait/"
    assert hall.two.get(removal).status_code == 404
    assert hall.two.post(removal).status_code == 404

    for answer in (Client().get(hall.address()), hall.image(Client())):
        assert answer.status_code == 403
        assert "Vous n’avez pas de place dans cette séance" in text_of(answer)
    seats.revoke_seat(seat=Seat.objects.filter(kind=SeatKind.PARTICIPANT).earliest("created_at"))
    assert hall.image(hall.one).status_code == 403
    assert BoardPhoto.objects.exists()


def test_photo_of_the_whole_room_is_for_all_its_people(hall) -> None:
    hall.add(table="salle")
    for client in (hall.one, hall.two):
        assert "Toute la salle" in text_of(client.get(hall.address()))
        assert hall.image(client).status_code == 200
        assert "Retirer" not in text_of(client.get(hall.address()))


def test_people_of_a_table_add_when_it_runs_itself_and_for_their_table_only(hall) -> None:
    refused = hall.add(hall.one)
    assert refused.status_code == 403
    assert "depuis l’écran de qui anime" in text_of(refused)
    hall.lead_does("own_clock", table=1, on=True)
    assert hall.add(hall.two).status_code == 403
    assert "Ajouter une photo" in text_of(hall.one.get(f"/seance/{hall.session.pk}/"))
    assert hall.add(hall.one, table="2").status_code == 303
    photo = BoardPhoto.objects.get()
    assert photo.table == 1  # their own, whatever the form says
    assert hall.image(hall.two).status_code == 404
    hall.lead_does("own_clock", table=1, on=False)
    assert hall.add(hall.one, key="later").status_code == 403
    assert hall.one.post(f"/seance/{hall.session.pk}/photos/{photo.pk}/retrait/").status_code == 303  # it is theirs
    assert not BoardPhoto.objects.exists()


def test_table_that_runs_itself_leaves_the_photos_of_the_room_and_of_others(hall) -> None:
    hall.lead_does("own_clock", table=1, on=True)
    for table, status in (("2", 404), ("salle", 403)):
        hall.add(table=table, key=table)
        photo = BoardPhoto.objects.get()
        assert hall.one.post(f"/seance/{hall.session.pk}/photos/{photo.pk}/retrait/").status_code == status
        assert BoardPhoto.objects.all().delete()[0] == 1  # it was still there
    hall.add(table="1", key="1")
    photo = BoardPhoto.objects.get()
    assert hall.one.post(f"/seance/{hall.session.pk}/photos/{photo.pk}/retrait/").status_code == 303
    assert not BoardPhoto.objects.exists()


def test_one_is_removed_after_a_question_and_twice_is_harmless(hall) -> None:
    hall.add()
    removal = f"/seance/{hall.session.pk}/photos/{BoardPhoto.objects.get().pk}/retrait/"
    assert hall.one.get(removal).status_code == 403
    assert hall.one.post(removal).status_code == 403
    assert removal in hall.lead.get(hall.address("a")).content.decode()
    page = hall.lead.get(f"{removal}?siege=a")
    assert "Retirer cette photo ?" in text_of(page)
    assert BoardPhoto.objects.exists()
    for _tap in range(2):
        assert hall.lead.post(f"{removal}?siege=a")["Location"] == hall.address("a")
    assert not BoardPhoto.objects.exists()


def test_image_is_kept_by_no_cache_and_read_as_nothing_else(hall) -> None:
    hall.add()
    answer = hall.image(hall.one)
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('inline; filename="tableau-papier-')
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "no-store" in hall.one.get(hall.address())["Cache-Control"]


def test_form_sent_twice_is_one_photo(hall) -> None:
    key = re.search(r'name="key" value="([^"]+)"', hall.lead.get(hall.address("a")).content.decode())[1]
    for _tap in range(2):
        assert hall.add(key=key).status_code == 303
    assert BoardPhoto.objects.count() == 1


def test_form_of_another_site_is_refused(hall) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = hall.lead.cookies
    form = {"photo": SimpleUploadedFile("x.jpg", board()), "caption": CAPTION, "people_on_it": "non", "table": "1"}
    assert browser.post(hall.address("a"), form).status_code == 403
    assert not BoardPhoto.objects.exists()


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "typed", "sentence"),
    [
        pytest.param(b"", {}, "Choisissez une photo, ou prenez-la.", id="no file"),
        pytest.param(b"PK\x03\x04" * 50, {}, "Ce fichier n’est pas une photo.", id="not an image"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, "Ce fichier n’est pas une photo.", id="svg"),
        pytest.param(board(size=(900, 700))[:5000], {}, "arrivée qu’en partie", id="truncated"),
        pytest.param(bomb(30_000, 30_000), {}, "Cette image est trop grande.", id="bomb"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(99), {}, "Réglages, Appareil photo, Formats", id="heic"),
        pytest.param(board(), {"people_on_it": None}, "Répondez par oui ou par non.", id="people not answered"),
        pytest.param(board(), {"people_on_it": "oui"}, "Demandez d’abord à ces personnes", id="people not asked"),
        pytest.param(board(), {"caption": " "}, "Écrivez ce qu’on lit sur le tableau.", id="no caption"),
        pytest.param(board(), {"caption": "x" * 1001}, "1000", id="long caption"),
        pytest.param(board(), {"table": ""}, "Dites de quelle table", id="no table"),
        pytest.param(board(), {"table": "99"}, "99", id="unknown table"),
    ],
)
def test_what_cannot_be_added_comes_back_with_its_reason(hall, content, typed, sentence) -> None:
    answer = hall.add(content=content, **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer).replace("\u202f", "").replace("\u00a0", " ")
    if typed.get("caption", CAPTION) == CAPTION:
        assert "Trois colonnes : envies" in answer.content.decode()  # what was typed is still there
    assert not BoardPhoto.objects.exists()


def test_fifty_megabytes_are_refused_and_not_kept(hall) -> None:
    answer = hall.add(content=b"\xff\xd8\xff" + bytes(50_000_000))
    assert answer.status_code == 422
    assert "Cette photo dépasse 10 Mo." in text_of(answer).replace("\u00a0", " ")
    assert "Trois colonnes" in answer.content.decode()


def test_a_session_has_twelve_photos_at_most(hall) -> None:
    for number in range(MOST_PHOTOS):
        assert hall.add(key=f"k{number}").status_code == 303
    answer = hall.add(key="one more")
    assert answer.status_code == 422
    assert "Cette séance a déjà ses 12 photos." in text_of(answer)
    assert BoardPhoto.objects.count() == MOST_PHOTOS
    page = hall.lead.get(hall.address("a"))
    assert ("enctype" in page.content.decode(), "retirez-en une" in text_of(page)) == (False, True)


# --- what the phone hides in a photo, and what the disk keeps ---------------------------------------------------------


def test_place_and_phone_are_in_neither_the_image_nor_the_database(hall, caplog) -> None:
    hall.add(content=board(size=(600, 400), quality=95))
    served = hall.image(hall.one).content
    image = Image.open(BytesIO(served))
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    photo = BoardPhoto.objects.get()
    key = keys.read_key(hall.session.pk)
    kept = keys.open_sealed(key, bytes(photo.image), context=f"{hall.session.pk}/photo/{photo.pk}/1/False/image")
    assert kept == served
    on_disk = disk()
    sealed = bytes(photo.image)  # it is there: the search can find, though a page of the file may cut it anywhere
    assert any(sealed[at : at + 64] in on_disk for at in (100, 300))
    for secret in (CANARY, b"Trois colonnes", b"JFIF", served[200:260], CAPTION.encode()):
        assert secret not in on_disk
    assert "Trois colonnes" not in caplog.text


def disk() -> bytes:
    """All bytes of the tables of photos and moves: the file and its journal, or what PostgreSQL's rows hold."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"])
        return b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM live_boardphoto")
        rows = cursor.fetchall()
    return b"".join(cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)


def test_row_moved_to_another_table_does_not_open(hall) -> None:
    hall.add()
    BoardPhoto.objects.update(table=2)
    answer = hall.image(hall.two)
    assert answer.status_code == 410
    assert "ne s’ouvre plus" in text_of(answer)


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "red"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_photo_stands_upright(fmt: str, orientation: int, red: str) -> None:
    picture = clean_picture(board(fmt, size=(160, 100), orientation=orientation))
    image = Image.open(BytesIO(picture.content))
    assert (picture.width, picture.height) == image.size == ((100, 160) if red in ("top", "bottom") else (160, 100))
    width, height = image.size
    halves = {
        "left": (0, 0, width // 3, height),
        "right": (2 * width // 3, 0, width, height),
        "top": (0, 0, width, height // 3),
        "bottom": (0, 2 * height // 3, width, height),
    }
    means = ImageStat.Stat(image.crop(halves[red])).mean
    assert means[0] > 150 > 100 > means[2]


def test_large_photo_is_made_smaller_and_transparency_is_paper() -> None:
    picture = clean_picture(board(size=(4000, 3000)))
    assert (picture.width, picture.height) == (2000, 1500)
    out = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(BytesIO(clean_picture(out.getvalue()).content)).getpixel((20, 20)) == (255, 255, 255)


def test_limit_of_points_is_of_the_format(monkeypatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", {"JPEG": 120 * 80, "PNG": 120 * 80 - 1})
    clean_picture(board())
    with pytest.raises(PictureRefused):
        clean_picture(board("PNG"))


# --- until when -------------------------------------------------------------------------------------------------------


def test_closed_session_still_takes_photos_from_who_leads_and_shows_them(hall) -> None:
    hall.lead_does("close")
    assert "Ajouter une photo" in text_of(hall.lead.get(f"/seance/{hall.session.pk}/?siege=a"))
    assert hall.add().status_code == 303
    assert hall.image(hall.one).status_code == 200
    close_session(session=hall.session, by="essai")
    assert hall.add(key="again").status_code == 303
    assert hall.add(hall.one).status_code == 403


def test_photos_go_with_the_key(hall) -> None:
    hall.add()
    photo = BoardPhoto.objects.get()
    assert "1 photo de tableau papier" in losses_of(Gathering.objects.get())
    Session.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    assert erase_due(now=timezone.now()) == 1
    assert not BoardPhoto.objects.exists()
    for answer in (hall.image(hall.one, photo), hall.lead.get(hall.address("a")), hall.add()):
        assert answer.status_code == 410
        assert "Cette séance a été effacée." in text_of(answer)
    assert not BoardPhoto.objects.exists()


def test_row_that_outlives_its_key_says_nothing(hall, monkeypatch) -> None:
    hall.add()
    keys.destroy_key(hall.session.pk)
    for answer in (hall.image(hall.lead, which="a"), hall.lead.get(hall.address("a"))):
        assert (answer.status_code, "Trois colonnes" in text_of(answer)) == (410, False)
    assert hall.add(key="new").status_code == 503
    monkeypatch.setattr(runtime, "_live", None)  # the server starts again
    assert hall.image(hall.one).status_code in (403, 404, 410)


def test_rehearsal_erases_its_photos(transactional_db) -> None:
    hall = make_hall(rehearsal=True)
    hall.add()
    assert BoardPhoto.objects.count() == 1
    assert wipe_rehearsal(gathering=hall.session.gathering, by="essai") == 1
    assert not BoardPhoto.objects.exists()


def test_unknown_session_and_photo_are_not_found(hall) -> None:
    nowhere = hall.session.gathering_id
    assert hall.lead.get(f"/seance/{nowhere}/photos/").status_code == 404
    assert hall.lead.get(f"/seance/{hall.session.pk}/photos/{nowhere}.jpg?siege=a").status_code == 404


def test_page_asks_as_much_of_the_database_with_one_photo_as_with_three(hall, django_assert_num_queries) -> None:
    hall.add(key="1")
    hall.one.get(hall.address())
    with django_assert_num_queries(3) as seen:
        hall.one.get(hall.address())
    assert all('"image"' not in query["sql"] for query in seen.captured_queries)
    hall.add(key="2")
    hall.add(key="3")
    hall.one.get(hall.address())
    with django_assert_num_queries(3):
        hall.one.get(hall.address())
