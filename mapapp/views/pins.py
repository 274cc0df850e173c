"""One published pin with its way through the bodies, and what others say to it."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from councils.public.trace import trace
from pins.comment_paging import read_comments
from pins.merging import also_said, public_survivor
from pins.models import Comment, ErasedReference, PublicPin
from pins.paging import BadCursor
from pins.supports import supporters

# The words of a duplicate, without being led on to where its matter is dealt with.
ORIGINAL = "original"
BROUGHT_FROM = "from"
ALSO_SAID_SHOWN = 50


@require_safe
def pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a pin, its place, its timeline and what others say to it.

    The same page for everyone: what a browser supports it asks for itself. 404 for
    whatever is not published, 410 for what was erased after it had been, 400 for a page of comments that is none. A duplicate leads
    on to where its matter is dealt with, unless `?original` asks for its own words.
    """
    published = PublicPin.objects.select_related("theme").defer("search", "feature")
    found = published.filter(reference=reference).first()
    if found is None:
        return _gone(request, reference)
    survivor = public_survivor(found)
    if survivor.pk != found.pk and ORIGINAL not in request.GET:
        query = request.GET.copy()
        query[BROUGHT_FROM] = found.reference
        return redirect(f"{survivor.get_absolute_url()}?{query.urlencode()}")
    try:
        comments = read_comments(Comment.objects.to(found), request.GET)
    except BadCursor:
        return render(request, "400.html", status=400)
    way = trace(found)
    repeating = also_said(found)
    context = {
        "pin": found,
        "also_said": list(repeating[:ALSO_SAID_SHOWN]),
        "brought_from": _brought_from(request, repeating),
        "timeline": way.entries,
        "chain": way.chain,
        "supporters": supporters(found.support_count),
        "comments": comments,
    }
    return render(request, "mapapp/pin.html", context)


def _gone(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that a contribution was erased; raises Http404 for every other one."""
    gone = get_object_or_404(ErasedReference, reference=reference)
    return render(request, "mapapp/pin_gone.html", {"gone": gone}, status=410)


def _brought_from(request: HttpRequest, repeating: QuerySet[PublicPin]) -> str:
    """Return the reference of the duplicate that led here; empty where none did."""
    reference = request.GET.get(BROUGHT_FROM, "")
    if not reference or "\0" in reference:
        return ""
    found = repeating.filter(reference=reference)
    return found.values_list("reference", flat=True).first() or ""
