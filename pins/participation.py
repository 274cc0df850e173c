"""What the public may do today: the phases of the process decide."""

from dataclasses import dataclass
from typing import Literal

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import BooleanField, Count, Q, Value
from django.db.models.functions import Coalesce

from pins.models import ParticipationPeriod

Act = Literal["pin", "comment", "support"]


class ParticipationClosed(Exception):
    """The process does not allow this act today."""

    def __init__(self, act: Act) -> None:
        super().__init__(act)
        self.act = act


@dataclass(frozen=True)
class OpenActs:
    """What everybody may do today."""

    pin: bool
    comment: bool
    support: bool

    @property
    def is_read_only(self) -> bool:
        return not (self.pin or self.comment or self.support)

    def demand(self, act: Act) -> None:
        """Raise ParticipationClosed where this may not be done."""
        if not getattr(self, act):
            raise ParticipationClosed(act)


ALL_OPEN = OpenActs(pin=True, comment=True, support=True)


def open_acts() -> OpenActs:
    """Return what is allowed today; everything where no phases are kept. One query."""
    today = Q(pk__in=ParticipationPeriod.objects.on())
    found = ParticipationPeriod.objects.aggregate(
        periods=Count("pk"),
        **{
            act: Coalesce(
                BoolOr(f"may_{act}", filter=today),
                Value(value=False),
                output_field=BooleanField(),
            )
            for act in ("pin", "comment", "support")
        },
    )
    if not found.pop("periods"):
        return ALL_OPEN
    return OpenActs(**found)
