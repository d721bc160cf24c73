"""From longitude and latitude to metres on a sheet: Lambert-93 for metropolitan France, a plane of its own overseas.

Lambert-93 (EPSG:2154) is the legal projection of metropolitan France; constants and formulas: IGN, « Projections
cartographiques en France » and ALG0001, ALG0003. Overseas, areas are small: a plane touching the island is within
0.1 %.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]

_N, _C, _XS, _YS = 0.7256077650532670, 11754255.426096, 700000.0, 12655612.049876
_ECCENTRICITY, _MERIDIAN = 0.08181919104281579, 3.0  # GRS 80; degrees east
_EARTH = 6_371_000.0  # metres


@dataclass(frozen=True)
class Zone:
    """A part of France with a sheet of its own. `bounds`: west, south, east, north, in degrees."""

    id: str
    bounds: tuple[float, float, float, float]

    def holds(self, lon: float, lat: float) -> bool:
        west, south, east, north = self.bounds
        return west <= lon <= east and south <= lat <= north


ZONES = (
    Zone("metropole", (-6.0, 41.0, 10.5, 51.6)),
    Zone("guadeloupe", (-62.0, 15.7, -60.9, 16.7)),
    Zone("saint-martin", (-63.3, 17.8, -62.7, 18.2)),
    Zone("martinique", (-61.4, 14.3, -60.7, 15.0)),
    Zone("guyane", (-55.0, 2.0, -51.0, 6.2)),
    Zone("reunion", (55.1, -21.5, 55.9, -20.8)),
    Zone("mayotte", (44.9, -13.1, 45.4, -12.5)),
    Zone("saint-pierre-et-miquelon", (-56.6, 46.6, -56.0, 47.2)),
    Zone("polynesie", (-155.0, -28.5, -134.0, -7.0)),
    Zone("nouvelle-caledonie", (158.0, -23.5, 172.5, -17.5)),
)


def zone_of(lon: float, lat: float) -> Zone | None:
    """The part of France where this point lies; None: nowhere in France."""
    return next((zone for zone in ZONES if zone.holds(lon, lat)), None)


def project(lonlat: Coordinates, zone: Zone) -> Coordinates:
    """`lonlat`: n × 2 degrees, WGS 84. Returns n × 2 metres, east and north."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    if zone.id != "metropole":
        west, south, east, north = zone.bounds
        middle = np.radians((south + north) / 2)
        return np.column_stack(
            [_EARTH * np.cos(middle) * (lon - np.radians((west + east) / 2)), _EARTH * (lat - middle)]
        )
    isometric = np.arcsinh(np.tan(lat)) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * np.sin(lat))
    radius = _C * np.exp(-_N * isometric)
    angle = _N * (lon - np.radians(_MERIDIAN))
    return np.column_stack([_XS + radius * np.sin(angle), _YS - radius * np.cos(angle)])
