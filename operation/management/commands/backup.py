"""Make a backup: `manage.py backup FOLDER` (database, files, basemap, and a manifest)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from operation.backups.making import make_backup, thin_out
from operation.backups.programs import ProgramFailed


class Command(BaseCommand):
    help = "Backs up database, photos, documents and basemap, while the site runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups are kept")
        parser.add_argument(
            "--keep", type=int, default=0, help="how many; by default all of them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 0:
            raise CommandError("--keep takes a number of backups.")
        try:
            made = make_backup(options["folder"].absolute())
        except ProgramFailed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            message = f"The backup broke off: {error.strerror} ({error.filename})."
            raise CommandError(message) from error
        self.stdout.write(f"Backup in {made}.")
        if options["keep"]:
            for folder in thin_out(options["folder"].absolute(), options["keep"]):
                self.stdout.write(f"Deleted {folder}.")
