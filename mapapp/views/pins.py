"""One published pin with its way through the bodies, and what others say to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from pins.comment_paging import read_comments
from pins.models import Comment, PublicPin
from pins.paging import BadCursor
from pins.supports import supporters


@require_safe
def pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a pin, its place, its timeline and what others say to it.

    The same page for everyone: what a browser supports it asks for itself. 404 for
    whatever is not published, 400 for a page of comments that is none.
    """
    found = get_object_or_404(
        PublicPin.objects.select_related("theme").defer("search", "feature"),
        reference=reference,
    )
    try:
        comments = read_comments(Comment.objects.to(found), request.GET)
    except BadCursor:
        return render(request, "400.html", status=400)
    context = {
        "pin": found,
        "timeline": found.steps(),
        "supporters": supporters(found.support_count),
        "comments": comments,
    }
    return render(request, "mapapp/pin.html", context)
