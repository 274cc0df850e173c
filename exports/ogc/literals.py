"""Values of properties as clients write them, in queries and in filters."""

import datetime
import re
from typing import Any

from django.utils.translation import gettext as _

from exports.ogc.errors import BadParameter
from exports.ogc.properties import Property, Type

# RFC 3339, section 5.6.
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
LENGTH = 2_000
SECOND = datetime.timedelta(seconds=1)
# So far from the ends of time that any zone and the next second are still in it.
YEARS = range(2, 9999)


def read_moment(name: str, text: str) -> datetime.datetime:
    """Return the moment that a text of RFC 3339 gives, in UTC; raises BadParameter."""
    message = _("“%(value)s” is no date and time such as 2026-01-31T12:00:00Z.")
    error = BadParameter(name, message % {"value": text[:40]})
    if not MOMENT.fullmatch(text):
        raise error
    # Python knows six decimals.
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.upper())
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as cause:
        raise error from cause
    if moment.year not in YEARS:
        raise error
    return moment.astimezone(datetime.UTC)


def read_day(name: str, text: str) -> datetime.date:
    """Return the day that a text gives; raises BadParameter."""
    message = _("“%(value)s” is no date such as 2026-01-31.")
    error = BadParameter(name, message % {"value": text[:40]})
    if not DAY.fullmatch(text):
        raise error
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as cause:
        raise error from cause


def read_text(name: str, text: str) -> str:
    """Return a text that the database can take; raises BadParameter."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadParameter(name, _("This is no text.")) from error
    if "\0" in text or len(text) > LENGTH:
        raise BadParameter(name, _("This is no text, or too long a one."))
    return text


def read_value(property_: Property, text: str) -> Any:
    """Return the value that the query parameter of a property gives.

    Raises BadParameter where it is none of the property's type, or none of its choices.
    """
    name = property_.name
    if property_.type is Type.MOMENT:
        return read_moment(name, text)
    if property_.type is Type.DATE:
        return read_day(name, text)
    if property_.type is Type.BOOLEAN:
        if text not in {"true", "false"}:
            raise BadParameter(name, _("This is true or false."))
        return text == "true"
    if property_.type is Type.TEXT:
        return check_choice(property_, read_text(name, text))
    if not WHOLE.fullmatch(text):
        message = _("“%(value)s” is no whole number.") % {"value": text[:40]}
        raise BadParameter(name, message)
    return int(text)


def check_choice(property_: Property, text: str) -> str:
    """Return a text that the property can have; raises BadParameter."""
    if property_.choices and text not in (choices := property_.choices()):
        message = _("“%(value)s” does not exist here. There are: %(all)s.")
        values = {"value": text[:40], "all": ", ".join(choices)}
        raise BadParameter(property_.name, message % values)
    return text


def up_to_second(moment: datetime.datetime) -> datetime.datetime:
    """Return the first whole second that is not before a moment."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + SECOND
