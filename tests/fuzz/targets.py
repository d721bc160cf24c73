"""Each door, what is sent to it, and the words its readers know: a door has a name, by which its inputs are counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fuzz.files import (
    archive_seeds,
    method_seeds,
    picture_seeds,
    play_archive,
    play_method,
    play_picture,
    play_programme,
    play_sealed,
    play_table,
    play_territories,
    programme_seeds,
    sealed_seeds,
    table_seeds,
    territory_seeds,
)
from tests.fuzz.words import (
    cell_seeds,
    header_seeds,
    payload_seeds,
    play_cell,
    play_header,
    play_payload,
    play_provider,
    play_setting,
    play_ticket,
    play_written,
    provider_seeds,
    setting_seeds,
    ticket_seeds,
    written_seeds,
)


@dataclass(frozen=True)
class Target:
    name: str
    play: Callable[[bytes], bool]  # whether the bytes went past the first check
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[bytes] = ()


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
        Target(
            "headers", play_header, header_seeds, (b"\n", b": ", b"; ", b",", b"=", b'"', b"q=", b"[::1]", b"http://[")
        ),
        Target("cells", play_cell, cell_seeds),
        Target("written", play_written, written_seeds, (b"\n", b"\r\n", b";", b"\\n", b"=", b"BEGIN:VEVENT")),
        Target("provider", play_provider, provider_seeds, JSON),
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
