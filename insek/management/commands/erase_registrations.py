"""Erase registrations whose time is over: `manage.py erase_registrations [--dry-run]`.

The worker does it every hour; the command is for looking before, and for sites that
schedule their jobs elsewhere.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from insek.events.registering import erase_registrations


class Command(BaseCommand):
    help = "Erases registrations and invitations of events whose time is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how many there are."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = erase_registrations(dry_run=options["dry_run"])
        done = "would be erased" if options["dry_run"] else "erased"
        self.stdout.write(f"{count} registrations and invitations {done}.")
