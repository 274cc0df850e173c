"""Write docs/roles.md: `manage.py write_roles`."""

from typing import Any

from django.core.management.base import BaseCommand

from staff.role_document import PATH, document


class Command(BaseCommand):
    help = "Writes who may do what."

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{PATH} is written.")
