"""An official file becomes rows, whatever its publisher named the columns. Every doubt is said with its place.

Read: GeoJSON of ANCT (QPV) and of IGN ADMIN EXPRESS (régions, départements, EPCI, communes), the JSON lists of
@etalab/decoupage-administratif, CSV with a header, and a zip of those. What a row is, its official code tells.
Our own lists (published.py) are told by their columns, and read back exactly, sources and all.
"""

import csv
import io
import json
import math
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.tableschema import SEPARATOR, BadCell, is_broken
from maillage.territories.enums import LandmarkKind, Level
from maillage.territories.published import LEVELS, OwnRow, cited, own_list, read_own

MOST_BYTES = 100_000_000  # of one file: the QPV of all France are 20 MB, their EPCI 40
MOST_FILES = 20  # in one zip
QPV_CODE = re.compile(r"Q[NP][0-9A-Z]{3}\d{2,3}[A-Z]?")
SIREN = re.compile(r"\d{9}")
INSEE = re.compile(r"(\d{2}|2[AB])\d{3}")
DEPARTMENT = re.compile(r"\d{2}|2[AB]|9[78]\d")
_WORD = re.compile(r"\w+")

CODES = {
    Level.QPV: ("code_qp", "code_qpv", "codeqp", "code_quartier", "code"),
    Level.EPCI: ("siren", "code_siren", "siren_epci", "epci_siren", "code_epci", "code"),
    Level.COMMUNE: ("insee", "insee_com", "code_insee", "codgeo", "code_commune", "code"),
    Level.DEPARTMENT: ("insee_dep", "code_dept", "code_departement", "code_insee", "department", "code"),
    Level.REGION: ("insee_reg", "code_reg", "code_region", "code_insee", "region", "code"),
}
NAMES = ("name", "nom", "lib_qp", "nom_qp", "lib_epci", "nom_epci", "nom_officiel", "libelle", "lib_com", "lib")
LONG_NAMES = ("name_long", "nom_long")
OF_EPCI = ("epci_siren", "siren_epci", "code_epci", "epci")
OF_DEPARTMENT = ("department", "insee_dep", "departement", "code_departement", "code_dept", "dep")
OF_REGION = ("region", "insee_reg", "code_region", "code_reg", "reg")
OF_COMMUNES = ("communes", "insee_codes", "insee_com", "code_insee", "insee", "codgeo")
POPULATIONS = ("population", "population_2023", "population_2020", "populationtotale", "popmuniqpv", "pmun")
PROGRAMMES = {
    "cité éducative": LandmarkKind.CITE_EDUCATIVE,
    "cité de l'emploi": LandmarkKind.CITE_EMPLOI,
    "cité de l’emploi": LandmarkKind.CITE_EMPLOI,
}


@dataclass(frozen=True)
class Doubt:
    """What a file says that cannot be taken: nothing of any file is, until it is put right."""

    file: str
    place: str  # « ligne 3 », « élément 12 », or "" for the whole file
    sentence: str

    def __str__(self) -> str:
        return f"{', '.join(filter(None, (self.file, self.place)))} : {self.sentence}."


@dataclass(frozen=True)
class TerritoryRow:
    level: Level
    code: str
    name: str
    long_name: str = ""
    region: str = ""
    department: str = ""
    epci: str = ""
    epci_name: str = ""  # of a commune's EPCI, which its own list may not hold
    communes: tuple[str, ...] = ()  # Insee codes; of an EPCI its members, of a QPV those it lies in
    population: int | None = None
    area_ha: float | None = None
    lon: float | None = None
    lat: float | None = None
    successor: str = ""  # SIREN of the EPCI it merged into
    successor_name: str = ""
    merged_on: date | None = None
    geometry: Mapping[str, Any] | None = None
    file: str = ""
    place: str = ""
    vintage: int | None = None
    sources: Mapping[str, str] | None = None  # what its own file says of it: only ours do
    shape_source: str = ""


@dataclass(frozen=True)
class LandmarkRow:
    kind: LandmarkKind
    code: str
    name: str
    address: str
    communes: tuple[str, ...]
    epci: str
    qpv: str
    lon: float | None
    lat: float | None
    file: str = ""
    place: str = ""
    sources: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Cited:
    """A source that a row names, and where."""

    slug: str
    file: str
    place: str


@dataclass
class Reading:
    sources: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # slug → what our list of sources says of it
    cited: list[Cited] = field(default_factory=list)
    territories: list[TerritoryRow] = field(default_factory=list)
    landmarks: list[LandmarkRow] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def read_files(files: Sequence[tuple[str, bytes]]) -> Reading:
    """`files`: (name, content). Raises nothing: what cannot be read is among the doubts."""
    reading = Reading()
    for name, content in files:
        if content[:4] == b"PK\x03\x04":
            for inner in _unzipped(name, content, reading):
                _read_file(*inner, reading)
        else:
            _read_file(name, content, reading)
    if not (reading.territories or reading.landmarks or reading.sources or reading.doubts):
        reading.doubts.append(Doubt(", ".join(name for name, _content in files), "", _("aucun territoire")))
    return reading


def _unzipped(name: str, content: bytes, reading: Reading) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]  # is_dir needs a name
            wanted = [entry for entry in entries if entry.filename.lower().endswith((".json", ".geojson", ".csv"))]
            if not wanted:
                found = ", ".join(entry.filename for entry in entries[:3])
                reading.doubts.append(Doubt(name, "", _("ni GeoJSON, ni JSON, ni CSV dans ce zip (%s)") % found))
            if len(wanted) > MOST_FILES:
                reading.doubts.append(Doubt(name, "", _("plus de %d fichiers dans ce zip") % MOST_FILES))
                return
            left = MOST_BYTES
            for entry in wanted:
                with archive.open(entry) as opened:  # the size said by the zip may lie: what is read is counted
                    inner = opened.read(left + 1)
                left -= len(inner)
                if left < 0:
                    reading.doubts.append(_too_big(name))
                    return
                yield f"{name} › {entry.filename}", inner
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        reading.doubts.append(Doubt(name, "", _("ce zip ne s’ouvre pas : abîmé, ou protégé par un mot de passe")))


def _too_big(name: str) -> Doubt:
    return Doubt(
        name,
        "",
        _("plus de %d Mo : prenez le fichier d’une région, ou des contours simplifiés") % (MOST_BYTES // 1_000_000),
    )


def _read_file(name: str, content: bytes, reading: Reading) -> None:
    if len(content) > MOST_BYTES:
        reading.doubts.append(_too_big(name))
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = _("ce n’est pas du texte en UTF-8 (octet %d)") % (error.start + 1)
        reading.doubts.append(Doubt(name, "", sentence))
        return
    if text.lstrip()[:1] in ("{", "["):
        _read_json(name, text, reading)
    else:
        _read_csv(name, text, reading)


def _read_json(name: str, text: str, reading: Reading) -> None:
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = _("ligne %(line)d, colonne %(column)d") % {"line": error.lineno, "column": error.colno}
        reading.doubts.append(Doubt(name, place, _("ce n’est pas du JSON")))
        return
    except (ValueError, RecursionError):
        reading.doubts.append(Doubt(name, "", _("ce JSON contient un nombre impossible, ou trop de niveaux")))
        return
    if is_broken(content):
        reading.doubts.append(Doubt(name, "", _("un texte y contient un demi-caractère, qui ne peut pas être gardé")))
        return
    if isinstance(content, Mapping):
        crs = _crs(content)
        if crs:
            sentence = _("la projection est « %s » ; on attend WGS 84 (EPSG:4326) : à convertir avant l’import") % crs
            reading.doubts.append(Doubt(name, "", sentence))
            return
        content = content.get("features")
    if not isinstance(content, list) or not content:
        reading.doubts.append(Doubt(name, "", _("ni une FeatureCollection, ni une liste")))
        return
    for number, item in enumerate(content, 1):
        place = _("élément %d") % number
        if not isinstance(item, Mapping):
            reading.doubts.append(Doubt(name, place, _("ce n’est pas un territoire")))
            continue
        properties = item.get("properties") if "geometry" in item else item
        geometry = item.get("geometry")
        given = properties if isinstance(properties, Mapping) else {}
        _read_any(name, place, given, geometry, reading, text=False)


def _refuse_constant(word: str) -> float:
    raise ValueError(word)


def _crs(content: Mapping[str, Any]) -> str:
    """The projection a file declares, when it is not the one GeoJSON has by its norm (RFC 7946)."""
    crs = content.get("crs")
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    said = str(properties.get("name", "")) if isinstance(properties, Mapping) else ""
    return "" if not said or said.upper().endswith(("CRS84", ":4326", "WGS84", "::4171", ":4171")) else said


def _read_csv(name: str, text: str, reading: Reading) -> None:
    line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=line.count)
    ours = bool(own_list(line.strip("\r").split(SEPARATOR)))  # then a line break in a cell is told from the others
    rows = csv.DictReader(io.StringIO(text, newline="" if ours else "\n"), delimiter=delimiter)
    try:
        if len(rows.fieldnames or ()) < 2:
            reading.doubts.append(Doubt(name, "", _("ni JSON, ni un tableau CSV avec une ligne de titres")))
            return
        for row in rows:
            _read_any(name, _("ligne %d") % rows.line_num, row, None, reading, text=True)
    except csv.Error as error:
        reading.doubts.append(Doubt(name, _("ligne %d") % rows.line_num, _("CSV illisible : %s") % error))


def _read_any(
    name: str, place: str, given: Mapping[Any, Any], geometry: object, reading: Reading, *, text: bool
) -> None:
    ours = own_list(given) if "sources" in given or "identifiant" in given else ""
    if not ours:
        _read_row(name, place, given, geometry, reading)
        return
    try:
        _keep_own(read_own(ours, given, text=text), name, place, geometry, reading)
    except BadCell as bad:
        reading.doubts.append(Doubt(name, place, bad.sentence))


def _keep_own(own: OwnRow, name: str, place: str, geometry: object, reading: Reading) -> None:
    cells = own.cells
    if own.name == "sources":
        reading.sources[cells["identifiant"]] = cells
        return
    reading.cited += [Cited(slug, name, place) for slug in sorted(cited(own))]
    if own.name == "lieux":
        reading.landmarks.append(
            LandmarkRow(
                kind=LandmarkKind(cells["genre"]),
                code=cells["code"],
                name=cells["nom"],
                address=cells["adresse"],
                communes=tuple(cells["communes"]),
                epci=cells["siren_epci"],
                qpv=cells["qpv"],
                lon=cells["lon"],
                lat=cells["lat"],
                file=name,
                place=place,
                sources=own.sources,
            )
        )
        return
    reading.territories.append(
        TerritoryRow(
            level=LEVELS[own.name],
            code=cells.get("code") or cells.get("siren") or cells["insee"],
            name=cells["nom"],
            long_name=cells.get("nom_long", ""),
            region=cells.get("region", ""),
            department=cells.get("departement", ""),
            epci=cells.get("siren_epci", ""),
            communes=tuple(cells.get("communes", ())),
            population=cells.get("population"),
            area_ha=cells.get("surface_ha"),
            lon=cells.get("lon"),
            lat=cells.get("lat"),
            successor=cells.get("siren_successeur", ""),
            merged_on=cells.get("fusionne_le"),
            # one without an outline was published as a point: its lon and lat
            geometry=geometry if isinstance(geometry, Mapping) and geometry.get("type") != "Point" else None,
            file=name,
            place=place,
            vintage=cells.get("millesime"),
            sources=own.sources,
            shape_source=own.shape_source,
        )
    )


def _read_row(name: str, place: str, given: Mapping[Any, Any], geometry: object, reading: Reading) -> None:
    row = {str(key).strip().lower(): value for key, value in given.items() if value not in (None, "")}

    def doubt(sentence: str) -> None:
        reading.doubts.append(Doubt(name, place, sentence))

    kind = _landmark_kind(row, geometry)
    if kind:
        reading.landmarks.append(_landmark(kind, row, geometry, name, place, doubt))
        return
    level = _level(row)
    if level is None:
        said = ", ".join(list(row)[:6]) or _("rien")
        doubt(_("aucun code officiel reconnu (QPV, SIREN, Insee, département, région) parmi : %s") % said)
        return
    label = _text(row, *NAMES)
    if not label:
        doubt(_("le nom manque"))
        return
    reading.territories.append(
        TerritoryRow(
            level=level,
            code=_text(row, *CODES[level]),
            name=accented(label, _text(row, *LONG_NAMES)),
            long_name=_text(row, *LONG_NAMES),
            region=_text(row, *OF_REGION),
            department=_text(row, *OF_DEPARTMENT),
            epci=_text(row, *OF_EPCI),
            epci_name=_text(row, "epci_name", "nom_epci", "lib_epci") if level == Level.COMMUNE else "",
            communes=_communes(row) if level in (Level.QPV, Level.EPCI) else (),
            population=_whole(row, POPULATIONS, doubt),
            area_ha=_number(row, ("area_ha",), doubt),
            lon=_number(row, ("lon", "longitude"), doubt),
            lat=_number(row, ("lat", "latitude"), doubt),
            successor=_text(row, "successor_siren"),
            successor_name=_text(row, "successor_name"),
            merged_on=_date(row, "successor_since", doubt),
            geometry=geometry if isinstance(geometry, Mapping) else None,
            file=name,
            place=place,
        )
    )


def accented(name: str, long_name: str) -> str:
    """« CA d'Épinal »: a published short name that lost its accents takes them back from the long one."""
    known = {_plain(word): word for word in _WORD.findall(long_name) if not word.isascii()}
    return _WORD.sub(lambda found: known.get(found.group(), found.group()), name)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _level(row: Mapping[str, Any]) -> Level | None:
    """The first whose own code is there, from the finest: a QPV also names its commune, its EPCI, its département."""
    declared = str(row.get("level", ""))
    if declared in Level.values:
        return Level(declared)
    patterns = {Level.QPV: QPV_CODE, Level.EPCI: SIREN, Level.COMMUNE: INSEE}
    for level in (Level.QPV, Level.COMMUNE, Level.EPCI):
        if patterns[level].fullmatch(_text(row, *CODES[level])):
            return level
    if DEPARTMENT.fullmatch(_text(row, *CODES[Level.DEPARTMENT])) and _text(row, *OF_REGION):
        return Level.DEPARTMENT
    return Level.REGION if DEPARTMENT.fullmatch(_text(row, *CODES[Level.REGION])) else None


def _landmark_kind(row: Mapping[str, Any], geometry: object) -> LandmarkKind | None:
    programme = str(row.get("programme", "")).strip().lower()
    if programme in PROGRAMMES:
        return PROGRAMMES[programme]
    if "id_fs" in row or "lib_fs" in row or (isinstance(geometry, Mapping) and geometry.get("type") == "Point"):
        return LandmarkKind.FRANCE_SERVICES
    return None


def _landmark(
    kind: LandmarkKind,
    row: Mapping[str, Any],
    geometry: object,
    name: str,
    place: str,
    doubt: Callable[[str], None],
) -> LandmarkRow:
    lon, lat = _number(row, ("lon", "longitude"), doubt), _number(row, ("lat", "latitude"), doubt)
    point = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if isinstance(point, list) and len(point) >= 2 and all(isinstance(value, int | float) for value in point[:2]):
        lon, lat = float(point[0]), float(point[1])
    code, label = _text(row, "id", "id_fs", "code"), _text(row, "name", "lib_fs", "nom", "libelle")
    if not code or not label:
        doubt(_("le code ou le nom manque"))
    address = " ".join(
        filter(None, (_text(row, "address", "adresse"), _text(row, "postcode", "code_postal"), _text(row, "commune")))
    )
    return LandmarkRow(
        kind, code, label, address, _communes(row), _text(row, *OF_EPCI), _text(row, "qpv_code"), lon, lat, name, place
    )


def _communes(row: Mapping[str, Any]) -> tuple[str, ...]:
    for key in ("membres", *OF_COMMUNES):
        value = row.get(key)
        if isinstance(value, list):
            codes = [item.get("insee") or item.get("code") if isinstance(item, Mapping) else item for item in value]
            return tuple(dict.fromkeys(str(code) for code in codes if code))
        found = re.findall(r"\b(?:\d{2}|2[AB])\d{3}\b", str(value or ""))
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _text(row: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return " ".join(str(value).split())
    return ""


def _number(row: Mapping[str, Any], keys: Sequence[str], doubt: Callable[[str], None]) -> float | None:
    for key in keys:
        if key in row:
            try:
                number = float(str(row[key]).replace("\u202f", "").replace(" ", "").replace(",", "."))
            except ValueError:
                number = math.nan
            if math.isfinite(number):
                return number
            doubt(_("%(key)s : « %(value)s » n’est pas un nombre") % {"key": key, "value": str(row[key])[:40]})
            return None
    return None


def _whole(row: Mapping[str, Any], keys: Sequence[str], doubt: Callable[[str], None]) -> int | None:
    number = _number(row, keys, doubt)
    if number is None:
        return None
    if not 0 <= number < 100_000_000:
        doubt(_("une population de %s n’est pas possible") % number)
        return None
    return round(number)


def _date(row: Mapping[str, Any], key: str, doubt: Callable[[str], None]) -> date | None:
    if key not in row:
        return None
    try:
        return date.fromisoformat(str(row[key]))
    except ValueError:
        doubt(_("%(key)s : « %(value)s » n’est pas une date (AAAA-MM-JJ)") % {"key": key, "value": str(row[key])[:40]})
        return None
