"""What rows call themselves in logs, in the console and in the admin."""

import datetime
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.utils import translation

from councils.models import (
    AgendaItem,
    AnswerTemplate,
    Assignment,
    Consultation,
    ConsultationStep,
    DeskNote,
    Hearing,
    Matter,
    MatterPin,
    Membership,
    Paper,
    Sitting,
)
from districts.models import Body

WEST = Body(name="Ortsbeirat West")
CLERK = Membership(user=User(username="anna"), body=WEST, role=Membership.Role.CLERK)
KEY = UUID("0190a1b2-0000-7000-8000-000000000001")
EVENING = datetime.datetime(2026, 12, 1, 18, tzinfo=datetime.UTC)
ROWS = [
    (AgendaItem(order=3, title="Schulwege"), "3 Schulwege"),
    (AnswerTemplate(title="Danke"), "Danke"),
    (Assignment(pin_id=7, assignee_id=2), "7: 2"),
    (Consultation(matter_id=5, order=2, body_id=16), "5/2 16"),
    (ConsultationStep(consultation_id=4, change_id=9), "4: 9"),
    # Never what it says: it stays at the desk.
    (DeskNote(pk=11, text="Nur für uns"), "#11"),
    (Hearing(matter_id=5, body_id=16), "5: 16"),
    (Matter(title="Ziele des INSEK"), "Ziele des INSEK"),
    (MatterPin(matter_id=5, pin_id=7), "5: 7"),
    (CLERK, "anna – Ortsbeirat West (Clerk)"),
    (Paper(id=KEY, format="pdf"), f"{KEY} (pdf)"),
    (Sitting(body=WEST, start=EVENING), "Ortsbeirat West 2026-12-01 19:00"),
]


@pytest.mark.parametrize(("row", "name"), ROWS, ids=lambda v: type(v).__name__)
def test_a_row_says_which_it_is(row, name):
    with translation.override("en"):
        assert str(row) == name


def test_no_table_is_forgotten():
    models = set(apps.get_app_config("councils").get_models())

    assert {type(row) for row, _name in ROWS} == models
