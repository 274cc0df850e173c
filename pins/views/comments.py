"""Residents comment on a pin, and reach their comment by its own link."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods

from layers.languages import page_language
from pins.access import OwnLinkExpired, get_own_comment
from pins.actions import KeyAlreadyUsed
from pins.comment_forms import SENT_BEFORE, CommentForm, EditCommentForm
from pins.comments import edit_comment, submit_comment, withdraw_comment
from pins.forms import INCOMPLETE
from pins.models import Comment, PublicPin
from pins.moderation.letters import question_for
from pins.participation import ParticipationClosed
from pins.supports import NoSuchPin
from pins.workflow import MoveNotAllowed
from trust import suspicions
from trust.guard import Stopped, check
from trust.limits import COMMENT


# As with a new pin: whoever goes back finds what they typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_comment(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the form; on POST keep the comment and lead on to its author's own page.

    422 for what the form refuses, 409 for a form sent before with other words, for a
    duplicate, and where nobody may comment today, 429 where too much was sent from there;
    what was typed is shown again.
    """
    pin = _get_pin(reference)
    if request.method != "POST":
        return _page(request, pin, CommentForm())
    form = CommentForm(request.POST)
    if form.lacks_its_key:
        return show_again(request, reference, str(INCOMPLETE), status=422)
    try:
        return _send(request, pin, form)
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(_page(request, pin, form))
    except NoSuchPin as error:
        raise Http404 from error
    except ParticipationClosed:
        message = _("At the moment nobody can comment.")
        return show_again(request, reference, message, status=409)
    except MoveNotAllowed as error:
        return show_again(request, reference, str(error), status=409)
    except KeyAlreadyUsed:
        return show_again(request, reference, str(SENT_BEFORE), status=409)


def _send(request: HttpRequest, pin: PublicPin, form: CommentForm) -> HttpResponse:
    """Keep what was sent, or show the form again.

    Raises what `check` and `submit_comment` raise.
    """
    verdict = check(
        request,
        COMMENT,
        form=form.cleaned_data["idempotency_key"],
        texts=(request.POST.get("text", ""),),
    )
    if not form.is_valid():
        return _page(request, pin, form, status=422)
    comment, token = submit_comment(
        reference=pin.reference, language=page_language(), **form.cleaned_data
    )
    suspicions.keep(verdict, comment)
    own = reverse("pins:own-comment", args=[pin.reference, comment.pk, token])
    return redirect(f"{own}?new=1")


def show_again(
    request: HttpRequest, reference: str, message: str, *, status: int
) -> HttpResponse:
    """Show the form with what was typed, a message above it and a fresh key."""
    form = CommentForm.again(request.POST, message)
    return _page(request, _get_pin(reference), form, status=status)


def _get_pin(reference: str) -> PublicPin:
    return get_object_or_404(PublicPin.objects.for_list(), reference=reference)


def _page(
    request: HttpRequest, pin: PublicPin, form: CommentForm, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"pin": pin, "form": form}
    return render(request, "pins/comment.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_comment(
    request: HttpRequest, reference: str, comment_id: int, token: str
) -> HttpResponse:
    """Show one's own comment whatever its visibility; on POST edit or withdraw it.

    The page is also the confirmation after sending (`?new=1`). 404 for a wrong link,
    410 for one whose time is over, 422 for words the form refuses.
    """
    try:
        comment = get_own_comment(reference, comment_id, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=410)
    if request.method != "POST":
        return _own_page(request, comment)
    form = None
    try:
        match request.POST.get("action"):
            case "edit":
                form = EditCommentForm(request.POST)
                if not form.is_valid():
                    return _own_page(request, comment, form, status=422)
                edit_comment(comment=comment, **form.cleaned_data)
            case "withdraw":
                withdraw_comment(comment=comment)
            case _:
                message = _("Please use one of the buttons of this page.")
                return _own_page(request, comment, message=message, status=400)
    except MoveNotAllowed as error:
        comment.refresh_from_db()
        return _own_page(request, comment, form, message=str(error), status=409)
    return redirect(f"{request.path}?done={request.POST['action']}")


def _own_page(
    request: HttpRequest,
    comment: Comment,
    form: EditCommentForm | None = None,
    *,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    if form is None and comment.may_be_edited:
        form = EditCommentForm(initial={"text": comment.text})
    context = {
        "comment": comment,
        # Only what everyone sees of the pin: its author may have withdrawn it.
        "pin": PublicPin.objects.filter(pk=comment.pin_id).first(),
        "is_new": "new" in request.GET,
        "done": request.GET.get("done", ""),
        "message": message,
        "own_url": settings.BASE_URL + request.path,
        "edit_form": form,
        "is_redacted": comment.is_redacted,
        "question": question_for(comment),
    }
    return render(request, "pins/own_comment.html", context, status=status)
