"""What is drawn: in place, light, and without a gap between neighbours."""

import re

import numpy as np
import pytest

from maillage.lib.projection import ZONES, project, zone_of
from maillage.territories.enums import Detail, Level
from maillage.territories.models import Outline
from maillage.territories.outlines import draw, read_outline
from maillage.territories.services import load_territories


@pytest.mark.parametrize(
    ("lon", "lat", "east", "north"),
    [(3.0, 46.5, 700000, 6600000), (2.3522, 48.8566, 652469, 6862035), (7.7521, 48.5734, 1050362, 6840900)],
)
def test_lambert_93_is_the_legal_one(lon, lat, east, north):
    zone = zone_of(lon, lat)
    assert zone is not None
    assert np.abs(project(np.array([[lon, lat]]), zone) - (east, north)).max() < 30


def test_a_metre_overseas_is_a_metre():
    for zone in ZONES[1:6]:
        west, south, east, north = zone.bounds
        lon, lat = (west + east) / 2, (south + north) / 2
        here, further = project(np.array([[lon, lat], [lon, lat + 0.01]]), zone)
        assert abs(np.hypot(*(further - here)) - 1112) < 3


def square(west: float, south: float, size: float = 0.2):
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return read_outline({"type": "Polygon", "coordinates": [ring]})


def points(path: str) -> list[tuple[int, int]]:
    x = y = 0
    found = []
    for letter, numbers in re.findall(r"([Mlhvz])([-\d ]*)", path):
        values = [int(number) for number in re.findall(r"-?\d+", numbers)]
        for dx, dy in zip(values[::2], values[1::2], strict=False):
            x, y = (dx, dy) if letter == "M" else (x + dx, y + dy)
            found.append((x, y))
    return found


def test_neighbours_share_their_border_at_every_detail():
    drawn = draw({"a": square(4, 48), "b": square(4.2, 48)}, Level.EPCI)
    for one, other in zip(drawn["a"], drawn["b"], strict=True):
        assert len(set(points(one.path)) & set(points(other.path))) >= 2


def test_what_is_smaller_than_a_step_is_still_drawn():
    (drawn,) = [each for each in draw({"a": square(4, 48, 0.0005)}, Level.EPCI)["a"] if each.detail == Detail.COUNTRY]
    assert re.fullmatch(r"M\d+ -\d+h1v1h-1z", drawn.path)


def test_the_maps_of_grand_est_are_light(db):
    load_territories(outlines=True)
    assert Outline.objects.filter(level=Level.QPV).count() == 123
    assert Outline.objects.filter(level=Level.EPCI, detail=Detail.REGION).count() == 39
    assert Outline.objects.filter(level=Level.DEPARTMENT, detail=Detail.REGION).count() == 10
    region = "".join(
        Outline.objects.filter(detail=Detail.REGION).exclude(level=Level.REGION).values_list("path", flat=True)
    )
    assert len(region) < 60_000
    assert set(region) <= set("Mlhvz-0123456789 ")
