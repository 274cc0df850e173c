"""Moderators read typed cards page by page, and publish what they chose at once."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import get_moderator
from pins.actions import publish_pin
from pins.models import Pin
from pins.moderation.claims import ReadByAnother, demand
from pins.workflow import MoveNotAllowed, Source, Visibility

# As many as somebody reads before they press the button.
PAGE_SIZE = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: HttpRequest) -> HttpResponse:
    """Show typed cards that wait, with all their words; on POST publish the chosen ones.

    Each is sent with the digest of what was read: what has changed or was decided on
    meanwhile stays as it is, and is counted. 422 where nothing was chosen.
    """
    moderator = get_moderator(request.user)
    if request.method != "POST":
        return _page(request)
    chosen = [entry.partition(":") for entry in request.POST.getlist("pin")]
    read = {
        reference: digest
        for reference, _colon, digest in chosen[:PAGE_SIZE]
        if "\0" not in reference
    }
    if not read:
        messages.error(request, _("Please select what you want to publish."))
        return _page(request, status=422)
    published = _publish(read, moderator)
    if published:
        messages.success(request, _said(published))
    if missed := len(read) - published:
        messages.warning(request, _missed(missed))
    return redirect("moderation:cards")


def _publish(read: dict[str, str], moderator: User) -> int:
    """Publish what is as it was read; return how many."""
    published = 0
    for pin in Pin.objects.filter(source=Source.CARD, reference__in=read):
        try:
            demand(subject=pin, actor=moderator)
            publish_pin(pin=pin, actor=moderator, read=read[pin.reference])
        except (MoveNotAllowed, ReadByAnother):
            continue
        published += 1
    return published


def _said(count: int) -> str:
    return ngettext(
        "%(count)d contribution is published.",
        "%(count)d contributions are published.",
        count,
    ) % {"count": count}


def _missed(count: int) -> str:
    return ngettext(
        "%(count)d was changed or decided on meanwhile, or somebody is reading it. Please "
        "look at it again.",
        "%(count)d were changed or decided on meanwhile, or somebody is reading them. "
        "Please look at them again.",
        count,
    ) % {"count": count}


def _page(request: HttpRequest, status: int = 200) -> HttpResponse:
    waiting = (
        Pin.objects.filter(source=Source.CARD, visibility=Visibility.SUBMITTED)
        .select_related("theme", "district")
        .defer("district__geometry")
        .prefetch_related("photos")
        .order_by("created_at", "pk")
    )
    page = Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "state": Visibility.SUBMITTED, "cards": _entries(page)}
    return render(request, "moderation/cards.html", context, status=status)


def _entries(pins: Iterable[Pin]) -> list[tuple[Pin, str]]:
    """Return each with what says what was read: nothing where photos must be seen first."""
    return [
        (pin, "" if pin.photos.all() else f"{pin.reference}:{pin.words_digest}")
        for pin in pins
    ]
