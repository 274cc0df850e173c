"""The site's role of the database can work, and cannot touch what must stay."""

import datetime
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from pins.actions import change_status
from pins.models import PublicPin, StatusChange
from pins.workflow import Role, Status
from tests.factories import make_body, make_district, make_pin, make_user
from trust import audit
from trust.models import AuditEntry
from trust.personal import erase_old_audit
from trust.runtime_role import logs

SITE = "mitmachkarte_test_site"
LOGS = [
    "trust_auditentry",
    "pins_statuschange",
    "pins_visibilitychange",
    "pins_handover",
    "pins_merge",
]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        run(statement)
    return str(error.value)


@pytest.fixture
def district(db: None) -> None:
    make_district(16, body=make_body("Ortsbeirat West"))


@pytest.fixture
def site(district: None) -> Iterator[None]:
    """Act as a second role of the same database, in the test's own transaction."""
    run(f"CREATE ROLE {SITE}")
    call_command("secure_database", SITE, verbosity=0)
    run(f"SET LOCAL ROLE {SITE}")
    yield
    run("RESET ROLE")


@pytest.mark.parametrize("table", LOGS)
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
)
def test_logs_can_only_be_added_to(site: None, table: str, statement: str) -> None:
    assert "permission denied" in refused(statement.format(table))


def test_nor_can_their_triggers_be_switched_off(site: None) -> None:
    for statement in (
        "ALTER TABLE trust_auditentry DISABLE TRIGGER ALL",
        "DROP TABLE trust_auditentry CASCADE",
        "DROP FUNCTION trust_erase_old_audit(boolean)",
        "SET session_replication_role = replica",
    ):
        message = refused(statement)
        assert "must be owner" in message or "permission denied" in message
    assert "permission denied" in refused("CREATE TABLE x (id int)")


def test_the_site_works_as_this_role(site: None) -> None:
    user = make_user()
    pin = make_pin()
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=user,
        roles={Role.PLANNER},
        body=None,
    )
    audit.record("hide contribution", actor=user, target=pin)

    assert StatusChange.objects.count() == AuditEntry.objects.count() == 1
    assert PublicPin.objects.get().status == Status.IN_REVIEW


def test_old_entries_go_by_the_one_function_that_may(site: None) -> None:
    old = timezone.now() - datetime.timedelta(days=1097)
    AuditEntry.objects.create(action="long ago", at=old)
    audit.record("today", actor=None)

    assert erase_old_audit(dry_run=True) == 1
    assert erase_old_audit(dry_run=False) == 1
    assert AuditEntry.objects.get().action == "today"


@pytest.mark.parametrize("table", LOGS)
def test_whoever_owns_a_log_does_not_empty_it_by_mistake(db: None, table: str) -> None:
    assert "Cannot truncate" in refused(f"TRUNCATE {table} CASCADE")


def test_young_entries_stay_whoever_deletes(db: None) -> None:
    audit.record("today", actor=None)

    assert "Cannot delete" in refused("DELETE FROM trust_auditentry")


def test_every_history_is_a_log() -> None:
    found = {log.table: log.refused for log in logs()}

    for table in LOGS:
        assert found[table] == ("UPDATE", "DELETE")


def test_roles_that_do_not_fit(db: None) -> None:
    with pytest.raises(CommandError, match="no role nobody_at_all"):
        call_command("secure_database", "nobody_at_all")
    run(f"CREATE ROLE {SITE} SUPERUSER")
    with pytest.raises(CommandError, match="superuser or owns"):
        call_command("secure_database", SITE)


def test_the_command_says_what_it_took_away(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"CREATE ROLE {SITE}")

    call_command("secure_database", SITE)

    said = capsys.readouterr().out
    assert "trust_auditentry: no UPDATE, DELETE, TRUNCATE." in said
    assert f"{SITE} can run the site." in said
