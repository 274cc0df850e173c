"""What was found among the contributions: lists and pages, where planners decide."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from districts.models import District
from insek.access import for_planners, get_planner
from insek.digest import deciding
from insek.digest.deciding import SuggestionChanged
from insek.digest.searching import ask_for_hotspots, ask_for_search, is_searching
from insek.forms.suggestions import (
    HotspotForm,
    MembersForm,
    MergeForm,
    NameForm,
    SeenForm,
    SuggestionFilter,
)
from insek.models import Suggestion, SuggestionPin
from insek.models.suggestion import SuggestionQuerySet, area_of
from layers.models import Theme
from pins.models import PublicPin

A_PAGE = 25
SHOWN_PINS = 200
MERGEABLE = 100
# Beside the filters, which have a theme and a kind, too.
IDS_OF_SEARCH = "id_search_%s"


@for_planners
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """List suggestions, the largest first; 400 for an unknown filter."""
    return _list(request, HotspotForm(auto_id=IDS_OF_SEARCH))


def _list(request: HttpRequest, search: HotspotForm) -> HttpResponse:
    themes = list(Theme.objects.all())
    districts = list(District.objects.current().defer("geometry"))
    filters = SuggestionFilter(request.GET, themes=themes, districts=districts)
    context: dict[str, Any] = {
        "section": "suggestions",
        "filters": filters,
        "search": search,
        "is_searching": is_searching(),
    }
    is_bad = bool(search.is_bound and search.errors)
    if filters.is_valid():
        context |= _found(filters, request.GET)
    else:
        is_bad = True
    return render(
        request,
        "insek/planning/suggestions.html",
        context,
        status=400 if is_bad else 200,
    )


def _found(filters: SuggestionFilter, query: QueryDict) -> dict[str, Any]:
    found = filters.apply(Suggestion.objects.all()).counted()
    ordered = found.select_related("theme").order_by("-n", "pk")
    page = Paginator(ordered, A_PAGE).get_page(query.get("page"))
    kept = query.copy()
    kept.pop("page", None)
    rows = list(page)
    names = _districts_of(rows)
    return {
        "page": page,
        "rows": [(row, names.get(row.pk, [])) for row in rows],
        "areas": [area_of(row) for row in rows if row.geometry],
        "query": kept.urlencode(),
    }


def _districts_of(rows: Iterable[Suggestion]) -> dict[int, list[str]]:
    """Return the names of the districts that the contributions of each lie in."""
    members = SuggestionPin.objects.members().filter(suggestion__in=list(rows))
    pairs = set(members.values_list("suggestion_id", "pin_id"))
    pins = PublicPin.objects.filter(pk__in={pin for _, pin in pairs}).order_by()
    district_of = dict(pins.values_list("pk", "district_name"))
    names: dict[int, set[str]] = {}
    for suggestion, pin in pairs:
        if pin in district_of:
            names.setdefault(suggestion, set()).add(district_of[pin])
    return {pk: sorted(found) for pk, found in names.items()}


@for_planners
@require_POST
def search_topics(request: HttpRequest) -> HttpResponse:
    """Let a job look for topics and hot spots anew."""
    if ask_for_search():
        messages.success(
            request,
            _("The search has begun. New suggestions appear here when it is done."),
        )
    else:
        messages.info(request, _("A search is waiting to begin already."))
    return redirect("planning:suggestions")


@for_planners
@require_POST
def search_hotspots(request: HttpRequest) -> HttpResponse:
    """Let a job look for hot spots as closely as was asked; 400 with the form otherwise."""
    form = HotspotForm(request.POST, auto_id=IDS_OF_SEARCH)
    if not form.is_valid():
        return _list(request, form)
    ask_for_hotspots(
        theme=form.cleaned_data["theme"],
        pin_kind=form.cleaned_data["kind"],
        metres=form.cleaned_data["metres"],
        fewest=form.cleaned_data["fewest"],
    )
    messages.success(
        request, _("The search has begun. New suggestions appear here when it is done.")
    )
    return redirect("planning:suggestions")


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    """Show one suggestion with its contributions; on POST decide about it.

    409 where somebody else was faster, 422 for what cannot be read; what was typed stays.
    """
    if request.method == "POST":
        return _decide(request, suggestion_id)
    return _page(request, _get(suggestion_id))


def _get(suggestion_id: int) -> Suggestion:
    return get_object_or_404(
        Suggestion.objects.counted().select_related("theme", "decided_by"),
        pk=suggestion_id,
    )


def _page(
    request: HttpRequest,
    found: Suggestion,
    *,
    form: NameForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    initial = {
        "version": found.version,
        "name_de": found.name_de or found.label,
        "name_en": found.name_en,
    }
    pins = list(found.public_pins()[:SHOWN_PINS])
    district = District.objects.current().filter(slug=found.district_slug)
    context = {
        "section": "suggestions",
        "suggestion": found,
        "form": form or NameForm(initial=initial),
        "merge": MergeForm(None, others=_others(found)),
        "pins": pins,
        "n_more": max(found.n - len(pins), 0),
        "offered": list(found.public_pins(offered=True)[:SHOWN_PINS]),
        "areas": [area_of(found)] if found.geometry else [],
        "district": district.defer("geometry").first(),
        "error": error,
    }
    return render(request, "insek/planning/suggestion.html", context, status=status)


def _others(found: Suggestion) -> SuggestionQuerySet:
    """Return what it can be put together with, of the same theme or place."""
    others = Suggestion.objects.of(found.kind).exclude(pk=found.pk)  # type: ignore[arg-type]  # a column of choices is a string to the checker
    same = others.filter(theme=found.theme, district_slug=found.district_slug)
    ids = same.exclude(state=Suggestion.State.DISMISSED).order_by("state", "-pk")
    return others.filter(pk__in=list(ids.values_list("pk", flat=True)[:MERGEABLE]))


@dataclass(frozen=True)
class _Action:
    """What one of the page's buttons does: read the form, act, and say so."""

    read: Callable[[QueryDict, Suggestion], SeenForm]
    act: Callable[[SeenForm, Suggestion, HttpRequest], Suggestion]
    told: Callable[[], str]


def _confirm(form: SeenForm, found: Suggestion, request: HttpRequest) -> Suggestion:
    return deciding.confirm(
        seen=form.seen(found),
        name_de=form.cleaned_data["name_de"],
        name_en=form.cleaned_data["name_en"],
        actor=get_planner(request.user),
    )


def _move(
    to: SuggestionPin.State,
) -> Callable[[SeenForm, Suggestion, HttpRequest], Suggestion]:
    def move(form: SeenForm, found: Suggestion, request: HttpRequest) -> Suggestion:
        return deciding.move_pins(
            seen=form.seen(found), pin_ids=form.cleaned_data["pin"], to=to
        )

    return move


def _merge(form: SeenForm, found: Suggestion, request: HttpRequest) -> Suggestion:
    other: Suggestion = form.cleaned_data["into"]
    return deciding.merge(
        seen=form.seen(found),
        into=deciding.Seen(other.pk, other.version),
        actor=get_planner(request.user),
    )


def _read_members(data: QueryDict, found: Suggestion) -> MembersForm:
    return MembersForm(data, ids=found.members.values_list("pin_id", flat=True))


def _read_seen(data: QueryDict, found: Suggestion) -> SeenForm:
    return SeenForm(data)


ACTIONS = {
    "confirm": _Action(
        lambda data, found: NameForm(data), _confirm, lambda: _("Confirmed.")
    ),
    "dismiss": _Action(
        _read_seen,
        lambda form, found, request: deciding.dismiss(
            seen=form.seen(found), actor=get_planner(request.user)
        ),
        lambda: _("Dismissed. The same is not suggested again."),
    ),
    "reopen": _Action(
        _read_seen,
        lambda form, found, request: deciding.reopen(seen=form.seen(found)),
        lambda: _("It is a suggestion again."),
    ),
    "remove": _Action(
        _read_members,
        _move(SuggestionPin.State.REMOVED),
        lambda: _("Taken out. It is not suggested for this again."),
    ),
    "accept": _Action(
        _read_members,
        _move(SuggestionPin.State.MEMBER),
        lambda: _("Taken in."),
    ),
    "merge": _Action(
        lambda data, found: MergeForm(data, others=_others(found)),
        _merge,
        lambda: _("Put together. This is what came of it."),
    ),
}


def _decide(request: HttpRequest, suggestion_id: int) -> HttpResponse:
    found = Suggestion.objects.filter(pk=suggestion_id).first()
    if found is None:
        messages.error(
            request,
            _("This suggestion is gone: a new search has replaced it meanwhile."),
        )
        return redirect("planning:suggestions")
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return _page(
            request,
            _get(suggestion_id),
            error=_("Please choose what to do."),
            status=400,
        )
    form = action.read(request.POST, found)
    typed = form if isinstance(form, NameForm) else None
    if not form.is_valid():
        error = "" if typed else " ".join(str(e[0]) for e in form.errors.values())
        return _page(request, _get(suggestion_id), form=typed, error=error, status=422)
    try:
        changed = action.act(form, found, request)
    except SuggestionChanged as refusal:
        return _refused(request, suggestion_id, typed, str(refusal))
    messages.success(request, action.told())
    return redirect("planning:suggestion", changed.pk)


def _refused(
    request: HttpRequest, suggestion_id: int, typed: NameForm | None, reason: str
) -> HttpResponse:
    """Show how it stands now with what was typed, ready to be sent again."""
    now = _get(suggestion_id)
    if typed is not None:
        typed = NameForm(initial={**typed.cleaned_data, "version": now.version})
    return _page(request, now, form=typed, error=reason, status=409)
