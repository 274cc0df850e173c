"""What a request asks for: the form of the answer, and its query parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from exports.ogc.errors import BadParameter
from exports.ogc.media_types import HTML_TYPE, JSON_TYPE
from layers.languages import LANGUAGES

JSON, HTML = "json", "html"
FORMATS = (JSON, HTML)
# What every address takes.
COMMON = {"f": FORMATS, "lang": LANGUAGES}


@dataclass(frozen=True)
class Link:
    """A link to another resource (RFC 8288), as every document has them."""

    rel: str
    href: str
    type: str
    title: str = ""

    def as_json(self) -> dict[str, str]:
        members = {"rel": self.rel, "href": self.href, "type": self.type}
        return {**members, "title": self.title} if self.title else members

    def as_header(self) -> str:
        # Addresses come quoted, and titles may be in any letters.
        return f'<{self.href}>; rel="{self.rel}"; type="{self.type}"'


def read_parameters(query: QueryDict, known: Iterable[str] = ()) -> Mapping[str, str]:
    """Return the parameters by name, each of them known, given once and not empty.

    Raises BadParameter.
    """
    names = {*COMMON, *known}
    for name, values in query.lists():
        if name not in names:
            message = _("There is no parameter “%(name)s” here. There are: %(all)s.")
            said = {"name": name[:40], "all": ", ".join(sorted(names))}
            raise BadParameter(name[:40], message % said)
        if len(values) > 1 or not values[0]:
            raise BadParameter(name, _("The parameter is empty, or given twice."))
    found = {name: str(value) for name, value in query.items()}
    for name, choices in COMMON.items():
        if name in found and found[name] not in choices:
            message = _("“%(value)s” does not exist here. There are: %(all)s.")
            said = {"value": found[name][:40], "all": ", ".join(choices)}
            raise BadParameter(name, message % said)
    return found


def wants_html(request: HttpRequest, media_type: str) -> bool:
    """Tell whether somebody wants a page: by `f`, else by what is accepted."""
    asked = request.GET.get("f")
    if asked in FORMATS:
        return asked == HTML
    offered = [media_type, JSON_TYPE, HTML_TYPE]
    return request.get_preferred_type(offered) == HTML_TYPE


def address(path: str, query: Mapping[str, str] | None = None) -> str:
    """Return a whole address: of the site as it is set up, never of the request's host."""
    text = f"?{urlencode(query)}" if query else ""
    return f"{settings.BASE_URL}{path}{text}"


def parameters_of(request: HttpRequest) -> dict[str, str]:
    """Return the parameters, of which `read_parameters` has seen that each is there once."""
    return {name: str(value) for name, value in request.GET.items()}


def own_links(request: HttpRequest, media_type: str, *, is_html: bool) -> list[Link]:
    """Return the links of a document to itself and to its other form."""
    asked = parameters_of(request)
    other = {**asked, "f": JSON if is_html else HTML}
    types = (media_type, HTML_TYPE)
    own, alternate = types[::-1] if is_html else types
    return [
        Link("self", address(request.path, asked), own, _("This document")),
        Link(
            "alternate",
            address(request.path, other),
            alternate,
            _("The same as data") if is_html else _("The same as a page"),
        ),
    ]
