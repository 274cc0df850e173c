"""The numbers of the process as files: a table of each figure, and a map of shades."""

import csv
import datetime
import io

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from exports.files.csv_table import (
    MEDIA_TYPE,
    Dialect,
    excel_dialect,
    harmless,
    rfc4180_dialect,
)
from exports.languages import in_language_asked_for
from insek.forms.numbers import UNKNOWN, NumbersForm
from insek.numbers.figures import FIGURES, Places, figures_of
from insek.numbers.snapshots import latest, tallies_of
from insek.numbers.tables import Figure
from insek.numbers.tallies import Tallies
from layers.conditional import answer
from layers.problems import bad_query, not_found, read_only, takes

DIALECTS = {"rfc4180": rfc4180_dialect, "excel-de": excel_dialect}


class TableForm(NumbersForm):
    """What a table is to hold, and for which programs it is written."""

    dialect = forms.ChoiceField(
        choices=[(name, name) for name in DIALECTS],
        required=False,
        error_messages=UNKNOWN,
    )

    @property
    def dialect_chosen(self) -> Dialect:
        """That of programs, where none was asked for."""
        return DIALECTS[self.cleaned_data.get("dialect") or "rfc4180"]()


@read_only
@takes(*TableForm.base_fields)
def table(request: HttpRequest, figure: str) -> HttpResponseBase:
    """Answer with a figure as CSV (RFC 4180, or for Excel); 404 for an unknown one.

    Codes and numbers are the same in all languages; names stand in German and English.
    400 where the query asks for an unknown period, district or dialect.
    """
    if figure not in FIGURES:
        return not_found(_("There is no such figure."))
    snapshot, places = latest(), Places()
    form = TableForm(request.GET, districts=places.districts)
    if not form.is_valid():
        return bad_query(form)
    tallies = tallies_of(snapshot, form.period_chosen, form.district_chosen)
    dialect = form.dialect_chosen

    def make() -> HttpResponse:
        return HttpResponse(
            _csv(_in_both_languages(tallies, places, figure), dialect), MEDIA_TYPE
        )

    response = answer(request, snapshot.computed_at, places.state(), make=make)
    name = f"insek-{figure}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@read_only
@takes(*NumbersForm.base_fields, "lang")
def choropleth(request: HttpRequest) -> HttpResponseBase:
    """Answer with a map of the districts as one HTML file.

    400 where the query asks for an unknown period or language.
    """
    return in_language_asked_for(request, lambda: _choropleth(request))


def _choropleth(request: HttpRequest) -> HttpResponseBase:
    snapshot, places = latest(), Places()
    form = NumbersForm(request.GET, districts=places.districts)
    if not form.is_valid():
        return bad_query(form)
    # A map of one district compares nothing: it is always that of the whole city.
    tallies = tallies_of(snapshot, form.period_chosen)

    def make() -> HttpResponse:
        # Here and not above: folium brings pandas, for which every process would pay.
        from exports.standalone.numbers import make_map

        return HttpResponse(make_map(tallies, places, snapshot.computed_at))

    response = answer(request, snapshot.computed_at, places.state(), make=make)
    response["Content-Disposition"] = 'attachment; filename="insek-districts.html"'
    return response


def _in_both_languages(
    tallies: Tallies, places: Places, key: str
) -> tuple[Figure, Figure]:
    figures = []
    for language in ("de", "en"):
        with translation.override(language):
            figures += figures_of(tallies, places, [key])
    german, english = figures
    return german, english


def _csv(figures: tuple[Figure, Figure], dialect: Dialect) -> str:
    german, english = figures
    labels = {row.code: row.label for row in english.rows}
    file = io.StringIO()
    file.write(dialect.start)
    writer = csv.writer(file, delimiter=dialect.separator)
    names = [column.name for column in german.columns]
    writer.writerow(["code", "label_de", "label_en", *names])
    for row in german.rows:
        texts = (row.code, row.label, labels[row.code], *row.values)
        writer.writerow([_cell(value, dialect) for value in texts])
    return file.getvalue()


def _cell(value: object, dialect: Dialect) -> object:
    """Return a value as it stands in the file; a German Excel takes 30.8 for a day."""
    if dialect.point != "." and isinstance(value, float):
        return str(value).replace(".", dialect.point)
    if dialect.point != "." and isinstance(value, datetime.date):
        return f"{value:%d.%m.%Y}"
    return harmless(value)
