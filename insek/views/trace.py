"""The planners' bench: choose contributions, look at the choice, link it, take it back."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from insek.access import for_planners, get_planner
from insek.digest.selection import UnknownSuggestion, read_suggestion
from insek.forms.trace import ChoiceForm, TraceFilter, read_ids
from insek.models import Goal, Link, Measure, Milestone
from insek.trace.linking import MOST, Linked, link_contributions, undo_linking
from insek.trace.tracing import LinkRefused, Target, read_target, target_field
from layers.models import Theme
from pins.models import PublicPin
from pins.paging import BadCursor, read_page

NAMED = 100


def get_target(kind: str, target_id: int) -> Target:
    """Return a part of the concept, public or not; 404 for what is none."""
    try:
        return read_target(kind, target_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error


@for_planners
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """List goals and measures with their milestones, to choose what to link to.

    404 for a suggestion that is gone.
    """
    try:
        suggestion = read_suggestion(request.GET)
    except UnknownSuggestion as error:
        raise Http404 from error
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    named = Q()
    for word in words.split():
        named &= (
            Q(number__icontains=word)
            | Q(title_de__icontains=word)
            | Q(title_en__icontains=word)
        )
    linked = Count("links", filter=Q(links__pin__isnull=False))
    goals = Goal.objects.filter(named).annotate(linked=linked)
    measures = Measure.objects.filter(named).annotate(linked=linked)
    context = {
        "section": "trace",
        "words": words,
        "suggestion": suggestion,
        # All of it, whatever is linked to the target already.
        "carried": f"?{suggestion.kind}={suggestion.pk}" if suggestion else "",
        "goals": goals.select_related("field").order_by("number"),
        "measures": measures.prefetch_related("milestones").order_by("number"),
    }
    return render(request, "insek/planning/trace.html", context)


@for_planners
@require_safe
def bench(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Find contributions for a part of the concept; 400 for an unknown filter."""
    target = get_target(kind, target_id)
    return _bench(request, target, request.GET)


def _bench(
    request: HttpRequest, target: Target, query: QueryDict, *, error: str = ""
) -> HttpResponse:
    filters = TraceFilter.from_query(query)
    context = head_context(request, target, "find") | {
        "filters": filters,
        "themes": list(Theme.objects.all()),
        "error": error,
        "reset_url": _bench_url(target),
        "has_filters": True,
        "most": MOST,
    }
    template = "insek/planning/trace_bench.html"
    if not filters.is_valid():
        return render(request, template, context, status=400)
    pins = filters.choose(PublicPin.objects.all(), target)
    total = pins.count()
    try:
        page = read_page(pins, query, filters.order, total=total)
    except BadCursor:
        context["bad_cursor"] = True
        return render(request, template, context, status=400)
    context |= {
        "page": page,
        "total": total,
        "query": filters.query(),
        "map_query": filters.public_query(),
        "has_filters": filters.leaves_out(),
    }
    return render(request, template, context, status=422 if error else 200)


@for_planners
@require_POST
def choose(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Show what is chosen, by district, and ask why; 422 where it is nothing or too much."""
    target = get_target(kind, target_id)
    query = QueryDict(request.POST.get("query", "").replace("\0", ""))
    try:
        ids = _chosen_ids(request, query, target)
    except ValidationError as error:
        return _bench(request, target, query, error=" ".join(error.messages))
    form = ChoiceForm(initial={"pins": ",".join(map(str, ids))})
    return _show_choice(request, target, form, ids, query.urlencode())


def _chosen_ids(request: HttpRequest, query: QueryDict, target: Target) -> list[int]:
    """Return what is ticked, or all that the filters find. Raises ValidationError."""
    if "all" in request.POST:
        filters = TraceFilter.from_query(query)
        if not filters.is_valid():
            raise ValidationError(_("These filters cannot be read."))
        found = filters.choose(PublicPin.objects.all(), target).order_by()
        ids = list(found.values_list("pk", flat=True)[: MOST + 1])
    else:
        ids = read_ids(request.POST.getlist("pin"))
    if not ids:
        raise ValidationError(_("Choose at least one contribution."))
    if len(ids) > MOST:
        text = _(
            "At most %(most)d contributions can be linked at once. Please narrow the "
            "filters, or draw a smaller area."
        )
        raise ValidationError(text % {"most": MOST})
    return ids


def _show_choice(
    request: HttpRequest,
    target: Target,
    form: ChoiceForm,
    ids: Iterable[int],
    query: str,
    status: int = 200,
) -> HttpResponse:
    pins = PublicPin.objects.filter(pk__in=set(ids))
    districts = pins.order_by().values_list("district_name").annotate(n=Count("pk"))
    context = head_context(request, target, "find") | {
        "form": form,
        "query": query,
        "count": pins.count(),
        "districts": list(districts.order_by("-n", "district_name")),
        "pins": pins.for_list().order_by("-published_at", "-id")[:NAMED],
        "named": NAMED,
    }
    return render(request, "insek/planning/trace_choose.html", context, status=status)


@for_planners
@require_POST
def link(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Link what was chosen; 422 with the reason where that is refused."""
    target = get_target(kind, target_id)
    form = ChoiceForm(request.POST)
    query = QueryDict(request.POST.get("query", "").replace("\0", "")).urlencode()
    ids: list[int] = []
    if form.is_valid():
        ids = form.cleaned_data["pins"]
        try:
            done = link_contributions(
                pin_ids=ids,
                target=target,
                actor=get_planner(request.user),
                reason=form.cleaned_data["reason"],
            )
        except LinkRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _words_of(done))
            return redirect(f"{_bench_url(target)}?{query}")
    else:
        ids = form.readable_ids()
    return _show_choice(request, target, form, ids, query, status=422)


def _words_of(done: Linked) -> str:
    n = len(done.links)
    words = ngettext("One contribution linked.", "%(n)d contributions linked.", n)
    if n == 0:
        words = _("Nothing new is linked.")
    text = words % {"n": n} if n else words
    if done.known:
        known = ngettext(
            "One was linked before.", "%(n)d were linked before.", done.known
        )
        text = f"{text} {known % {'n': done.known}}"
    return text


@for_planners
@require_POST
def undo(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Take back what was linked within the last minute; says so where it is too late."""
    target = get_target(kind, target_id)
    at = parse_datetime_or_none(request.POST.get("at", ""))
    if at is None:
        return render(request, "400.html", status=400)
    try:
        n = undo_linking(target=target, at=at, actor=get_planner(request.user))
    except LinkRefused as error:
        messages.error(request, str(error))
    else:
        words = ngettext("One link taken back.", "%(n)d links taken back.", n)
        messages.success(request, words % {"n": n})
    return redirect(_bench_url(target))


def parse_datetime_or_none(text: str) -> Any:
    """Return a moment with its time zone; None for what is none."""
    try:
        at = parse_datetime(text)
        if at is None or timezone.is_naive(at):
            return None
        # What lies beyond all years in UTC cannot be looked for.
        return at.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None


def head_context(request: HttpRequest, target: Target, tab: str) -> dict[str, Any]:
    """Return what all pages of a target need: its name, tabs, and what may be undone."""
    kind = target_field(target)
    now = timezone.now()
    last = (
        Link.objects.filter(
            **{kind: target},
            pin__isnull=False,
            linked_by=get_planner(request.user),
            linked_at__gt=now - settings.UNDO_PERIOD,
        )
        .order_by("-linked_at")
        .first()
    )
    left = last.linked_at + settings.UNDO_PERIOD - now if last else None
    return {
        "section": "trace",
        "target": target,
        "measure": target.measure if isinstance(target, Milestone) else None,
        "kind": kind,
        "tab": tab,
        "linked": Link.objects.filter(**{kind: target}).count(),
        "undo_at": last.linked_at.isoformat() if last else "",
        "undo_seconds": int(left.total_seconds()) if left else 0,
    }


def _bench_url(target: Target) -> str:
    return reverse("planning:trace-target", args=[target_field(target), target.pk])
