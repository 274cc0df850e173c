"""Erase the addresses whose time is over: `manage.py erase_contacts [--dry-run]`.

The worker does it every night; the command is for looking before, and for sites that
schedule their jobs elsewhere.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pins.tasks import erase_contacts
from pins.telling.author_address import erase_unconfirmed
from pins.telling.following import erase_follows


class Command(BaseCommand):
    help = "Erases the addresses of contributions that came to their end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how many there are."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = erase_contacts(dry_run=options["dry_run"])
        done = "would be erased" if options["dry_run"] else "erased"
        self.stdout.write(f"{count} contacts {done}.")
        unconfirmed = erase_unconfirmed(dry_run=options["dry_run"])
        self.stdout.write(f"{unconfirmed} unconfirmed contacts {done}.")
        follows = erase_follows(dry_run=options["dry_run"])
        self.stdout.write(f"{follows} follows {done}.")
