"""Where the office prints cards and posters."""

import logging
from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from councils.papers import sheets
from councils.papers.pdf import MEDIA_TYPE, NotSet
from insek.access import for_editors, get_editor
from insek.cards import columns, printing
from insek.cards.numbers import print_cards
from insek.forms.cards import CardPrintForm, PosterForm
from insek.models import CardPrint
from layers.languages import page_language
from layers.problems import problem

logger = logging.getLogger(__name__)
PAGE_SIZE = 20
CSV = "text/csv; charset=utf-8"


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def prints(request: HttpRequest) -> HttpResponse:
    """List what was printed; on POST give out new numbers. 422 for what is refused."""
    if request.method != "POST":
        return _page(request)
    form = CardPrintForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    cards = print_cards(**form.cleaned_data, actor=get_editor(request.user))
    return redirect(f"{request.path}?new={cards.pk}")


def _page(
    request: HttpRequest,
    form: CardPrintForm | None = None,
    poster: PosterForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = CardPrint.objects.select_related("event", "district")
    initial = {
        "event": request.GET.get("event", ""),
        "district": request.GET.get("district", ""),
        "language": page_language(),
    }
    new = request.GET.get("new", "")
    context = {
        "section": "input",
        "form": form or CardPrintForm(initial=initial, auto_id="card_%s"),
        "poster": poster or PosterForm(initial=initial, auto_id="poster_%s"),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "new": found.filter(pk=new).first() if new.isdecimal() else None,
    }
    return render(request, "insek/input/prints.html", context, status=status)


@for_editors
@require_safe
def print_file(request: HttpRequest, print_id: int) -> HttpResponse:
    """Answer with printed cards as PDF, the same numbers each time."""
    cards = get_object_or_404(
        CardPrint.objects.select_related("event", "district"), pk=print_id
    )
    name = f"{cards.number(0)}.pdf"
    return _file(request, name, lambda: printing.make_cards(cards))


@for_editors
@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """Answer with a poster as PDF; 400 with the form for what it refuses."""
    form = PosterForm(request.GET, auto_id="poster_%s")
    if not form.is_valid():
        return _page(request, poster=form, status=400)
    wanted = form.cleaned_data
    return _file(
        request,
        f"poster-{wanted['paper']}.pdf",
        lambda: printing.make_poster(
            event=wanted["event"],
            district=wanted["district"],
            paper=wanted["paper"],
            language=wanted["language"],
            to_form=wanted["target"] == PosterForm.Target.FORM,
        ),
    )


def _file(request: HttpRequest, name: str, make: Callable[[], bytes]) -> HttpResponse:
    """Answer with a file; who only asks whether it is there has it not made."""
    try:
        content = make() if request.method == "GET" else b""
    except NotSet:
        logger.exception("Cards or a poster could not be made.")
        return problem(_("The file could not be made. Please try again."), status=503)
    return _attachment(name, MEDIA_TYPE, content)


def _attachment(name: str, media_type: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@for_editors
@require_safe
def template_xlsx(request: HttpRequest) -> HttpResponse:
    """Answer with an empty table for typed cards, with the valid values, as XLSX."""
    return _attachment(_("cards.xlsx"), sheets.MEDIA_TYPE, columns.template_xlsx())


@for_editors
@require_safe
def template_csv(request: HttpRequest) -> HttpResponse:
    """Answer with an empty table for typed cards as CSV."""
    return _attachment(_("cards.csv"), CSV, columns.template_csv())
