"""A reader says "that matters to me too", and takes it back."""

import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from pins.models import PublicPin
from pins.participation import ParticipationClosed
from pins.supports import (
    NoSuchPin,
    is_supported,
    make_secret,
    read_secret,
    support_pin,
    supporters,
    withdraw_support,
)
from pins.workflow import MoveNotAllowed
from trust.cookies import host_only
from trust.guard import Stopped, check
from trust.limits import SUPPORT

COOKIE = "supporter"
COOKIE_LIFETIME = datetime.timedelta(days=730)


@never_cache
@require_safe
def support_state(request: HttpRequest, reference: str) -> JsonResponse:
    """Tell how many support a pin and whether this browser does; sets no cookie."""
    return _state(_get_pin(reference), _secret(request))


@never_cache
@vary_on_headers("Accept")
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the one button there is for this browser; on POST count it, or take it back.

    A form is led back to the pin, whoever asks for JSON is told the new state. 400 for
    an unknown action, 409 for a duplicate and where nobody may support anything today,
    429 where too much was sent from there.
    """
    pin = _get_pin(reference)
    if request.method != "POST":
        return _page(request, pin)
    try:
        return _send(request, pin)
    except Stopped as stopped:
        return stopped.mark(_refuse(request, pin, stopped.message, status=429))
    except NoSuchPin as error:
        raise Http404 from error
    except ParticipationClosed:
        message = _("At the moment nobody can support contributions.")
        return _refuse(request, _get_pin(reference), message, status=409)
    except MoveNotAllowed as error:
        return _refuse(request, _get_pin(reference), str(error), status=409)


def _send(request: HttpRequest, pin: PublicPin) -> HttpResponse:
    """Count the browser, or no longer; raises what hinders it."""
    secret = _secret(request)
    action = request.POST.get("action")
    match action:
        case "support":
            check(request, SUPPORT)
            secret = secret or make_secret()
            support_pin(reference=pin.reference, secret=secret)
        case "withdraw":
            withdraw_support(reference=pin.reference, secret=secret)
        case _:
            message = _("Please use one of the buttons of this page.")
            return _refuse(request, pin, message, status=400)
    response = _done(request, _get_pin(pin.reference), secret, action)
    if action == "support" and secret is not None:
        _remember(response, secret)
    return response


def _get_pin(reference: str) -> PublicPin:
    pins = PublicPin.objects.for_list()
    return get_object_or_404(pins, reference=reference)


def _secret(request: HttpRequest) -> str | None:
    return read_secret(request.COOKIES.get(host_only(COOKIE)))


def _wants_json(request: HttpRequest) -> bool:
    wanted = request.get_preferred_type(["text/html", "application/json"])
    return wanted == "application/json"


def _remember(response: HttpResponse, secret: str) -> None:
    """Let the browser keep its secret: only now, and no page's script can read it."""
    response.set_cookie(
        host_only(COOKIE),
        secret,
        max_age=COOKIE_LIFETIME,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _done(
    request: HttpRequest, pin: PublicPin, secret: str | None, action: str
) -> HttpResponse:
    if _wants_json(request):
        return _state(pin, secret)
    # The page is the same for everyone; what the part after # shows is the browser's.
    part = "supported" if action == "support" else "support-withdrawn"
    address = f"{pin.get_absolute_url()}#{part}"
    return HttpResponse(status=303, headers={"Location": address})


def _state(pin: PublicPin, secret: str | None) -> JsonResponse:
    return JsonResponse(
        {
            "supported": is_supported(pin=pin, secret=secret),
            "count": pin.support_count,
            "label": supporters(pin.support_count),
        }
    )


def _refuse(
    request: HttpRequest, pin: PublicPin, message: str, *, status: int
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": message}, status=status)
    return _page(request, pin, message=message, status=status)


def _page(
    request: HttpRequest, pin: PublicPin, *, message: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "pin": pin,
        "supporters": supporters(pin.support_count),
        "is_supported": is_supported(pin=pin, secret=_secret(request)),
        "message": message,
    }
    return render(request, "pins/support.html", context, status=status)
