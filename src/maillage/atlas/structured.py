"""A territory as search engines read it: schema.org."""

from typing import Any

from maillage.atlas.pages import AtlasPage
from maillage.atlas.places import FRANCE, address
from maillage.territories.enums import Level

KINDS = {FRANCE: "Country", Level.COMMUNE: "City", Level.QPV: "Place"}  # the others: AdministrativeArea


def place_data(page: AtlasPage, base: str) -> dict[str, Any]:
    place = page.place
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": KINDS.get(place.level, "AdministrativeArea"),
        "name": place.name,
        "url": base + address(page.space, place.level, place.code),
    }
    if place.code:
        data["identifier"] = place.code
    lon, lat = getattr(place.row, "lon", None), getattr(place.row, "lat", None)
    if lon is not None and lat is not None:
        data["geo"] = {"@type": "GeoCoordinates", "longitude": lon, "latitude": lat}
    above = page.above
    if above:
        data["containedInPlace"] = {
            "@type": KINDS.get(above[-1].level, "AdministrativeArea"),
            "name": above[-1].name,
            "url": base + address(page.space, above[-1].level, above[-1].code),
        }
    return data
