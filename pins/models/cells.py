"""How many published pins lie where: kept ready, so that no request counts pins.

Each tile of the map, at the zooms of `LEVELS`, is a grid of 8 × 8 cells, as wide as a
cluster on the screen. A row counts the pins of one cell that agree in everything one can
filter by. At zoom 0 the whole city is one cell: its rows are the counts of the list.
"""

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from pins.models.triggers import after_statement
from pins.workflow import Kind, Status

WHOLE = 0
# The city fills the screen at about 11; from 17 on a tile is small enough for points.
LEVELS = (WHOLE, 9, 10, 11, 12, 13, 14, 15, 16)
PLACE = ("zoom", "tile_x", "tile_y", "cell")
KEY = (*PLACE, "theme_slug", "kind", "status", "district_slug", "body_slug")


class PublicCellQuerySet(models.QuerySet["PublicCell"]):
    def whole_city(self) -> Self:
        """Keep the counts without regard to the place."""
        return self.filter(zoom=WHOLE)

    def in_tile(self, zoom: int, x: int, y: int) -> Self:
        """Keep the counts of one tile at one of the zooms of `LEVELS`."""
        return self.filter(zoom=zoom, tile_x=x, tile_y=y)

    def totals(self, column: str) -> dict[str, int]:
        """Return the number of pins for each value of a column."""
        return dict(self.values_list(column).annotate(total=Sum("n")))


class PublicCell(models.Model):
    """The number of pins of one kind, theme, status, district and body in a tile's cell.

    With sums, from which the middle of the pins follows; and the pin itself where it is
    alone. Written by the triggers of `PublicPin` in the transaction of every change.
    """

    pk = models.CompositePrimaryKey(*KEY)
    zoom = models.SmallIntegerField()
    tile_x = models.IntegerField()
    tile_y = models.IntegerField()
    # Row times eight plus column, from the tile's north-west.
    cell = models.SmallIntegerField()
    theme_slug = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=12, choices=Status)
    district_slug = models.CharField(max_length=80)
    body_slug = models.CharField(max_length=80)
    n = models.IntegerField()
    # How many of them have a public answer.
    answered = models.IntegerField()
    # EPSG:3857, whole metres: sums of integers come back to zero exactly.
    sum_x = models.BigIntegerField()
    sum_y = models.BigIntegerField()
    sum_id = models.BigIntegerField()

    objects = PublicCellQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of published contributions")
        verbose_name_plural = _("counts of published contributions")

    def __str__(self) -> str:
        return f"{self.zoom}/{self.tile_x}/{self.tile_y}.{self.cell}: {self.n}"


_KEY = ", ".join(KEY)
_TRAITS = ", ".join(KEY[len(PLACE) :])
_SUMS = ("n", "answered", "sum_x", "sum_y", "sum_id")
_SIGNED = (
    f"SELECT {{sign}} AS sign, id, {_TRAITS}, "  # noqa: S608 -- names from this module only
    "(answered_after IS NOT NULL)::integer AS answered, "
    "round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, "
    "mercator FROM {table}"
)
# What came and went in each of the finest cells; what did both is no longer among it.
_FINEST = f"""
    SELECT * FROM (
        SELECT finest_x, finest_y, {_TRAITS}, sum(sign) AS n,
            sum(sign * answered) AS answered, sum(sign * x)::bigint AS sum_x,
            sum(sign * y)::bigint AS sum_y, sum(sign * id)::bigint AS sum_id
        FROM ({{moved}}) moved, LATERAL pins_finest_cell(mercator)
        GROUP BY finest_x, finest_y, {_TRAITS}
    ) summed
    WHERE (n, answered, sum_x, sum_y, sum_id) <> (0, 0, 0, 0, 0)
"""  # noqa: S608 -- names from this module only


def count_cells(name: str, operation: Any, **tables: str) -> pgtrigger.Trigger:
    """Return a trigger that brings the cells up to date after a change of public pins.

    `new` and `old` name the transition tables. The finest cells are counted, the coarser
    ones added up from these. The version's row, locked before (see `next_version`), lets
    one transaction at a time through, as MERGE needs.
    """
    signs = {"new": 1, "old": -1}
    moved = " UNION ALL ".join(
        _SIGNED.format(sign=signs[side], table=table) for side, table in tables.items()
    )
    return after_statement(
        name,
        operation,
        f"""
            MERGE INTO pins_publiccell known
            USING (
                SELECT {_KEY}, {", ".join(f"sum({name}) AS {name}" for name in _SUMS)}
                FROM ({_FINEST.format(moved=moved)}) finest,
                    LATERAL pins_cells_over(finest_x, finest_y)
                GROUP BY {_KEY}
                HAVING {" OR ".join(f"sum({name}) <> 0" for name in _SUMS)}
            ) step
            ON {" AND ".join(f"known.{key} = step.{key}" for key in KEY)}
            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE
            WHEN MATCHED THEN UPDATE SET
                {", ".join(f"{name} = known.{name} + step.{name}" for name in _SUMS)}
            WHEN NOT MATCHED THEN
                INSERT ({_KEY}, {", ".join(_SUMS)})
                VALUES ({", ".join(f"step.{name}" for name in (*KEY, *_SUMS))});
            RETURN NULL;
        """,  # noqa: S608 -- names from this module only
        **tables,
    )
