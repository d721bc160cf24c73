"""What people send as files or type in cells, and the function that reads it. Each takes bytes and must not raise: a refusal
is the reader's own, and says so in a sentence. The same functions serve chance (test_files) and a fuzzer that watches the
code (guided)."""

import hashlib
import io
import os
import uuid
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from PIL import Image

from facilitation import MethodError, load_method
from facilitation.forms import forms
from maillage.archives.opening import ArchiveRefused, open_archive
from maillage.config.environment import (
    BadSetting,
    read_choice,
    read_email,
    read_flag,
    read_folder,
    read_list,
    read_number,
)
from maillage.contracts.cells import read_cell
from maillage.contracts.facts import FIELDS as CONTRACT
from maillage.gatherings.files import read_assumptions, read_gatherings_file
from maillage.gatherings.reading import FileRefused
from maillage.lib.codes import normalise_code
from maillage.lib.colours import read_colour
from maillage.lib.pictures import PictureRefused, clean_picture
from maillage.lib.siret import is_siret, normalise_siret
from maillage.lib.spreadsheets import UnreadableTable, read_table, write_xlsx
from maillage.lib.tableschema import UnreadableSheet, read_sheet
from maillage.live import seats
from maillage.live.requests import BadRequest, _from_form, _from_json
from maillage.registrations import needs, values
from maillage.territories.reading import read_files
from maillage.trips import sealing
from tests.fuzz.saying import check_sentence

DATA = Path(__file__).resolve().parents[2] / "src" / "maillage"
ZONE = ZoneInfo("Europe/Paris")
PHRASE = "kavu-deme-tiru-baje-nuva-tede"


@dataclass(frozen=True)
class Target:
    name: str
    play: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[bytes] = ()


# --- what the phone sends ---


def play_payload(data: bytes) -> None:
    for read in (_from_json, _from_form):
        with suppress(BadRequest):
            move = read(data)
            assert 1 <= len(move.key) <= 64
            str(move.payload).encode()


def payload_seeds() -> list[bytes]:
    return [
        b'{"key": "k1", "kind": "write", "payload": {"kind": "idea", "text": "Une id\xc3\xa9e", "stage": "seul"}}',
        b'{"key": "k2", "kind": "answer", "payload": {"value": ["1", 3, true, null, 1.5]}}',
        b"key=k3&kind=mark&card=c4&mark=vote&on=1&on=0&text=%C3%A9",
        b'{"key": "\\u00e9", "kind": "fill", "payload": {"field": "pas", "value": "\\ud83d\\ude00"}}',
    ]


# --- cells ---


def play_cell(data: bytes) -> None:
    """A cell is a person's, or a contract's: the digest of its bytes says which readers have it."""
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"s" else "replace")
    cleaned = values.clean(text)
    assert "\0" not in cleaned
    (_name_cell, _said_cell, _contract_cell)[zlib.crc32(data) % 3](cleaned)
    if zlib.crc32(data) % 16 == 0 or len(cleaned) > 1_000:  # compared with each category's words: dear
        values.read_category(cleaned)


def _name_cell(text: str) -> None:
    for read in (
        values.split_name,
        values.organisation_key,
        values.phone_key,
        values.read_yes,
        normalise_code,
        read_colour,
    ):
        read(text)
    _email, doubt = values.read_email(text)
    if doubt:
        check_sentence(doubt, whole=False)
    is_siret(normalise_siret(text))


def _said_cell(text: str) -> None:
    values.read_moment(text, ZONE)
    for read in (needs.read_needs, needs.read_interpreter, needs.read_children, needs.read_meal, needs.says_no_number):
        read(text)


def _contract_cell(text: str) -> None:
    for name in CONTRACT:
        try:
            read_cell(name, text)
        except ValueError as refusal:
            check_sentence(refusal)


def cell_seeds() -> list[bytes]:
    said = [
        "Amel Müller", "amel@exemple.fr", "06 11 22 33 44", "+33 6 11 22 33 44", "12/03/2025 08:30", "2025-03-12T08:30:00Z",
        "Oui", "non merci", "Fauteuil roulant, LSF et 2 enfants", "garde pour 3 enfants de 2 à 10 ans", "végétarien sans arachide",
        "Conseil citoyen", "KAVU 72", "#a1b2c3", "732 829 320 00074", "Maire, Zoé Petit, signataire", "https://exemple.fr Contrat",
        "mars 2024", "45363,354", "1 enfant", "trois enfants",
    ]  # fmt: skip
    return [text.encode() for text in said]


# --- files ---


def play_table(data: bytes) -> None:
    try:
        table = read_table(data, "liste.xlsx")
    except UnreadableTable as refusal:
        check_sentence(refusal.sentence)
    else:
        assert all(len(row) == len(table.headers) for row in table.rows)
    try:
        read_sheet(data)
    except UnreadableSheet as refusal:
        check_sentence(refusal.sentence, whole=False)


def table_seeds() -> list[bytes]:
    lines = (DATA / "gatherings/data/inscriptions-jr-2025.csv").read_bytes().split(b"\n")
    rows = [("Amel", "Müller", "=1"), ("Zoé", "Petit", "")]
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content/>")
    return [
        b"\n".join(lines[:6]),
        "Prénom;Nom;Courriel\nZoé;Petit;z@x.fr\n".encode("cp1252"),
        'Prénom,Nom\n"Zoé\nAnne",\'=1\n'.encode(),
        "a\tb\n1\t2\n".encode("utf-16"),
        write_xlsx(["Prénom", "Nom", "Sujet"], rows, "Liste"),
        b'[{"id": "1", "nom": "x"}, {"id": "2"}]',
        ods.getvalue(),
        b"%PDF-1.7",
    ]


def play_territories(data: bytes) -> None:
    for doubt in read_files([("territoires.geojson", data)]).doubts:
        check_sentence(doubt.sentence, whole=False)


def territory_seeds() -> list[bytes]:
    square = '{"type": "Polygon", "coordinates": [[[6, 48], [7, 48], [7, 49], [6, 48]]]}'
    feature = '{"type": "Feature", "geometry": %s, "properties": %s}'
    qpv = '{"code_qp": "QN01003M", "lib_qp": "Les Tilleuls", "insee_com": "10081", "siren_epci": "200069250"}'
    epci = '{"siren_epci": "200069250", "nom": "CA Troyes", "communes": ["10081"], "population": 12}'
    found = [
        ('{"type": "FeatureCollection", "features": [%s]}' % (feature % (square, row))).encode() for row in (qpv, epci)
    ]
    for name in ("communes.csv", "programmes_anct.csv", "sources.csv"):
        found.append(b"\n".join((DATA / "territories/data" / name).read_bytes().split(b"\n")[:5]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("epci.geojson", found[1])
    return [*found, packed.getvalue()]


def play_programme(data: bytes) -> None:
    for read in (read_gatherings_file, read_assumptions):
        try:
            read(data, filename="programme.toml")
        except FileRefused as refusal:
            assert refusal.problems
            for problem in refusal.problems:
                check_sentence(problem.sentence)


def programme_seeds() -> list[bytes]:
    folder = DATA / "gatherings/data"
    whole = (folder / "journees-grand-est.toml").read_bytes()
    parts = whole.split(b"\n[[gatherings]]")
    return [parts[0] + b"\n[[gatherings]]" + part for part in parts[1:3]] + [
        (folder / "assumptions-jr-2025.toml").read_bytes()
    ]


def play_method(data: bytes) -> None:
    try:
        method = load_method(data.decode("utf-8", "replace"), name="essai.toml")
    except MethodError as refusal:
        assert refusal.problems
        for problem in refusal.problems:
            check_sentence(problem.sentence)
    else:
        for role in method.roles:
            forms(method, role)


def method_seeds() -> list[bytes]:
    library = files("facilitation") / "library"
    return [
        entry.read_bytes()
        for entry in sorted(library.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]


def play_archive(data: bytes) -> None:
    try:
        open_archive(data)
    except ArchiveRefused as refusal:
        check_sentence(refusal.sentence)


def packed(content: dict[str, bytes], **how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return out.getvalue()


def archive_seeds() -> list[bytes]:
    """Without a base to write a real one from (test_imports has that): what a door sees first."""
    package = b'{"name": "rencontre", "maillage": {"format": 1}, "resources": [{"name": "x", "path": "rencontre.csv"}]}'
    whole = {"datapackage.json": package, "rencontre.csv": b"id;titre\r\n1;Jour\r\n", "LISEZMOI.txt": b"..."}
    return [packed(whole), packed(whole, compression=zipfile.ZIP_STORED), packed({"../x": b"1"} | whole)]


@contextmanager
def cheap_keys():
    """A passphrase is made slow to try on purpose; here it is no matter."""
    kept = sealing._derive

    def quick(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
        made = hashlib.sha512(passphrase.encode() + salt).digest()
        return made[:32], hashlib.sha256(made[32:]).digest()[: sealing.CHECK]

    sealing._derive = quick
    try:
        yield
    finally:
        sealing._derive = kept


def sealed(lines: bytes, magic: bytes) -> bytes:
    """These bytes, whatever they are, under a seal that is right: who has the passphrase may write anything."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        writer = sealing.Writer(path, PHRASE, magic=magic)
        writer._waiting += writer._press.compress(lines)
        writer.flush()
        writer.finish()
        return path.read_bytes()


def play_sealed(data: bytes) -> None:
    """First as the file itself, then as what a right seal holds."""
    from maillage.archives.backup import verify_backup
    from maillage.archives.complete import CompleteRefused

    with cheap_keys():
        for content in (data, sealed(data, sealing.BACKUP)):
            try:
                verify_backup(file=io.BytesIO(content), passphrase=PHRASE)
            except (sealing.FileRefused, CompleteRefused) as refusal:
                check_sentence(refusal.sentence)


def sealed_seeds() -> list[bytes]:
    one = uuid.UUID(int=1)
    head = f'{{"backup": 1, "at": "2026-11-29T10:00:00+00:00", "heads": {{"{one}": 2}}, "version": "0.1", "spaces": ["x"], "migrations": {{}}}}'
    moves = f'{{"table": "live.move", "columns": ["id", "session_id"], "rows": [[1, "{one}"], [2, "{one}"]]}}'
    lines = "\n".join([head, moves, '{"key": "a", "content": "AAAA"}', '{"end": 2}', ""]).encode()
    with cheap_keys():
        return [lines, lines, sealed(lines, sealing.BACKUP)]


def play_picture(data: bytes) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow tells its developers what it passes over in a picture's EXIF
            made = clean_picture(data)
    except PictureRefused as refusal:
        check_sentence(refusal.sentence)
    else:
        assert made.content.startswith(b"\xff\xd8\xff")


def picture_seeds() -> list[bytes]:
    found = []
    for form, mode in (
        ("JPEG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "I;16"),
        ("GIF", "P"),
    ):
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.new(mode, (24, 16), 1).save(out, form, exif=exif)
        found.append(out.getvalue())
    return [*found, b"\0\0\0\x18ftypheic\0\0\0\0"]


# --- what an operator sets, what a browser keeps ---


def play_setting(data: bytes) -> None:
    text = data.replace(b"\0", b"").decode("utf-8", "surrogateescape")
    os.environ["MAILLAGE_ESSAI"] = text
    reads: list[Callable[[], object]] = [
        lambda: read_flag("MAILLAGE_ESSAI"),
        lambda: read_number("MAILLAGE_ESSAI", 1, least=1, most=65_535),
        lambda: read_email("MAILLAGE_ESSAI"),
        lambda: read_choice("MAILLAGE_ESSAI", "texte", ("texte", "json")),
        lambda: read_list("MAILLAGE_ESSAI"),
        lambda: read_folder("MAILLAGE_ESSAI", Path("/")),
    ]
    for read in reads:
        try:
            read()
        except BadSetting as refusal:
            assert "MAILLAGE_ESSAI" in refusal.sentence
            check_sentence(refusal.sentence.encode("utf-8", "replace").decode())
        finally:
            pass


def setting_seeds() -> list[bytes]:
    return [b"oui", b"587", b"equipe@exemple.fr", b"json", b"a.fr, b.fr", b"/tmp/data", b"~/x", b"65535"]


def play_ticket(data: bytes) -> None:
    """Signed words of a browser or a link, changed by whoever holds them: they open nothing."""
    text = data.decode("latin-1")
    session = uuid.UUID(int=7)
    for which in ("", "a", "p", "c", text[:3]):
        name = f"siege-{session.hex[-12:]}" + (f"-{which}" if which else "")
        found = seats.read_ticket({name: text}, session, which)
        assert found is None or text in tickets()
    assert seats.read_projection_token(text) is None or text in tickets()


@cache
def tickets() -> tuple[str, ...]:
    seat = seats.Seat(id=uuid.UUID(int=9), session_id=uuid.UUID(int=7), kind="participant", generation=1)
    return seats.make_ticket(seat), seats.make_projection_token(uuid.UUID(int=7))


def ticket_seeds() -> list[bytes]:
    return [text.encode() for text in tickets()]


TOML = (
    b"[",
    b"]",
    b"[[",
    b"]]",
    b'"""',
    b"= true\n",
    b"= [1, 2]\n",
    b'= { a = "b" }\n',
    b"= 1e999\n",
    b"= 2025-01-01\n",
    b"minutes = -1\n",
)
METHOD = (
    *TOML,
    b'activity = "poll"\n',
    b'next = "end"\n',
    b"repeat = 9999\n",
    b'first = "x"\n',
    b"group = 2\n",
    b'sees = "all"\n',
)
JSON = (b"null", b"1e999", b"[[[[[[[[", b"{}", b'"\\ud800"', b'"type"', b"NaN", b"-0", b'"coordinates"', b"9" * 30)
SHEET = (b";", b'"', b'""', b"\r\n", b"\n;", b"\t", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"<row r='9999999'>")

TARGETS = {
    target.name: target
    for target in (
        Target("payloads", play_payload, payload_seeds, (b'"key"', b"\\u0000", b"&", b"=", *JSON)),
        Target("cells", play_cell, cell_seeds),
        Target("methods", play_method, method_seeds, METHOD),
        Target("tables", play_table, table_seeds, SHEET),
        Target("territories", play_territories, territory_seeds, JSON),
        Target("programmes", play_programme, programme_seeds, TOML),
        Target("archives", play_archive, archive_seeds, (b"PK\x01\x02", b"PK\x05\x06", b"PK\x03\x04")),
        Target("sealed", play_sealed, sealed_seeds, JSON),
        Target(
            "pictures", play_picture, picture_seeds, (b"\xff\xd8", b"\xff\xe1", b"Exif\0\0", b"IHDR", b"IDAT", b"IEND")
        ),
        Target("settings", play_setting, setting_seeds),
        Target("tickets", play_ticket, ticket_seeds, (b":", b"1", b"\xb2")),
    )
}
