"""What a pending migration means for the release that is still running."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Abs, Now

from operation import upgrades
from operation.upgrades import Finding, look_through

CHECK = models.CheckConstraint(name="book_has_title", condition=~models.Q(title=""))
INDEX = models.Index(name="book_title", fields=["title"])


def books() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", models.CharField(max_length=80)),
        ("note", models.TextField(null=True)),
    ]
    state.add_model(ModelState("library", "Book", fields))
    return state


def found(*steps: Operation) -> list[Finding]:
    kind = type("Migration", (Migration,), {"operations": list(steps)})
    return look_through([kind("0002_next", "library")], books())


def field(operation: Any, name: str, of: models.Field[Any, Any]) -> Operation:
    made: Operation = operation("Book", name, of)
    return made


add, alter = operations.AddField, operations.AlterField
BREAKING: dict[str, tuple[Operation, str]] = {
    "a field goes": (operations.RemoveField("Book", "note"), "still asks for it"),
    "a table goes": (operations.DeleteModel("Book"), "still asks for it"),
    "a field is renamed": (
        operations.RenameField("Book", "note", "remark"),
        "still asks for it",
    ),
    "a model is renamed": (operations.RenameModel("Book", "Volume"), "still asks"),
    "a table is renamed": (operations.AlterModelTable("Book", "volumes"), "still asks"),
    "a field that must be filled": (
        field(add, "year", models.IntegerField(default=0)),
        "give db_default",
    ),
    "a field that must be filled from now on": (
        field(alter, "note", models.TextField()),
        "may lack a value",
    ),
    "a field that must be the only one": (
        field(alter, "title", models.CharField(max_length=80, unique=True)),
        "may break it",
    ),
    "a shorter field": (
        field(alter, "title", models.CharField(max_length=40)),
        "may refuse",
    ),
    "another type": (field(alter, "title", models.IntegerField()), "may refuse"),
}
HARMLESS: dict[str, Operation] = {
    "a new table": operations.CreateModel("Shelf", [("id", models.AutoField())]),
    "a field that may be empty": field(add, "year", models.IntegerField(null=True)),
    "a field that the database fills": field(
        add, "year", models.DateTimeField(db_default=Now())
    ),
    "a field that is computed": field(
        add,
        "year",
        models.GeneratedField(
            expression=Abs("id"),
            output_field=models.IntegerField(),
            db_persist=True,
        ),
    ),
    "a longer field": field(alter, "title", models.CharField(max_length=200)),
    "a field without a limit": field(alter, "title", models.CharField()),
    "what the database fills from now on": field(
        alter, "note", models.TextField(db_default="")
    ),
    "an index on few rows": operations.AddIndex("Book", INDEX),
    "other words": operations.AlterModelOptions("Book", {"verbose_name": "volume"}),
}
TO_READ: dict[str, Operation] = {
    "SQL": operations.RunSQL("SELECT 1"),
    "Python": operations.RunPython(operations.RunPython.noop),
    "a constraint": operations.AddConstraint("Book", CHECK),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_the_running_release_cannot_live_with(name: str, db: None):
    operation, why = BREAKING[name]

    (finding,) = found(operation)

    assert finding.is_breaking
    assert finding.migration == "library.0002_next"
    assert why in finding.why


@pytest.mark.parametrize("name", HARMLESS)
def test_what_takes_nothing_away(name: str, db: None):
    assert found(HARMLESS[name]) == []


@pytest.mark.parametrize("name", TO_READ)
def test_what_its_author_alone_knows(name: str):
    (finding,) = found(TO_READ[name])

    assert not finding.is_breaking


def test_an_index_on_many_rows_stops_all_writing(db: None, monkeypatch: Any):
    monkeypatch.setattr(upgrades, "MANY_ROWS", -1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE library_book (title text)")

    (finding,) = found(operations.AddIndex("Book", INDEX))

    assert finding.is_breaking
    assert "AddIndexConcurrently" in finding.why


def test_nobody_knows_a_table_that_comes_with_the_same_upgrade():
    shelf = operations.CreateModel(
        "Shelf", [("id", models.AutoField(primary_key=True))]
    )
    row = operations.AddField("Shelf", "row", models.IntegerField(default=0))

    assert found(shelf, row, operations.RemoveField("Shelf", "row")) == []


def test_each_step_is_judged_by_what_came_before():
    year = field(add, "year", models.IntegerField(null=True))
    must = field(alter, "year", models.IntegerField())

    (finding,) = found(year, must)

    assert "may lack a value" in finding.why


def test_what_only_the_database_is_told():
    hidden = operations.SeparateDatabaseAndState(
        database_operations=[operations.RemoveField("Book", "note")]
    )
    seen = operations.SeparateDatabaseAndState(
        state_operations=[operations.RemoveField("Book", "note")]
    )

    (finding,) = found(hidden)

    assert finding.is_breaking
    assert found(seen) == []


# --- The command -------------------------------------------------------------------------


def check_upgrade() -> str:
    out = StringIO()
    call_command("check_upgrade", stdout=out)
    return out.getvalue()


def test_nothing_is_pending(db: None):
    assert check_upgrade() == "No migration is pending.\n"


def test_a_pending_one_that_breaks(db: None, monkeypatch: Any):
    told = Finding(
        "pins.0099_less", "Remove field", "still asked for", is_breaking=True
    )
    monkeypatch.setattr(
        "operation.management.commands.check_upgrade.look_through", lambda *_: [told]
    )
    _forget_the_last()

    with pytest.raises(CommandError, match="Not while the old release serves"):
        check_upgrade()


def test_a_pending_one_that_does_not(db: None, monkeypatch: Any):
    told = Finding("pins.0099_sql", "Raw SQL", "please read it", is_breaking=False)
    monkeypatch.setattr(
        "operation.management.commands.check_upgrade.look_through", lambda *_: [told]
    )
    last = _forget_the_last()

    said = check_upgrade()

    assert f"1 pending:\n  pins.{last}" in said
    assert "note  pins.0099_sql: Raw SQL: please read it" in said
    assert said.endswith("They can run while the old release serves.\n")


def _forget_the_last() -> str:
    """Let the last migration of the contributions be one that has not run."""
    applied = MigrationRecorder.Migration.objects.filter(app="pins")
    last = applied.latest("name")
    name: str = last.name
    last.delete()
    return name


def test_the_models_of_now_are_known(db: None):
    state = upgrades.state_now()

    assert "reference" in state.models["pins", "pin"].fields
    assert upgrades.pending() == []


def test_a_new_database(db: None):
    MigrationRecorder.Migration.objects.all().delete()

    assert check_upgrade().endswith("The database is new: nobody is running on it.\n")
