"""Each door that takes a file: what is not what it says it is goes no further, whatever its name; nothing is served."""

import io
import re
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maillage.config.rights import addresses
from maillage.lib.spreadsheets import UnreadableTable, read_table, short_name
from tests.rights.walking import LEADING, Walk, name_of, path_of

FILE = re.compile(r'<input[^>]*type="file"[^>]*>')
FIELD = re.compile(r'name="([^"]+)"')
# A door that is not here fails: what it takes is looked at first, by its bytes, then written here.
TABLES = {"people:import-organisations", "registrations:import", "contracts:import", "plans:import"}
PICTURES = {"people:style", "live:photos", "change:observe"}
OTHERS = {"methods:import", "change:observations"}  # and trips:arrive, shown while a day is away: tests/trips


def png_of(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def zip_of(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(name, content)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
HOSTILE = {
    "image.png": SVG,
    "liste.csv": HTML,
    "logo.jpg": b"GIF89a/*" + HTML,
    "photo\u202egpj.exe": b"MZ\x90\x00" + bytes(200),
    "../../../etc/passwd": b"\x7fELF" + bytes(200),
    "macro.xlsm": zip_of("word/vbaProject.bin", b"x"),
    "bombe.xlsx": zip_of("mimetype", bytes(2_000_000)),
    "bombe.png": png_of(60_000, 60_000),
    "x" * 300 + ".csv": b"%PDF-1.7 " + HTML,
}


@pytest.fixture
def doors(walk: Walk) -> dict[str, tuple[str, str, str]]:
    """name → who, where, the field: read on the pages themselves."""
    found = {}
    for address in addresses():
        assert address.needs is not None
        if address.needs.get.value.account or address.needs.get.name in ("SEAT", "LEADING_SEAT", "LINK"):
            who = LEADING if "SEAT" in address.needs.get.name else "organiser"
            path = path_of(address, walk.here.of(address))
            verdict, body, _status = walk.ask(who, address, walk.here.of(address), "get")
            field = FILE.search(body.decode("utf-8", "replace")) if verdict == "opened" else None
            if field:
                found[name_of(address)] = (who, path, FIELD.search(field[0])[1])
    return found


def test_every_door_is_known_and_refuses_what_is_not_what_it_says(walk: Walk, doors):
    assert doors.keys() == TABLES | PICTURES | OTHERS, sorted(doors)
    for name, (who, path, field) in doors.items():
        for shown, content in HOSTILE.items():
            sent = SimpleUploadedFile(shown, content, content_type="image/png")
            page = walk.clients[who].post(path, {field: sent})
            assert 400 <= page.status_code < 500 or page.status_code == 302, (name, shown, page.status_code)
            said = page.content.decode("utf-8", "replace")
            assert "<script>alert" not in said, (name, shown)
            assert "\u202e" not in said, (name, shown)


def test_a_zip_that_unfolds_into_gigabytes_is_not_unfolded_to_see_what_it_is():
    bomb = zip_of("mimetype", bytes(80_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableTable):
            read_table(bomb, "bombe.ods")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_name_that_is_kept_turns_no_letter_round_and_leads_nowhere():
    assert short_name("../../etc/photo\u202egpj.exe") == "photogpj.exe"
    assert short_name("C:\\dossier\\liste\x00.csv") == "liste.csv"
    assert len(short_name("x" * 500 + ".csv")) <= 60
