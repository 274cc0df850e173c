"""Moderators take words out of a contribution or a comment, and put them back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import get_comment_for_moderation, get_pin_for_moderation
from pins.models import Comment, Pin
from pins.moderation import claims
from pins.moderation.redacting import (
    NotThere,
    TooLittleLeft,
    may_be_redacted,
    original_of,
    redact,
    restore,
)
from pins.moderation_forms import RedactionForm
from pins.workflow import MoveNotAllowed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin_words(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the words of a pin; on POST the result, and with `act` take them out.

    422 for what does not occur, 409 where somebody else reads it or the words have
    changed.
    """
    moderator, found = get_pin_for_moderation(request.user, reference)
    return _words(request, moderator, found)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment_words(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Do for a comment what `pin_words` does for a contribution."""
    moderator, found = get_comment_for_moderation(request.user, comment_id)
    return _words(request, moderator, found)


def _words(
    request: HttpRequest, moderator: User, subject: Pin | Comment
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, subject, RedactionForm(subject))
    if request.POST.get("act") == "restore":
        return _restore(request, moderator, subject)
    form = RedactionForm(subject, request.POST)
    if not form.is_valid():
        return _page(request, subject, form, status=422)
    if request.POST.get("act") != "redact":
        return _page(request, subject, form)
    try:
        claims.demand(subject=subject, actor=moderator)
        redact(subject=subject, actor=moderator, **form.cleaned_data)
    except (MoveNotAllowed, claims.ReadByAnother) as error:
        return _refuse(request, subject, form, str(error))
    except (NotThere, TooLittleLeft):
        # Changed between the check of the form and the act.
        message = _("The words have changed meanwhile. Please look at them again.")
        return _refuse(request, subject, form, message)
    messages.success(request, _("The words are taken out. The author is told."))
    return _back(request, subject)


def _restore(
    request: HttpRequest, moderator: User, subject: Pin | Comment
) -> HttpResponse:
    try:
        claims.demand(subject=subject, actor=moderator)
        restore(subject=subject, actor=moderator)
    except (MoveNotAllowed, claims.ReadByAnother) as error:
        messages.error(request, str(error))
        return _back(request, subject)
    messages.success(request, _("The author's own words are back."))
    return _back(request, subject)


def _refuse(
    request: HttpRequest, subject: Pin | Comment, form: RedactionForm, message: str
) -> HttpResponse:
    subject.refresh_from_db()
    form.add_error(None, message)
    form.result = None
    return _page(request, subject, form, status=409)


def _back(request: HttpRequest, subject: Pin | Comment) -> HttpResponse:
    where = (
        ("moderation:comment", subject.pk)
        if isinstance(subject, Comment)
        else ("moderation:pin", subject.reference)
    )
    answer = redirect(*where)
    if query := request.GET.urlencode():
        answer["Location"] += f"?{query}"
    return answer


def _page(
    request: HttpRequest, subject: Pin | Comment, form: RedactionForm, status: int = 200
) -> HttpResponse:
    is_comment = isinstance(subject, Comment)
    context: dict[str, Any] = {
        "subject": subject,
        "pin": subject.pin if isinstance(subject, Comment) else subject,
        "is_comment": is_comment,
        "form": form,
        "result": form.result,
        "read": subject.words_digest,
        "may_redact": may_be_redacted(subject),
        "original": original_of(subject),
        "query": request.GET.urlencode(),
    }
    return render(request, "moderation/words.html", context, status=status)
