"""OGC API Features: what each address answers."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from exports.moments import written_now
from exports.ogc import documents, openapi
from exports.ogc.answers import answer_document, document, page, resource, respond
from exports.ogc.catalogue import find_collection
from exports.ogc.collections import Collection
from exports.ogc.crs import CRS84, read_crs
from exports.ogc.documents import Addresses
from exports.ogc.errors import Missing
from exports.ogc.items import Page, read_feature, read_page, read_request
from exports.ogc.media_types import GEOJSON_TYPE, JSON_TYPE, OPENAPI_TYPE, SCHEMA_TYPE
from exports.ogc.pages import collection_rows, field_rows, shown_feature, shown_page
from exports.ogc.requests import (
    Link,
    address,
    own_links,
    parameters_of,
    read_parameters,
    wants_html,
)


@resource
def landing(request: HttpRequest) -> HttpResponseBase:
    """Say what this is, and where everything else is."""
    content, links = documents.landing(_addresses(request))
    return answer_document(
        request, "landing", content, links, collections=collection_rows()
    )


@resource
def conformance(request: HttpRequest) -> HttpResponseBase:
    """List what of the standards is kept to."""
    content = {"conformsTo": list(documents.CONFORMANCE)}
    read_parameters(request.GET)
    return answer_document(request, "conformance", content)


@resource
def api(request: HttpRequest) -> HttpResponseBase:
    """Describe all of it for programs (OpenAPI 3.0), or to read."""
    read_parameters(request.GET)
    content = openapi.description()
    is_html = wants_html(request, OPENAPI_TYPE)
    links = own_links(request, OPENAPI_TYPE, is_html=is_html)
    if is_html:
        return page(request, "api", links, operations=openapi.operations(content))
    return document(request, content, links, OPENAPI_TYPE)


@resource
def collections(request: HttpRequest) -> HttpResponseBase:
    """List the collections."""
    content = documents.collections(_addresses(request))
    links = [documents.licence()]
    return answer_document(request, "collections", content, links)


@resource
def collection(request: HttpRequest, collection_id: str) -> HttpResponseBase:
    """Describe a collection."""
    found, to = find_collection(collection_id), _addresses(request)
    content = documents.described(found, to)
    links = documents.collection_links(found, to)
    return answer_document(
        request, "collection", content, links, fields=field_rows(found)
    )


@resource
def queryables(request: HttpRequest, collection_id: str) -> HttpResponseBase:
    """List what can be asked for, as a JSON Schema, which has no links of its own."""
    found = find_collection(collection_id)
    content = documents.queryables(found)
    read_parameters(request.GET)
    is_html = wants_html(request, SCHEMA_TYPE)
    links = own_links(request, SCHEMA_TYPE, is_html=is_html)
    if is_html:
        fields = field_rows(found, only_queryable=True)
        return page(request, "queryables", links, collection=found, fields=fields)
    return document(request, content, links, SCHEMA_TYPE)


@resource
def items(request: HttpRequest, collection_id: str) -> HttpResponseBase:
    """Answer with a page of the features that are asked for."""
    found = find_collection(collection_id)
    asked = read_request(found, request.GET)
    if wants_html(request, GEOJSON_TYPE):
        shown = read_page(found, asked)
        links = _page_links(request, found, shown, is_html=True)
        response = page(request, "items", links, **shown_page(found, shown))
    else:
        # Read before the features: what changes in between is asked for once more.
        state = found.state() if found.state else read_page(found, asked)

        def make() -> tuple[bytes, Iterable[Link]]:
            shown = state if isinstance(state, Page) else read_page(found, asked)
            links = _page_links(request, found, shown, is_html=False)
            return _written(shown, links), links

        response = respond(request, state, make=make, media_type=GEOJSON_TYPE)
    response["Content-Crs"] = f"<{asked.crs.uri}>"
    return response


def _page_links(
    request: HttpRequest, found: Collection, shown: Page, *, is_html: bool
) -> list[Link]:
    links = own_links(request, GEOJSON_TYPE, is_html=is_html)
    if shown.next_cursor:
        following = {**parameters_of(request), "cursor": shown.next_cursor}
        following.pop("offset", None)
        links.append(
            Link(
                "next", address(request.path, following), links[0].type, _("Next page")
            )
        )
    to = Addresses(request.GET.get("lang"))
    return [
        *links,
        *to.both("collection", JSON_TYPE, str(found.title), "collection", found.id),
    ]


def _written(shown: Page, links: Iterable[Link]) -> bytes:
    """Return a page as a FeatureCollection, around the features as they are."""
    about: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": written_now(),
        "numberReturned": len(shown.features),
        "links": [link.as_json() for link in links],
    }
    if shown.matched is not None:
        about["numberMatched"] = shown.matched
    head = json.dumps(about, ensure_ascii=False).removesuffix("}")
    # Joined once: copying a megabyte takes as long as much of what Django does.
    parts = list(shown.features) or [b""]
    parts[0] = f'{head}, "features": [\n'.encode() + parts[0]
    parts[-1] += b"\n]}\n"
    return b",\n".join(parts)


@resource
def item(request: HttpRequest, collection_id: str, feature_id: str) -> HttpResponseBase:
    """Answer with one feature."""
    found = find_collection(collection_id)
    asked = read_parameters(request.GET, ["crs"])
    to = Addresses(asked.get("lang"))
    crs = read_crs("crs", asked.get("crs", CRS84.uri))
    text = read_feature(found, feature_id, crs)
    is_html = wants_html(request, GEOJSON_TYPE)
    links = [
        *own_links(request, GEOJSON_TYPE, is_html=is_html),
        *to.both("collection", JSON_TYPE, str(found.title), "collection", found.id),
    ]
    if is_html:
        response = page(request, "item", links, **shown_feature(found, text))
    else:
        listed = json.dumps([link.as_json() for link in links], ensure_ascii=False)
        content = f'{text.removesuffix("}")},"links":{listed}}}\n'.encode()
        response = respond(
            request, content, make=lambda: (content, links), media_type=GEOJSON_TYPE
        )
    response["Content-Crs"] = f"<{crs.uri}>"
    return response


@resource
def nothing(request: HttpRequest, path: str) -> HttpResponseBase:
    """Say that nothing is here, in the form programs understand."""
    raise Missing(_("There is nothing at this address."))


def _addresses(request: HttpRequest) -> Addresses:
    """Return the addresses that a document without parameters of its own leads to."""
    return Addresses(read_parameters(request.GET).get("lang"))
