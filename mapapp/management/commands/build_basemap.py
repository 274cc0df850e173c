r"""Build the city's basemap from an OpenStreetMap extract.

    manage.py build_basemap rheinland-pfalz-latest.osm.pbf
    manage.py build_basemap city.osm.bz2 --margin 3000 --date 2026-11-01

Takes from the extract (.osm.pbf, .osm.bz2, .osm) what lies in today's districts and in a
margin around them, and makes one file of vector tiles and the tables of streets and
addresses. An extract of a whole state takes some minutes.

The new map is put in use when it is finished. Where anything goes wrong, the old one stays.
"""

import argparse
import datetime
import math
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from layers.basemap.building import Plan, build
from layers.basemap.errors import BasemapError
from layers.basemap.progress import Progress

MOST_METRES = 50_000
INTERRUPTED = 130


def a_day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        message = f"{text!r} is no day like 2027-01-31."
        raise argparse.ArgumentTypeError(message) from error


def metres(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= MOST_METRES:
        message = f"{text!r} is no number of metres from 0 to {MOST_METRES}."
        raise argparse.ArgumentTypeError(message)
    return number


class Command(BaseCommand):
    help = "Builds the city's basemap from an OpenStreetMap extract."

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        kwargs["formatter_class"] = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=__doc__, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("file", type=Path, help="an OpenStreetMap extract that holds the city")
        add(
            "--margin",
            type=metres,
            metavar="METRES",
            # A text, so that it is looked at like one that is given.
            default=str(settings.BASEMAP_MARGIN_METRES),
            help="how far the map goes on around the city (default: %(default)s)",
        )
        add(
            "--date",
            type=a_day,
            metavar="DAY",
            help="day the data is from, where the extract does not say",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plan = Plan(
            extract=options["file"],
            target=settings.BASEMAP_PATH,
            margin_metres=options["margin"],
            srid=settings.PLANNING_SRID,
            name=settings.CITY_NAME,
            data_date=options["date"] or "",
        )
        progress = Progress(self._write, is_terminal=self.stdout.isatty())
        try:
            built = build(plan, progress)
        except BasemapError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            message = "Interrupted. The old basemap stays in use."
            raise CommandError(message, returncode=INTERRUPTED) from error
        layers = ", ".join(f"{k} {n}" for k, n in sorted(built.features.items()))
        self.stdout.write(f"Features: {layers}.")
        self.stdout.write(
            f"Found by name: {built.places.streets} streets, "
            f"{built.places.addresses} addresses "
            f"({built.places.left_out} repeated or unreadable ones left out)."
        )
        self.stdout.write(
            self.style.SUCCESS(
                f"{plan.target}: {built.tiles} tiles, {built.bytes / 1e6:.1f} MB"
                + (f", data of {built.data_date}." if built.data_date else ".")
            )
        )

    def _write(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
