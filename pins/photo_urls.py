"""The two addresses of a photo's files, wherever they are shown."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path


def photo_paths(
    prefix: str, view: Callable[..., HttpResponseBase], name: str
) -> list[URLPattern]:
    """Return the paths of the large file (`name`) and the small one (`name-small`)."""
    return [
        # First: the other pattern would take its end for a part of the name.
        path(
            f"{prefix}<slug:name>-small.jpg",
            view,
            {"small": True},
            name=f"{name}-small",
        ),
        path(f"{prefix}<slug:name>.jpg", view, name=name),
    ]
