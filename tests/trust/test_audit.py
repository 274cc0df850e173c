"""The audit log: what it keeps, and that nobody edits it."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import make_body, make_district, make_pin, make_user
from trust import audit
from trust.models import AuditEntry


def test_who_did_what_with_which_thing(db):
    make_district(16, body=make_body("Ortsbeirat West"))
    user, pin = make_user("moderator"), make_pin()

    entry = audit.record(
        "hide contribution",
        actor=user,
        target=pin,
        before={"visibility": "published"},
        after={"visibility": "hidden"},
    )

    entry.refresh_from_db()
    assert (entry.actor, entry.object_type, entry.object_id) == (
        user,
        "pins.pin",
        str(pin.pk),
    )
    assert entry.before == {"visibility": "published"}
    assert entry.after == {"visibility": "hidden"}


def test_a_job_acts_without_an_account(db):
    entry = audit.record("erase contacts", actor=None, after={"count": 3})

    assert (entry.actor, entry.object_type, entry.object_id) == (None, "", "")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE trust_auditentry SET action = 'nothing'", "DELETE FROM trust_auditentry"],
)
def test_the_database_refuses_to_edit_it(db, statement):
    audit.record("erase contacts", actor=None)

    refused = pytest.raises(DatabaseError, match="Cannot")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEntry.objects.get().action == "erase contacts"
