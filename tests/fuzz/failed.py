"""Inputs that once broke a reader, by target: played first, for ever."""

import io
import zipfile


def _workbook_whose_kind_is_damaged() -> bytes:
    """What says that it is an OpenDocument cannot be unfolded: zlib raises, which is no error of a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet" * 4)
        archive.writestr("content.xml", b"<x/>")
    data = bytearray(out.getvalue())
    place = data.index(b"mimetype") + len("mimetype")
    data[place : place + 4] = b"\xff\xff\xff\xff"
    return bytes(data)


def _zip_of_a_file_without_a_name() -> bytes:
    """The directory of a zip may name nothing: ZipInfo.is_dir looks at the last letter of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"{}")
    return out.getvalue().replace(b"a{}", b"\0{}").replace(b"aPK\x05", b"\0PK\x05")


FAILED: dict[str, list[bytes]] = {
    "settings": [b"~+x", b"~nobody/x", b"9" * 5_000, b"/" + b"x" * 5_000],
    "cells": [b"x" * 5_000, "v\u00e9g\u0629t".encode() + b"9" * 5_000],  # seconds, for one cell of a file
    "sealed": [
        b'{"backup": 1, "at": "2026-11-29T10:00:00+00:00", "heads": {}, "spaces": ["x"]}\n{"end": 0}\n',
        b'{"backup": 1, "at": "2026-11-29T10:00:00+00:00", "heads": [], "version": "1", "spaces": []}\n{"end": 0}\n',
        b'{"backup": ' + b"[" * 100_000,
        b"f8",  # under a right seal, and not pressed: its digest says so
    ],
    "territories": [
        b'{"type": "FeatureCollection", "features": [{"\\ud800": false}]}',
        _zip_of_a_file_without_a_name(),
    ],
    "tables": [_workbook_whose_kind_is_damaged()],
    "provider": [b"[" * 100_000, b'{"given": {"state": "\\ud800"}, "claims": {}, "userinfo": {}, "token": {}}'],
    "pictures": [  # a PNG that names a palette and has none
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x18\0\0\0\x10\x01\x03\0\0\x006\xea-\xd6\0\0\0\0IEND\xaeB`\x82\0\0\0\x03PLTE\0\0\0\xa7z=\xda"
        b"\0\0\0\x10IDATx\x9cc\xfc\xcf\xc0\xc0\xc4@>\x06\0C\x01\x01\x1f\x9c)\xe3\xe5\0\0\0\0IEND\xaeB`\x82",
    ],
}
