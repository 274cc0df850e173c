"""Moderators decide what is published."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pins.access import get_moderator, get_pin_for_moderation
from pins.actions import hide_pin, publish_pin, reject_pin
from pins.forms import DecisionForm
from pins.models import Comment, Pin
from pins.workflow import (
    VISIBILITY_MOVES,
    MoveNotAllowed,
    Role,
    Visibility,
    targets,
)

Decision = Callable[[Pin, User, dict[str, Any]], Pin]

DECISIONS: dict[str, Decision] = {
    Visibility.PUBLISHED: lambda pin, actor, said: publish_pin(
        pin=pin, actor=actor, read=said["read"]
    ),
    Visibility.REJECTED: lambda pin, actor, said: reject_pin(
        pin=pin, actor=actor, reason=said["reason"]
    ),
    Visibility.HIDDEN: lambda pin, actor, said: hide_pin(
        pin=pin, actor=actor, reason=said["reason"]
    ),
}
PAGE_SIZE = 25


class QueueForm(forms.Form):
    """Which part of a queue to show."""

    state = forms.ChoiceField(choices=Visibility.choices, required=False)

    def chosen(self) -> str:
        """Return the visibility asked for, else that of what waits."""
        is_given = self.is_valid() and self.cleaned_data["state"]
        return str(is_given or Visibility.SUBMITTED)


@never_cache
@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the pins of one visibility, those that wait the longest first."""
    get_moderator(request.user)
    pins = Pin.objects.select_related("theme", "district").defer("district__geometry")
    return show_queue(request, "moderation/queue.html", pins)


def show_queue(
    request: HttpRequest, template: str, entries: QuerySet[Any]
) -> HttpResponse:
    """Show the pins or comments of the visibility that `?state=` names.

    What waits longest comes first, of what is decided the newest. 400 for a state that
    does not exist, with what waits below.
    """
    form = QueueForm(request.GET)
    state = form.chosen()
    sign = "" if state == Visibility.SUBMITTED else "-"
    chosen = entries.filter(visibility=state).order_by(f"{sign}created_at", f"{sign}id")
    counts = {
        "pins": _count_by_visibility(Pin.objects.all()),
        "comments": _count_by_visibility(Comment.objects.all()),
    }
    own = counts["pins" if entries.model is Pin else "comments"]
    context = {
        "page": Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page")),
        "state": state,
        "states": [(v.value, v.label, own[v.value]) for v in Visibility],
        "waiting": {
            name: found[Visibility.SUBMITTED] for name, found in counts.items()
        },
    }
    return render(request, template, context, status=200 if form.is_valid() else 400)


def _count_by_visibility(entries: QuerySet[Any]) -> Counter[str]:
    counted = entries.order_by().values("visibility").annotate(number=Count("pk"))
    return Counter(dict(counted.values_list("visibility", "number")))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a pin with its history; on POST decide on it.

    409 where somebody else decided meanwhile or the author changed the words, 422 for
    a missing reason.
    """
    moderator, found = get_pin_for_moderation(request.user, reference)
    if request.method != "POST":
        return _page(request, found)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    decide = DECISIONS[form.cleaned_data["to"]]
    try:
        decide(found, moderator, form.cleaned_data)
    except MoveNotAllowed as error:
        found.refresh_from_db()
        form.add_error(None, str(error))
        return _page(request, found, form, status=409)
    messages.success(
        request, _("Your decision on {pin} is saved.").format(pin=found.reference)
    )
    return redirect("moderation:queue")


def _page(
    request: HttpRequest,
    found: Pin,
    form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    allowed = targets(VISIBILITY_MOVES, found.visibility, {Role.MODERATOR})
    context: dict[str, Any] = {
        "pin": found,
        "history": found.visibility_changes.select_related("actor"),
        "form": form or DecisionForm(),
        "read": found.words_digest,
        # Asked for later than the digest: what comes in between is refused, not missed.
        "photos": found.photos.all(),
        "allowed": allowed,
    }
    return render(request, "moderation/pin.html", context, status=status)
