"""An outline is checked as it was published, then drawn at each detail, its neighbours' borders kept together.

shapely is imported where it works: a server that draws no map does not hold it.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from maillage.lib.projection import Zone, project, zone_of
from maillage.territories.enums import UNITS, Detail, Level

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# metres: the side of what may be left out (Visvalingam–Whyatt). At 1,280 px a region has 570 m a pixel.
TOLERANCES = {Detail.COUNTRY: 2000, Detail.REGION: 400, Detail.NEAR: 12}
DETAILS = {
    Level.REGION: (Detail.COUNTRY, Detail.REGION),
    Level.DEPARTMENT: (Detail.COUNTRY, Detail.REGION),
    Level.EPCI: (Detail.COUNTRY, Detail.REGION, Detail.NEAR),
    Level.COMMUNE: (Detail.NEAR,),
    Level.QPV: (Detail.NEAR,),
}


@dataclass(frozen=True)
class Drawn:
    detail: Detail
    zone: str
    path: str
    left: int
    top: int
    right: int
    bottom: int


class OutlineRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def read_outline(geometry: object) -> "BaseGeometry":
    """A GeoJSON geometry, checked: areas, in degrees, in France, not crossing themselves. Raises OutlineRefused."""
    import shapely
    from shapely.geometry import shape

    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        kind = geometry.get("type") if isinstance(geometry, Mapping) else None
        raise OutlineRefused(
            _("le contour est « %s » ; on attend une surface : Polygon ou MultiPolygon") % kind
            if kind
            else _("le contour manque")
        )
    try:
        outline = shape(geometry)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        raise OutlineRefused(_("le contour n’est pas une suite de points [longitude, latitude]")) from None
    if outline.is_empty or not np.isfinite(shapely.get_coordinates(outline)).all():
        raise OutlineRefused(_("le contour est vide, ou une de ses coordonnées n’est pas un nombre"))
    check_place(outline)
    if not outline.is_valid:
        reason = shapely.is_valid_reason(outline)
        where = reason[reason.find("[") + 1 : -1].replace(" ", " ; ") if "[" in reason else ""
        raise OutlineRefused(
            _("le contour se croise lui-même près de (%s)") % where if where else _("le contour se croise")
        )
    return shapely.force_2d(outline)


def check_place(outline: "BaseGeometry") -> Zone:
    """The part of France it lies in. Metres and reversed coordinates are told apart from what is merely abroad."""
    west, south, east, north = outline.bounds
    zone = zone_of((west + east) / 2, (south + north) / 2)
    if zone and zone.holds(west, south) and zone.holds(east, north):
        return zone
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise OutlineRefused(
            _(
                "les coordonnées (%(x)d ; %(y)d) sont des mètres, en Lambert-93 sans doute ; on attend des degrés, "
                "WGS 84 (EPSG:4326) : à convertir avant l’import"
            )
            % {"x": west, "y": south}
        )
    if zone_of((south + north) / 2, (west + east) / 2):
        raise OutlineRefused(
            _("longitude et latitude sont inversées (%(x).3f ; %(y).3f) ; on attend la longitude d’abord")
            % {"x": west, "y": south}
        )
    raise OutlineRefused(_("le contour est hors de France (%(x).3f ; %(y).3f)") % {"x": west, "y": south})


def draw(outlines: Mapping[str, "BaseGeometry"], level: Level) -> dict[str, list[Drawn]]:
    """By code. Those given together keep their common borders together at each detail."""
    import shapely

    zones = {code: check_place(outline) for code, outline in outlines.items()}
    drawn: dict[str, list[Drawn]] = {code: [] for code in outlines}
    for zone in {zone.id: zone for zone in zones.values()}.values():
        codes = [code for code in outlines if zones[code] == zone]
        planes = shapely.transform([outlines[code] for code in codes], lambda lonlat, zone=zone: project(lonlat, zone))
        planes = [shapely.transform(plane, lambda metres: metres * (1, -1)) for plane in planes]
        for detail in DETAILS[level]:
            unit = UNITS[detail]
            for code, plane in zip(codes, _simplify(planes, TOLERANCES[detail]), strict=True):
                drawn[code].append(_drawn(plane, detail, zone, unit))
    return drawn


def _simplify(planes: Sequence["BaseGeometry"], tolerance: float) -> list["BaseGeometry"]:
    import shapely

    if len(planes) > 1 and shapely.coverage_is_valid(planes):
        return list(shapely.coverage_simplify(planes, tolerance))
    return [shapely.simplify(plane, tolerance / 2, preserve_topology=True) for plane in planes]


def _drawn(plane: "BaseGeometry", detail: Detail, zone: Zone, unit: int) -> Drawn:
    parts = sorted(getattr(plane, "geoms", [plane]), key=lambda part: -part.area)
    kept = [part for part in parts if part.area >= unit * unit] or parts[:1]
    rings = [
        np.rint(np.asarray(ring.coords) / unit).astype(int)
        for part in kept
        for ring in (part.exterior, *part.interiors)
    ]
    paths = [path for path in map(_path, rings[1:]) if path]
    path = _path(rings[0]) or "M{} {}h1v1h-1z".format(*rings[0][0])  # smaller than a step: still to be seen
    left, top, right, bottom = (bound / unit for bound in plane.bounds)
    return Drawn(
        detail, zone.id, path + "".join(paths), math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
    )


def _path(ring: "np.ndarray[Any, np.dtype[np.int64]]") -> str:
    """« M x y l dx dy … z » as short as it is written by hand; "" for a ring that is no longer an area."""
    steps = np.diff(ring, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if len(steps) < 3:
        return ""
    numbers = [str(number) for step in steps[:-1].tolist() for number in step]
    words = "".join(word if word.startswith("-") else f" {word}" for word in numbers).lstrip()
    return f"M{ring[0][0]} {ring[0][1]}l{words}z".replace("M ", "M")


def as_published(geometry: object) -> str:
    return json.dumps(geometry, separators=(",", ":"))
