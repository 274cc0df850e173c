"""Answers to programs that asked for something that makes no sense (RFC 9457)."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from trust.guard import LimitReached
from trust.limits import Limit
from trust.questions import count_question

PROBLEM_TYPE = "application/problem+json"
READING = ("GET", "HEAD")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def problem(
    detail: str,
    *,
    status: int,
    errors: Mapping[str, list[str]] | None = None,
    more: Mapping[str, Any] | None = None,
) -> JsonResponse:
    """Say in a sentence, and field by field where it helps, why there is no answer.

    `more` are further members for the program that asked.
    """
    content: dict[str, Any] = {"detail": detail, **(more or {})}
    if errors:
        content["errors"] = errors
    return JsonResponse(content, status=status, content_type=PROBLEM_TYPE)


def read_only(view: View) -> View:
    """Let a view of data be read, and answer 405 to a program that tries anything else.

    Only for what is the same for everyone: pages of other sites may read it, too. Nothing
    is changed there. So no token of a form is asked for: a program without one
    would be told of that, and not of what it did wrong.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in READING:
            response = view(request, *args, **kwargs)
        else:
            response = problem(_("This can only be read."), status=405)
            response["Allow"] = ", ".join(READING)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return cast("View", wrapped)


def unknown_parameters(
    request: HttpRequest, known: Iterable[str]
) -> JsonResponse | None:
    """Answer 400 to who asks with a parameter that is not known; None to others."""
    unknown = sorted(set(request.GET).difference(known))
    if not unknown:
        return None
    detail = _("These parameters do not exist here: %(names)s.")
    return problem(detail % {"names": ", ".join(unknown)}, status=400)


def takes(*names: str) -> Callable[[View], View]:
    """Let a view be asked with these parameters; 400 for any other.

    Whoever mistypes a name must not take everything for the answer.
    """

    def protect(view: View) -> View:
        @wraps(view)
        def wrapped(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            return unknown_parameters(request, names) or view(request, *args, **kwargs)

        return cast("View", wrapped)

    return protect


def asked_too_often(reached: LimitReached) -> HttpResponse:
    """Answer 429 to a program, and say when it may ask again."""
    detail = _("You ask very often. Please wait a little.")
    return reached.mark(problem(detail, status=reached.status))


def asked_at_most(limit: Limit) -> Callable[[View], View]:
    """Let one address ask a view so often; 429 beyond that, which says when again."""

    def protect(view: View) -> View:
        @wraps(view)
        def wrapped(
            request: HttpRequest, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            try:
                count_question(request, limit)
            except LimitReached as reached:
                return asked_too_often(reached)
            return view(request, *args, **kwargs)

        return cast("View", wrapped)

    return protect


def not_found(detail: str) -> JsonResponse:
    """Answer 404 to a program, which has no use for a page."""
    return problem(detail, status=404)


def texts_of_errors(form: Form) -> dict[str, list[str]]:
    """Return what is wrong with a form, field by field."""
    return {name: [str(text) for text in found] for name, found in form.errors.items()}


def bad_query(form: Form) -> JsonResponse:
    """Answer 400 and say for each field of the query what is wrong with it."""
    errors = texts_of_errors(form)
    detail = " ".join(text for found in errors.values() for text in found)
    return problem(detail, status=400, errors=errors)
