"""One door: what the bytes are, whatever the file's name says."""

import io
import zipfile

from maillage.lib.spreadsheets.table import MAX_BYTES, Table, UnreadableTable
from maillage.lib.spreadsheets.text import read_text

_SAVE_AS = (
    "Ouvrez-le dans votre tableur, choisissez « Enregistrer sous » puis « Classeur Excel (.xlsx) » ou « CSV UTF-8 », "
    "et envoyez le nouveau fichier."
)
_EXPORT = "Envoyez le tableau lui-même, au format .xlsx ou .csv."

# First bytes -> (reason, what it is, what to do)
_OTHERS: tuple[tuple[bytes, str, str, str], ...] = (
    (b"%PDF-", "pdf", "un document PDF", _EXPORT),
    (b"\x89PNG", "image", "une image", _EXPORT),
    (b"\xff\xd8\xff", "image", "une image", _EXPORT),
    (b"GIF8", "image", "une image", _EXPORT),
    (b"RIFF", "image", "une image ou un son", _EXPORT),
    (b"II*\x00", "image", "une image", _EXPORT),
    (b"MM\x00*", "image", "une image", _EXPORT),
    (b"{\\rtf", "document", "un document de traitement de texte", _EXPORT),
    (b"\x1f\x8b", "archive", "une archive compressée", "Décompressez-la, puis envoyez le tableau qu'elle contient."),
    (b"Rar!", "archive", "une archive compressée", "Décompressez-la, puis envoyez le tableau qu'elle contient."),
    (b"7z\xbc\xaf", "archive", "une archive compressée", "Décompressez-la, puis envoyez le tableau qu'elle contient."),
)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<script", b"<meta")


def read_table(data: bytes, filename: str) -> Table:
    """Read a CSV or an XLSX. Whatever is wrong with it, `UnreadableTable` is raised and nothing else.

    `filename` serves the sentences only: the content decides.
    """
    name = f"«\u202f{_short(filename)}\u202f»" if filename.strip() else "Ce fichier"
    if len(data) > MAX_BYTES:
        raise UnreadableTable(
            "too_big",
            f"{name} pèse {len(data) / 1_000_000:.0f} Mo : la limite est de {MAX_BYTES // 1_000_000} Mo. Supprimez les "
            "images et les feuilles qui ne servent pas, ou coupez-le en plusieurs fichiers.",
        )
    if not data.strip(b"\x00\t\r\n "):
        raise UnreadableTable(
            "empty", f"{name} est vide. Vérifiez que c'est le bon fichier, puis envoyez-le à nouveau."
        )
    head = data[:1024].lstrip(b"\xef\xbb\xbf\t\r\n ")
    if data.startswith(b"PK"):
        return _read_zip(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unreadable_ole(data, name)
    for signature, reason, what, advice in _OTHERS:
        if head.startswith(signature):
            raise UnreadableTable(reason, f"{name} est {what}, pas un tableau. {advice}")
    if head.lower().startswith(_HTML):
        raise UnreadableTable(
            "html",
            f"{name} est une page web, pas un tableau : c'est souvent une page de connexion enregistrée à la place de "
            f"l'export, ou un faux fichier Excel. {_SAVE_AS}",
        )
    if head.startswith(b"<?xml"):
        raise UnreadableTable("xml", f"{name} est un fichier XML. {_SAVE_AS}")
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
            f"{name} porte un nom de classeur Excel, mais ce n'en est pas un : son contenu ne se lit ni comme un "
            f"classeur, ni comme du texte. Retrouvez le fichier d'origine. {_SAVE_AS}",
        ) from error


def _short(filename: str) -> str:
    name = "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    return name if len(name) <= 60 else name[:40] + "…" + name[-15:]


def _read_zip(data: bytes, name: str) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in members else b""
    # What zipfile raises on a damaged, truncated or encrypted archive, or an unknown compression.
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError, EOFError, LookupError) as error:
        raise UnreadableTable(
            "damaged", f"{name} est abîmé : il a peut-être été coupé pendant l'envoi. Envoyez-le à nouveau."
        ) from error
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise UnreadableTable("ods", f"{name} est un classeur OpenDocument (.ods). {_SAVE_AS}")
    if "xl/workbook.xml" in members:
        from maillage.lib.spreadsheets.workbook import read_workbook  # openpyxl, for those who send a workbook

        return read_workbook(data, name)
    if "xl/workbook.bin" in members:
        raise UnreadableTable("xlsb", f"{name} est un classeur Excel binaire (.xlsb). {_SAVE_AS}")
    if kind or any(member.startswith(("word/", "ppt/")) for member in members):
        raise UnreadableTable("document", f"{name} est un document, pas un tableau. {_EXPORT}")
    raise UnreadableTable(
        "archive",
        f"{name} est une archive compressée ou un classeur abîmé. Décompressez-la, puis envoyez le tableau qu'elle "
        "contient.",
    )


def _unreadable_ole(data: bytes, name: str) -> UnreadableTable:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableTable(
            "protected", f"{name} est protégé par un mot de passe. Retirez la protection, puis envoyez-le à nouveau."
        )
    return UnreadableTable("legacy_xls", f"{name} est dans un ancien format d'Office (.xls, .doc). {_SAVE_AS}")
