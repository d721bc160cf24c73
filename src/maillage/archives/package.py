"""The public archive as a file: a data package in a zip, the same bytes as long as nothing changed."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from maillage.archives.contents import ALL, ArchiveList, Contents
from maillage.gatherings.models import Gathering
from maillage.lib.tableschema import SEPARATOR, compact, record, schema_of, write_csv
from maillage.territories.published import LEVELS, SHAPE_SOURCE

FORMAT = 1  # raised when an archive of before cannot be read any more
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
SCHEMA_VERSION = "1.0.0"
PACKAGE, README = "datapackage.json", "README.md"
MOMENT = (1980, 1, 1, 0, 0, 0)  # of every file: when it was made says nothing of what it holds
UNIX = 3  # what the file's rights are those of
MEDIA = {"csv": "text/csv", "json": "application/json", "geojson": "application/geo+json"}


def write_archive(gathering: Gathering, *, of_space: bool = True, for_anybody: bool = False) -> bytes:
    """A gathering with its space, commune and intercommunalité read. `of_space`, `for_anybody`: see Contents."""
    files = dict(_files(Contents(gathering, of_space, for_anybody)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, UNIX, 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


def files_of(asked: ArchiveList) -> list[str]:
    return [*(f"{asked.name}.{kind}" for kind in kinds_of(asked)), schema_name(asked)]


def names() -> list[str]:
    """Every file of an archive, in its order."""
    data = [f"{each.name}.{kind}" for each in ALL for kind in kinds_of(each)]
    return [README, PACKAGE, *data, *(schema_name(each) for each in ALL)]


def kinds_of(asked: ArchiveList) -> tuple[str, ...]:
    return ("csv", "json", "geojson") if asked.geojson else ("csv", "json")


def schema_name(asked: ArchiveList) -> str:
    return f"schemas/{asked.name}.schema.json"


def schema_bytes(asked: ArchiveList) -> bytes:
    said = schema_of(
        asked.columns,
        name=asked.name,
        title=str(asked.title),
        description=str(asked.about),
        version=SCHEMA_VERSION,
        licenses=[LICENCE],
    )
    return _pretty(said)


def _files(contents: Contents) -> Iterator[tuple[str, bytes]]:
    data = {f"{asked.name}.{kind}": content for asked in ALL for kind, content in _forms(asked, contents)}
    yield README, _readme(contents).encode()
    yield PACKAGE, _pretty(_package(contents, data))
    yield from data.items()
    for asked in ALL:
        yield schema_name(asked), schema_bytes(asked)


def _forms(asked: ArchiveList, contents: Contents) -> Iterator[tuple[str, bytes]]:
    rows = list(asked.rows(contents))
    yield "csv", write_csv(asked.columns, rows)
    yield "json", _lines("[", (compact(record(asked.columns, row)) for row in rows), "]")
    if asked.geojson:
        features = _features(asked, contents, rows)
        yield "geojson", _lines('{"type":"FeatureCollection","features":[', features, "]}")


def _features(asked: ArchiveList, contents: Contents, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """RFC 7946; the outline as its producer published it, else a point inside, else nothing."""
    level, key = LEVELS[asked.name], asked.columns.key[0]
    for row in rows:
        properties = record(asked.columns, row)
        geometry, source = contents.shapes.get((level, row[key]), ("", ""))
        properties[SHAPE_SOURCE] = source or None
        if not geometry:
            lon, lat = row.get("lon"), row.get("lat")
            known = lon is not None and lat is not None
            geometry = compact({"type": "Point", "coordinates": [lon, lat]} if known else None)
        yield f'{{"type":"Feature","properties":{compact(properties)},"geometry":{geometry}}}'


def _lines(opening: str, lines: Iterable[str], closing: str) -> bytes:
    return "".join([opening, "\n", ",\n".join(lines), "\n", closing, "\n"]).encode()


def _pretty(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def _package(contents: Contents, data: dict[str, bytes]) -> dict[str, Any]:
    """https://specs.frictionlessdata.io/data-package/ (version 1, which every tool reads)."""
    gathering = contents.gathering
    return {
        "profile": "data-package",
        "name": gathering.slug.lower(),
        "id": str(gathering.pk),
        "title": gathering.title,
        "description": "Ce qui reste d’une rencontre, sans donnée personnelle.",
        "licenses": [LICENCE],
        "contributors": [{"title": contents.producer, "role": "publisher"}],
        "maillage": {"archive": FORMAT},
        "resources": [_resource(asked, kind, data) for asked in ALL for kind in kinds_of(asked)],
    }


def _resource(asked: ArchiveList, kind: str, data: dict[str, bytes]) -> dict[str, Any]:
    path = f"{asked.name}.{kind}"
    content = data[path]
    said: dict[str, Any] = {
        "name": asked.name if kind == "csv" else f"{asked.name}-{kind}",
        "title": str(asked.title),
        "path": path,
        "format": kind,
        "mediatype": MEDIA[kind],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if kind == "csv":
        said |= {"profile": "tabular-data-resource", "dialect": {"delimiter": SEPARATOR}, "schema": schema_name(asked)}
    return said


def _readme(contents: Contents) -> str:
    gathering = contents.gathering
    when = f", {gathering.date:%d/%m/%Y}" if gathering.date else ""
    lines = [
        f"# {gathering.title}{when}",
        "",
        f"Publié par {contents.producer} sous {LICENCE['title']} ({LICENCE['path']}) : vous pouvez réutiliser ces "
        "données librement, en citant qui les publie.",
        "",
        "**Aucune personne n’y figure** : ni nom, ni adresse, ni besoin, ni ce qui s’est écrit dans une salle et n’en "
        "est pas sorti. Les nombres de personnes ne descendent pas en dessous de cinq ; une réponse que moins de cinq "
        "personnes ont donnée ensemble n’est pas dite.",
        "",
        "## Les listes",
        "",
        "| fichier | ce qu’il dit |",
        "| --- | --- |",
        *(f"| {', '.join(f'`{each.name}.{kind}`' for kind in kinds_of(each))} | {each.about} |" for each in ALL),
        "",
        "`schemas/` décrit chaque colonne (Table Schema) ; `datapackage.json` dit le tout (Data Package).",
        "",
        "## Les formats",
        "",
        "- CSV : UTF-8 avec marque, séparateur « ; », fins de ligne CRLF. Les listes sont en JSON dans leur cellule. "
        "Un texte qui commence par = + - @, une tabulation ou un retour est précédé d’une apostrophe, pour qu’aucun "
        "tableur ne l’exécute.",
        "- JSON : les mêmes lignes ; ce qui n’est pas su est null.",
        "- GeoJSON (RFC 7946) : les territoires nommés, avec leur contour quand il est connu.",
        "",
        "## La reprendre",
        "",
        "    maillage archive-import FICHIER.zip --space ESPACE",
        "",
        "Reprise dans une base vide, elle s’écrit de nouveau avec les mêmes octets.",
        "",
    ]
    return "\n".join(lines)
