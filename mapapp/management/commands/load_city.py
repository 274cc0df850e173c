"""Load this site's city, at every start: `manage.py load_city`.

Adds what is missing of the city that the settings name, and leaves alone what is there.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mapapp.city import CityRefusedError, load_city


class Command(BaseCommand):
    help = "Adds the bodies, themes, districts and pages that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_city()
        except CityRefusedError as error:
            raise CommandError(str(error)) from error
        for line in report.lines():
            self.stdout.write(line)
