r"""Make a database into that of a city: `manage.py init_city CONFIG.toml`.

    manage.py init_city cities/musterstadt/city.toml --dry-run
    manage.py init_city cities/musterstadt/city.toml

Reads the file (docs/operation.md, "Another city"), refuses it with line and key of every
fault, and adds bodies, themes, districts, fields of action and first pages. Repeated, it
adds what is missing; what an office has edited stays, and is named. A database that
belongs to another city is refused.
"""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from mapapp.city import CityRefusedError, load_city
from mapapp.cityfile import City, CityFileError, choose_city, read_city


class Command(BaseCommand):
    help = "Makes a database into that of a city: bodies, themes, districts, pages."

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        kwargs["formatter_class"] = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=__doc__, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the city's file, or its folder")
        parser.add_argument(
            "--dry-run", action="store_true", help="report only, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            city = read_city(choose_city(Path.cwd(), options["file"]))
            with transaction.atomic():
                report = load_city(city, is_sure=True)
                transaction.set_rollback(options["dry_run"])
        except (CityFileError, CityRefusedError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{city.name}, as {city.path} has it.")
        for line in report.lines():
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")
        self._say_whose_site(city)

    def _say_whose_site(self, city: City) -> None:
        """Point out where the site itself would still be another city's."""
        if city.path != settings.CITY.path:
            self.stdout.write(
                f"The site is still that of {settings.CITY.name}: name, languages and "
                f"letters of references are read at its start. Set MAPAPP_CITY={city.path} "
                "and start it anew."
            )
