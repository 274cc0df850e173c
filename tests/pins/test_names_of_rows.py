"""What rows call themselves in logs, in the console and in the admin.

Never an address, a key or words that nobody has published.
"""

import datetime

import pytest
from django.apps import apps

from pins.models import (
    Comment,
    Complaint,
    Contact,
    ErasedReference,
    ErasureRequest,
    Follow,
    Handover,
    Mailbox,
    Merge,
    News,
    Notice,
    ParticipationPeriod,
    Photo,
    Pin,
    PublicCell,
    PublicCluster,
    PublicPin,
    PublicVersion,
    Question,
    QueueEntry,
    QueueReminder,
    ReasonTemplate,
    Report,
    ReportCase,
    SearchWord,
    StatusChange,
    Support,
    VisibilityChange,
    Wording,
)

LOU = "lou@example.org"
MAY, JUNE = datetime.date(2026, 5, 1), datetime.date(2026, 6, 30)
ROWS = [
    (Comment(pk=5, text="Noch zu prüfen"), "#5"),
    (Complaint(pk=4, text="Das war kein Spam"), "#4"),
    (Contact(pk=3, email=LOU), "#3"),
    (ErasedReference(reference="KL-2026-00001"), "KL-2026-00001"),
    (ErasureRequest(kind="pin", pin_id=7), "pin 7 open"),
    (Follow(pk=4, mailbox=Mailbox(email=LOU)), "#4"),
    (Handover(pin_id=7, from_body_id=16, to_body_id=17), "7: 16 → 17"),
    (Mailbox(pk=8, email=LOU), "#8"),
    (Merge(step_id=9, survivor_id=6), "9 → 6"),
    (News(pin_id=7, event=News.Event.MEASURE), "7: measure"),
    (Notice(pk=2), "#2"),
    (ParticipationPeriod(opens_on=MAY, closes_on=JUNE), "2026-05-01 – 2026-06-30"),
    (ParticipationPeriod(opens_on=MAY), "2026-05-01 – "),
    (Photo(name="abc"), "abc"),
    (Pin(reference="KL-2026-00001", title="Eine Bank"), "KL-2026-00001 Eine Bank"),
    (PublicCell(zoom=12, tile_x=2136, tile_y=1402, cell=9, n=4), "12/2136/1402.9: 4"),
    (
        PublicCluster(zoom=12, tile_x=2136, tile_y=1402, cell=9, n=4),
        "12/2136/1402.9: 4",
    ),
    (PublicPin(reference="KL-2026-00001", title="Bank"), "KL-2026-00001 Bank"),
    (PublicVersion(version=7), "7"),
    (
        Question(
            text="Wer ist Kim?",
            asked_at=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC),
        ),
        "2026-05-01",
    ),
    (QueueEntry(kind="contribution", pin_id=7), "contribution 7"),
    (QueueEntry(kind="comment", pin_id=7, comment_id=9), "comment 9"),
    (QueueReminder(day=MAY), "2026-05-01"),
    (ReasonTemplate(title="Werbung"), "Werbung"),
    (
        Report(
            pk=12,
            email=LOU,
            created_at=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC),
        ),
        "M-2026-00012",
    ),
    (ReportCase(pk=3, kind="comment"), "#3 comment"),
    (SearchWord(spelling="Radweg", n=12), "Radweg: 12"),
    (
        StatusChange(pin_id=7, from_status="received", to_status="in_review"),
        "7: received → in_review",
    ),
    (Support(pk=1, key="geheim"), "#1"),
    (
        VisibilityChange(pin_id=7, from_visibility="hidden", to_visibility="published"),
        "7: hidden → published",
    ),
    (
        Wording(
            cause="redacted",
            text="Kim",
            created_at=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC),
        ),
        "redacted 2026-05-01",
    ),
]


@pytest.mark.parametrize(("row", "name"), ROWS, ids=lambda v: type(v).__name__)
def test_a_row_says_which_it_is(row, name):
    assert str(row) == name


def test_no_table_is_forgotten():
    assert {type(row) for row, _ in ROWS} == set(
        apps.get_app_config("pins").get_models()
    )
