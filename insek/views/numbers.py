"""The numbers of the process: what came in, from where, and what came of it."""

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insek.forms.numbers import NumbersForm
from insek.models import NumbersSnapshot
from insek.numbers.charts import Chart, bars, chart_of
from insek.numbers.choropleth import TITLES, scales
from insek.numbers.figures import Places, figures_of
from insek.numbers.keys import KeyNumbers, key_numbers_of
from insek.numbers.snapshots import latest, tallies_of
from insek.numbers.tables import Figure
from insek.numbers.tallies import Period, Tallies
from layers.conditional import answer
from layers.languages import page_language
from trust.cookies import MESSAGES, host_only


@require_safe
def numbers(request: HttpRequest) -> HttpResponseBase:
    """Show all figures of a period and a place; 400 where there is none such."""
    snapshot = latest()
    keys, places = key_numbers_of(snapshot), Places()
    # A page that shows who is signed in, or a message, is for this moment only.
    if request.user.is_authenticated or host_only(MESSAGES) in request.COOKIES:
        return _page(request, snapshot, keys, places)
    release = getattr(staticfiles_storage, "manifest_hash", "")
    states = (keys, places.state(), timezone.localdate(), release, settings.DEMO)
    return answer(request, *states, make=lambda: _page(request, snapshot, keys, places))


def _page(
    request: HttpRequest, snapshot: NumbersSnapshot, keys: KeyNumbers, places: Places
) -> HttpResponse:
    form = NumbersForm(request.GET, districts=places.districts)
    is_valid = form.is_valid()
    tallies = tallies_of(snapshot, form.period_chosen, form.district_chosen)
    context: dict[str, Any] = {
        "form": form,
        "keys": keys,
        "total": tallies.total,
        "is_filtered": bool(form.query()),
        "query": form.query(),
        "figures": [
            {"table": figure, "charts": _charts(figure)}
            for figure in figures_of(tallies, places)
        ],
        "as_of": snapshot.computed_at,
        "licence_name": settings.LICENCE_NAME,
        "licence_url": settings.LICENCE_URL,
    }
    if not form.district_chosen:
        context |= _map(tallies, places)
    return render(
        request, "insek/numbers.html", context, status=200 if is_valid else 400
    )


def _charts(figure: Figure) -> list[Chart]:
    """Return what to draw of a figure: of districts also how many for the people there."""
    if figure.key != "district":
        charts = [chart_of(figure)]
    else:
        titles = {"contributions": _("Contributions"), **TITLES}
        charts = [
            bars(figure, name, key=name, title=str(titles[name]))
            for name in ("contributions", "per_1000")
        ]
    return [chart for chart in charts if chart]


def _map(tallies: Tallies, places: Places) -> dict[str, Any]:
    (figure,) = figures_of(tallies, places, ["district"])
    shown = scales(figure)
    data = {
        scale.key: {place.slug: [place.level, place.text] for place in scale.places}
        for scale in shown
    }
    return {"scales": shown, "scale_data": data, "map_query": _map_query(tallies)}


def _map_query(tallies: Tallies) -> str:
    """Return the query of the file of the map: it has one address in all languages."""
    query = QueryDict(mutable=True)
    if tallies.period != Period.ALL:
        query["period"] = tallies.period.value
    if page_language() != settings.LANGUAGE_CODE:
        query["lang"] = page_language()
    return query.urlencode()
