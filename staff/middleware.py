"""While an operator looks at the site as somebody else, it shows what that person sees."""

import re
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from staff.looking import COOKIE, person_seen, stop

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Where personal contacts stand, where the site is run, and the account of the person,
# which stays theirs alone.
CLOSED = re.compile(
    r"(/en)?/(admin/|cms/|accounts/(?!start/)|operation/"
    r"|planning/(events/[0-9]+/|input/cards/))"
)
END = re.compile(r"(/en)?/operation/look/end")
SIGN_OUT = re.compile(r"(/en)?/accounts/logout/")


def look_as_somebody(get_response: GetResponse) -> GetResponse:
    """Put the person looked as in the operator's place, and let nothing be changed.

    The cookie only says that the session is worth being read; without it the operator is
    themselves.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        operator = request.user
        if COOKIE not in request.COOKIES or isinstance(operator, AnonymousUser):
            return get_response(request)
        if END.fullmatch(request.path_info):
            return get_response(request)
        if SIGN_OUT.fullmatch(request.path_info):
            # The operator signs out, and not the person.
            stop(session=request.session, actor=operator, because="signed out")
            return get_response(request)
        person = person_seen(request.session, operator)
        if person is None:
            return get_response(request)
        return _show(request, person, get_response)

    return middleware


def _show(
    request: HttpRequest, person: User, get_response: GetResponse
) -> HttpResponse:
    request.user = person
    is_safe = request.method in SAFE
    if is_safe and not CLOSED.match(request.path_info):
        with transaction.atomic():
            response = get_response(request)
            # Some pages write down that they were opened, in the name of the person.
            transaction.set_rollback(True)
    else:
        response = render(
            request, "staff/look_refused.html", {"is_page": is_safe}, status=403
        )
    add_never_cache_headers(response)
    return response
