import argparse
import json

from maillage.config.installation import prepare_tables
from maillage.lib.typography import count, typo
from maillage.territories.models import Region
from maillage.territories.queries import region_counts
from maillage.territories.services import REGIONS, load_territories


def run(options: argparse.Namespace) -> int:
    prepare_tables()
    if not Region.objects.filter(pk=options.region).exists() or (
        options.region in REGIONS and not region_counts(options.region).qpv
    ):
        load_territories(region=options.region, outlines=True)
    counts = region_counts(options.region)
    if options.json:
        print(
            json.dumps(
                {
                    "region": counts.region,
                    "name": counts.name,
                    "epci": counts.epci,
                    "epci_all": counts.epci_all,
                    "communes": counts.communes,
                    "qpv": counts.qpv,
                    "qpv_by_departement": counts.qpv_by_department,
                },
                ensure_ascii=False,
                indent=2,
            )
        )
        return 0
    epcis = count(counts.epci, "intercommunalité", "intercommunalités", zero="aucune intercommunalité")
    qpvs = count(counts.qpv, "quartier prioritaire", "quartiers prioritaires", zero="aucun quartier prioritaire")
    print(typo(f"{counts.name} : {qpvs}, dans {epcis}. Communes : {counts.communes}."))
    for code, number in counts.qpv_by_department.items():
        print(typo(f"  {code} : {number}"))
    return 0
