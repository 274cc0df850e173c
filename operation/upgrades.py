"""Whether the release that is running can live with what the next one does to the database.

Migrations run while the old release still serves. What it reads must stay (expand); it is
taken away by a later release, which nobody who needs it runs any more (contract).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Building an index on fewer rows takes less than a second.
MANY_ROWS = 200_000
Verdict = tuple[str, bool]
FINE: Verdict = ("", False)
ROWS = "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = to_regclass(%s)"


@dataclass(frozen=True)
class Finding:
    """What one operation of a pending migration means for the release that is running."""

    migration: str
    operation: str
    why: str
    is_breaking: bool


def pending() -> list[Migration]:
    """Return the migrations that have not run, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _backwards in plan]


def state_now() -> ProjectState:
    """Return the models as the migrations that have run made them."""
    loader = MigrationExecutor(connection).loader
    known = loader.graph.nodes
    return loader.project_state(
        [n for n in loader.applied_migrations or () if n in known]
    )


def look_through(migrations: list[Migration], state: ProjectState) -> list[Finding]:
    """Return what is worth knowing of migrations that run one after the other.

    `state` is what the models are before the first; it is changed.
    """
    # Tables that the running release does not know yet.
    new: set[tuple[str, str]] = set()
    return [finding for m in migrations for finding in _look_at(m, state, new)]


def _look_at(
    migration: Migration, state: ProjectState, new: set[tuple[str, str]]
) -> Iterator[Finding]:
    for operation in migration.operations:
        for step in _on_database(operation):
            model = getattr(step, "model_name", None) or getattr(step, "name", "")
            key = (migration.app_label, str(model).lower())
            if isinstance(step, operations.CreateModel):
                new.add(key)
            judge = JUDGES.get(type(step))
            if judge is None or key in new:
                continue
            why, is_breaking = judge(step, migration, state)
            if why:
                name = f"{migration.app_label}.{migration.name}"
                yield Finding(name, step.describe(), why, is_breaking)
        operation.state_forwards(migration.app_label, state)


def _on_database(operation: Operation) -> Iterator[Operation]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for step in operation.database_operations:
            yield from _on_database(step)
    else:
        yield operation


def _gone(operation: Any, _migration: Migration, _state: ProjectState) -> Verdict:
    return "the release that is running still asks for it", True


def _added(operation: Any, migration: Migration, _state: ProjectState) -> Verdict:
    field = operation.field
    is_filled = field.null or field.has_db_default() or field.many_to_many
    if is_filled or getattr(field, "generated", False):
        return FINE
    return (
        "rows that the running release adds would lack a value: give db_default",
        True,
    )


def _altered(operation: Any, migration: Migration, state: ProjectState) -> Verdict:
    model = state.models[migration.app_label, operation.model_name.lower()]
    old, new = model.fields[operation.name], operation.field
    if old.null and not new.null and not new.has_db_default():
        return "rows that the running release adds may lack a value", True
    if not old.unique and new.unique:
        return "what the running release writes may break it", True
    before, after = old.max_length or 0, new.max_length or 0
    if type(old) is not type(new) or 0 < after < before:
        return "the running release writes what the new column may refuse", True
    return FINE


def _indexed(operation: Any, migration: Migration, _state: ProjectState) -> Verdict:
    table = f"{migration.app_label}_{operation.model_name.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [table])
        row = cursor.fetchone()
    if row and row[0] > MANY_ROWS:
        return f"{table} takes nothing while it is built: AddIndexConcurrently", True
    return FINE


def _constrained(_operation: Any, *_: object) -> Verdict:
    return "what the running release writes has to keep it already: please check", False


def _unknown(_operation: Any, *_: object) -> Verdict:
    return "code of its own: please read it", False


Judge = Callable[[Any, Migration, ProjectState], Verdict]
# What is not here takes nothing away: new tables, new permissions, other options.
JUDGES: dict[type[Operation], Judge] = {
    operations.RemoveField: _gone,
    operations.DeleteModel: _gone,
    operations.RenameField: _gone,
    operations.RenameModel: _gone,
    operations.AlterModelTable: _gone,
    operations.AddField: _added,
    operations.AlterField: _altered,
    operations.AddIndex: _indexed,
    operations.AddConstraint: _constrained,
    operations.RunPython: _unknown,
    operations.RunSQL: _unknown,
}
