"""Erase invitations that lead nowhere: `manage.py erase_invitations [--dry-run]`.

The worker does it every hour; the command is for looking before, and for sites that
schedule their jobs elsewhere.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from staff.invitations import erase_invitations
from staff.lockout import erase_attempts


class Command(BaseCommand):
    help = "Erases invitations that were used, withdrawn or have expired, and counts of wrong passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how many there are."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        done = "would be erased" if dry_run else "erased"
        count = erase_invitations(dry_run=dry_run)
        self.stdout.write(f"{count} invitations {done}.")
        count = erase_attempts(dry_run=dry_run)
        self.stdout.write(f"{count} counts of wrong passwords {done}.")
