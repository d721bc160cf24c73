import argparse
import json

from django.urls import reverse

from maillage.config.country.making import make_country
from maillage.config.installation import prepare_installation
from maillage.lib.typography import typo


def run(options: argparse.Namespace) -> int:
    prepare_installation()
    made = make_country(percent=options.percent, seed=options.seed)
    address = reverse("atlas:home", args=[made.space.slug])
    if options.json:
        print(json.dumps({"space": made.space.slug, "address": address, "sizes": vars(made.sizes)}, indent=2))
        return 0
    sizes = made.sizes
    print(
        typo(
            f"Un pays inventé : {sizes.qpvs} quartiers, {sizes.epcis} intercommunalités, {sizes.communes} communes, "
            f"{sizes.organisations} structures, {sizes.gatherings} rencontres, {sizes.registrations} inscriptions, "
            f"{sizes.experiences} expériences."
        )
    )
    print(typo(f"Servez-le (maillage serve, même dossier), puis ouvrez {address}"))
    return 0
