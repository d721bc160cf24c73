"""The lists of territories as the house publishes them, each row with its sources: written, and read back exactly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from maillage.lib.tableschema import BadCell, Column, Columns, read_record, recognise
from maillage.territories.enums import LandmarkKind, Level
from maillage.territories.models import Commune, Department, Epci, Landmark, Qpv, Region, Source

SLUG = r"[-a-zA-Z0-9_]+"
FACTS = {  # what the sources of a row speak of → the column of it
    "epci": "siren_epci",
    "long_name": "nom_long",
    "successor": "siren_successeur",
    "outline": "contour",
    "area_ha": "surface_ha",
}
OF_COLUMN = {column: fact for fact, column in FACTS.items()}

INSEE, SIREN, DEPARTMENT = r"(\d{2}|2[AB])\d{3}", r"\d{9}", r"\d{2,3}|2[AB]"
SOURCES = Column(
    "sources",
    "D’où viennent les faits de la ligne : l’identifiant d’une source, puis « colonne=identifiant » pour ce qui vient "
    "d’ailleurs. Voir la liste « sources ».",
    pattern=rf"({SLUG}|\w+={SLUG})( \w+={SLUG})*",
)
LON = Column("lon", "Longitude d’un point intérieur, en degrés (WGS 84).", "number")
LAT = Column("lat", "Latitude d’un point intérieur, en degrés (WGS 84).", "number")
POPULATION = Column("population", "Nombre d’habitants ; l’année est dans le titre de la source.", "integer")
EPCI = Column("siren_epci", "SIREN de l’intercommunalité.", pattern=SIREN, of="intercommunalites.siren")
COMMUNE = Column("insee_commune", "Code Insee de la commune.", pattern=INSEE, of="communes.insee")
COMMUNE_NAME = Column("nom_commune", "Nom de la commune.", derived=True)
EPCI_NAME = Column("nom_epci", "Nom de l’intercommunalité.", derived=True)

LISTS: dict[str, Columns] = {
    "sources": Columns(
        (
            Column("identifiant", "Nom court de la source, cité par les autres listes.", required=True, pattern=SLUG),
            Column("titre", "Titre de la liste d’origine.", required=True),
            Column("producteur", "Qui la produit.", required=True),
            Column("licence", "Licence sous laquelle elle est publiée.", required=True),
            Column("date", "Date de la liste : année, mois ou jour, comme publiée."),
            Column("par", "Par où elle nous est arrivée, quand ce n’est pas par son producteur."),
        ),
        key=("identifiant",),
    ),
    "regions": Columns(
        (
            Column("code", "Code Insee de la région.", required=True, pattern=r"\d{2,3}"),
            Column("nom", "Nom de la région.", required=True),
            SOURCES,
        ),
        key=("code",),
    ),
    "departements": Columns(
        (
            Column("code", "Code Insee du département.", required=True, pattern=DEPARTMENT),
            Column("nom", "Nom du département.", required=True),
            Column("region", "Code Insee de sa région.", required=True, pattern=r"\d{2,3}", of="regions.code"),
            SOURCES,
        ),
        key=("code",),
    ),
    "intercommunalites": Columns(
        (
            Column("siren", "SIREN de l’intercommunalité.", required=True, pattern=SIREN),
            Column("nom", "Nom d’usage.", required=True),
            Column("nom_long", "Nom complet."),
            Column(
                "departement",
                "Code du département où vivent la plupart de ses habitants.",
                required=True,
                pattern=DEPARTMENT,
                of="departements.code",
            ),
            Column(
                "siren_successeur",
                "SIREN de celle dans laquelle elle a fusionné.",
                pattern=SIREN,
                of="intercommunalites.siren",
            ),
            Column("fusionne_le", "Date de cette fusion.", "date"),
            SOURCES,
        ),
        key=("siren",),
    ),
    "communes": Columns(
        (
            Column("insee", "Code Insee de la commune.", required=True, pattern=INSEE),
            Column("nom", "Nom de la commune.", required=True),
            Column("departement", "Code du département.", required=True, pattern=DEPARTMENT, of="departements.code"),
            EPCI,
            EPCI_NAME,
            POPULATION,
            LON,
            LAT,
            SOURCES,
        ),
        key=("insee",),
    ),
    "quartiers": Columns(
        (
            Column("code", "Code du quartier prioritaire.", required=True, pattern=r"Q[NP][0-9A-Z]{3}\d{2,3}[A-Z]?"),
            Column("nom", "Nom du quartier prioritaire.", required=True),
            Column("millesime", "Année de la liste qui le nomme : 2015 ou 2024.", "year", required=True),
            Column("siren_epci", EPCI.about, required=True, pattern=SIREN, of=EPCI.of),
            EPCI_NAME,
            Column("communes", "Codes Insee des communes où il se trouve.", "array", of="communes.insee"),
            POPULATION,
            Column("surface_ha", "Surface en hectares, calculée d’après le contour.", "number"),
            LON,
            LAT,
            SOURCES,
        ),
        key=("code",),
    ),
    "lieux": Columns(
        (
            Column("genre", "Ce que c’est.", required=True, choices=LandmarkKind),
            Column("code", "Identifiant dans sa liste d’origine.", required=True),
            Column("nom", "Nom du lieu ou du programme.", required=True),
            Column("adresse", "Adresse, telle que publiée."),
            Column("communes", "Codes Insee des communes concernées.", "array", of="communes.insee"),
            EPCI,
            EPCI_NAME,
            Column("qpv", "Code du quartier prioritaire où il se trouve.", of="quartiers.code"),
            LON,
            LAT,
            SOURCES,
        ),
        key=("genre", "code"),
    ),
}
LEVELS = {
    "regions": Level.REGION,
    "departements": Level.DEPARTMENT,
    "intercommunalites": Level.EPCI,
    "communes": Level.COMMUNE,
    "quartiers": Level.QPV,
}
SHAPE_SOURCE = "source_contour"  # beside the columns, in GeoJSON: where the outline is from


# Written


def sources_words(sources: Mapping[str, str]) -> str:
    """« dgcl-epci-2025 nom_long=insee-epci-2026 »."""
    said = [sources[""]] if sources.get("") else []
    return " ".join(said + sorted(f"{FACTS.get(fact, fact)}={slug}" for fact, slug in sources.items() if fact))


def source_row(row: Source) -> dict[str, Any]:
    return {
        "identifiant": row.slug,
        "titre": row.title,
        "producteur": row.producer,
        "licence": row.licence,
        "date": row.date,
        "par": row.through,
    }


def region_row(row: Region) -> dict[str, Any]:
    return {"code": row.code, "nom": row.name, "sources": sources_words(row.sources)}


def department_row(row: Department) -> dict[str, Any]:
    return {"code": row.code, "nom": row.name, "region": row.region_id, "sources": sources_words(row.sources)}


def epci_row(row: Epci) -> dict[str, Any]:
    return {
        "siren": row.siren,
        "nom": row.name,
        "nom_long": row.long_name,
        "departement": row.department_id,
        "siren_successeur": row.successor_id,
        "fusionne_le": row.merged_on,
        "sources": sources_words(row.sources),
    }


def commune_row(row: Commune) -> dict[str, Any]:
    return {
        "insee": row.insee,
        "nom": row.name,
        "departement": row.department_id,
        "siren_epci": row.epci_id,
        "nom_epci": row.epci and row.epci.name,
        "population": row.population,
        "lon": row.lon,
        "lat": row.lat,
        "sources": sources_words(row.sources),
    }


def qpv_row(row: Qpv) -> dict[str, Any]:
    return {
        "code": row.code,
        "nom": row.name,
        "millesime": row.vintage,
        "siren_epci": row.epci_id,
        "nom_epci": row.epci.name,
        "communes": sorted(commune.insee for commune in row.communes.all()),
        "population": row.population,
        "surface_ha": row.area_ha,
        "lon": row.lon,
        "lat": row.lat,
        "sources": sources_words(row.sources),
    }


def landmark_row(row: Landmark) -> dict[str, Any]:
    return {
        "genre": row.kind,
        "code": row.code,
        "nom": row.name,
        "adresse": row.address,
        "communes": sorted(commune.insee for commune in row.communes.all()),
        "siren_epci": row.epci_id,
        "nom_epci": row.epci and row.epci.name,
        "qpv": row.qpv_id,
        "lon": row.lon,
        "lat": row.lat,
        "sources": sources_words(row.sources),
    }


# Read back


@dataclass(frozen=True)
class OwnRow:
    name: str
    cells: Mapping[str, Any]
    sources: Mapping[str, str]
    shape_source: str = ""


def own_list(headers: Iterable[object]) -> str:
    """Which of our lists a file with these headers is; "" for a file of somebody else."""
    return recognise((str(header) for header in headers), LISTS)


def read_own(name: str, given: Mapping[str, Any], *, text: bool) -> OwnRow:
    """Raises BadCell."""
    cells = read_record(LISTS[name], given, text=text)
    sources = {}
    for word in cells.get("sources", "").split():
        column, equal, slug = word.rpartition("=")
        sources[OF_COLUMN.get(column, column) if equal else ""] = slug
    for code in cells.get("communes", ()):
        if not isinstance(code, str):
            raise BadCell("communes", "« communes » : on attend des codes Insee entre guillemets")
    shape_source = given.get(SHAPE_SOURCE)
    return OwnRow(name, cells, sources, shape_source if isinstance(shape_source, str) else "")


def cited(row: OwnRow) -> set[str]:
    return {*row.sources.values(), *filter(None, [row.shape_source])}
