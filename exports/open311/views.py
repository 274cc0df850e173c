"""Open311 GeoReport v2 below /open311/: every answer, errors too, in its formats."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from exports.open311.describing import (
    definition_of,
    discovery,
    request_of,
    service_of,
)
from exports.open311.errors import Refused
from exports.open311.once import read_idempotency_key
from exports.open311.querying import (
    COMMON,
    read_page,
    read_parameters,
    wants_extensions,
)
from exports.open311.receiving import get_client, receive
from exports.open311.writing import MEDIA_TYPES, write, write_errors
from exports.states import pins_state, themes_state
from layers.conditional import answer
from layers.languages import LANGUAGES
from layers.models import Theme
from pins.models import PublicPin

READING = ("GET", "HEAD")
View = Callable[..., HttpResponseBase]


def _open311(*methods: str) -> Callable[[View], View]:
    """Let a view answer these methods, in the language and the format asked for."""

    def protect(view: View) -> View:
        # No form of this site leads here: whoever sends something has a key, or gets 405.
        @csrf_exempt
        @functools.wraps(view)
        def protected(
            request: HttpRequest, extension: str, **kwargs: Any
        ) -> HttpResponseBase:
            shown = extension if extension in MEDIA_TYPES else "json"
            with translation.override(settings.LANGUAGE_CODE):
                try:
                    response = _answer(view, methods, request, extension, kwargs)
                except Refused as error:
                    response = write_errors(error.status, error.descriptions, shown)
                    if error.seconds is not None:
                        response["Retry-After"] = str(error.seconds)
            if request.method in READING:
                response["Access-Control-Allow-Origin"] = "*"
            if response.status_code == 405:
                response["Allow"] = ", ".join(methods)
            return response

        return protected

    return protect


def _answer(
    view: View,
    methods: tuple[str, ...],
    request: HttpRequest,
    extension: str,
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    if extension not in MEDIA_TYPES:
        raise Refused(404, _("There is no such format: json or xml."))
    if request.method not in methods:
        raise Refused(405, _("This method is not possible here."))
    data = _fields(request) if request.method == "POST" else request.GET
    language = data.get("lang") or settings.LANGUAGE_CODE
    if language not in LANGUAGES:
        raise Refused(
            400, _("lang is one of: {codes}.").format(codes=", ".join(LANGUAGES))
        )
    with translation.override(language):
        jurisdiction = data.get("jurisdiction_id")
        if jurisdiction and jurisdiction != settings.OPEN311_JURISDICTION:
            raise Refused(404, _("There is no such jurisdiction_id here."))
        response = view(request, extension, **kwargs)
    response["Content-Language"] = language
    return response


def _fields(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise Refused(400, _("The fields could not be read.")) from error


@_open311(*READING)
def discover(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Tell where the service is."""
    read_parameters(request.GET, COMMON)
    return answer(request, make=lambda: write("discovery", discovery(), extension))


@_open311(*READING)
def services(request: HttpRequest, extension: str) -> HttpResponseBase:
    """List the themes as services."""
    read_parameters(request.GET, COMMON)
    return answer(
        request,
        themes_state(),
        make=lambda: write(
            "services",
            [service_of(theme) for theme in Theme.objects.active()],
            extension,
        ),
    )


@_open311(*READING)
def service(request: HttpRequest, extension: str, code: str) -> HttpResponseBase:
    """Tell what can be told of a contribution to a theme; 404 for any other."""
    read_parameters(request.GET, COMMON)
    theme = Theme.objects.active().filter(slug=code).first()
    if theme is None:
        raise Refused(404, _("There is no service of this code."))
    return answer(
        request,
        themes_state(),
        make=lambda: write("service_definition", definition_of(theme), extension),
    )


@_open311(*READING, "POST")
def requests(request: HttpRequest, extension: str) -> HttpResponseBase:
    """List published contributions; on POST take one for moderation (201)."""
    if request.method == "POST":
        return _receive(request, extension)
    page = read_page(request.GET)

    def make() -> HttpResponse:
        found = [request_of(pin, is_extended=page.is_extended) for pin in page.pins]
        return write("service_requests", found, extension)

    # The window moves with the days.
    states = (pins_state(), themes_state(), timezone.localdate())
    return answer(request, *states, make=make)


@never_cache
def _receive(request: HttpRequest, extension: str) -> HttpResponse:
    if request.FILES or not request.POST:
        raise Refused(
            400,
            _(
                "Please send fields as application/x-www-form-urlencoded, without files."
            ),
        )
    client = get_client(request)
    key = read_idempotency_key(request, client)
    pin, notice = receive(data=request.POST, client=client, key=key)
    kept = {
        "service_request_id": pin.reference,
        "service_notice": notice,
        "account_id": None,
    }
    return write("service_requests", [kept], extension, status=201)


@_open311(*READING)
def one_request(
    request: HttpRequest, extension: str, reference: str
) -> HttpResponseBase:
    """Tell of one published contribution; 404 for any other."""
    given = read_parameters(request.GET, COMMON | {"extensions"})
    is_extended = wants_extensions(given)
    pin = PublicPin.objects.for_list().filter(reference=reference).first()
    if pin is None:
        raise Refused(404, _("There is no published contribution of this number."))
    found = [request_of(pin, is_extended=is_extended)]
    return answer(
        request,
        pins_state(),
        themes_state(),
        make=lambda: write("service_requests", found, extension),
    )


@_open311(*READING)
def token(request: HttpRequest, extension: str, token: str) -> HttpResponseBase:
    """Say that there are no tokens: each contribution has its number at once."""
    raise Refused(
        404,
        _("There are no tokens here: the answer to POST has the number at once."),
    )
