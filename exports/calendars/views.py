"""The calendars of sittings and events, each at one address for all languages."""

import datetime
from collections.abc import Callable

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Sitting
from districts.models import Body
from exports.calendars import events, sittings
from exports.calendars.ical import MEDIA_TYPE
from exports.languages import in_language_asked_for
from exports.states import sittings_state
from insek.models import Event
from layers.conditional import answer
from layers.problems import not_found, read_only, takes

# What a calendar holds: a year back, two ahead, and never more than this.
BACK, AHEAD = datetime.timedelta(days=366), datetime.timedelta(days=731)
AT_MOST = 500


@read_only
@takes("body", "lang")
def all_sittings(request: HttpRequest) -> HttpResponseBase:
    """Answer with the sittings around today, of all bodies or of one (`?body=`).

    404 for an unknown body, 400 for an unknown language.
    """
    slug = request.GET.get("body", "")
    bodies = {body.slug: body for body in Body.objects.all()} if slug else {}
    if slug and slug not in bodies:
        return not_found(_("There is no such body."))
    body = bodies.get(slug)
    return _file(
        request,
        sittings_state(),
        lambda: sittings.to_subscribe(_sittings_around_today(body), body),
        f"sittings-{slug or 'all'}.ics",
    )


def _sittings_around_today(body: Body | None) -> list[Sitting]:
    today = timezone.localdate()
    found = Sitting.objects.select_related("body").on_days(today - BACK, today + AHEAD)
    # Where there are too many, those farthest ahead are left for later.
    return list((found.of_body(body) if body else found)[:AT_MOST])


@read_only
@takes("lang")
def sitting(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """Answer with one sitting; 404 where there is none."""
    found = Sitting.objects.select_related("body").filter(pk=sitting_id).first()
    if found is None:
        return not_found(_("There is no such sitting."))
    return _file(
        request,
        sittings_state(),
        lambda: sittings.to_keep(found),
        f"sitting-{found.pk}.ics",
    )


@read_only
@takes("lang")
def all_events(request: HttpRequest) -> HttpResponseBase:
    """Answer with the events around today; 400 for an unknown language."""
    public = Event.objects.public()
    now = timezone.now()
    around = public.filter(starts_at__range=(now - BACK, now + AHEAD))
    found = around.order_by("starts_at", "pk")[:AT_MOST]
    return _file(
        request,
        (
            timezone.localdate(),
            public.aggregate(n=Count("pk"), last=Max("modified_at")),
        ),
        lambda: events.to_subscribe(list(found)),
        "events.ics",
    )


@read_only
@takes("lang")
def event(request: HttpRequest, event_id: int) -> HttpResponseBase:
    """Answer with one event; 404 where there is none, or only a draft."""
    found = Event.objects.public().filter(pk=event_id).first()
    if found is None:
        return not_found(_("There is no such event."))
    return _file(
        request,
        found.modified_at,
        lambda: events.to_keep(found),
        f"event-{found.pk}.ics",
    )


def _file(
    request: HttpRequest, state: object, make: Callable[[], bytes], name: str
) -> HttpResponseBase:
    response = in_language_asked_for(
        request,
        lambda: answer(
            request,
            state,
            make=lambda: HttpResponse(make(), content_type=MEDIA_TYPE),
        ),
    )
    if response.status_code != 400:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
