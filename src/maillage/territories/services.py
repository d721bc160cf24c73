"""The official lists become rows, in bulk; loading again brings the rows up to date and makes none twice."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from importlib.resources import files

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.territories.models import Commune, Department, Epci, Qpv, Region

REGIONS = {"44": "Grand Est"}  # the regions this release ships, by Insee code


class UnknownRegion(Exception):
    def __init__(self, region: str) -> None:
        self.region = region
        self.sentence = _("La région « %(region)s » n’est pas livrée ; celles qui le sont : %(known)s.") % {
            "region": region,
            "known": ", ".join(f"{name} ({code})" for code, name in REGIONS.items()),
        }
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Loaded:
    communes: int
    epcis: int
    qpvs: int


@transaction.atomic
def load_territories(*, region: str = "44") -> Loaded:
    if region not in REGIONS:
        raise UnknownRegion(region)
    rows = _read("communes.csv")
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        people[row["epci_siren"]][row["department"]] += int(row["population_2023"] or 0)
    departments = {row["department"]: row["department_name"] for row in rows}
    epcis = {row["epci_siren"]: row["epci_name"] for row in rows if row["epci_siren"]}

    Region.objects.update_or_create(code=region, defaults={"name": REGIONS[region]})
    Department.objects.bulk_create(
        [Department(code=code, name=name, region_id=region) for code, name in departments.items()],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "region"],
    )
    Epci.objects.bulk_create(
        [
            Epci(siren=siren, name=name, department_id=people[siren].most_common(1)[0][0])
            for siren, name in epcis.items()
        ],
        update_conflicts=True,
        unique_fields=["siren"],
        update_fields=["name", "department"],
    )
    Commune.objects.bulk_create(
        [
            Commune(
                insee=row["insee"],
                name=row["name"],
                department_id=row["department"],
                epci_id=row["epci_siren"] or None,
                population=int(row["population_2023"]) if row["population_2023"] else None,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["insee"],
        update_fields=["name", "department", "epci", "population"],
    )
    qpvs = _read("qpv.csv")
    _load_qpvs(qpvs)
    return Loaded(communes=len(rows), epcis=len(epcis), qpvs=len(qpvs))


def _load_qpvs(rows: list[dict[str, str]]) -> None:
    Qpv.objects.bulk_create(
        [
            Qpv(
                code=row["code"],
                name=row["name"],
                epci_id=row["epci_siren"],
                population=int(row["population_2020"]) if row["population_2020"] else None,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "epci", "population"],
    )
    link = Qpv.communes.through
    link.objects.bulk_create(
        [link(qpv_id=row["code"], commune_id=insee) for row in rows for insee in row["insee_codes"].split(";")],
        ignore_conflicts=True,
    )


def _read(name: str) -> list[dict[str, str]]:
    text = (files("maillage.territories") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
