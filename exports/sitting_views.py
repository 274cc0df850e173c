"""Files of the sittings: iCalendar and Atom, each at one address for all languages."""

import datetime
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.models import Sitting
from districts.models import Body
from exports import calendars, feeds
from exports.states import sittings_state
from layers.conditional import answer
from layers.problems import not_found, problem

LANGUAGES = {code for code, _name in settings.LANGUAGES}
# What the calendar holds: a year back, two ahead, and never more than this.
DAYS_BACK, DAYS_AHEAD, AT_MOST = 366, 731, 500
# What a feed holds: the sittings that changed last.
ENTRIES = 50


@require_safe
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Answer with the sittings around today as iCalendar, of all or one body (`?body=`).

    404 for an unknown body, 400 for an unknown language.
    """
    return _file(
        request,
        request.GET.get("body", ""),
        lambda body: calendars.to_subscribe(_around_today(body), body),
        calendars.MEDIA_TYPE,
        name=f"sittings-{request.GET.get('body') or 'all'}.ics",
    )


@require_safe
def one(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """Answer with one sitting as iCalendar; 404 where there is none."""
    found = Sitting.objects.select_related("body").filter(pk=sitting_id).first()
    if found is None:
        return not_found(_("There is no such sitting."))
    return _file(
        request,
        "",
        lambda _body: calendars.to_keep(found),
        calendars.MEDIA_TYPE,
        name=f"sitting-{found.pk}.ics",
    )


@require_safe
def feed(request: HttpRequest, slug: str = "") -> HttpResponseBase:
    """Answer with the sittings that changed last as Atom, of all bodies or one."""
    address = f"{settings.BASE_URL}{request.get_full_path()}"
    return _file(
        request,
        slug,
        lambda body: feeds.feed_of(_latest(body), address=address, body=body),
        feeds.MEDIA_TYPE,
    )


def _file(
    request: HttpRequest,
    slug: str,
    make: Callable[[Body | None], bytes],
    media_type: str,
    *,
    name: str = "",
) -> HttpResponseBase:
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in LANGUAGES:
        return problem(_("There is no such language."), status=400)
    bodies = {body.slug: body for body in Body.objects.all()}
    if slug and slug not in bodies:
        return not_found(_("There is no such body."))
    with translation.override(language):
        response = answer(
            request,
            sittings_state(),
            [body.name for body in bodies.values()],
            make=lambda: HttpResponse(make(bodies.get(slug)), content_type=media_type),
        )
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Language"] = language
    return response


def _around_today(body: Body | None) -> list[Sitting]:
    today = timezone.localdate()
    found = Sitting.objects.select_related("body").on_days(
        today - datetime.timedelta(days=DAYS_BACK),
        today + datetime.timedelta(days=DAYS_AHEAD),
    )
    # Where there are too many, those farthest ahead are left for later.
    return list((found.of_body(body) if body else found)[:AT_MOST])


def _latest(body: Body | None) -> list[Sitting]:
    found = Sitting.objects.select_related("body").order_by("-modified_at", "-id")
    return list((found.of_body(body) if body else found)[:ENTRIES])
