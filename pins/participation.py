"""What the public may do today: the phases of the process decide."""

from dataclasses import dataclass
from typing import Literal

from django.db import connection
from django.utils import timezone

Act = Literal["pin", "comment", "support"]
# Each page and each form asks: as SQL it costs a quarter of what a queryset does.
OPEN_ON = """
    SELECT
        bool_or(is_on AND may_pin),
        bool_or(is_on AND may_comment),
        bool_or(is_on AND may_support)
    FROM pins_participationperiod, LATERAL (
        SELECT opens_on <= %(day)s AND coalesce(closes_on >= %(day)s, true) AS is_on
    ) AS today
"""


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
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ON, {"day": timezone.localdate()})
        pin, comment, support = cursor.fetchone()
    # Of no row at all nothing is known.
    if pin is None:
        return ALL_OPEN
    return OpenActs(pin=pin, comment=comment, support=support)
