"""The history is appended and never edited: the database itself refuses both."""

import pytest
from django.db import Error, connection, transaction

from pins.actions import change_status, hide_pin
from pins.models import StatusChange, VisibilityChange
from pins.workflow import Role, Status
from tests.factories import make_district, make_moderator, make_pin


@pytest.fixture
def history(db):
    make_district(16)
    pin, moderator = make_pin(), make_moderator()
    change_status(
        pin=pin, to=Status.IN_REVIEW, actor=moderator, roles={Role.BODY}, body=None
    )
    hide_pin(pin=pin, actor=moderator, reason="Es nennt einen Namen.")
    return pin


@pytest.mark.parametrize("model", [StatusChange, VisibilityChange])
@pytest.mark.parametrize(
    "deed",
    [
        lambda step: step.save(),
        lambda step: step.delete(),
        lambda step: type(step).objects.update(actor=step.actor),
        lambda step: type(step).objects.all().delete(),
    ],
    ids=["save", "delete", "update", "delete all"],
)
def test_a_step_is_neither_changed_nor_removed(history, model, deed):
    step = model.objects.get()

    with pytest.raises(Error, match="append_only"), transaction.atomic():
        deed(step)

    assert model.objects.get() == step


@pytest.mark.parametrize("table", ["pins_statuschange", "pins_visibilitychange"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET created_at = now()"]
)
def test_not_by_sql_either(history, table, statement):
    with (
        pytest.raises(Error, match="append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_a_pin_with_a_history_cannot_be_deleted(history):
    with pytest.raises(Error), transaction.atomic():
        history.delete()
