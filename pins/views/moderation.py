"""Moderators decide on a contribution."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import get_pin_for_moderation
from pins.actions import hide_pin, publish_pin, reject_pin
from pins.models import Pin
from pins.moderation.asking import ask_author
from pins.moderation_forms import ASKED, DecisionForm
from pins.views.deciding import Act, context_of, decide
from pins.workflow import Visibility


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a pin with its history; on POST decide on it, ask its author or take it over.

    409 where somebody else reads it or decided meanwhile or the author changed the
    words, 422 for a missing reason.
    """
    moderator, found = get_pin_for_moderation(request.user, reference)
    page = partial(_page, request, moderator, found)
    if request.method != "POST":
        return page(None, 200)
    saved = _("Your decision on {pin} is saved.").format(pin=found.reference)
    return decide(
        request,
        moderator,
        found,
        form=DecisionForm(request.POST),
        acts=_acts(found),
        page=page,
        saved=saved,
    )


def _acts(found: Pin) -> dict[str, Act]:
    return {
        Visibility.PUBLISHED: lambda actor, said: publish_pin(
            pin=found, actor=actor, read=said["read"]
        ),
        Visibility.REJECTED: lambda actor, said: reject_pin(
            pin=found, actor=actor, reason=said["reason"]
        ),
        Visibility.HIDDEN: lambda actor, said: hide_pin(
            pin=found, actor=actor, reason=said["reason"]
        ),
        ASKED: lambda actor, said: ask_author(
            subject=found, actor=actor, text=said["question"]
        ),
    }


def _page(
    request: HttpRequest,
    moderator: User,
    found: Pin,
    form: DecisionForm | None,
    status: int,
) -> HttpResponse:
    context = context_of(request, moderator, found, form or DecisionForm()) | {
        "pin": found,
        "history": found.visibility_changes.select_related("actor"),
        # Asked for later than the digest: what comes in between is refused, not missed.
        "photos": found.photos.all(),
    }
    return render(request, "moderation/pin.html", context, status=status)
