"""The moderators' queue: all that waits, the next of it, and who reads what."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pins.access import get_moderator
from pins.models import Comment, Pin, QueueEntry, QueueKind
from pins.models.queue import QueueEntryQuerySet
from pins.moderation import claims
from pins.moderation.ages import Age, age_of
from pins.moderation.listing import (
    PAGE_SIZE,
    QueueFilter,
    QueuePage,
    beyond,
    cursor_of,
    read_queue,
)
from pins.paging import BadCursor
from pins.workflow import Visibility
from trust.sessions import asked_by_itself

WAITING, ASKED = str(Visibility.SUBMITTED), "asked"
# What is decided can be looked through too.
DECIDED = [v for v in Visibility if v != Visibility.SUBMITTED]
NOTHING = QueuePage(entries=[], before="", after="")


@dataclass(frozen=True)
class Row:
    """An entry as the list shows it."""

    entry: QueueEntry
    age: Age
    reader: str


@never_cache
@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List all that waits, the longest first, or by `state` what is decided.

    400 for a filter, a state or a page that does not exist, with what waits below.
    """
    moderator = get_moderator(request.user)
    state = request.GET.get("state") or WAITING
    if state in DECIDED:
        return _show_decided(request, state)
    filters = QueueFilter.read(request.GET)
    is_known = filters.is_valid() and state in {WAITING, ASKED}
    entries = _part(state)
    try:
        chosen = filters.apply(entries) if is_known else entries
        page = read_queue(chosen, request.GET if is_known else QueryDict())
    except BadCursor:
        is_known, page = False, read_queue(entries, QueryDict())
    context = _context(state, filters) | {
        "page": page,
        "rows": _rows(page.entries, moderator),
        "is_known": is_known,
    }
    status = 200 if is_known else 400
    return render(request, "moderation/queue.html", context, status=status)


def _part(state: str) -> QueueEntryQuerySet:
    if state == ASKED:
        return QueueEntry.objects.with_author()
    return QueueEntry.objects.waiting()


def _rows(entries: list[QueueEntry], moderator: User) -> list[Row]:
    now = timezone.now()
    return [
        Row(
            entry,
            age_of(entry, now),
            claims.reader_of(entry)
            if entry.is_read_by_other(moderator.pk, now)
            else "",
        )
        for entry in entries
    ]


def _context(state: str, filters: QueueFilter) -> dict[str, Any]:
    now = timezone.now()
    waiting = QueueEntry.objects.waiting()
    numbers = waiting.count_by_kind()
    total = sum(numbers[kind] for kind in QueueKind.values)
    oldest = waiting.aggregate(since=Min("waiting_since"))["since"]
    return {
        "state": state,
        "filters": filters,
        "query": filters.query if filters.is_bound and filters.is_valid() else "",
        "numbers": numbers,
        "total": total,
        "asked": QueueEntry.objects.with_author().count(),
        "overdue": QueueEntry.objects.overdue(now).count(),
        "oldest": oldest,
        "target_days": settings.REVIEW_PERIOD.days,
        "decided": [(v.value, v.label) for v in DECIDED],
    }


def _show_decided(request: HttpRequest, state: str) -> HttpResponse:
    """List what has been decided on, the newest first, a page by the key of the last."""
    is_comments = request.GET.get("kind") == QueueKind.COMMENT
    found: QuerySet[Any] = (
        Comment.objects.select_related("pin", "body")
        if is_comments
        else Pin.objects.select_related("theme", "district").defer("district__geometry")
    )
    found = found.filter(visibility=state).order_by("-pk")
    after = request.GET.get("after", "")
    is_known = not after or (after.isascii() and after.isdigit() and len(after) < 19)
    if after and is_known:
        found = found.filter(pk__lt=int(after))
    entries = list(found[: PAGE_SIZE + 1])
    context = {
        "state": state,
        "is_comments": is_comments,
        "entries": entries[:PAGE_SIZE],
        "after": entries[PAGE_SIZE - 1].pk if len(entries) > PAGE_SIZE else "",
        "is_later": bool(after),
        "decided": [(v.value, v.label) for v in DECIDED],
    }
    status = 200 if is_known else 400
    return render(request, "moderation/decided.html", context, status=status)


@never_cache
@login_required
@require_safe
def comments(request: HttpRequest) -> HttpResponse:
    """Lead to the comments in the queue, where they are since there is one for all."""
    get_moderator(request.user)
    query = request.GET.copy()
    query["kind"] = QueueKind.COMMENT
    return redirect(f"{reverse('moderation:queue')}?{query.urlencode()}")


@never_cache
@login_required
@require_POST
def next_entry(request: HttpRequest) -> HttpResponse:
    """Claim the next entry that nobody reads, within the filters, and open it.

    `after` in the address skips what comes before that place; with `left` and `stamp`
    the entry that the moderator leaves is given back.
    """
    moderator = get_moderator(request.user)
    left = request.POST.get("left", "")
    if left.isascii() and left.isdigit() and len(left) < 19:
        entry = QueueEntry.objects.filter(pk=int(left)).first()
        if entry is not None:
            stamp = request.POST.get("stamp", "")
            claims.release(subject=entry.subject, actor=moderator, stamp=stamp)
    return open_next(request, moderator)


def open_next(request: HttpRequest, moderator: User) -> HttpResponse:
    """Lead to the next entry by the filters of the address, or back to the queue."""
    filters = QueueFilter.read(request.GET)
    entries = QueueEntry.objects.waiting()
    query = ""
    if filters.is_valid():
        entries, query = filters.apply(entries), filters.query
    try:
        if after := request.GET.get("after"):
            entries = beyond(entries, after)
    except BadCursor:
        # Then from the start.
        after = None
    entry = claims.claim_next(entries=entries, actor=moderator)
    if entry is None:
        messages.info(
            request,
            _("That was the last one for now.")
            if after
            else _("Nothing is waiting that nobody else is reading."),
        )
        return redirect(f"{reverse('moderation:queue')}?{query}".rstrip("?"))
    return redirect(f"{entry.get_absolute_url()}?{flow_query(query)}")


def flow_query(query: str) -> str:
    """Return the query of a page that leads on to the next entry after a decision."""
    return f"flow=1&{query}".rstrip("&")


@never_cache
@login_required
@require_POST
def claim(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Renew a claim or give it back (`act`), for the script of an open page.

    Answers with whose the entry is now; 404 where nothing waits any more.
    """
    moderator = get_moderator(request.user)
    entry = get_object_or_404(QueueEntry, pk=entry_id)
    if request.POST.get("act") == "release":
        stamp = request.POST.get("stamp", "")
        claims.release(subject=entry.subject, actor=moderator, stamp=stamp)
        return JsonResponse({"is_mine": False, "stamp": "", "reader": ""})
    asked_by_itself(request)
    # Decided on at this very moment, the next renewal says so.
    held = claims.claim(subject=entry.subject, actor=moderator) or entry
    is_mine = not held.is_read_by_other(moderator.pk)
    return JsonResponse(
        {
            "is_mine": is_mine,
            "stamp": claims.stamp_of(held) if is_mine else "",
            "reader": "" if is_mine else claims.reader_of(held),
        }
    )


def place_of(entry: QueueEntry | None) -> str:
    """Return the place in the queue after which the next one comes."""
    return "" if entry is None else cursor_of(entry)
