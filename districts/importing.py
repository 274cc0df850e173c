"""Bringing the districts up to date with a file of boundaries.

Operators, the set-up and tests all use `import_districts`. It plans first: as long as
anything speaks against the import nothing is written, and every reason is told at once.
"""

import datetime

from django.db import IntegrityError, connection, transaction

from districts.entries import (
    FieldMissingError,
    Fields,
    Rejection,
    UnusableError,
    read_entries,
)
from districts.import_plan import Missing, Options, Plan
from districts.import_report import (
    ImportRefusedError,
    ImportReport,
    describe_gap,
    describe_overlap,
)
from geo.coverage import check_coverage
from geo.datasets import Layer
from geo.shapes import area_of_use

__all__ = [
    "Fields",
    "ImportRefusedError",
    "ImportReport",
    "Missing",
    "Options",
    "describe_gap",
    "describe_overlap",
    "import_districts",
]

AS_THE_FILE_SAYS = Options()


def import_districts(
    layer: Layer,
    *,
    valid_from: datetime.date,
    options: Options = AS_THE_FILE_SAYS,
) -> ImportReport:
    """Let the districts be from a day on what a layer says, matched by number.

    A district that differs gets a new version from that day on, which inherits the
    responsible body unless the file names another; the old version ends and keeps
    what refers to it. Where the present version began on that very day it is corrected
    in place; where it begins later the import is refused. A body alone changes hands
    without a new version. A boundary within a centimetre of the old is the same.

    All or nothing. Raises ImportRefusedError, whose report holds every reason.
    """
    plan = Plan(valid_from, options)
    _plan_entries(plan, layer)
    _check_slugs(plan)
    _check_coverage(plan)
    if plan.report.refusals:
        raise ImportRefusedError(plan.report)
    _carry_out(plan)
    return plan.report


def _plan_entries(plan: Plan, layer: Layer) -> None:
    report, options = plan.report, plan.options
    if options.default_body and options.default_body not in plan.bodies:
        report.refusals.append(f"There is no body {options.default_body!r}.")
        raise ImportRefusedError(report)
    try:
        entries, report.rejected = read_entries(
            layer, options.fields, within=area_of_use(options.srid)
        )
    except FieldMissingError as error:
        report.refusals.append(str(error))
        raise ImportRefusedError(report) from error
    for entry in entries:
        try:
            plan.add(entry)
        except UnusableError as error:
            rejection = Rejection(entry.position, entry.number, str(error))
            report.rejected.append(rejection)
        if entry.problem:
            report.repaired.append(f"{entry.label}: {entry.problem}")
    _settle_rejected(plan)
    plan.add_missing(
        {entry.number for entry in entries}
        | {rejection.number for rejection in report.rejected}
    )


def _settle_rejected(plan: Plan) -> None:
    """Refuse the import for rejected features, or leave their districts as they are."""
    rejected = plan.report.rejected
    rejected.sort(key=lambda rejection: rejection.position)
    if not plan.options.skip_rejected:
        plan.report.refusals += [str(rejection) for rejection in rejected]
    for number in {rejection.number for rejection in rejected} - {None}:
        if number in plan.present:
            plan.keep(plan.present[number])


def _check_slugs(plan: Plan) -> None:
    plan.report.refusals += [
        f"{' and '.join(labels)} would share the slug {slug!r}."
        for slug, labels in plan.slugs.items()
        if len(labels) > 1
    ]


def _check_coverage(plan: Plan) -> None:
    report, tolerance = plan.report, plan.options.tolerance
    found = check_coverage(plan.areas, srid=plan.options.srid)
    report.overlaps, report.gaps = found.overlaps, found.gaps
    lines = [(fault, describe_overlap(fault)) for fault in found.overlaps]
    lines += [(fault, describe_gap(fault)) for fault in found.gaps]
    report.refusals += [
        f"{line}, more than the tolerance of {tolerance:g} m² (--tolerance)."
        for fault, line in lines
        if fault.square_metres > tolerance
    ]


@transaction.atomic
def _carry_out(plan: Plan) -> None:
    """Take the steps; what the database says against them is a refusal like any."""
    try:
        with transaction.atomic():
            for step in plan.steps:
                step()
            # Now, not at the commit, where nobody could say what it was about.
            connection.check_constraints()
    except IntegrityError as error:
        plan.report.refusals.append(f"The database refuses it: {error}")
        raise ImportRefusedError(plan.report) from error
