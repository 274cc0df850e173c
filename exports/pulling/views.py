"""The page of a desk about its files, and the tokens by which programs fetch them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from councils.access import Seat, get_seat
from councils.models import Sitting
from councils.rights import Right
from exports.files.formats import FORMATS
from exports.models import PullToken
from exports.pulling.examples import Examples
from exports.pulling.forms import TokenForm
from exports.pulling.tokens import (
    AlreadyShown,
    NewToken,
    TooManyTokens,
    make_token,
    revoke,
)

# In what most people take the contributions of a sitting along.
OF_SITTINGS = ["xlsx", "gpkg", "geojson"]
# So many of the latest uses of a token are listed.
SHOWN_USES = 10


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List the files of a desk and one's own tokens; on POST make a token.

    The token is in the answer to this POST and nowhere else. 403 without the right to
    take papers, 422 for what the form refuses, 409 for a form that has made its token.
    """
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    if request.method != "POST":
        return _page(request, seat, TokenForm())
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, seat, form, status=422)
    try:
        made = make_token(
            seat=seat,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            lifetime=form.lasts,
            form_key=form.cleaned_data["key"],
        )
    except AlreadyShown:
        messages.warning(
            request,
            _(
                "This token has been made and shown already. If you did not keep it, "
                "revoke it and make a new one."
            ),
        )
        return _page(request, seat, TokenForm(), status=409)
    except TooManyTokens:
        form.add_error(None, _("You have many tokens here. Please revoke one first."))
        return _page(request, seat, form, status=422)
    return _made(request, seat, made)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def token(request: HttpRequest, body_slug: str, token_id: int) -> HttpResponse:
    """Show one of one's own tokens: what it may fetch, and what it has fetched."""
    seat, found = _get_own(request, body_slug, token_id)
    context = _context(seat) | {
        "token": found,
        "uses": found.uses.all()[:SHOWN_USES],
        "sums": found.uses.aggregate(number=Count("pk"), size=Sum("size")),
        "examples": Examples(seat.body),
    }
    return render(request, "exports/token.html", context)


@never_cache
@login_required
@require_POST
def revoke_token(request: HttpRequest, body_slug: str, token_id: int) -> HttpResponse:
    """End one of one's own tokens at once; 404 for any other."""
    seat, found = _get_own(request, body_slug, token_id)
    revoke(token=found, actor=seat.user)
    messages.success(request, _("The token is revoked. It opens nothing any more."))
    return redirect("desk-files", seat.body.slug)


def _own(seat: Seat) -> QuerySet[PullToken]:
    return PullToken.objects.filter(owner=seat.user, body=seat.body)


def _get_own(
    request: HttpRequest, body_slug: str, token_id: int
) -> tuple[Seat, PullToken]:
    seat = get_seat(request.user, body_slug, Right.TAKE_PAPERS)
    return seat, get_object_or_404(_own(seat), pk=token_id)


def _page(
    request: HttpRequest, seat: Seat, form: TokenForm, status: int = 200
) -> HttpResponse:
    context = _context(seat) | {
        "form": form,
        "tokens": list(_own(seat)),
        "formats": [
            (format_, reverse("desk-pins", args=[seat.body.slug, format_.extension]))
            for format_ in FORMATS.values()
        ],
        "sitting_formats": [FORMATS[name] for name in OF_SITTINGS],
        "sittings": Sitting.objects.of_body(seat.body).order_by("-start")[:5],
    }
    return render(request, "exports/desk_files.html", context, status=status)


def _made(request: HttpRequest, seat: Seat, made: NewToken) -> HttpResponse:
    context = _context(seat) | {
        "token": made.token,
        "text": made.text,
        "examples": Examples(seat.body, made.text),
    }
    return render(request, "exports/token_made.html", context, status=201)


def _context(seat: Seat) -> dict[str, object]:
    return {"seat": seat, "body": seat.body, "section": "files"}
