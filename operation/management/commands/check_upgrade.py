"""Tell whether pending migrations can run while the old release serves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operation.upgrades import look_through, pending, state_now


class Command(BaseCommand):
    help = "Says what pending migrations mean for the release that is still running."

    def handle(self, *args: Any, **options: Any) -> None:
        migrations = pending()
        if not migrations:
            self.stdout.write("No migration is pending.")
            return
        self.stdout.write(f"{len(migrations)} pending:")
        for migration in migrations:
            self.stdout.write(f"  {migration.app_label}.{migration.name}")
        before = state_now()
        if not before.models:
            self.stdout.write("The database is new: nobody is running on it.")
            return
        findings = look_through(migrations, before)
        for finding in findings:
            mark = "STOP" if finding.is_breaking else "note"
            told = f"{finding.migration}: {finding.operation}: {finding.why}"
            self.stdout.write(f"{mark}  {told}")
        if any(finding.is_breaking for finding in findings):
            raise CommandError(
                "Not while the old release serves: stop it before `migrate`, or let a "
                "release in between take leave of what goes."
            )
        self.stdout.write("They can run while the old release serves.")
