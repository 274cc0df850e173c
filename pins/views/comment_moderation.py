"""Moderators decide which comments are published."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pins.access import get_comment_for_moderation, get_moderator
from pins.comment_forms import CommentDecisionForm
from pins.comments import hide_comment, publish_comment, reject_comment
from pins.models import Comment
from pins.views.moderation import show_queue
from pins.workflow import (
    VISIBILITY_MOVES,
    MoveNotAllowed,
    Role,
    Visibility,
    targets,
)

Decision = Callable[[Comment, User, dict[str, Any]], Comment]

DECISIONS: dict[str, Decision] = {
    Visibility.PUBLISHED: lambda comment, actor, said: publish_comment(
        comment=comment, actor=actor, read=said["read"]
    ),
    Visibility.REJECTED: lambda comment, actor, said: reject_comment(
        comment=comment, actor=actor, reason=said["reason"]
    ),
    Visibility.HIDDEN: lambda comment, actor, said: hide_comment(
        comment=comment, actor=actor, reason=said["reason"]
    ),
}


@never_cache
@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the comments of one visibility, those that wait the longest first."""
    get_moderator(request.user)
    comments = Comment.objects.select_related("pin", "body")
    return show_queue(request, "moderation/comments.html", comments)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Show a comment; on POST decide on it.

    409 where somebody else decided meanwhile or the author changed the words, 422 for
    a missing reason.
    """
    moderator, found = get_comment_for_moderation(request.user, comment_id)
    if request.method != "POST":
        return _page(request, found)
    form = CommentDecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        DECISIONS[form.cleaned_data["to"]](found, moderator, form.cleaned_data)
    except MoveNotAllowed as error:
        found.refresh_from_db()
        form.add_error(None, str(error))
        return _page(request, found, form, status=409)
    messages.success(
        request,
        _("Your decision on the comment on {pin} is saved.").format(
            pin=found.pin.reference
        ),
    )
    return redirect("moderation:comments")


def _page(
    request: HttpRequest,
    found: Comment,
    form: CommentDecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "comment": found,
        "pin": found.pin,
        "form": form or CommentDecisionForm(),
        "read": found.words_digest,
        "allowed": targets(VISIBILITY_MOVES, found.visibility, {Role.MODERATOR}),
    }
    return render(request, "moderation/comment.html", context, status=status)
