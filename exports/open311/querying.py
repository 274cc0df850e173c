"""Which contributions a request for requests asks for (GeoReport v2, GET requests)."""

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db.models import F, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from districts.examples import example_degrees
from exports.open311.describing import STATUSES
from exports.open311.errors import Refused
from geo.coordinates import CoordinateError, read_number, read_position
from layers.models import Theme
from pins.models import PublicPin
from pins.models.public import PublicPinQuerySet
from pins.orders import Within
from pins.place_form import point_at
from pins.validators import CONTROL

# As the specification has it: without dates the last 90 days, and no more than 1,000.
WINDOW = datetime.timedelta(days=90)
LIMIT = 1_000
# A client that pages on and on must not have ever more rows counted.
FARTHEST = 100_000
IDS = 100
LONGEST = 4_000
# Metres.
RADIUS = 20_000
COMMON = frozenset({"jurisdiction_id", "api_key", "lang"})
FILTERS = COMMON | {
    *("service_request_id", "service_code", "start_date", "end_date", "status"),
    *("page", "page_size", "extensions", "lat", "long", "radius"),
}
EARLIEST, LATEST = 1970, 2200


@dataclass(frozen=True)
class Page:
    """Which pins somebody wants, in order, and whether with everything open data has."""

    pins: PublicPinQuerySet
    is_extended: bool


def read_parameters(query: QueryDict, known: frozenset[str]) -> dict[str, str]:
    """Return each parameter that says something; an empty one counts as absent.

    Raises Refused for those that are unknown, twice there or cannot be text.
    """
    values = {name: query.getlist(name) for name in query}
    wrong = [
        *(
            _("{name}: there is no such parameter.").format(name=_shown(name))
            for name in sorted(set(values) - known)
        ),
        *(
            _("{name} is given more than once.").format(name=name)
            for name in sorted(known & set(values))
            if len(values[name]) > 1
        ),
        *(
            _("{name} is too long, or holds characters that are no text.").format(
                name=name
            )
            for name in sorted(known & set(values))
            if any(_is_no_text(value) for value in values[name])
        ),
    ]
    if wrong:
        raise Refused(400, *wrong)
    return {name: value for name, (value,) in values.items() if value.strip()}


def _shown(name: str) -> str:
    return CONTROL.sub("", name)[:60]


def _is_no_text(value: str) -> bool:
    unified = value.replace("\r\n", "\n").replace("\r", "\n")
    return len(value) > 2 * LONGEST or CONTROL.search(unified) is not None


def read_page(query: QueryDict, now: datetime.datetime | None = None) -> Page:
    """Return what the query asks for, the newest first. Raises Refused."""
    given = read_parameters(query, FILTERS)
    is_extended = wants_extensions(given)
    pins = PublicPin.objects.for_list().order_by("-created_at", "-id")
    if "service_request_id" in given:
        # It overrides all else, as the specification says.
        ids = _split(given["service_request_id"])
        if len(ids) > IDS:
            raise Refused(400, _("At most {count} numbers at once.").format(count=IDS))
        return Page(pins.filter(reference__in=ids), is_extended)
    start, end = read_window(given, now or timezone.now())
    pins = pins.filter(created_at__gte=start, created_at__lte=end)
    pins = _of_services(pins, given)
    pins = _in_states(pins, given)
    pins = _around(pins, given)
    first, last = _read_slice(given)
    return Page(pins[first:last], is_extended)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def wants_extensions(given: Mapping[str, str]) -> bool:
    """Tell whether the attributes that only open data knows are wanted; raises Refused."""
    value = given.get("extensions", "false").lower()
    if value not in {"true", "false"}:
        raise Refused(400, _("extensions is true or false."))
    return value == "true"


def read_window(
    given: Mapping[str, str], now: datetime.datetime
) -> tuple[datetime.datetime, datetime.datetime]:
    """Return from when to when: 90 days at most, from one end where one is given.

    Without any, from the beginning of the day 90 days ago: within a day a client that has
    the answer need not load it again. Raises Refused.
    """
    start = _read_moment(given, "start_date")
    end = _read_moment(given, "end_date")
    if start is None and end is None:
        day = timezone.localtime(now - WINDOW)
        return day.replace(hour=0, minute=0, second=0, microsecond=0), now
    start = start or (end or now) - WINDOW
    end = end or start + WINDOW
    if end < start:
        raise Refused(400, _("end_date is before start_date."))
    if end - start > WINDOW:
        raise Refused(400, _("start_date and end_date are at most 90 days apart."))
    return start, end


def _read_moment(given: Mapping[str, str], name: str) -> datetime.datetime | None:
    text = given.get(name)
    if text is None:
        return None
    # A plus that was not escaped arrives as a blank.
    text = re.sub(r"(T\S+) (\d\d:?\d\d)$", r"\1+\2", text.strip())
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not EARLIEST <= moment.year <= LATEST:
        raise Refused(
            400,
            _("{name} is no date and time such as 2026-05-01T00:00:00Z.").format(
                name=name
            ),
        )
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _of_services(
    pins: PublicPinQuerySet, given: Mapping[str, str]
) -> PublicPinQuerySet:
    if "service_code" not in given:
        return pins
    codes = _split(given["service_code"])
    unknown = set(codes) - set(Theme.objects.values_list("slug", flat=True))
    if unknown:
        raise Refused(
            400,
            *(
                _("service_code: there is no service “{code}”.").format(
                    code=_shown(code)
                )
                for code in sorted(unknown)[:5]
            ),
        )
    return pins.filter(theme_slug__in=codes)


def _in_states(pins: PublicPinQuerySet, given: Mapping[str, str]) -> PublicPinQuerySet:
    if "status" not in given:
        return pins
    wanted = {state.lower() for state in _split(given["status"])}
    if not wanted <= set(STATUSES):
        raise Refused(400, _("status is open or closed."))
    return pins.filter(
        status__in=[status for state in wanted for status in STATUSES[state]]
    )


def _around(pins: PublicPinQuerySet, given: Mapping[str, str]) -> PublicPinQuerySet:
    """Keep what lies around a place; an index finds what is roughly there."""
    names = [name for name in ("lat", "long", "radius") if name in given]
    if not names:
        return pins
    if len(names) < 3:
        raise Refused(400, _("lat, long and radius belong together."))
    place, radius = read_place(given), _read_radius(given["radius"])
    middle = place.transform(3857, clone=True)
    # Metres of that projection are shorter than those on the ground by this.
    reach = 1.02 * radius / max(math.cos(math.radians(place.y)), 0.01)
    return pins.filter(
        Within(F("mercator"), Value(middle, PointField(srid=3857)), reach),
        location__distance_lte=(place, D(m=radius)),
    )


def read_place(given: Mapping[str, str]) -> Point:
    """Return the point (EPSG:4326) of `lat` and `long`; raises Refused."""
    try:
        return point_at(read_position(given.get("long", ""), given.get("lat", "")))
    except CoordinateError as error:
        raise Refused(
            400,
            _("lat and long are degrees, such as {lat} and {lon}.").format(
                **example_degrees()
            ),
        ) from error


def _read_radius(text: str) -> float:
    try:
        radius = read_number(text)
    except ValueError:
        radius = 0
    if not 0 < radius <= RADIUS:
        raise Refused(
            400, _("radius is a number of metres up to {most}.").format(most=RADIUS)
        )
    return radius


def _read_slice(given: Mapping[str, str]) -> tuple[int, int]:
    size = _read_count(given, "page_size", LIMIT, LIMIT)
    page = _read_count(given, "page", 1, FARTHEST // size)
    return (page - 1) * size, page * size


def _read_count(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = given.get(name, str(default)).strip()
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= most:
        raise Refused(
            400,
            _("{name} is a whole number from 1 to {most}.").format(
                name=name, most=most
            ),
        )
    return int(text)
