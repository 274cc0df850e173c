"""Load the city's bodies, themes, districts and first pages: `manage.py load_city`.

Adds what is missing and leaves alone what is there; safe to repeat at every start.
"""

from typing import Any

from django.core.management.base import BaseCommand

from mapapp.city import load_city


class Command(BaseCommand):
    help = "Adds the bodies, themes, districts and pages that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_city()
        for what, names in vars(report).items():
            line = f"{len(names)} {what} added"
            self.stdout.write(f"{line}: {', '.join(names)}." if names else f"{line}.")
