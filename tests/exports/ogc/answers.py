"""What answers of the interface say, in short."""

from typing import Any


def ids_of(collection: dict[str, Any]) -> list[str]:
    return [feature["id"] for feature in collection["features"]]


def titles_of(collection: dict[str, Any]) -> list[str]:
    return [feature["properties"]["title"] for feature in collection["features"]]


def links_of(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the links by their relation."""
    found: dict[str, list[dict[str, Any]]] = {}
    for link in document["links"]:
        found.setdefault(link["rel"], []).append(link)
    return found


def path_of(link: dict[str, Any]) -> str:
    """Return the address of a link without the host, below the interface's own."""
    return str(link["href"]).removeprefix("http://testserver/ogc/v1")
