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

    def totals(self, column: str) -> dict[str, int]:
        """Return the number of pins for each value of a column."""
        return dict(self.values_list(column).annotate(total=Sum("n")))


class _Counted(models.Model):
    """How many pins lie in a tile's cell, and where their middle is."""

    zoom = models.SmallIntegerField()
    tile_x = models.IntegerField()
    tile_y = models.IntegerField()
    # Row times eight plus column, from the tile's north-west.
    cell = models.SmallIntegerField()
    n = models.IntegerField()
    # EPSG:3857, whole metres: sums of integers come back to zero exactly.
    sum_x = models.BigIntegerField()
    sum_y = models.BigIntegerField()
    sum_id = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.zoom}/{self.tile_x}/{self.tile_y}.{self.cell}: {self.n}"


class PublicCell(_Counted):
    """The number of pins of one kind, theme, status, district and body in a tile's cell.

    With sums, from which the middle of the pins follows; and the pin itself where it is
    alone. Written by the triggers of `PublicPin` in the transaction of every change.
    """

    pk = models.CompositePrimaryKey(*KEY)
    theme_slug = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=12, choices=Status)
    district_slug = models.CharField(max_length=80)
    body_slug = models.CharField(max_length=80)
    # How many of them have a public answer.
    answered = models.IntegerField()

    objects = PublicCellQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of published contributions")
        verbose_name_plural = _("counts of published contributions")


class PublicCluster(_Counted):
    """The number of all pins in a tile's cell, whatever they are: what a circle shows.

    The sum of the cell's rows of `PublicCell`, which may be hundreds, and kept as they are.
    """

    pk = models.CompositePrimaryKey(*PLACE)

    class Meta:
        verbose_name = _("count of all published contributions of a place")
        verbose_name_plural = _("counts of all published contributions of a place")


_TRAITS = KEY[len(PLACE) :]
_CHANGE = (
    f"SELECT {{sign}} AS sign, id, {', '.join(_TRAITS)}, "  # noqa: S608 -- names from this module only
    "(answered_after IS NOT NULL)::integer AS answered, "
    "round(ST_X(mercator))::bigint AS x, round(ST_Y(mercator))::bigint AS y, "
    "mercator FROM {table}"
)
_SUMS = {
    "n": "sum(sign)",
    "answered": "sum(sign * answered)",
    "sum_x": "sum(sign * x)::bigint",
    "sum_y": "sum(sign * y)::bigint",
    "sum_id": "sum(sign * id)::bigint",
}
_OF_ALL = ("n", "sum_x", "sum_y", "sum_id")


def count_cells(name: str, operation: Any, **tables: str) -> pgtrigger.Trigger:
    """Return a trigger that brings the counts up to date after a change of public pins.

    `new` and `old` name the transition tables. The finest cells are counted, the coarser
    ones added up from these. The version's row, locked before (see `next_version`), lets
    one transaction at a time through, as MERGE needs.
    """
    signs = {"new": 1, "old": -1}
    changed = " UNION ALL ".join(
        _CHANGE.format(sign=signs[side], table=table) for side, table in tables.items()
    )
    cells = _merge(changed, "pins_publiccell", _TRAITS, tuple(_SUMS))
    clusters = _merge(changed, "pins_publiccluster", (), _OF_ALL)
    return after_statement(name, operation, f"{cells}{clusters} RETURN NULL;", **tables)


def _merge(
    changed: str, table: str, traits: tuple[str, ...], sums: tuple[str, ...]
) -> str:
    """Return the SQL that adds a change to the counts of pins that agree in their traits."""
    key = (*PLACE, *traits)
    by_trait = "".join(f", {trait}" for trait in traits)
    return f"""
            MERGE INTO {table} known
            USING (
                SELECT {", ".join(key)}, {", ".join(f"sum({s}) AS {s}" for s in sums)}
                FROM (
                    SELECT * FROM (
                        SELECT finest_x, finest_y{by_trait},
                            {", ".join(f"{_SUMS[s]} AS {s}" for s in sums)}
                        FROM ({changed}) changed, LATERAL pins_finest_cell(mercator)
                        GROUP BY finest_x, finest_y{by_trait}
                    ) summed
                    -- What came and went in the same cell is no change of it.
                    WHERE ({", ".join(sums)}) <> ({", ".join("0" for _sum in sums)})
                ) finest, LATERAL pins_cells_over(finest_x, finest_y)
                GROUP BY {", ".join(key)}
                HAVING {" OR ".join(f"sum({s}) <> 0" for s in sums)}
            ) step
            ON {" AND ".join(f"known.{name} = step.{name}" for name in key)}
            WHEN MATCHED AND known.n + step.n = 0 THEN DELETE
            WHEN MATCHED THEN UPDATE SET
                {", ".join(f"{s} = known.{s} + step.{s}" for s in sums)}
            WHEN NOT MATCHED THEN
                INSERT ({", ".join((*key, *sums))})
                VALUES ({", ".join(f"step.{name}" for name in (*key, *sums))});
    """  # noqa: S608 -- names from this module only
