"""A sitting as a spreadsheet: the agenda, the contributions, what bodies say to them."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from councils.papers import sheets
from councils.papers.content import Content, PaperItem
from councils.papers.sheets import Column, Value
from councils.public.agenda import Votes

MEDIA_TYPE = sheets.MEDIA_TYPE


def make(content: Content) -> bytes:
    """Return the file."""
    workbook = sheets.new_workbook(str(content.body))
    sheets.add_sheet(
        workbook, _("Sitting"), [Column("", 24), Column("", 60)], _about(content)
    )
    sheets.add_sheet(workbook, _("Agenda"), _agenda_columns(), _agenda(content))
    sheets.add_sheet(workbook, _("Contributions"), _pin_columns(), _pins(content))
    sheets.add_sheet(
        workbook, _("Consultations"), _advice_columns(), _consultations(content)
    )
    return sheets.bytes_of(workbook)


def _about(content: Content) -> Iterator[list[Value]]:
    yield [_("City"), settings.CITY_NAME]
    yield [_("Body"), content.body.name]
    if content.sitting is not None:
        sitting = content.sitting
        yield [pgettext("of a sitting", "start"), sitting.start]
        yield [pgettext("of a sitting", "end"), sitting.end]
        yield [_("Place"), sitting.place]
        yield [pgettext("of a sitting", "State"), sitting.get_state_display()]
        yield [_("Reason"), sitting.cancelled_because]
    if not content.is_public:
        yield [
            _("Internal"),
            _("Internal: for the members and the office of this body only."),
        ]


def _agenda_columns() -> list[Column]:
    return [
        Column(_("No."), 6),
        Column(_("Item"), 44),
        Column(_("public"), 14),
        Column(_("Role"), 18),
        Column(_("Contributions"), 12),
        *_result_columns(),
        Column(_("Resolution"), 60),
        Column(_("Draft of the resolution"), 60),
    ]


def _result_columns() -> list[Column]:
    return [
        Column(_("Result"), 20),
        Column(_("Reason"), 50),
        *(Column(head, 10) for head in (_("for"), _("against"), _("abstained"))),
    ]


def _agenda(content: Content) -> Iterator[list[Value]]:
    for item in content.items:
        result = item.result
        yield [
            int(item.number),
            item.title,
            _("public") if item.is_public else _("non-public"),
            item.role,
            len(item.pins),
            result.label if result else None,
            result.reason if result else None,
            *_numbers(result.votes if result else None),
            result.resolution if result else None,
            item.text or None,
        ]


def _numbers(votes: Votes | None) -> list[Value]:
    if votes is None:
        return [None, None, None]
    return [votes.in_favour, votes.against, votes.abstained]


def _pin_columns() -> list[Column]:
    return [
        Column(_("No."), 8),
        Column(_("Reference"), 18),
        Column(_("Kind"), 14),
        Column(_("Theme"), 20),
        Column(_("Status"), 20),
        Column(_("Title"), 44),
        Column(_("Text"), 60),
        Column(_("District"), 24),
        Column(_("Supported by"), 14),
        Column(_("Comments"), 14),
        Column(_("Received"), 18),
        Column(_("Public answer"), 60),
        Column(_("Longitude"), 12),
        Column(_("Latitude"), 12),
        Column(_("Page"), 40),
    ]


def _pins(content: Content) -> Iterator[list[Value]]:
    for paper in content.pins:
        pin = paper.pin
        yield [
            paper.label,
            pin.reference,
            pin.kind_label,
            pin.theme.title,
            pin.status_label,
            pin.title,
            pin.text,
            pin.district_name,
            pin.support_count,
            pin.comment_count,
            pin.created_at,
            pin.public_answer,
            round(paper.location.x, 6),
            round(paper.location.y, 6),
            f"{settings.BASE_URL}{pin.get_absolute_url()}",
        ]


def _advice_columns() -> list[Column]:
    return [
        Column(_("No."), 6),
        Column(_("Item"), 44),
        Column(_("Body"), 34),
        Column(_("Role"), 18),
        Column(_("Day"), 18),
        *_result_columns(),
    ]


def _consultations(content: Content) -> Iterator[list[Value]]:
    for item in content.items:
        yield from _of_item(item)


def _of_item(item: PaperItem) -> Iterator[list[Value]]:
    for one in item.consultations:
        yield [
            int(item.number),
            item.title,
            one.body,
            one.role,
            one.day,
            one.outcome,
            one.reason,
            *_numbers(one.votes),
        ]
