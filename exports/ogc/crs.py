"""The coordinate reference systems in which features are given and asked for.

OGC API Features Part 2: each has a URI, and coordinates come in the order of its axes. In
the database x is always east and y north; only EPSG:4326 is written the other way round.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from exports.ogc.errors import BadParameter
from geo.mercator import HALF_WORLD

URIS = "http://www.opengis.net/def/crs"
# About 10 cm, as the ready features have it; and centimetres.
DEGREE_DECIMALS, METRE_DECIMALS = 6, 2
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Crs:
    """A CRS: `bounds` are the least and greatest x and y that make sense in it.

    `is_north_first` says that its axes are latitude and longitude, in this order.
    """

    uri: str
    srid: int
    decimals: int
    bounds: tuple[float, float, float, float]
    is_geographic: bool = True
    is_north_first: bool = False

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point, x before y, lies where the CRS is defined."""
        west, south, east, north = self.bounds
        return west <= x <= east and south <= y <= north


CRS84 = Crs(f"{URIS}/OGC/1.3/CRS84", 4326, DEGREE_DECIMALS, WORLD)
WGS84 = Crs(f"{URIS}/EPSG/0/4326", 4326, DEGREE_DECIMALS, WORLD, is_north_first=True)
WEB = Crs(
    f"{URIS}/EPSG/0/3857",
    3857,
    METRE_DECIMALS,
    (-HALF_WORLD, -HALF_WORLD, HALF_WORLD, HALF_WORLD),
    is_geographic=False,
)
# Of the planners' own: far beyond its zone UTM still knows where things are.
UTM_BOUNDS = (-2_000_000.0, 0.0, 3_000_000.0, 10_000_000.0)


def planning_crs() -> Crs:
    """Return the planners' own; clients that can choose take this one."""
    srid = settings.PLANNING_SRID
    uri = f"{URIS}/EPSG/0/{srid}"
    return Crs(uri, srid, METRE_DECIMALS, UTM_BOUNDS, is_geographic=False)


def offered() -> dict[str, Crs]:
    """Return the systems that can be asked for, by their URIs."""
    return {crs.uri: crs for crs in (CRS84, planning_crs(), WGS84, WEB)}


def read_crs(name: str, text: str) -> Crs:
    """Return the CRS whose URI the parameter `name` gives; raises BadParameter."""
    known = offered()
    if text not in known:
        message = _(
            "This coordinate reference system is not offered. There are: %(all)s."
        )
        raise BadParameter(name, message % {"all": ", ".join(known)})
    return known[text]
