"""A report as tagged PDF (PDF/UA-1), in the language of the site."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from councils.desk.deadlines import deadline_of
from councils.models import Sitting
from councils.papers.pdf import set_pdf
from councils.public.agenda import PublicItem
from insek.models import Milestone
from insek.reports.contents import Contents, MeasureLine
from pins.models import Pin, PublicPin

TEMPLATE = Path(__file__).with_name("report.typ")
REGIONS = {"de": "DE", "en": "GB"}
Data = dict[str, Any]
Cell = str | Data
# Columns of figures, which stand at the right.
NO_NUMBERS: tuple[int, ...] = ()


def make_pdf(contents: Contents) -> bytes:
    """Return the report as a PDF file. Raises councils.papers.pdf.NotSet."""
    with override(settings.LANGUAGE_CODE):
        return set_pdf(TEMPLATE, describe(contents), {})


def title_of(contents: Contents) -> str:
    return _("Report for %(month)s") % {"month": contents.month}


def describe(contents: Contents) -> Data:
    """Return all words of the report, in the language of the moment."""
    title, body = title_of(contents), contents.body.name
    page = _("Page %(page)s of %(total)s") % {"page": "\0", "total": "\0"}
    moment = date_format(timezone.localtime(), "DATETIME_FORMAT")
    return {
        "lang": settings.LANGUAGE_CODE,
        "region": REGIONS[settings.LANGUAGE_CODE],
        "site": settings.SITE_NAME,
        "author": settings.SITE_NAME,
        "title": title,
        "subtitle": body,
        "name": f"{title}: {body}",
        "description": _("What came in, what is open and what was decided."),
        "made": _("As of %(moment)s") % {"moment": moment},
        "page": page.split("\0"),
        "intro": _(
            "This report holds only what everyone can read. What is open is as of the day "
            "of the report."
        ),
        "numbers": numbers_of(contents),
        "sections": _sections(contents),
    }


def numbers_of(contents: Contents) -> list[tuple[str, str]]:
    """Return the numbers of the first page with what they mean."""
    labels = {
        "came_in": _("came in"),
        "open": _("open"),
        "overdue": _("of these overdue"),
        "decided": _("dealt with in sittings"),
        "handed_over": _("handed over"),
        "measures": _("measures"),
    }
    return [
        (labels[name], number_format(number, force_grouping=True))
        for name, number in asdict(contents.numbers).items()
    ]


def _sections(contents: Contents) -> list[Data]:
    sections = []
    if contents.districts:
        sections.append(_section(_("The districts"), _districts(contents)))
    if contents.has_districts:
        note = _("What is overdue comes first.")
        sections += [
            _section(_("What came in"), _came_in(contents)),
            _section(_("What is open"), _open(contents), note=note),
        ]
    sections.append(
        _section(_("What was dealt with in sittings"), *_sittings(contents))
    )
    if contents.has_districts:
        sections.append(_section(_("Handed over"), _handovers(contents)))
    return [*sections, _section(_("Measures"), _measures(contents))]


def _section(heading: str, *parts: Data, note: str = "") -> Data:
    has_rows = any(part["rows"] for part in parts)
    return {"heading": heading, "note": note if has_rows else "", "parts": parts}


def _part(
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[Cell]],
    empty: str,
    *,
    numbers: Sequence[int] = NO_NUMBERS,
    heading: str = "",
    total: int = 0,
) -> Data:
    """Return a table; `columns` are heads and widths, `total` counts all there are."""
    left = max(total - len(rows), 0)
    more = ngettext(
        "And %(count)d more: the desk has it.",
        "And %(count)d more: the desk has them.",
        left,
    ) % {"count": left}
    return {
        "heading": heading,
        "heads": [head for head, _width in columns],
        "widths": [width for _head, width in columns],
        "numbers": numbers,
        "rows": rows,
        "empty": empty,
        "more": more if left else "",
    }


def _came_in(contents: Contents) -> Data:
    columns = [
        (_("Reference"), 1.4),
        (_("Title"), 3.4),
        (_("District"), 1.8),
        (_("Theme"), 1.7),
        (_("Supported by"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [
            pin.reference,
            _said(pin),
            pin.district_name,
            pin.theme.title,
            str(pin.support_count),
        ]
        for pin in contents.came_in
    ]
    empty = _("Nothing came in for this body in this month.")
    return _part(columns, rows, empty, numbers=[4], total=contents.came_in_count)


def _open(contents: Contents) -> Data:
    columns = [
        (_("Reference"), 1.4),
        (_("Title"), 3.4),
        (_("District"), 1.8),
        (_("Status"), 1.5),
        (_("Deadline"), 1.8),
    ]
    rows: list[list[Cell]] = [
        [
            pin.reference,
            _said(pin),
            pin.district_name,
            pin.status_label,
            _deadline(pin),
        ]
        for pin in contents.open
    ]
    empty = _("Nothing waits for this body.")
    return _part(columns, rows, empty, total=contents.open_count)


def _said(pin: PublicPin | Pin) -> Data:
    """Return the title of a contribution with its language."""
    return {"words": pin.title, "lang": pin.language}


def _deadline(pin: PublicPin) -> str:
    deadline = deadline_of(pin)
    if deadline is None:
        return "–"
    if deadline.is_over:
        return ngettext(
            "overdue by %(days)d day", "overdue by %(days)d days", deadline.days_over
        ) % {"days": deadline.days_over}
    return _("until %(day)s") % {"day": _day(deadline.day)}


def _sittings(contents: Contents) -> list[Data]:
    empty = _("No sitting of this body was closed in this month.")
    return [_sitting(sitting, items) for sitting, items in contents.sittings] or [
        _part([], [], empty)
    ]


def _sitting(sitting: Sitting, items: list[PublicItem]) -> Data:
    columns = [
        (_("No."), 0.6),
        (_("Item"), 3.2),
        (_("Result"), 1.8),
        (_("Votes and reason"), 3.4),
    ]
    rows = [_item(item) for item in items]
    start = date_format(timezone.localtime(sitting.start), "DATETIME_FORMAT")
    empty = _("No results were recorded.")
    return _part(columns, rows, empty, heading=f"{start}, {sitting.place}")


def _item(item: PublicItem) -> list[str]:
    result = item.result
    said = [str(result.votes or ""), result.reason] if result else []
    references = ", ".join(pin.reference for pin in item.pins)
    title = f"{item.heading} ({references})" if references else item.heading
    label = result.label if result else ""
    return [item.number, title, label, "\n".join(filter(None, said))]


def _handovers(contents: Contents) -> Data:
    columns = [
        (_("Reference"), 1.4),
        (_("Title"), 2.6),
        (_("From"), 1.8),
        (_("To"), 1.8),
        (_("Reason"), 2.4),
    ]
    rows: list[list[Cell]] = [
        [
            str(one.pin.reference),
            _said(one.pin),
            one.from_body.name,
            one.to_body.name,
            one.reason,
        ]
        for one in contents.handovers
    ]
    empty = _("Nothing was handed over in this month.")
    return _part(columns, rows, empty, total=contents.numbers.handed_over)


def _measures(contents: Contents) -> Data:
    columns = [
        (_("Measure"), 3.2),
        (_("Responsible"), 2.0),
        (_("How far"), 1.6),
        (_("Reached in this month"), 2.2),
        (_("Overdue"), 2.2),
    ]
    rows = [_measure(line) for line in contents.measures]
    empty = _("No measure touches these districts.")
    return _part(columns, rows, empty, total=contents.numbers.measures)


def _measure(line: MeasureLine) -> list[str]:
    measure = line.measure
    state = f"{measure.get_state_display()}, {measure.progress} %"
    return [
        str(measure),
        measure.office or "–",
        state,
        _names(line.done),
        _names(line.overdue, with_day=True),
    ]


def _names(milestones: list[Milestone], *, with_day: bool = False) -> str:
    names = [
        f"{one.title} ({_day(one.due_on)})" if with_day else one.title
        for one in milestones
    ]
    return "; ".join(names) or "–"


def _districts(contents: Contents) -> Data:
    columns = [
        (_("District"), 2.6),
        (_("Body"), 2.8),
        (_("Came in"), 1.2),
        (_("Open"), 1.0),
        (_("Overdue"), 1.2),
        (_("Answered in all"), 1.4),
    ]
    rows = [
        [
            line.name,
            line.body,
            *map(str, (line.came_in, line.open, line.overdue, line.answered)),
        ]
        for line in contents.districts
    ]
    return _part(columns, rows, _("There are no districts."), numbers=[2, 3, 4, 5])


def _day(day: datetime.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
