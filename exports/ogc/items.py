"""The features of a collection that a request asks for, a page of them at a time."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Value
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.ogc.blanks import Blank, Condition, kept_statement
from exports.ogc.collections import Collection
from exports.ogc.cql2_conditions import Compared, Conditions
from exports.ogc.cql2_reading import LANGUAGES, TEXT, read_filter
from exports.ogc.crs import CRS84, Crs, read_crs
from exports.ogc.errors import BadParameter, Missing
from exports.ogc.geometries import read_bbox
from exports.ogc.literals import WHOLE, read_moment, read_value
from exports.ogc.properties import Property
from exports.ogc.requests import read_parameters
from pins.paging import BadCursor, Cursor

LIMIT, MAX_LIMIT = 100, 1_000
# Skipping rows costs as much as reading them; the links skip none.
MAX_OFFSET = 10_000
# Whatever a filter asks for, it is answered or given up in this time.
FILTER_TIMEOUT = "10s"
PAGING = ("limit", "offset", "cursor")
PARAMETERS = (
    *PAGING,
    *("bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs"),
)


@dataclass(frozen=True)
class Request:
    """Which features somebody wants, how many, and in which CRS."""

    limit: int
    offset: int
    cursor: str | None
    crs: Crs
    # Where they lie.
    within: Condition | None = None
    # The properties whose values were asked for.
    values: list[tuple[Property, Any]] = field(default_factory=list)
    # What else must hold.
    condition: Q = field(default_factory=Q)
    has_filter: bool = False


@dataclass(frozen=True)
class Page:
    """The features of a page, and where the next one begins.

    `features` are texts of JSON in UTF-8. `matched` is how many there are on all pages;
    None where counting costs too much.
    """

    features: list[bytes]
    matched: int | None
    next_cursor: str | None


def read_request(collection: Collection, query: QueryDict) -> Request:
    """Return what a query asks for; raises BadParameter."""
    known = [*PARAMETERS, *(p.name for p in collection.queryables)]
    asked = read_parameters(query, known)
    cursor, offset = asked.get("cursor"), _offset(asked)
    if cursor is not None and "offset" in asked:
        raise BadParameter(
            "offset", _("A link of a page and an offset exclude each other.")
        )
    values = [
        (p, read_value(p, asked[p.name]))
        for p in collection.queryables
        if p.name in asked
    ]
    return Request(
        limit=_limit(asked),
        offset=offset,
        cursor=cursor,
        crs=read_crs("crs", asked.get("crs", CRS84.uri)),
        within=_within(collection, asked),
        values=values,
        condition=_at_time(collection, asked) & _filtered(collection, asked),
        has_filter="filter" in asked,
    )


def _limit(asked: Mapping[str, str]) -> int:
    limit = _whole("limit", asked, LIMIT)
    if limit < 1:
        raise BadParameter("limit", _("This is a whole number from 1 on."))
    return min(limit, MAX_LIMIT)


def _offset(asked: Mapping[str, str]) -> int:
    offset = _whole("offset", asked, 0)
    if not 0 <= offset <= MAX_OFFSET:
        message = _("This is at most %(most)d. The links to the next page go on.")
        raise BadParameter("offset", message % {"most": MAX_OFFSET})
    return offset


def _whole(name: str, asked: Mapping[str, str], default: int) -> int:
    text = asked.get(name, str(default))
    if not WHOLE.fullmatch(text):
        raise BadParameter(name, _("This is a whole number."))
    return int(text)


def _within(collection: Collection, asked: Mapping[str, str]) -> Condition | None:
    crs = read_crs("bbox-crs", asked.get("bbox-crs", CRS84.uri))
    if "bbox" not in asked:
        return None
    return collection.place.within(read_bbox("bbox", asked["bbox"], crs))


def _at_time(collection: Collection, asked: Mapping[str, str]) -> Q:
    if "datetime" not in asked:
        return Q()
    first, last = _period(asked["datetime"])
    return collection.period.meets(first, last) if collection.period else Q()


def _period(
    text: str,
) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """Return the first and the last moment of RFC 3339 texts; None: without an end."""
    start, slash, end = text.partition("/")
    if not slash:
        moment = read_moment("datetime", start)
        return moment, moment
    first, last = (
        None if part in {"", ".."} else read_moment("datetime", part)
        for part in (start, end)
    )
    if first and last and first > last:
        raise BadParameter("datetime", _("A period begins before it ends."))
    return first, last


def _filtered(collection: Collection, asked: Mapping[str, str]) -> Q:
    language = asked.get("filter-lang", TEXT)
    if language not in LANGUAGES:
        message = _("“%(value)s” does not exist here. There are: %(all)s.")
        said = {"value": language[:40], "all": ", ".join(LANGUAGES)}
        raise BadParameter("filter-lang", message % said)
    crs = read_crs("filter-crs", asked.get("filter-crs", CRS84.uri))
    if "filter" not in asked:
        return Q()
    tree = read_filter(asked["filter"], language)
    return Conditions(collection, crs).read(tree)


def read_page(collection: Collection, request: Request) -> Page:
    """Return the page that somebody wants; raises BadParameter for its cursor.

    One query for the features, and one to count them where that is cheap.
    """
    if not request.has_filter:
        return _read_page(collection, request)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{FILTER_TIMEOUT}'")
        return _read_page(collection, request)


def _read_page(collection: Collection, request: Request) -> Page:
    after = _place(collection, request)
    features, last = _read_lines(*_statement(collection, request, after), request)
    return Page(
        features=features,
        matched=_count(collection, request),
        next_cursor=str(Cursor(collection.order, *last)) if last else None,
    )


def _place(collection: Collection, request: Request) -> Cursor | None:
    """Return the place in the order after which the page begins."""
    if request.cursor is None:
        return None
    try:
        return Cursor.read(request.cursor, collection.order)
    except BadCursor as error:
        raise BadParameter("cursor", _("This is no link of a page.")) from error


def _statement(
    collection: Collection, request: Request, after: Cursor | None
) -> tuple[str, list[Any]]:
    """Return the SQL of the rows from a place on, in their order, and its parameters.

    Boxes and pages are asked for all the time, and differ in nothing but numbers.
    """
    within = request.within or Condition((), lambda _put: Q(), {})
    place = {"value": after.value, "id": after.id} if after else {}
    is_rare = request.condition or request.values or within.shape is None
    if is_rare or not collection.is_steady:
        rows = _rows(collection, request).filter(within.with_values())
        lines = _lines(collection, request, rows, place)
        sql, parameters = lines.query.sql_with_params()
        return sql, list(parameters)

    def with_blanks() -> QuerySet[Any, Any]:
        rows = _rows(collection, request).filter(within.with_blanks())
        return _lines(collection, request, rows, {name: Blank(name) for name in place})

    settled = (collection.id, request.crs, settings.BASE_URL)
    kept = kept_statement((*settled, within.shape, after is None), with_blanks)
    return kept.sql, kept.filled({**within.values, **place})


def _rows(collection: Collection, request: Request) -> QuerySet[Any, Any]:
    """Return what matches on all pages, wherever it lies."""
    rows = collection.rows().filter(request.condition)
    for asked, value in request.values:
        rows = rows.filter(Q(Compared(asked.expression, "=", Value(value))))
    return rows


def _lines(
    collection: Collection,
    request: Request,
    rows: QuerySet[Any, Any],
    place: Mapping[str, Any],
) -> QuerySet[Any, Any]:
    """Return features, values and ids of the rows beyond a place, in their order."""
    order = collection.order
    if place:
        rows = rows.filter(order.beyond(place["value"], place["id"], backwards=False))
    sign = "" if order.ascending else "-"
    return rows.order_by(f"{sign}{order.key}", f"{sign}pk").values_list(
        collection.feature(request.crs), order.key, "pk"
    )


def _read_lines(
    sql: str, parameters: list[Any], request: Request
) -> tuple[list[bytes], tuple[Any, Any] | None]:
    """Return the features, and the value and id of the last where there are more.

    They stay as PostgreSQL sends them, in UTF-8: making a text of each, and bytes of it
    again, would take longer than the query.
    """
    limit = request.limit
    part = f"LIMIT {limit + 1:d} OFFSET {request.offset:d}"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {part}", parameters)
        result = cursor.pgresult
        shown = range(min(result.ntuples, limit))
        features = [result.get_value(row, 0) for row in shown]
        if result.ntuples <= limit:
            return features, None
        cursor.scroll(limit - 1)
        _feature, value, key = cursor.fetchone()
        return features, (value, key)


def _count(collection: Collection, request: Request) -> int | None:
    if collection.count is None:
        within = request.within.with_values() if request.within else Q()
        return _rows(collection, request).filter(within).count()
    if request.within or request.condition:
        return None
    return collection.count({asked.name: value for asked, value in request.values})


def read_feature(collection: Collection, feature_id: str, crs: Crs) -> str:
    """Return one feature as text; raises Missing."""
    missing = Missing(_("There is no such feature in this collection."))
    try:
        key = collection.read_key(feature_id)
    except ValueError as error:
        raise missing from error
    rows = collection.rows().filter(**{collection.key: key})
    found: str | None = rows.values_list(collection.feature(crs), flat=True).first()
    if found is None:
        raise missing
    return found
