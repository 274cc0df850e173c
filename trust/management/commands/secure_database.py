"""Give the site's role of the database its rights: `manage.py secure_database ROLE`.

To be run as the role that migrates, after each migration; docs/operation.md.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trust.runtime_role import UnfitRole, secure


class Command(BaseCommand):
    help = "Lets a role run the site, without the right to change logs and histories."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="As which the site connects.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            logs = secure(options["role"])
        except UnfitRole as error:
            raise CommandError(str(error)) from error
        for log in logs:
            refused = ", ".join((*log.refused, "TRUNCATE"))
            self.stdout.write(f"{log.table}: no {refused}.")
        self.stdout.write(f"{options['role']} can run the site.")
