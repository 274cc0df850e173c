"""Queries that are put together once, with blanks for what each request fills in.

Putting one together takes Django longer than PostgreSQL takes to plan it. How it looks
depends on which parameters a request has, and not on their values.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression, Field, Q, QuerySet, Value
from django.db.models.expressions import Combinable


class Blank(Expression):
    """A value in a query, known by its name until it is filled in."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=Field())
        self.name = name

    def as_sql(self, *_args: Any, **_kwargs: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


@dataclass(frozen=True)
class Condition:
    """What must hold of the rows of a query, whatever its values are.

    `build` makes it, and is told how to put a value of some name into it. Conditions of
    one shape differ in their values alone; those without a shape in more than that.
    """

    shape: Hashable
    build: Callable[[Callable[[str], Combinable]], Q]
    values: Mapping[str, Any]

    def with_values(self) -> Q:
        return self.build(lambda name: Value(self.values[name]))

    def with_blanks(self) -> Q:
        return self.build(Blank)


@dataclass(frozen=True)
class Statement:
    """SQL, and its parameters, some of which are blanks."""

    sql: str
    parameters: tuple[Any, ...]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters with a value in each blank."""
        return [
            values[part.name] if isinstance(part, Blank) else part
            for part in self.parameters
        ]


_kept: dict[Hashable, Statement] = {}


def kept_statement(
    shape: Hashable, rows: Callable[[], QuerySet[Any, Any]]
) -> Statement:
    """Return the statement of the query that `rows` puts together, once for each shape.

    All that makes another query, but for what is in its blanks, must make another shape.
    """
    if shape not in _kept:
        sql, parameters = rows().query.sql_with_params()
        _kept[shape] = Statement(sql, tuple(parameters))
    return _kept[shape]
