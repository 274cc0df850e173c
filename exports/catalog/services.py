"""The live services, of which the catalogue lists those that answer."""

from dataclasses import dataclass

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from exports.catalog import vocabulary


@dataclass(frozen=True)
class Service:
    """A service that programs ask, at a path of this site.

    `described_at` says in a language for machines what can be asked for; `serves` names
    the datasets that it gives out.
    """

    name: str
    title: str
    description: str
    path: str
    described_at: str
    conforms_to: str
    serves: tuple[str, ...]


def services() -> tuple[Service, ...]:
    """Return the services of this site in the language of the page; no query."""
    return tuple(service for service in _all() if is_there(service.described_at))


def is_there(path: str) -> bool:
    """Tell whether the site has an address of its own for a path.

    The pages that the office writes answer to whatever is below theirs.
    """
    try:
        return resolve(path).url_name != "wagtail_serve"
    except Resolver404:
        return False


def _all() -> tuple[Service, ...]:
    return (
        Service(
            "ogc-api-features",
            "OGC API Features",
            _(
                "Contributions, districts, measures and resolutions live for QGIS and "
                "other GIS, with filters and in the planners’ coordinates."
            ),
            "/ogc/v1",
            "/ogc/v1/api",
            vocabulary.OGC_FEATURES,
            ("contributions", "districts", "measures", "sittings"),
        ),
        Service(
            "open311",
            "Open311 GeoReport v2",
            _("Read contributions, and send some in from other apps."),
            "/open311/v2/",
            "/open311/v2/discovery.json",
            vocabulary.GEOREPORT,
            ("contributions",),
        ),
        Service(
            "oparl",
            "OParl 1.1",
            _("Bodies, sittings, agendas, papers, consultations and their results."),
            "/oparl/v1/",
            "/oparl/v1/",
            vocabulary.OPARL,
            ("sittings",),
        ),
    )
