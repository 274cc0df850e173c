"""Keyset paging of the comments on a pin's page: the oldest first, 50 a page."""

from dataclasses import dataclass

from django.http import QueryDict

from pins.models import Comment
from pins.models.comment import CommentQuerySet
from pins.paging import BadCursor

PAGE_SIZE = 50


@dataclass(frozen=True)
class CommentPage:
    """One page of comments and the query strings of its neighbours."""

    comments: list[Comment]
    previous_query: str | None = None
    next_query: str | None = None


def read_comments(comments: CommentQuerySet, query: QueryDict) -> CommentPage:
    """Return the page the query asks for by `after` or `before`, ids of comments.

    Without either the first page, and so where nothing is left behind that place. Three
    database queries at most, however many there are. Raises BadCursor.
    """
    after, before = query.get("after"), query.get("before")
    if after is not None and before is not None:
        raise BadCursor("after and before")
    if before is not None:
        found, has_previous = _take(
            comments.filter(pk__lt=_read_id(before)).order_by("-pk")
        )
        found.reverse()
        has_next = bool(found) and comments.filter(pk__gt=found[-1].pk).exists()
    else:
        place = _read_id("0" if after is None else after)
        found, has_next = _take(comments.filter(pk__gt=place).order_by("pk"))
        has_previous = after is not None and comments.filter(pk__lte=place).exists()
    if not found and (after or before):
        return read_comments(comments, QueryDict())
    return CommentPage(
        comments=found,
        previous_query=f"before={found[0].pk}" if has_previous else None,
        next_query=f"after={found[-1].pk}" if has_next else None,
    )


def _take(comments: CommentQuerySet) -> tuple[list[Comment], bool]:
    """Return the first of them, and whether there are more."""
    found = list(comments.for_page()[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def _read_id(text: str) -> int:
    """Return the id a text gives; raises BadCursor."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadCursor(text)
    return int(text)
