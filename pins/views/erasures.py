"""Two moderators erase for good what was published: one asks, another one confirms."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pins.access import (
    get_comment_for_moderation,
    get_moderator,
    get_pin_for_moderation,
)
from pins.forms import PlainTextField
from pins.four_eyes import (
    Subject,
    ask_to_erase,
    confirm_erasure,
    decline_erasure,
    may_be_erased,
)
from pins.models import Comment, ErasureRequest, Photo
from pins.models.erasure import LIFETIME, REASON_LENGTH
from pins.workflow import MoveNotAllowed

SHOWN = 50
ACTS = {"confirm": confirm_erasure, "decline": decline_erasure}


class AskForm(forms.Form):
    """Why something has to go for good."""

    reason = PlainTextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The second person and the author read it."),
        max_length=REASON_LENGTH,
        error_messages={"required": gettext_lazy("Please give a reason.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person, and what was decided lately."""
    get_moderator(request.user)
    requests = ErasureRequest.objects.select_related("pin", "asked_by", "decided_by")
    context = {
        "open": requests.open(),
        "decided": requests.exclude(decided_at=None).order_by("-decided_at")[:SHOWN],
        "days": LIFETIME.days,
    }
    return render(request, "moderation/erasures.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request; on POST confirm or decline it.

    409 for who has asked for it, and where it is decided or over.
    """
    moderator = get_moderator(request.user)
    erasures = ErasureRequest.objects.select_related(
        "pin", "comment", "photo", "asked_by", "decided_by"
    )
    asked = get_object_or_404(erasures, pk=request_id)
    if request.method != "POST":
        return _decision(request, asked)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = _("Please use one of the buttons of this page.")
        return _decision(request, asked, message, status=400)
    try:
        done = act(asked=asked, actor=moderator)
    except MoveNotAllowed as error:
        asked = erasures.get(pk=asked.pk)
        return _decision(request, asked, str(error), status=409)
    messages.success(request, done.get_state_display())
    return redirect("moderation:erasures")


def _decision(
    request: HttpRequest, asked: ErasureRequest, message: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "asked": asked,
        "pin": asked.pin,
        "is_mine": asked.asked_by_id == request.user.pk,
        "message": message,
    }
    return render(request, "moderation/erasure.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_pin(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a contribution to be erased; 404 for what was never published."""
    moderator, pin = get_pin_for_moderation(request.user, reference)
    return _ask(request, moderator, pin, {"pin": pin})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Ask for a comment to be erased, as `ask_for_pin` does."""
    moderator, comment = get_comment_for_moderation(request.user, comment_id)
    return _ask(request, moderator, comment, {"pin": comment.pin, "comment": comment})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_photo(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Ask for a photo to be erased, as `ask_for_pin` does."""
    moderator, pin = get_pin_for_moderation(request.user, reference)
    photo = get_object_or_404(Photo.objects.select_related("pin"), pin=pin, name=name)
    return _ask(request, moderator, photo, {"pin": pin, "photo": photo})


def _ask(
    request: HttpRequest,
    moderator: User,
    subject: Subject,
    shown: dict[str, Any],
) -> HttpResponse:
    if not may_be_erased(subject):
        raise Http404
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            asked = ask_to_erase(subject=subject, actor=moderator, reason=reason)
        except MoveNotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Now a second person has to confirm it."))
            return redirect("moderation:erasure", asked.pk)
    context = {
        "form": form,
        "is_comment": isinstance(subject, Comment),
        "days": LIFETIME.days,
        **shown,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "moderation/erase.html", context, status=status)
