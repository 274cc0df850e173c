"""What a filter in CQL2 asks for, as a condition of a query.

Only what stands in the tables below is known: operations, the collection's own
properties, literals of their types. Nulls are as in SQL: a comparison with one is
unknown, and unknown is not true, negated or not.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext as _

from exports.ogc.collections import GEOMETRY, Collection
from exports.ogc.cql2_reading import DEPTH, bad_filter, too_deep
from exports.ogc.crs import Crs
from exports.ogc.geometries import read_geometry
from exports.ogc.literals import check_choice, read_day, read_moment, read_text
from exports.ogc.properties import Property, Type

EQUAL = {"=": "=", "<>": "<>"}
COMPARED = {**EQUAL, "<": "<", "<=": "<=", ">": ">", ">=": ">="}
CONNECTED: dict[str, Callable[[Q, Q], Q]] = {"and": and_, "or": or_}
SPATIAL = {
    "s_contains": "ST_Contains",
    "s_crosses": "ST_Crosses",
    "s_disjoint": "ST_Disjoint",
    "s_equals": "ST_Equals",
    "s_intersects": "ST_Intersects",
    "s_overlaps": "ST_Overlaps",
    "s_touches": "ST_Touches",
    "s_within": "ST_Within",
}
# PostGIS relates collections of mixed geometries by these two alone.
OF_COLLECTIONS = {"s_intersects", "s_disjoint"}
# Letters of all languages, whatever the database was set up with; and their plain order.
LETTERS, ORDER = "und-x-icu", "C"


class Compared(Func):
    """Whether two values compare as an operator of SQL says; null where one is null."""

    function = ""
    template = "(%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, left: Any, operator: str, right: Any) -> None:
        super().__init__(left, right, arg_joiner=f" {operator} ")


class IsNull(Func):
    """Whether there is no value; never null itself."""

    template = "(%(expressions)s IS NULL)"
    output_field = BooleanField()


@dataclass(frozen=True)
class Operand:
    """The left side of a comparison: a property, or one without regard to case."""

    of: Property
    expression: Combinable
    is_folded: bool = False

    @property
    def comparable(self) -> Combinable:
        """The expression in an order that is the same in every database."""
        if self.of.type is Type.TEXT:
            return Collate(self.expression, ORDER)
        return self.expression


@dataclass(frozen=True)
class Conditions:
    """The conditions of filters on one collection, their geometries in one CRS."""

    collection: Collection
    crs: Crs

    def read(self, node: Any, depth: int = 0) -> Q:
        """Return the condition that a tree stands for; raises BadParameter."""
        if depth > DEPTH:
            raise too_deep()
        if isinstance(node, bool):
            return Q(Value(node))
        operation, args = _operation(node)
        if operation in CONNECTED and len(args) > 1:
            parts = [self.read(arg, depth + 1) for arg in args]
            return reduce(CONNECTED[operation], parts)
        if operation == "not":
            (negated,) = _exactly(1, args)
            return ~self.read(negated, depth + 1)
        return self._predicate(operation, args)

    def _predicate(self, operation: str, args: list[Any]) -> Q:
        predicates: dict[str, Callable[[list[Any]], Q]] = {
            "like": self._like,
            "between": self._between,
            "in": self._in,
            "isnull": self._is_null,
        }
        if operation in predicates:
            return predicates[operation](args)
        if operation in COMPARED:
            return self._compare(operation, args)
        if operation in SPATIAL:
            return self._spatial(operation, args)
        message = _("The filter cannot ask for “%(operation)s” here.")
        raise bad_filter(message % {"operation": operation[:40]})

    def _compare(self, operation: str, args: list[Any]) -> Q:
        left, right = _exactly(2, args)
        operand = self._operand(left)
        value = _literal(operand, right, is_choice=operation in EQUAL)
        subject = operand.expression if operation in EQUAL else operand.comparable
        return Q(Compared(subject, COMPARED[operation], value))

    def _like(self, args: list[Any]) -> Q:
        left, right = _exactly(2, args)
        operand = self._operand(left)
        if operand.of.type is not Type.TEXT:
            raise bad_filter(_("LIKE is for texts."))
        pattern = _text(right)
        if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            raise bad_filter(_("A pattern does not end with a single “\\”."))
        # Wildcards and escapes of CQL2 are those of SQL.
        value = _folded(right, Value(pattern))
        return Q(Compared(operand.comparable, "LIKE", value))

    def _between(self, args: list[Any]) -> Q:
        left, low, high = _exactly(3, args)
        operand = self._operand(left)
        return Q(
            Compared(operand.comparable, ">=", _literal(operand, low)),
            Compared(operand.comparable, "<=", _literal(operand, high)),
        )

    def _in(self, args: list[Any]) -> Q:
        left, listed = _exactly(2, args)
        if not isinstance(listed, list) or not listed:
            raise bad_filter(_("IN takes a list of values."))
        operand = self._operand(left)
        values = [_literal(operand, one, is_choice=True) for one in listed]
        parts = [Q(Compared(operand.expression, "=", value)) for value in values]
        return reduce(or_, parts)

    def _is_null(self, args: list[Any]) -> Q:
        (node,) = _exactly(1, args)
        if _name(node) == GEOMETRY:
            return Q(IsNull(self.collection.place.expression))
        return Q(IsNull(self._operand(node).expression))

    def _spatial(self, operation: str, args: list[Any]) -> Q:
        left, right = _exactly(2, args)
        if _name(left) != GEOMETRY:
            raise bad_filter(
                _("A place is compared as in S_INTERSECTS(geometry, BBOX(…)).")
            )
        geometry = read_geometry("filter", right, self.crs)
        is_collection = geometry.geom_type == "GeometryCollection"
        if is_collection and operation not in OF_COLLECTIONS:
            raise bad_filter(_("A collection of geometries only intersects, or not."))
        return self.collection.place.relates(SPATIAL[operation], geometry)

    def _operand(self, node: Any) -> Operand:
        name = _name(node)
        if name is None:
            operation, args = _operation(node)
            if operation != "casei":
                raise bad_filter(_("On the left of a comparison stands a property."))
            (inner,) = _exactly(1, args)
            return self._folded_operand(inner)
        found = self.collection.queryable(name)
        if found is None or found.expression is None:
            message = _("There is no property “%(name)s” to ask for.")
            raise bad_filter(message % {"name": name[:40]})
        return Operand(found, found.expression)

    def _folded_operand(self, node: Any) -> Operand:
        name = _name(node)
        plain = self._operand(node) if name is not None else None
        if plain is None or plain.of.type is not Type.TEXT:
            raise bad_filter(_("CASEI is for texts."))
        return Operand(plain.of, _lower(plain.expression), is_folded=True)


def _operation(node: Any) -> tuple[str, list[Any]]:
    is_one = isinstance(node, dict) and set(node) == {"op", "args"}
    if (
        not is_one
        or not isinstance(node["op"], str)
        or not isinstance(node["args"], list)
    ):
        raise bad_filter(_("The filter is no condition that is true or false."))
    return node["op"].lower(), node["args"]


def _exactly(number: int, args: list[Any]) -> list[Any]:
    if len(args) != number:
        message = _("An operation of the filter takes %(number)d arguments.")
        raise bad_filter(message % {"number": number})
    return args


def _name(node: Any) -> str | None:
    """Return the name of the property a node stands for; None for anything else."""
    name = node.get("property") if isinstance(node, dict) else None
    return name if isinstance(name, str) else None


def _lower(text: Any) -> Collate:
    return Collate(Lower(Collate(text, LETTERS)), ORDER)


def _folded(node: Any, text: Value) -> Any:
    """Return the text of a literal, lowered where it stands in CASEI."""
    return _lower(text) if isinstance(node, dict) else text


def _text(node: Any) -> str:
    """Return the text of a literal, in CASEI or not; raises BadParameter."""
    if isinstance(node, dict) and node.get("op") == "casei":
        (node,) = _exactly(1, _operation(node)[1])
    if not isinstance(node, str):
        raise bad_filter(_("A text property is compared with a text."))
    return read_text("filter", node)


def _literal(operand: Operand, node: Any, *, is_choice: bool = False) -> Any:
    """Return the value of a literal of the operand's type; raises BadParameter."""
    if operand.of.type is Type.TEXT:
        text = _text(node)
        if is_choice and not operand.is_folded and not isinstance(node, dict):
            check_choice(operand.of, text)
        return _folded(node, Value(text, TextField()))
    if operand.of.type is Type.BOOLEAN:
        if not isinstance(node, bool):
            raise bad_filter(
                _("A property that is true or false is compared with that.")
            )
        return Value(node)
    if operand.of.type in {Type.MOMENT, Type.DATE}:
        return Value(_time(operand.of, node))
    is_number = isinstance(node, int | float) and not isinstance(node, bool)
    if not is_number or not _is_sensible(node):
        raise bad_filter(_("A number is compared with a number."))
    return Value(node)


def _is_sensible(number: Any) -> bool:
    # A whole number of any length is one in Python, and none that fits anything.
    return math.isfinite(number) if isinstance(number, float) else abs(number) < 2**63


def _time(property_: Property, node: Any) -> Any:
    """Return the moment or the day of a literal; a bare text may be one, too."""
    kind, read = (
        ("timestamp", read_moment)
        if property_.type is Type.MOMENT
        else ("date", read_day)
    )
    text = node.get(kind) if isinstance(node, dict) and set(node) == {kind} else node
    if not isinstance(text, str):
        message = _("“%(name)s” is compared with %(example)s.")
        example = (
            "TIMESTAMP('2026-01-31T12:00:00Z')"
            if kind == "timestamp"
            else "DATE('2026-01-31')"
        )
        raise bad_filter(message % {"name": property_.name, "example": example})
    return read("filter", text)
