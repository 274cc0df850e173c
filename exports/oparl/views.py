"""OParl 1.1: read-only, for everyone, each object at the address that is its `id`."""

import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from exports.models import OparlObject
from exports.oparl.keeping import bring_site_up_to_date, bring_up_to_date
from exports.oparl.queries import BadQuery, Page, Query, read_page
from exports.oparl.vocabulary import (
    ERROR,
    KIND_OF_PATH,
    LISTS,
    LISTS_OF_ORGANIZATION,
    Content,
    Kind,
    at_host,
    given_out,
    without_embedded,
)
from layers.conditional import answer
from layers.problems import problem, read_only

View = Callable[..., HttpResponseBase]
SITE = (Kind.SYSTEM, Kind.BODY)
KEY = re.compile(r"[A-Za-z0-9-]{1,60}")


def _for_everyone(view: View) -> View:
    """Let programs on other sites read it, in the one language that the data has."""

    @read_only
    @wraps(view)
    def wrapped(request: HttpRequest, **named: str) -> HttpResponseBase:
        with translation.override(settings.LANGUAGE_CODE):
            response = view(request, **named)
        response["Content-Language"] = settings.LANGUAGE_CODE
        return response

    return wrapped


@_for_everyone
def system(request: HttpRequest) -> HttpResponseBase:
    """Answer with the system, where harvesters begin."""
    return _object(request, Kind.SYSTEM, "")


@_for_everyone
def one(request: HttpRequest, address: str) -> HttpResponseBase:
    """Answer with an object; also with what was taken away, as the mark of that.

    404 for what was never given out.
    """
    kind, _slash, key = address.partition("/")
    if kind not in KIND_OF_PATH or KEY.fullmatch(key) is None:
        return _not_found(request)
    return _object(request, KIND_OF_PATH[kind], key)


@_for_everyone
def everything(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a page of the objects of a type; 400 for a query without sense."""
    if name not in LISTS:
        return _not_found(request)
    return _list(request, LISTS[name], reverse("oparl:list", args=[name]))


@_for_everyone
def of_organization(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    """Answer with a page of the meetings or consultations of a body."""
    if name not in LISTS_OF_ORGANIZATION:
        return _not_found(request)
    bring_up_to_date()
    bodies = OparlObject.objects.of_kind(Kind.ORGANIZATION)
    if not bodies.filter(key=key).exists():
        return _not_found(request)
    path = reverse("oparl:organization-list", args=[key, name])
    return _list(request, LISTS[name], path, organization=int(key))


def _object(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    _bring_up_to_date(kind)
    row = OparlObject.objects.filter(kind=kind, key=key).first()
    if row is None:
        return _not_found(request)
    if request.GET:
        return _refused(_("An object is asked for without parameters."), request)
    return answer(request, row.version, make=lambda: _json(given_out(row)))


def _bring_up_to_date(kind: str) -> None:
    if kind in SITE:
        bring_site_up_to_date()
    else:
        bring_up_to_date()


def _list(
    request: HttpRequest, kind: str, path: str, **narrower: int
) -> HttpResponseBase:
    try:
        query = Query.read(request.GET)
    except BadQuery as error:
        return _refused(str(error), request)
    _bring_up_to_date(kind)
    rows = query.select(OparlObject.objects.of_kind(kind).filter(**narrower))
    return answer(
        request,
        OparlObject.objects.latest_version(),
        make=lambda: _json(_told(read_page(rows, query), query, path)),
    )


def _told(page: Page, query: Query, path: str) -> Content:
    contents = [given_out(row) for row in page.rows]
    if query.omits_embedded:
        contents = [without_embedded(content) for content in contents]
    places = {
        "first": 0,
        "prev": page.previous,
        "self": query.after,
        "next": page.following,
        "last": page.last,
    }
    return {
        "data": contents,
        "pagination": {
            "totalElements": page.total,
            "elementsPerPage": query.size,
            "currentPage": page.number,
            "totalPages": page.pages,
        },
        "links": {
            name: f"{settings.BASE_URL}{path}{query.link(after)}"
            for name, after in places.items()
            if after is not None
        },
    }


def _json(content: Content) -> JsonResponse:
    return JsonResponse(
        at_host(content, settings.BASE_URL), json_dumps_params={"ensure_ascii": False}
    )


def _not_found(request: HttpRequest) -> HttpResponseBase:
    return _error(_("There is no such object or list."), request, status=404)


def _refused(message: str, request: HttpRequest) -> HttpResponseBase:
    return _error(message, request, status=400)


def _error(message: str, request: HttpRequest, *, status: int) -> HttpResponseBase:
    """Answer with the standard's object of an error, which is a problem of RFC 9457 too."""
    said = {"type": ERROR, "message": message, "debug": request.get_full_path()}
    return problem(message, status=status, more=said)
