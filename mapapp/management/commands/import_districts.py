r"""Bring the districts up to date with a file of boundaries.

    manage.py import_districts ortsbezirke.gpkg --dry-run
    manage.py import_districts ortsbezirke.gpkg --valid-from 2027-01-01
    manage.py import_districts stadtteile.shp --crs EPSG:31466 \
        --number-field STT_NR --name-field STT_NAME --default-kind kernstadt \
        --default-body haupt-und-finanzausschuss

Reads whatever GDAL reads, in any CRS. Districts are matched by their official number.
A district that differs gets a new version from the day on; the old one ends and keeps
the resolutions that refer to it. Contributions follow the boundaries right after, in
short steps, or on the day itself where it lies ahead.

Nothing is written unless everything is right: rejected features, overlaps or gaps above
the tolerance and districts that the file leaves out refuse the import, with every reason.
"""

import argparse
import datetime
import math
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from districts.importing import (
    Fields,
    ImportRefusedError,
    ImportReport,
    Missing,
    Options,
    describe_gap,
    describe_overlap,
    import_districts,
)
from districts.models import District, today
from geo.datasets import DatasetError, read_layer
from pins.boundaries import follow_boundaries

MOST_LINES = 30


def a_day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no day like 2027-01-31."
        raise argparse.ArgumentTypeError(message) from error


def square_metres(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        message = f"{text!r} is no number of square metres."
        raise argparse.ArgumentTypeError(message)
    return number


class Command(BaseCommand):
    help = "Brings the districts up to date with a file of boundaries."

    def create_parser(
        self, prog_name: str, subcommand: str, **kwargs: Any
    ) -> CommandParser:
        kwargs["formatter_class"] = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=__doc__, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("file", type=Path, help="any file that GDAL reads")
        add("--layer", help="which layer, where the file has several")
        add("--crs", help="CRS of the file where it names none or a wrong one")
        add(
            "--valid-from",
            type=a_day,
            metavar="DAY",
            help="first day in force (default: today)",
        )
        add(
            "--number-field",
            metavar="FIELD",
            default="number",
            help="field of the official number",
        )
        add("--name-field", metavar="FIELD", default="name", help="field of the name")
        add(
            "--kind-field", help=f"field of the kind: {', '.join(District.Kind.values)}"
        )
        add(
            "--slug-field",
            metavar="FIELD",
            help="field of the name in URLs (default: from the name)",
        )
        add(
            "--body-field",
            metavar="FIELD",
            help="field of the slug of the responsible body",
        )
        add(
            "--default-kind",
            default="",
            help="kind of new districts",
            choices=District.Kind.values,
        )
        add(
            "--default-body",
            default="",
            metavar="SLUG",
            help="slug of the body for new districts",
        )
        add("--source", help="where the boundaries come from (default: the file name)")
        add(
            "--tolerance",
            type=square_metres,
            default=50.0,
            metavar="M2",
            help="largest overlap or gap to accept (default: 50)",
        )
        add("--skip-rejected", action="store_true", help="import the other features")
        add("--dry-run", action="store_true", help="report only, write nothing")
        missing = parser.add_mutually_exclusive_group()
        for choice in (Missing.CLOSE, Missing.KEEP):
            missing.add_argument(
                f"--{choice}-missing",
                dest="missing",
                action="store_const",
                const=choice,
                default=Missing.REFUSE,
                help=f"{choice} districts in force that the file leaves out",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["valid_from"] or today()
        try:
            layer = read_layer(
                options["file"], layer=options["layer"], crs=options["crs"]
            )
            # Kept at once, so that the contributions can follow in short steps; where
            # they do not come to their end, they do so at night.
            with transaction.atomic() if options["dry_run"] else nullcontext():
                report = import_districts(
                    layer, valid_from=day, options=_read_options(options)
                )
                moved = follow_boundaries()
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except DatasetError as error:
            raise CommandError(str(error)) from error
        except ImportRefusedError as error:
            raise CommandError(_refusal(error.report)) from error
        self._print(
            [
                f"{len(layer.features)} features in {layer.crs}; valid from {day}.",
                *layer.notes,
                *_results(report),
                *_remarks(report),
                f"{moved} contributions are in another district or version of it now.",
            ]
        )
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was written.")

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _read_options(options: dict[str, Any]) -> Options:
    return Options(
        fields=Fields(
            number=options["number_field"],
            name=options["name_field"],
            kind=options["kind_field"],
            slug=options["slug_field"],
            body=options["body_field"],
        ),
        default_body=options["default_body"],
        default_kind=options["default_kind"],
        source=options["source"] or options["file"].name,
        missing=options["missing"],
        skip_rejected=options["skip_rejected"],
        tolerance=options["tolerance"],
        srid=settings.PLANNING_SRID,
    )


def _results(report: ImportReport) -> list[str]:
    lines = []
    for what in ("created", "updated", "closed", "kept"):
        names = getattr(report, what)
        lines += [f"{what.capitalize()}: {len(names)}", *_indented(names)]
    return [*lines, f"Unchanged: {len(report.unchanged)}"]


def _remarks(report: ImportReport) -> list[str]:
    """List what is worth knowing beside the result; nothing where all is well."""
    remarks = {
        "Repaired": report.repaired,
        "Rejected": [str(rejection) for rejection in report.rejected],
        "Overlaps": [describe_overlap(fault) for fault in report.overlaps],
        "Gaps": [describe_gap(fault) for fault in report.gaps],
    }
    lines = []
    for title, entries in remarks.items():
        if entries:
            lines += [f"{title}: {len(entries)}", *_indented(entries)]
    return lines


def _refusal(report: ImportReport) -> str:
    lines = ["Refused, nothing was written:", *_indented(report.refusals)]
    return "\n".join(lines)


def _indented(lines: list[str]) -> list[str]:
    shown = [f"  {line}" for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return [*shown, f"  … and {more} more"] if more else shown
