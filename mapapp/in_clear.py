"""Programs that ask without HTTPS are refused, not led on (ASVS 5.0, 4.1.2).

Whoever types an address is led to HTTPS. A program that is led there does not notice, and
goes on sending its key in the clear with each question.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from layers.problems import problem

# Interfaces, and files that maps and programs read whatever area they belong to.
DATA = re.compile(
    r"/(?:ogc|open311|oparl|catalog|feeds|tiles)(?:[/.].*)?"
    r"|/.*\.(?:atom|csv|fgb|geojson|gpkg|ics|json|jsonld|parquet|pbf|rdf|ttl|xlsx)"
)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def refuse_programs_in_clear(get_response: GetResponse) -> GetResponse:
    """Answer 403 to a program that asks without HTTPS where there is HTTPS.

    Whoever sends an Authorization header is one, wherever it asks.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not settings.SECURE_SSL_REDIRECT or request.is_secure():
            return get_response(request)
        is_program = "Authorization" in request.headers
        if not (is_program or DATA.fullmatch(request.path_info)):
            return get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            detail = _(
                "This address answers by HTTPS alone. If you have sent a key, anybody on "
                "the way may have read it: please replace it."
            )
            return problem(detail, status=403)

    return middleware
