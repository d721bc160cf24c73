"""A public archive that somebody gives us: opened with care, checked whole, before a row of it is believed."""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from maillage.archives.contents import ALL, BY_NAME, ArchiveList
from maillage.archives.package import FORMAT, PACKAGE, files_of, kinds_of, names, schema_name
from maillage.lib.tableschema import BadCell, UnreadableSheet, is_broken, read_record, read_sheet

MOST_ZIP = 50_000_000  # bytes, as it is given
MOST_FILE = 100_000_000  # bytes of one file in it, unfolded
MOST_UNFOLDED = 200_000_000  # bytes of all of them
CHUNK = 1_000_000  # bytes
MOST_SAID = 20  # doubts

Rows = list[tuple[str, Mapping[str, Any]]]


class ArchiveRefused(Exception):
    """Nothing was taken."""

    def __init__(self, *doubts: str) -> None:
        said = list(doubts[:MOST_SAID])
        if len(doubts) > MOST_SAID:
            said.append(_("et {n} autres points.").format(n=len(doubts) - MOST_SAID))
        self.sentence = "\n".join([_("Rien n’a été repris de cette archive."), *said])
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Opened:
    """Files whose every byte is what the package says, and rows whose every cell is what its column says."""

    files: Mapping[str, bytes]
    rows: Mapping[str, Rows]  # list → (where, cells)


def open_archive(content: bytes) -> Opened:
    if len(content) > MOST_ZIP:
        raise ArchiveRefused(_("Elle dépasse {most} Mo.").format(most=MOST_ZIP // 1_000_000))
    files = _unfold(content)
    _check_package(files)
    there = [asked for asked in ALL if _holds(files, asked)]
    for asked in there:
        _check_schema(asked, files[schema_name(asked)])
    doubts: list[str] = []
    rows: dict[str, Rows] = {asked.name: [] for asked in ALL}
    rows |= {asked.name: _read(asked, files[f"{asked.name}.csv"], doubts) for asked in there}
    if doubts:
        raise ArchiveRefused(*doubts)
    return Opened(files, rows)


def _holds(files: Container[str], asked: ArchiveList) -> bool:
    """An archive written before this list was does without it."""
    return not asked.later or f"{asked.name}.csv" in files or schema_name(asked) in files


def _unfold(content: bytes) -> dict[str, bytes]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise ArchiveRefused(_("Ce n’est pas un fichier zip, ou il n’est pas entier.")) from None
    with archive:
        infos = archive.infolist()
        _check_names(infos)
        if sum(info.file_size for info in infos) > MOST_UNFOLDED:
            raise ArchiveRefused(_too_big())
        files: dict[str, bytes] = {}
        left = MOST_UNFOLDED
        for info in infos:
            files[info.filename] = _read_file(archive, info, min(left, MOST_FILE))
            left -= len(files[info.filename])
    return files


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    known, seen = set(names()), set()
    for info in infos:
        name = info.filename
        shown = name[:80].encode("unicode_escape", "replace").decode() if not name.isprintable() else name[:80]
        if name.startswith(("/", "\\")) or "\\" in name or ".." in name.split("/") or ":" in name:
            raise ArchiveRefused(_("« {name} » désigne un endroit hors de l’archive.").format(name=shown))
        if name not in known:
            raise ArchiveRefused(
                _("« {name} » n’est pas un fichier d’une archive de Maillage ({format}).").format(
                    name=shown, format=_("version {n}").format(n=FORMAT)
                )
            )
        if name in seen:
            raise ArchiveRefused(_("« {name} » y est deux fois.").format(name=shown))
        if info.flag_bits & 0x1:
            raise ArchiveRefused(_("« {name} » est protégé par un mot de passe.").format(name=shown))
        seen.add(name)
    if PACKAGE not in seen:
        raise ArchiveRefused(_("Il y manque « {name} » : ce n’est pas une archive de Maillage.").format(name=PACKAGE))
    unknown_then = {name for asked in ALL if not _holds(seen, asked) for name in files_of(asked)}
    missing = [name for name in names() if name not in seen and name not in unknown_then]
    if missing:
        raise ArchiveRefused(*(_("Il y manque « {name} ».").format(name=name) for name in missing))


def _too_big() -> str:
    return _("Dépliée, elle dépasserait {most} Mo.").format(most=MOST_UNFOLDED // 1_000_000)


def _read_file(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """What a zip says of its sizes is not believed: reading stops where it must."""
    parts, total = [], 0
    try:
        with archive.open(info) as file:
            while part := file.read(CHUNK):
                total += len(part)
                if total > most:
                    raise ArchiveRefused(_too_big())
                parts.append(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise ArchiveRefused(_("« {name} » est abîmé.").format(name=info.filename)) from None
    return b"".join(parts)


def _check_package(files: Mapping[str, bytes]) -> None:
    said = _json(PACKAGE, files[PACKAGE])
    format_ = said.get("maillage", {}).get("archive") if isinstance(said.get("maillage"), dict) else None
    if not isinstance(format_, int) or isinstance(format_, bool) or format_ < 1:
        raise ArchiveRefused(_("« {name} » ne dit pas que c’est une archive de Maillage.").format(name=PACKAGE))
    if format_ != FORMAT:
        raise ArchiveRefused(
            _(
                "Elle est d’une autre version du format ({theirs}) que celle que ce serveur lit ({ours}) : "
                "mettez Maillage à jour."
            ).format(theirs=format_, ours=FORMAT)
        )
    resources = said.get("resources")
    told = {
        each["path"]: each.get("hash")
        for each in (resources if isinstance(resources, list) else [])
        if isinstance(each, dict) and isinstance(each.get("path"), str)
    }
    doubts = []
    for asked in ALL:
        for kind in kinds_of(asked) if _holds(files, asked) else ():
            name = f"{asked.name}.{kind}"
            if told.get(name) != f"sha256:{hashlib.sha256(files[name]).hexdigest()}":
                doubts.append(
                    _("« {name} » n’est pas celui que décrit « {package} » : il a été changé.").format(
                        name=name, package=PACKAGE
                    )
                )
    if doubts:
        raise ArchiveRefused(*doubts)


def _json(name: str, content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ArchiveRefused(_("« {name} » n’est pas du JSON.").format(name=name))
    if is_broken(said):
        raise ArchiveRefused(
            _("« {name} » contient un demi-caractère, qu’aucun texte ne peut garder.").format(name=name)
        )
    return said


def _check_schema(asked: ArchiveList, content: bytes) -> None:
    """Its columns and their kinds; words may have been written better since."""
    said = _json(schema_name(asked), content)
    fields = said.get("fields")
    told = [
        (each.get("name"), each.get("type"))
        for each in (fields if isinstance(fields, list) else [])
        if isinstance(each, dict)
    ]
    if not asked.columns.are_of(told, lambda column: (column.name, column.kind)):
        raise ArchiveRefused(
            _("« {name} » : ces colonnes ne sont pas celles que ce serveur connaît pour « {title} ».").format(
                name=schema_name(asked), title=asked.title
            )
        )


def _read(asked: ArchiveList, content: bytes, doubts: list[str]) -> Rows:
    file = f"{asked.name}.csv"
    try:
        sheet = read_sheet(content)
    except UnreadableSheet as bad:
        doubts.append(f"{file} : {bad.sentence}.")
        return []
    if not asked.columns.are_of(sheet.headers, lambda column: column.name):
        doubts.append(_("{file} : ses colonnes ne sont pas celles de son schéma.").format(file=file))
        return []
    rows: Rows = []
    for place, given in sheet.records:
        try:
            rows.append((f"{file}, {place}", read_record(asked.columns, given, text=sheet.text)))
        except BadCell as bad_cell:
            doubts.append(f"{file}, {place} : {bad_cell.sentence}.")
    return rows


def features_of(files: Mapping[str, bytes], name: str, known: set[str]) -> bytes:
    """The GeoJSON of a list without the rows that are known here; b"" when none is left."""
    said = _json(f"{name}.geojson", files[f"{name}.geojson"])
    key = BY_NAME[name].columns.key[0]
    features = said.get("features")
    kept = [
        each
        for each in (features if isinstance(features, list) else [])
        if isinstance(each, dict)
        and isinstance(each.get("properties"), dict)
        and str(each["properties"].get(key)) not in known
    ]
    return json.dumps(said | {"features": kept}, ensure_ascii=False).encode() if kept else b""
