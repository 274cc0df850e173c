"""A body comments in public, from its desk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from councils.access import Seat, get_desk_pin
from councils.rights import Right
from layers.languages import page_language
from pins.actions import KeyAlreadyUsed
from pins.comment_forms import SENT_BEFORE, CommentForm
from pins.comments import publish_official_comment
from pins.forms import INCOMPLETE
from pins.models import PublicPin
from pins.models.comment import speaker_name
from pins.supports import NoSuchPin
from pins.workflow import MoveNotAllowed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Show the form; on POST publish the comment in the name of the body.

    404 for another body's pin, 403 for who speaks for no body, 422 for what the form refuses, 409 for a form sent
    before with other words and for a duplicate.
    """
    seat, shown, _found = get_desk_pin(request.user, body_slug, reference, Right.MOVE)
    if request.method != "POST":
        return _page(request, seat, shown, CommentForm())
    form = CommentForm(request.POST)
    if form.lacks_its_key:
        return _again(request, seat, shown, str(INCOMPLETE), status=422)
    if not form.is_valid():
        return _page(request, seat, shown, form, status=422)
    try:
        publish_official_comment(
            reference=shown.reference,
            language=page_language(),
            actor=seat.user,
            body=seat.speaks_for,
            **form.cleaned_data,
        )
    except NoSuchPin as error:
        raise Http404 from error
    except MoveNotAllowed as error:
        return _again(request, seat, shown, str(error), status=409)
    except KeyAlreadyUsed:
        return _again(request, seat, shown, str(SENT_BEFORE), status=409)
    messages.success(request, _("Saved. Everyone can read it now."))
    address = reverse("councils:pin", args=[seat.body.slug, shown.reference])
    return redirect(f"{address}#comments")


def _again(
    request: HttpRequest, seat: Seat, shown: PublicPin, message: str, *, status: int
) -> HttpResponse:
    form = CommentForm.again(request.POST, message)
    return _page(request, seat, shown, form, status)


def _page(
    request: HttpRequest,
    seat: Seat,
    shown: PublicPin,
    form: CommentForm,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "seat": seat,
        "body": seat.body,
        "section": "contributions",
        "pin": shown,
        "speaker": speaker_name(seat.speaks_for),
        "form": form,
    }
    return render(request, "councils/comment.html", context, status=status)
