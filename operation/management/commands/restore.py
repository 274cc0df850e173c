"""Bring a backup back: `manage.py restore FOLDER`, into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operation.backups.manifest import BadBackup
from operation.backups.programs import ProgramFailed
from operation.backups.restoring import NotEmpty, restore


class Command(BaseCommand):
    help = "Restores a backup and compares every table and file with its manifest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="one backup, with its manifest")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(options["folder"])
        except (BadBackup, NotEmpty, ProgramFailed) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            message = f"It broke off: {error.strerror} ({error.filename})."
            raise CommandError(message) from error
        if restored.differences:
            raise CommandError(
                "What came back differs from the backup:\n"
                + "\n".join(restored.differences)
            )
        self.stdout.write(
            f"{restored.tables} tables with {restored.rows:,} rows and "
            f"{restored.files:,} files are back, each with its checksum."
        )
