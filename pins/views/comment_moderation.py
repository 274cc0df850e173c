"""Moderators decide on a comment."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import get_comment_for_moderation
from pins.comments import hide_comment, publish_comment, reject_comment
from pins.models import Comment
from pins.moderation.asking import ask_author
from pins.moderation_forms import ASKED, CommentDecisionForm, DecisionForm
from pins.views.deciding import Act, context_of, decide
from pins.workflow import Visibility


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Show a comment; on POST decide on it, ask its author or take it over.

    Answers as the page of a contribution does.
    """
    moderator, found = get_comment_for_moderation(request.user, comment_id)
    page = partial(_page, request, moderator, found)
    if request.method != "POST":
        return page(None, 200)
    saved = _("Your decision on the comment on {pin} is saved.")
    return decide(
        request,
        moderator,
        found,
        form=CommentDecisionForm(request.POST),
        acts=_acts(found),
        page=page,
        saved=saved.format(pin=found.pin.reference),
    )


def _acts(found: Comment) -> dict[str, Act]:
    return {
        Visibility.PUBLISHED: lambda actor, said: publish_comment(
            comment=found, actor=actor, read=said["read"]
        ),
        Visibility.REJECTED: lambda actor, said: reject_comment(
            comment=found, actor=actor, reason=said["reason"]
        ),
        Visibility.HIDDEN: lambda actor, said: hide_comment(
            comment=found, actor=actor, reason=said["reason"]
        ),
        ASKED: lambda actor, said: ask_author(
            subject=found, actor=actor, text=said["question"]
        ),
    }


def _page(
    request: HttpRequest,
    moderator: User,
    found: Comment,
    form: DecisionForm | None,
    status: int,
) -> HttpResponse:
    shown = form or CommentDecisionForm()
    context = context_of(request, moderator, found, shown) | {
        "comment": found,
        "pin": found.pin,
    }
    return render(request, "moderation/comment.html", context, status=status)
