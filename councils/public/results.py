"""What bodies resolved, all of it at once, as everyone may read it.

The rules are those of `councils.public.agenda`, written for the database: a public item of
a sitting that has been held, and nothing of an item whose contributions are no longer
shown.
"""

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf

from councils.models import AgendaItem, MatterPin, Sitting
from pins.models import PublicPin

DECIDED = Q(consultation__decided_at__isnull=False)


def public_results() -> QuerySet[AgendaItem, AgendaItem]:
    """Return the public items of held sittings of which there is a result.

    Each with `shown_title`; `outcome`, `reason`, `role` and `is_authoritative` of the
    consultation, null where there is none that was decided; `said` and `resolved`, the
    texts of item and resolution, null where empty; `references` of the contributions that
    are shown, and `geometry`, their places in EPSG:4326, null without any.
    """
    parts = MatterPin.objects.filter(matter=OuterRef("consultation__matter"))
    number = parts.order_by().values("matter").annotate(n=Count("pk")).values("n")
    items = AgendaItem.objects.public().filter(sitting__state=Sitting.State.HELD)
    return (
        items.annotate(
            references=ArraySubquery(_shown(parts, "reference")),
            part_count=Coalesce(Subquery(number), 0),
            shown_count=Func(
                F("references"), function="cardinality", output_field=IntegerField()
            ),
            outcome=_of_decided("outcome"),
            reason=_of_decided("reason"),
            role=_of_decided("role"),
            is_authoritative=Case(
                When(DECIDED, then=F("consultation__is_authoritative")), default=None
            ),
            said=_given("result"),
            resolved=_given("resolution_text"),
            geometry=Func(
                ArraySubquery(_shown(parts, "location")),
                function="ST_Collect",
                output_field=GeometryField(srid=4326, null=True),
            ),
        )
        .filter(Q(part_count=0) | Q(shown_count__gt=0))
        .filter(
            Q(outcome__isnull=False)
            | Q(said__isnull=False)
            | Q(resolved__isnull=False)
            | Q(votes_for__isnull=False)
        )
        .annotate(
            # A bundle is often called like its first contribution, which may be unseen.
            shown_title=Case(
                When(
                    shown_count__lt=F("part_count"),
                    then=Subquery(_shown(parts, "title")[:1]),
                ),
                default=F("title"),
                output_field=TextField(),
            )
        )
    )


def _shown(parts: QuerySet[MatterPin], column: str) -> QuerySet[MatterPin, object]:
    """Return what the public pins of a matter have in a column, in their order."""
    public = PublicPin.objects.filter(pk=OuterRef("pin_id"))
    return (
        parts.filter(Exists(public))
        .order_by("pk")
        .values_list(Subquery(public.values(column)), flat=True)
    )


def _of_decided(column: str) -> Case:
    """Return what a decided consultation has in a column; null where that is empty."""
    return Case(
        When(DECIDED, then=_given(f"consultation__{column}")),
        default=None,
        output_field=TextField(),
    )


def _given(column: str) -> NullIf:
    return NullIf(column, Value(""), output_field=TextField())
