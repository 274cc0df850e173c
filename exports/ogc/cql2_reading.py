"""Reading the filter language CQL2: a text or JSON becomes a tree of lists and dicts.

The parser of the text works on the stack of the process, and a filter that is nested too
deeply ends the process. Of parentheses that are not closed, each doubles the time it takes
to find out. So what can nest is counted before it is read.
"""

import json
import re
from typing import Any

import cql2
from django.utils.translation import gettext as _

from exports.ogc.errors import BadParameter

LENGTH = 2_000
NESTED = 60
# As many levels of parentheses as a text may have, and how much work they may make: each
# level has what is in it read twice, where in the end it is no filter.
LEVELS, WORK = 10, 200_000
# How deep the tree may be that is made into conditions.
DEPTH = 40
NOT = re.compile(r"\bnot\b", re.IGNORECASE)
LITERAL = re.compile("'[^']*'")
TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON)


def read_filter(text: str, language: str) -> Any:
    """Return the tree of a filter in one of `LANGUAGES`; raises BadParameter."""
    if "\0" in text:
        raise bad_filter(_("A filter is a text without control characters."))
    if len(text) > LENGTH:
        message = _("A filter has at most %(length)d characters.")
        raise bad_filter(message % {"length": LENGTH})
    return _read_json(text) if language == JSON else _read_text(text)


def bad_filter(message: str) -> BadParameter:
    return BadParameter("filter", message)


def too_deep() -> BadParameter:
    return bad_filter(_("The filter is nested too deeply."))


def _read_text(text: str) -> Any:
    levels = _levels(text)
    is_deep = text.count("(") > NESTED or levels > LEVELS
    is_deep = is_deep or len(text) * 2**levels > WORK
    if is_deep or len(NOT.findall(text)) > NESTED:
        raise too_deep()
    try:
        return cql2.parse_text(text).to_json()
    # Besides its own errors, the parser raises bare exceptions.
    except Exception as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()[:200]
        message = _("The filter is no CQL2 text: %(reason)s")
        raise bad_filter(message % {"reason": reason}) from error


def _levels(text: str) -> int:
    """Return how deep parentheses are nested, rather too many than too few."""
    # What a double quote begins only the parser knows, and no property here needs one.
    if '"' in text:
        return text.count("(")
    level = deepest = 0
    for letter in LITERAL.sub("", text):
        level += (letter == "(") - (letter == ")")
        deepest = max(deepest, level)
    return deepest


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise too_deep() from error
    except ValueError as error:
        message = _("The filter is no JSON: %(reason)s")
        raise bad_filter(message % {"reason": error}) from error


def _refuse(constant: str) -> None:
    raise ValueError(constant)
