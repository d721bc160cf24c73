"""Official lists become rows; loading again brings the rows up to date and makes none twice."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from maillage.territories.importing import Imported, TerritoriesRefused, import_rows
from maillage.territories.models import Source
from maillage.territories.reading import Doubt, Reading, read_files

REGIONS = {"44": "Grand Est"}  # the regions this release ships, by Insee code
# What is said where: a file's name → {"": its list, a fact: another list}.
SHIPPED_SOURCES = {
    "communes.csv": {"": "insee-cog-2026", "epci": "dgcl-epci-2025", "population": "insee-population-2023"},
    "departements.geojson": {"": "insee-cog-2026", "outline": "ign-admin-express-2018"},
    "epci.geojson": {
        "": "dgcl-epci-2025",
        "long_name": "insee-epci-2026",
        "successor": "insee-epci-2026",
        "outline": "ign-admin-express-2018",
    },
    "qpv.geojson": {"": "anct-qpv-2024", "population": "insee-qpv-population-2020"},
    "france_services.geojson": {"": "anct-france-services-2024"},
    "programmes_anct.csv": {"": "anct-programmes-2024"},
}


class UnknownRegion(Exception):
    def __init__(self, region: str) -> None:
        self.region = region
        self.sentence = _("La région « %(region)s » n’est pas livrée ; celles qui le sont : %(known)s.") % {
            "region": region,
            "known": ", ".join(f"{name} ({code})" for code, name in REGIONS.items()),
        }
        super().__init__(self.sentence)


def load_territories(*, region: str = "44", outlines: bool = False) -> Imported:
    """The lists this release ships. `outlines`: their shapes too, which only a map needs."""
    if region not in REGIONS:
        raise UnknownRegion(region)
    folder = files("maillage.territories") / "data"
    reading = read_files([(name, (folder / name).read_bytes()) for name in SHIPPED_SOURCES])
    if not outlines:
        reading.territories = [replace(row, geometry=None) for row in reading.territories]
    with transaction.atomic():
        keep_shipped_sources()
        return import_rows(reading, sources_of=SHIPPED_SOURCES.__getitem__)


def keep_shipped_sources() -> None:
    text = (files("maillage.territories") / "data" / "sources.csv").read_text(encoding="utf-8")
    rows = [Source(**row) for row in csv.DictReader(text.splitlines())]
    _keep_sources(rows)


def import_territories(
    given: Sequence[tuple[str, bytes]], *, title: str = "", producer: str = "", licence: str = "", published: str = ""
) -> Imported:
    """Official files, by name and content. Raises TerritoriesRefused, and then nothing was taken.

    What their source is, whoever imports says; what nobody says is « non précisé », never guessed.
    """
    reading = read_files(given)
    if reading.doubts and not reading.territories:
        raise TerritoriesRefused(reading.doubts)
    title = title or ", ".join(name for name, _content in given)[:200]
    unsaid = _("non précisé")
    source = Source(
        slug=slugify(f"{producer} {title}")[:60],
        title=title,
        producer=producer or unsaid,
        licence=licence or unsaid,
        date=published,
    )
    with transaction.atomic():
        _keep_sources([_source(cells) for cells in reading.sources.values()])
        if _needs_source(reading):
            _keep_sources([source], ("title", "producer", "licence", "date"))
        known = set(Source.objects.values_list("pk", flat=True))
        unknown = {each.slug: each for each in reversed(reading.cited) if each.slug not in known}
        reading.doubts += [
            Doubt(each.file, each.place, _("la source « %s » est inconnue ; donnez aussi la liste « sources »") % slug)
            for slug, each in sorted(unknown.items())
        ]
        return import_rows(reading, sources_of=lambda _file: {"": source.slug})


def _needs_source(reading: Reading) -> bool:
    """Some row does not say its own."""
    return any(row.sources is None for row in reading.territories) or any(
        row.sources is None for row in reading.landmarks
    )


def _source(cells: Mapping[str, Any]) -> Source:
    return Source(
        slug=cells["identifiant"],
        title=cells["titre"],
        producer=cells["producteur"],
        licence=cells["licence"],
        date=cells["date"],
        through=cells["par"],
    )


def _keep_sources(
    rows: Sequence[Source], told: Sequence[str] = ("title", "producer", "licence", "date", "through")
) -> None:
    if rows:
        Source.objects.bulk_create(rows, update_conflicts=True, unique_fields=["slug"], update_fields=list(told))
