"""A cookie for who has written something: up to where the log has to have come for them.

It says nothing of who it is or what was written, and is gone after some minutes. Who only
reads never gets it.
"""

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from operation.replicas.servers import POSITION
from trust.cookies import host_only

NAME = "written"
SECONDS = 300
# Further than any log: only the primary has come there.
EVERYTHING = 2**63 - 1
_SALT = "operation.replicas.marks"


def read(request: HttpRequest) -> int:
    """Return the position that a visitor has to find; 0 where any will do."""
    said = request.COOKIES.get(host_only(NAME), "")
    try:
        return int(TimestampSigner(salt=_SALT).unsign(said, max_age=SECONDS))
    except (BadSignature, ValueError):
        return 0


def write(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let a browser find again what it has just sent; programs have their own order."""
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return
    response.set_cookie(
        host_only(NAME),
        TimestampSigner(salt=_SALT).sign(str(_position())),
        max_age=SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _position() -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(POSITION)
            ((position,),) = cursor.fetchall()
    except DatabaseError:
        # It was written all the same, and that is what the answer has to say.
        return EVERYTHING
    return int(position)
