"""What people send as files, and the function that reads it. Each `play_…` takes bytes and must not raise: a refusal is the
reader's own, and says so in a sentence. It answers whether the bytes went past the first check of what reads them. The same
functions serve chance (test_files) and a fuzzer that watches the code (guided)."""

import hashlib
import io
import json
import re
import uuid
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from facilitation import MethodError, load_method
from facilitation.forms import forms
from maillage.archives.contents import ALL
from maillage.archives.opening import ArchiveRefused, open_archive
from maillage.archives.package import FORMAT, kinds_of, schema_bytes, schema_name
from maillage.gatherings.files import read_assumptions, read_gatherings_file
from maillage.gatherings.reading import FileRefused
from maillage.lib.pictures import PictureRefused, clean_picture
from maillage.lib.spreadsheets import UnreadableTable, read_table, write_xlsx
from maillage.lib.tableschema import Column, UnreadableSheet, read_sheet
from maillage.territories.reading import read_files
from maillage.trips import sealing
from tests.fuzz.saying import check_sentence
from tests.fuzz.shaping import retell

DATA = Path(__file__).resolve().parents[2] / "src" / "maillage"
PHRASE = "kavu-deme-tiru-baje-nuva-tede"


def play_table(data: bytes) -> bool:
    read = False
    try:
        table = read_table(data, "liste.xlsx")
    except UnreadableTable as refusal:
        check_sentence(refusal.sentence)
    else:
        assert all(len(row) == len(table.headers) for row in table.rows)
        read = True
    try:
        read_sheet(data)
    except UnreadableSheet as refusal:
        check_sentence(refusal.sentence, whole=False)
        return read
    return True


def table_seeds() -> list[bytes]:
    lines = (DATA / "gatherings/data/inscriptions-jr-2025.csv").read_bytes().split(b"\n")
    rows = [("Amel", "Müller", "=1"), ("Zoé", "Petit", "")]
    ods = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office:document-content/>"}
    filled = [("2025-10-02", "12", "a" * 300), ("", "\u00e9", "")] * 4
    return [
        b"\n".join(lines[:6]),
        "Prénom;Nom;Courriel\nZoé;Petit;z@x.fr\n".encode("cp1252"),
        'Prénom,Nom\n"Zoé\nAnne",\'=1\n'.encode(),
        "a\tb\n1\t2\n".encode("utf-16"),
        write_xlsx(["Prénom", "Nom", "Sujet"], rows, "Liste"),
        b'[{"id": "1", "nom": "x"}, {"id": "2"}]',
        write_xlsx(["Prénom", "Nom", "Sujet"], filled, "Autre"),
        packed(ods),
    ]


def play_territories(data: bytes) -> bool:
    read = read_files([("territoires.geojson", data)])
    for doubt in read.doubts:
        check_sentence(doubt.sentence, whole=False)
    # a doubt that has its place is of a row: the file was read
    return bool(read.territories or read.landmarks or read.sources or any(doubt.place for doubt in read.doubts))


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


def play_programme(data: bytes) -> bool:
    passed = True
    for read in (read_gatherings_file, read_assumptions):
        try:
            read(data, filename="programme.toml")
        except FileRefused as refusal:
            assert refusal.problems
            for problem in refusal.problems:
                check_sentence(problem.sentence)
            passed = refusal.problems[0].key != ""  # else it is no TOML
    return passed


def programme_seeds() -> list[bytes]:
    folder = DATA / "gatherings/data"
    whole = (folder / "journees-grand-est.toml").read_bytes()
    parts = whole.split(b"\n[[gatherings]]")
    return [parts[0] + b"\n[[gatherings]]" + part for part in parts[1:3]] + [
        (folder / "assumptions-jr-2025.toml").read_bytes()
    ]


def play_method(data: bytes) -> bool:
    try:
        method = load_method(data.decode("utf-8", "replace"), name="essai.toml")
    except MethodError as refusal:
        assert refusal.problems
        for problem in refusal.problems:
            check_sentence(problem.sentence)
        return refusal.problems[0].key != ""  # else it is no TOML
    for role in method.roles:
        forms(method, role)
    return True


def method_seeds() -> list[bytes]:
    library = files("facilitation") / "library"
    return [
        entry.read_bytes()
        for entry in sorted(library.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]


def play_archive(data: bytes) -> bool:
    try:
        open_archive(data)
    except ArchiveRefused as refusal:
        check_sentence(refusal.sentence)
        # « ateliers.csv, ligne 2 : … », « ses colonnes ne sont pas… »: the zip, its names and sums were right
        return "colonnes" in refusal.sentence or "ligne" in refusal.sentence or ".csv :" in refusal.sentence
    return True


def packed(content: dict[str, bytes], **how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return out.getvalue()


def _cell(column: Column) -> str:
    if column.choices is not None:
        return str(column.choices.labels[0])
    if column.pattern:
        return next((each for each in PATTERNED if re.fullmatch(column.pattern, each)), "x")
    return CELLS.get(column.kind, "un mot")


CELLS = {
    "integer": "3", "number": "1.5", "boolean": "true", "date": "2025-10-02", "time": "08:30:00", "year": "2025",
    "datetime": "2025-10-02T08:30:00Z", "array": "[]", "object": "{}",
}  # fmt: skip
PATTERNED = [str(uuid.UUID(int=1)), "10081", "200069250", "QN01003M", "44", "10", "un-mot", "1"]


@cache
def archive_seeds() -> list[bytes]:
    """Each list with its columns and two rows, without a base to write a real one from (test_imports has that)."""
    content = {"README.md": b"# Jour"}
    for asked in ALL:
        rows = [[column.name for column in asked.columns], *[[_cell(column) for column in asked.columns]] * 2]
        text = "".join(";".join(row) + "\r\n" for row in rows)
        content |= {f"{asked.name}.{kind}": b"[]" for kind in kinds_of(asked)}
        content |= {f"{asked.name}.csv": text.encode("utf-8-sig"), schema_name(asked): schema_bytes(asked)}
    resources = [{"name": asked.name, "path": f"{asked.name}.{kind}"} for asked in ALL for kind in kinds_of(asked)]
    content["datapackage.json"] = json.dumps({"maillage": {"archive": FORMAT}, "resources": resources}).encode()
    retell(content)
    return [packed(content), packed(content, compression=zipfile.ZIP_STORED)]


MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a seal ends on a disk, which is no matter here


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


def sealed(lines: bytes, magic: bytes, *, pressed: bool = True) -> bytes:
    """These bytes, whatever they are, under a seal that is right: who has the passphrase may write anything."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "x"
        writer = sealing.Writer(path, PHRASE, magic=magic)
        writer._waiting += writer._press.compress(lines) if pressed else lines
        writer.flush()
        writer.finish()
        return path.read_bytes()


def play_sealed(data: bytes) -> bool:
    """First as the file itself, then as what a right seal holds, pressed or not."""
    from maillage.archives.backup import verify_backup
    from maillage.archives.complete import CompleteRefused

    right = data.startswith(sealing.BACKUP)
    passed = False
    with cheap_keys():
        for content in (data,) if right else (data, sealed(data, sealing.BACKUP, pressed=zlib.crc32(data) % 16 > 0)):
            try:
                verify_backup(file=io.BytesIO(content), passphrase=PHRASE)
                passed = True
            except (sealing.FileRefused, CompleteRefused) as refusal:
                check_sentence(refusal.sentence)
                passed = passed or isinstance(refusal, CompleteRefused)
    return passed or _has_head(data)


def _has_head(data: bytes) -> bool:
    """Its first line is one of ours: the lines after it were read."""
    try:
        head = json.loads(data.partition(b"\n")[0])
        return isinstance(head["backup"], int) and isinstance(head["heads"], dict) and isinstance(head["at"], str)
    except (ValueError, LookupError, TypeError, RecursionError):
        return False


def sealed_seeds() -> list[bytes]:
    one = uuid.UUID(int=1)
    head = f'{{"backup": 1, "at": "2026-11-29T10:00:00+00:00", "heads": {{"{one}": 2}}, "version": "0.1", "spaces": ["x"], "migrations": {{}}}}'
    moves = f'{{"table": "live.move", "columns": ["id", "session_id"], "rows": [[1, "{one}"], [2, "{one}"]]}}'
    lines = "\n".join([head, moves, '{"key": "a", "content": "AAAA"}', '{"end": 2}', ""]).encode()
    with cheap_keys():
        return [lines, lines, lines, sealed(lines, sealing.BACKUP)]


def play_picture(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow tells its developers what it passes over in a picture's EXIF
            made = clean_picture(data)
    except PictureRefused as refusal:
        check_sentence(refusal.sentence)
        return "abîmée" in str(refusal.sentence)  # it was opened
    assert made.content.startswith(b"\xff\xd8\xff")
    return True


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
    return [*found[:-1] * 3, found[-1], b"\0\0\0\x18ftypheic\0\0\0\0"]  # the last two are not read here
