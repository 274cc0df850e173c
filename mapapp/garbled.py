"""Requests in which something stands that nobody can have typed, where libraries answer.

Our own views check each value. The admin and the CMS hand some to the database as they are,
and end in an error of the server where it refuses them.
"""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse

from mapapp.views.errors import bad_request

logger = logging.getLogger(__name__)
LIBRARIES = ("/admin/", "/cms/")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseGarbledRequests:
    """Answer 400 to what a library could not make sense of."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Answer 400 where a value of the query was none; leave our own faults alone."""
        is_theirs = request.path_info.startswith(LIBRARIES)
        if not is_theirs or not isinstance(
            exception, ValueError | OverflowError | DataError
        ):
            return None
        # What was asked makes no sense; should it have, the log has the whole story.
        logger.warning(
            "%s was asked for what makes no sense.",
            request.path_info,
            exc_info=exception,
        )
        return bad_request(request, exception)
