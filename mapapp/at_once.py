"""Several small tables in one query, for pages that count their queries."""

import json
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def read_at_once(*querysets: QuerySet[Any]) -> list[list[Any]]:
    """Return the rows of several querysets, read by one statement.

    Fields come by way of JSON, which has no days and no geometries: leave those out with
    `only` or `defer`, and what belongs to other rows (`select_related`) as well.
    """
    parts = [queryset.query.sql_with_params() for queryset in querysets]
    columns = ", ".join(
        f"(SELECT json_agg(found)::text FROM ({statement}) found)"  # noqa: S608 -- of Django
        for statement, _parameters in parts
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}",
            [value for _statement, parameters in parts for value in parameters],
        )
        (answers,) = cursor.fetchall()
    return [
        [
            queryset.model.from_db(queryset.db, list(row), list(row.values()))
            for row in json.loads(answer or "[]")
        ]
        for queryset, answer in zip(querysets, answers, strict=True)
    ]
