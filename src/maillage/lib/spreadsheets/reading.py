"""One door: what the bytes are, whatever the file's name says."""

import io
import zipfile
import zlib

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from maillage.lib.spreadsheets.table import MAX_BYTES, Table, UnreadableTable
from maillage.lib.spreadsheets.text import read_text

_SAVE_AS = _l(
    "Ouvrez-le dans votre tableur, choisissez « Enregistrer sous » puis « Classeur Excel (.xlsx) » ou « CSV UTF-8 », "
    "et envoyez le nouveau fichier."
)
_EXPORT = _l("Envoyez le tableau lui-même, au format .xlsx ou .csv.")

_UNPACK = _l("Décompressez-la, puis envoyez le tableau qu'elle contient.")

# First bytes -> (reason, what it is, what to do)
_OTHERS: tuple[tuple[bytes, str, Promise, Promise], ...] = (
    (b"%PDF-", "pdf", _l("un document PDF"), _EXPORT),
    (b"\x89PNG", "image", _l("une image"), _EXPORT),
    (b"\xff\xd8\xff", "image", _l("une image"), _EXPORT),
    (b"GIF8", "image", _l("une image"), _EXPORT),
    (b"RIFF", "image", _l("une image ou un son"), _EXPORT),
    (b"II*\x00", "image", _l("une image"), _EXPORT),
    (b"MM\x00*", "image", _l("une image"), _EXPORT),
    (b"{\\rtf", "document", _l("un document de traitement de texte"), _EXPORT),
    (b"\x1f\x8b", "archive", _l("une archive compressée"), _UNPACK),
    (b"Rar!", "archive", _l("une archive compressée"), _UNPACK),
    (b"7z\xbc\xaf", "archive", _l("une archive compressée"), _UNPACK),
)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<script", b"<meta")


def read_table(data: bytes, filename: str) -> Table:
    """Read a CSV or an XLSX. Whatever is wrong with it, `UnreadableTable` is raised and nothing else.

    `filename` serves the sentences only: the content decides.
    """
    name = f"«\u202f{short_name(filename)}\u202f»" if filename.strip() else "Ce fichier"
    if len(data) > MAX_BYTES:
        raise UnreadableTable(
            "too_big",
            _(
                "{name} pèse {count:.0f} Mo : la limite est de {most} Mo. Supprimez les images et les feuilles "
                "qui ne servent pas, ou coupez-le en plusieurs fichiers."
            ).format(name=name, count=len(data) / 1000000, most=MAX_BYTES // 1000000),
        )
    if not data.strip(b"\x00\t\r\n "):
        raise UnreadableTable(
            "empty",
            _("{name} est vide. Vérifiez que c'est le bon fichier, puis envoyez-le à nouveau.").format(name=name),
        )
    head = data[:1024].lstrip(b"\xef\xbb\xbf\t\r\n ")
    if data.startswith(b"PK"):
        return _read_zip(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable_ole(data, name)
    for signature, reason, what, advice in _OTHERS:
        if head.startswith(signature):
            raise UnreadableTable(
                reason, _("{name} est {what}, pas un tableau. {advice}").format(name=name, what=what, advice=advice)
            )
    if head.lower().startswith(_HTML):
        raise UnreadableTable(
            "html",
            _(
                "{name} est une page web, pas un tableau : c'est souvent une page de connexion enregistrée à la "
                "place de l'export, ou un faux fichier Excel. {advice}"
            ).format(name=name, advice=_SAVE_AS),
        )
    if head.startswith(b"<?xml"):
        raise UnreadableTable("xml", _("{name} est un fichier XML. {advice}").format(name=name, advice=_SAVE_AS))
    if not filename.lower().endswith(_WORKBOOKS):
        return read_text(data, name)
    # Some exports are a CSV under a workbook's name: read as what it is. Anything else is no text either, and where its
    # first unreadable character stands would teach nobody anything.
    try:
        if any(byte < 32 and byte not in b"\t\n\r\f" for byte in data):
            raise UnreadableTable("binary", "")
        return read_text(data, name)
    except UnreadableTable as error:
        if error.reason not in ("binary", "encoding"):
            raise
        raise UnreadableTable(
            "not_workbook",
            _(
                "{name} porte un nom de classeur Excel, mais ce n'en est pas un : son contenu ne se lit ni "
                "comme un classeur, ni comme du texte. Retrouvez le fichier d'origine. {advice}"
            ).format(name=name, advice=_SAVE_AS),
        ) from error


def short_name(filename: str) -> str:
    """As it may be shown and kept: no path, no sign that turns the letters round or hides them, not endless."""
    name = "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    return name if len(name) <= 60 else name[:40] + "…" + name[-15:]


def _read_zip(data: bytes, name: str) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            kind = b""
            if "mimetype" in members:
                with archive.open("mimetype") as said:
                    kind = said.read(80)  # and no more: ten kilobytes may unfold into gigabytes
    # What zipfile raises on a damaged, truncated or encrypted archive, or an unknown compression.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError, EOFError, LookupError) as error:
        raise UnreadableTable(
            "damaged",
            _("{name} est abîmé : il a peut-être été coupé pendant l'envoi. Envoyez-le à nouveau.").format(name=name),
        ) from error
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise UnreadableTable(
            "ods", _("{name} est un classeur OpenDocument (.ods). {advice}").format(name=name, advice=_SAVE_AS)
        )
    if "xl/workbook.xml" in members:
        from maillage.lib.spreadsheets.workbook import read_workbook  # openpyxl, for those who send a workbook

        return read_workbook(data, name)
    if "xl/workbook.bin" in members:
        raise UnreadableTable(
            "xlsb", _("{name} est un classeur Excel binaire (.xlsb). {advice}").format(name=name, advice=_SAVE_AS)
        )
    if kind or any(member.startswith(("word/", "ppt/")) for member in members):
        raise UnreadableTable(
            "document", _("{name} est un document, pas un tableau. {export}").format(name=name, export=_EXPORT)
        )
    raise UnreadableTable(
        "archive",
        _(
            "{name} est une archive compressée ou un classeur abîmé. Décompressez-la, puis envoyez le "
            "tableau qu'elle contient."
        ).format(name=name),
    )


def _unreadable_ole(data: bytes, name: str) -> UnreadableTable:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableTable(
            "protected",
            _("{name} est protégé par un mot de passe. Retirez la protection, puis envoyez-le à nouveau.").format(
                name=name
            ),
        )
    return UnreadableTable(
        "legacy_xls",
        _("{name} est dans un ancien format d'Office (.xls, .doc). {advice}").format(name=name, advice=_SAVE_AS),
    )
