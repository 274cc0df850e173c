"""Answers in the two formats of GeoReport v2: JSON, and XML, which it requires.

In JSON lists stand bare; in XML they have a root, and each entry the name of its kind.
"""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse

from exports.feeds.atom import writable

MEDIA_TYPES = {
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
# What an entry of a list is called.
ENTRIES = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "media_urls": "media_url",
    "errors": "error",
}


def write(
    root: str, content: object, extension: str, *, status: int = 200
) -> HttpResponse:
    """Answer with a document: a mapping, or a list of such; `root` names it in XML."""
    if extension == "xml":
        body = _to_xml(root, content)
    else:
        body = json.dumps(content, ensure_ascii=False).encode()
    return HttpResponse(body, status=status, content_type=MEDIA_TYPES[extension])


def write_errors(
    status: int, descriptions: tuple[str, ...], extension: str
) -> HttpResponse:
    """Answer with what is wrong, each in an entry of its own."""
    errors = [{"code": status, "description": text} for text in descriptions]
    return write("errors", errors, extension, status=status)


def _to_xml(root: str, content: object) -> bytes:
    element = Element(root)
    _fill(element, content)
    # Typed as anything: the stubs know that it is bytes only for literal arguments.
    document: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return document


def _fill(element: Element, content: Any) -> None:
    """Put content into an element; one without any stands for null."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(SubElement(element, name), value)
    elif isinstance(content, list):
        for value in content:
            _fill(SubElement(element, ENTRIES[element.tag]), value)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = writable(str(content))
