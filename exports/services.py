"""The live services: what the page of open data and the catalogue say of each of them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from exports.oparl.vocabulary import VERSION as OPARL
from exports.open311.describing import SPECIFICATION as GEOREPORT

OGC_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"


@dataclass(frozen=True)
class Standard:
    """What a service conforms to, for those who read catalogues.

    `name` is that of the service in the catalogue. `described_at` is the path of what
    says in a language for machines what can be asked for; `serves` names the datasets
    that the service gives out.
    """

    name: str
    uri: str
    described_at: str
    serves: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A service that programs ask: what it is good for, and its paths on this site.

    At the first of them it begins. Only what has a `standard` is in the catalogue as a
    service; the others are files of datasets.
    """

    title: str
    description: str
    paths: tuple[str, ...]
    standard: Standard | None = None


def services() -> tuple[Service, ...]:
    """Return the services in the language of the page, those for planners first."""
    return (
        Service(
            "OGC API Features",
            _(
                "Contributions, districts, measures and resolutions, live in QGIS and GIS."
            ),
            (reverse("ogc:landing"),),
            Standard(
                "ogc-api-features",
                OGC_FEATURES,
                reverse("ogc:api"),
                ("contributions", "districts", "measures", "sittings"),
            ),
        ),
        Service(
            _("Vector tiles"),
            _(
                "The contributions as a map, with TileJSON and a style for MapLibre or QGIS."
            ),
            (reverse("pin-tilejson"), reverse("district-tilejson"), reverse("style")),
        ),
        Service(
            "DCAT-AP.de",
            _("The catalogue of all data sets, for portals such as GovData."),
            tuple(
                reverse("catalog-file", args=[name])
                for name in ("ttl", "rdf", "jsonld")
            ),
        ),
        Service(
            "OParl 1.1",
            _("Bodies, sittings, agendas, papers and what was resolved."),
            (reverse("oparl:system"),),
            Standard("oparl", OPARL, reverse("oparl:system"), ("sittings",)),
        ),
        Service(
            "Open311 (GeoReport v2)",
            _(
                "Contributions as service requests: read them, and send new ones with a key."
            ),
            (reverse("open311:base"),),
            Standard(
                "open311",
                GEOREPORT,
                reverse("open311:discovery", args=["json"]),
                ("contributions",),
            ),
        ),
        Service(
            _("Feeds (Atom)"),
            _("What is new, for feed readers; also by district, theme and body."),
            (reverse("pins-feed"), reverse("sittings-feed"), reverse("news-feed")),
        ),
        Service(
            _("Calendars (iCalendar)"),
            _("Sittings and events, to subscribe to."),
            (reverse("sittings-calendar"), reverse("events-calendar")),
        ),
        Service(
            _("Measures (GeoJSON)"),
            _("What the city plans and does, with its places and progress."),
            (reverse("measures-geojson"),),
        ),
    )
