"""The desks somebody may enter, and the inbox of each."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils.access import Seat, bodies_of, get_seat
from councils.desk.entries import entries_of
from councils.desk.inbox import STATUS_OF_TAB, Inbox, InboxFilter, Tab
from councils.desk.numbers import with_numbers
from districts.models import Body
from layers.models import Theme
from pins.counts import Counts
from pins.models import PublicPin
from pins.paging import BadCursor, read_page
from pins.searching import read_search


@never_cache
@login_required
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """List the desks the user may enter; straight on where there is only one."""
    mine = list(with_numbers(bodies_of(request.user)))
    if not mine:
        raise PermissionDenied
    if len(mine) == 1:
        return redirect("councils:desk", mine[0].slug)
    context = {"bodies": mine, "may_use_desk": True}
    return render(request, "councils/bodies.html", context)


@never_cache
@login_required
@require_safe
def desk(request: HttpRequest, body_slug: str) -> HttpResponse:
    """Show the inbox of a body: list and map of what its tab and the filters let pass.

    400 with the list left empty and the reason at its place for an unknown value.
    """
    seat = get_seat(request.user, body_slug)
    themes = list(Theme.objects.all())
    filters = InboxFilter.at_desk(seat.body, request.GET, themes)
    numbers = with_numbers(Body.objects.filter(pk=seat.body.pk), seat.user).get()
    context: dict[str, Any] = {
        "seat": seat,
        "body": seat.body,
        "section": "contributions",
        "may_use_desk": True,
        "filters": filters,
        "themes": themes,
        "desk_numbers": numbers,
    }
    context |= _listed(seat, request.GET, filters)
    context["tabs"] = _tabs(numbers, context["tab"])
    status = 400 if context["page"] is None else 200
    return render(request, "councils/desk.html", context, status=status)


def _listed(seat: Seat, query: QueryDict, filters: InboxFilter) -> dict[str, Any]:
    """Return what list and map show; `page` is None where it cannot be told."""
    nothing = {"tab": None, "page": None, "counts": Counts(0), "has_filters": True}
    if not filters.is_valid():
        return nothing
    reading = read_search(query, filters)
    inbox = Inbox(seat.body, seat.user, filters)
    counts = inbox.count()
    # The database would look long for what the counts say is not there.
    pins = inbox.pins() if counts.total else PublicPin.objects.none()
    parts = inbox.parts() if counts.total else ()
    try:
        page = read_page(pins, query, filters.order, total=counts.total, parts=parts)
    except BadCursor:
        return nothing | {"bad_cursor": True}
    return {
        "tab": inbox.tab,
        "page": page,
        "entries": entries_of(seat.body, page.pins),
        "counts": counts,
        "reading": reading,
        "facets": counts if not counts.is_capped else None,
        "has_filters": filters.leaves_out(),
        # The tiles know no deadlines and nobody's work: then the map shows the page.
        "map_query": "" if inbox.is_listed_only else filters.map_query(seat.body),
        "is_listed_only": inbox.is_listed_only,
        "back": query_without_paging(query),
        "has_fixed_status": inbox.tab in STATUS_OF_TAB,
        "only_district": filters.only_district,
    }


def query_without_paging(query: QueryDict) -> str:
    """Return the query string of the first page: later ones may be empty afterwards."""
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    return kept.urlencode()


def _tabs(numbers: Any, current: Tab | None) -> list[dict[str, Any]]:
    """Return the tabs with the numbers of what is in them, whatever the filters."""
    rows = [
        (Tab.NEW, _("New"), numbers.new_count),
        (Tab.WAITING, pgettext("tab of an inbox", "Waiting"), numbers.waiting_count),
        (Tab.OVERDUE, _("Overdue"), numbers.overdue_count),
        (Tab.MINE, _("Assigned to me"), numbers.my_count),
        (Tab.ALL, _("All"), None),
    ]
    return [
        {"tab": tab, "label": label, "number": number, "is_current": tab == current}
        for tab, label, number in rows
    ]
