"""Make the monthly reports: `manage.py make_reports [--month 2026-10] [--dry-run]`.

The schedule does it by itself; this is for who cannot wait, or wants to see what is due.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from councils.papers.pdf import NotSet
from insek.reports.keeping import (
    Wanted,
    due_reports,
    make_report,
    missing_reports,
    recipients,
)
from insek.reports.months import Month


class Command(BaseCommand):
    help = "Makes the reports that are due, or those of a month, and mails them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", help="such as 2026-10; by default what is due")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be made"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = self._wanted(options["month"])
        for one in wanted:
            if options["dry_run"]:
                number = len(recipients(one.body))
                self.stdout.write(f"{one.month.code} {one.body}: for {number} members")
            else:
                self._make(one)
        if not wanted:
            self.stdout.write("No report is missing.")

    def _wanted(self, month: str | None) -> list[Wanted]:
        if month is None:
            return due_reports()
        try:
            found = Month.read(month)
        except ValueError as error:
            message = "Write the month as 2026-10."
            raise CommandError(message) from error
        if not found.is_over:
            message = f"{found.code} is not over."
            raise CommandError(message)
        return missing_reports(found)

    def _make(self, one: Wanted) -> None:
        try:
            report = make_report(wanted=one)
        except NotSet as error:
            message = f"{one.month.code} {one.body}: {error}"
            raise CommandError(message) from error
        if report is not None:
            self.stdout.write(
                f"{one.month.code} {one.body}: made, mailed to {report.sent_to}"
            )
