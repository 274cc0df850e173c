"""Write docs/retention.md: `manage.py write_retention`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from mapapp.retention import document

PATH = Path(settings.ROOT) / "docs" / "retention.md"


class Command(BaseCommand):
    help = "Writes what is kept about people, and until when."

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{PATH} is written.")
