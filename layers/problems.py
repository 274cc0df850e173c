"""Answers to programs that asked for something that makes no sense (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import JsonResponse

PROBLEM_TYPE = "application/problem+json"


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
