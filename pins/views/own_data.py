"""All that is stored about the author of a pin or comment, by its own link."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import OwnLinkExpired, get_own_comment, get_own_pin
from pins.erasing import (
    erase_comment,
    erase_pin,
    make_anonymous,
    make_comment_anonymous,
)
from pins.own_data import comment_records, pin_records
from trust.records import download, for_page
from trust.register import Record

GONE = 410
# What a person can choose: to cut what leads to them, or to erase what they wrote.
ANONYMOUS, ALL = "anonymous", "all"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pin_data(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Show what is stored with one's own pin; `?format=json` takes it along, `?erase=`
    asks once more, and POST erases.

    404 for a wrong link, 410 for one whose time is over, 400 for an unknown choice.
    """
    try:
        pin = get_own_pin(reference, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=GONE)
    acts = {
        ANONYMOUS: lambda: make_anonymous(pin=pin),
        ALL: lambda: erase_pin(pin=pin),
    }
    return _answer(request, pin_records(pin), acts, is_comment=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_data(
    request: HttpRequest, reference: str, comment_id: int, token: str
) -> HttpResponse:
    """Do the same for one's own comment."""
    try:
        comment = get_own_comment(reference, comment_id, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=GONE)
    acts = {
        ANONYMOUS: lambda: make_comment_anonymous(comment=comment),
        ALL: lambda: erase_comment(comment=comment),
    }
    return _answer(request, comment_records(comment), acts, is_comment=True)


def _answer(
    request: HttpRequest,
    records: Sequence[Record],
    acts: dict[str, Callable[[], None]],
    *,
    is_comment: bool,
) -> HttpResponse:
    if request.GET.get("format") == "json" and request.method != "POST":
        return download(records)
    chosen = request.POST.get("erase") or request.GET.get("erase", "")
    context = {
        "records": for_page(records),
        "own_path": request.path.removesuffix("/data"),
        "is_comment": is_comment,
        "chosen": chosen,
    }
    if chosen and chosen not in acts:
        message = _("Please use one of the buttons of this page.")
        context |= {"message": message, "chosen": ""}
        return render(request, "pins/own_data.html", context, status=400)
    if request.method != "POST":
        return render(request, "pins/own_data.html", context)
    if not chosen:
        message = _("Please use one of the buttons of this page.")
        return render(
            request, "pins/own_data.html", context | {"message": message}, status=400
        )
    acts[chosen]()
    return redirect("own-data-erased")
