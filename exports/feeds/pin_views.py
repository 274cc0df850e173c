"""The feeds of contributions, each at one address for all languages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from districts.models import Body, District
from exports.feeds.atom import MEDIA_TYPE
from exports.feeds.pins import Subject, feed_of, read_entries
from exports.languages import in_language_asked_for
from exports.selection import BadSelection, bad_selection, read_filters
from exports.states import pins_state, themes_state
from layers.conditional import answer
from layers.models import Theme
from layers.problems import not_found, problem, read_only, unknown_parameters
from pins.counts import count_pins
from pins.filters import PinFilter
from pins.models import PublicPin
from pins.paging import BadCursor

FILTERS = ("theme", "kind", "status", "district", "body")


@read_only
def pins(request: HttpRequest) -> HttpResponseBase:
    """Answer with the contributions that changed last as Atom, of the whole city.

    With the filters of the map by theme, kind, status, district and body; `lang` chooses
    the language of the words around them, `before` continues a feed. 400 for anything
    else.
    """
    return _feed(request, lambda: Subject("", reverse("home")))


@read_only
def district(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Answer with the feed of a district; 404 where there is none such today."""
    found = District.objects.current().defer("geometry").filter(slug=slug).first()
    if found is None:
        return not_found(_("There is no district of this name."))
    return _feed(
        request,
        lambda: Subject(found.name, found.get_absolute_url()),
        fixed={"district": slug},
    )


@read_only
def theme(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Answer with the feed of a theme; 404 where there is none such."""
    found = Theme.objects.filter(slug=slug).first()
    if found is None:
        return not_found(_("There is no theme of this name."))
    return _feed(
        request,
        lambda: Subject(found.title, f"{reverse('home')}?theme={slug}"),
        fixed={"theme": slug},
    )


@read_only
def body(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Answer with the feed of what a body answers for; 404 where there is none such."""
    found = Body.objects.filter(slug=slug).first()
    if found is None:
        return not_found(_("There is no such body."))
    return _feed(
        request,
        lambda: Subject(found.name, f"{reverse('home')}?body={slug}"),
        fixed={"body": slug},
    )


def _feed(
    request: HttpRequest,
    subject: Callable[[], Subject],
    *,
    fixed: dict[str, str] | None = None,
) -> HttpResponseBase:
    """Answer with a feed in the language that is asked for, or say what is wrong.

    `fixed` are the filters that the address holds already.
    """
    fixed = fixed or {}

    def make() -> HttpResponseBase:
        known = {*FILTERS, "lang", "before"} - set(fixed)
        if refused := unknown_parameters(request, known):
            return refused
        query = request.GET.copy()
        query.update(fixed)
        try:
            filters = read_filters(query)
            return _answer(request, _narrowed(subject(), filters, fixed), filters)
        except BadSelection as error:
            return bad_selection(error)
        except BadCursor:
            detail = _("“before” is none of the places where this feed goes on.")
            return problem(detail, status=400)

    return in_language_asked_for(request, make)


def _answer(
    request: HttpRequest, subject: Subject, filters: PinFilter
) -> HttpResponseBase:
    def make() -> HttpResponse:
        # The database would look long for what the counts say is not there.
        is_empty = not count_pins(filters).total
        some = PublicPin.objects.none() if is_empty else PublicPin.objects.all()
        found = read_entries(filters, request.GET.get("before"), some)
        content = feed_of(
            found, subject, path=request.path, query=dict(request.GET.lists())
        )
        return HttpResponse(content, content_type=MEDIA_TYPE)

    return answer(request, pins_state(), themes_state(), subject, make=make)


def _narrowed(subject: Subject, filters: PinFilter, fixed: dict[str, str]) -> Subject:
    """Return the subject with what of it the filters of the query choose."""
    chosen = {
        name: values
        for name, values in filters.wanted_values().items()
        if values and name not in fixed
    }
    words = [subject.title] if subject.title else []
    for name, values in chosen.items():
        field: Any = filters.fields[name]
        labels = dict(field.choices)
        words += [str(labels[value]) for value in values]
    what = ", ".join(words) or _("the whole city")
    mark = "&" if "?" in subject.page else "?"
    query = urlencode(chosen, doseq=True)
    return Subject(
        title=_("Contributions: %(subject)s") % {"subject": what},
        page=f"{subject.page}{mark}{query}" if query else subject.page,
    )
