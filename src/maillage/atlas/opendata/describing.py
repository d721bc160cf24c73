"""The Table Schema of each list: what its columns are, in words and for machines."""

from typing import Any

from django.urls import reverse

from maillage.atlas.opendata.lists import LICENCE, LICENCE_ADDRESS, SHAPE_SOURCE, VERSION, OpenList
from maillage.lib.tableschema import schema_of
from maillage.people.models import Space

CELLS = (
    "CSV : UTF-8 avec marque, séparateur « ; », fins de ligne CRLF ; les listes sont en JSON dans leur cellule. Un "
    "texte qui commence par = + - @, une tabulation ou un retour est précédé d’une apostrophe, pour qu’aucun tableur "
    "ne l’exécute."
)


def describe(asked: OpenList, space: Space, base: str) -> dict[str, Any]:
    about = f"{asked.about} {CELLS}"
    if asked.level is not None:
        about += f" En GeoJSON, « {SHAPE_SOURCE} » dit en plus la source du contour."
    return schema_of(
        asked.columns,
        name=asked.name,
        title=str(asked.title),
        description=about,
        version=VERSION,
        homepage=base + reverse("atlas:open-data", args=[space.slug]),
        path=base + reverse("atlas:open-schema", args=[space.slug, asked.name]),
        licenses=[{"title": LICENCE, "path": LICENCE_ADDRESS}],
    )
