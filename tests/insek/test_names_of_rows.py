"""How rows of the process are called, in lists, in the log and in the administration."""

import datetime
from uuid import UUID

import pytest

from districts.models import Body
from insek.models import (
    BodyReport,
    CardRow,
    CardSheet,
    Event,
    EventDocument,
    EventPhoto,
    InterestGroup,
    Invitation,
    Link,
    MeasureGoal,
    Milestone,
    NumbersSnapshot,
    Phase,
    PinOrigin,
    Registration,
    Stand,
    Suggestion,
    SuggestionPin,
)
from insek.pages.models.notice import BarrierNotice

KEY = UUID(int=7)
NOON = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (CardSheet(file_name="karten.xlsx"), "karten.xlsx"),
        (CardRow(number=12, card_number="E1-0007"), "12: E1-0007"),
        (NumbersSnapshot(version=3, computed_at=NOON), "3, 2026-11-28 12:00"),
        (
            BodyReport(body=Body(name="Stadtrat"), month=datetime.date(2026, 10, 1)),
            "Stadtrat 2026-10",
        ),
        (Event(title_de="Werkstatt"), "Werkstatt"),
        (EventDocument(title_de="Protokoll"), "Protokoll"),
        (EventPhoto(name="a1b2"), "a1b2"),
        (InterestGroup(name_de="Seniorenbeirat"), "Seniorenbeirat"),
        # Nobody's address stands in a log.
        (Invitation(pk=4, event_id=2, email="kim@example.org"), "2: 4"),
        (Registration(pk=5, event_id=2, email="kim@example.org"), "2: 5"),
        (Phase(title_de="Auswertung"), "Auswertung"),
        (PinOrigin(pin_id=7, event_id=2), "7: 2"),
        (Link(pk=9, reason="Darum"), "#9"),
        (MeasureGoal(measure_id=3, goal_id=21), "3 → 21"),
        (Milestone(title_de="Baubeginn"), "Baubeginn"),
        (Stand(label="Wochenmarkt"), "Wochenmarkt"),
        (Suggestion(words=["Schulweg", "Ampel"]), "Schulweg, Ampel"),
        (SuggestionPin(pk=9), "#9"),
        (BarrierNotice(key=KEY), str(KEY)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_how_a_row_is_called(row, name):
    assert str(row) == name
