"""The words, maps and photos of a dossier, as `dossier.typ` wants them."""

import base64
import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from PIL import Image

from councils.models import Sitting
from councils.papers import svg
from councils.papers.content import Advice, Content, PaperItem, PaperPin, Remark
from councils.papers.ground import forget_tiles
from councils.papers.maps import (
    Map,
    Marker,
    Outline,
    detail_map,
    outlines,
    overview_map,
)
from councils.papers.typesetting import MAP_SUFFIX
from councils.public.agenda import PublicResult
from pins.photos.files import path_of
from trust.media import MediaAway

# Told how many contributions are done, of how many.
Report = Callable[[int], None]
Data = dict[str, Any]

REGIONS = {"de": "DE", "en": "GB"}
# Strips of a degree, about as wide as a tile, in which maps are drawn from south to north.
STRIPS = 45


def day(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def moment_of(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def prose(text: str) -> list[list[str]]:
    """Return the paragraphs of a text, each as its lines."""
    paragraphs = [part.strip("\n") for part in text.split("\n\n")]
    return [part.split("\n") for part in paragraphs if part.strip()]


@dataclass
class Dossier:
    """A dossier in the making, in a folder of its own."""

    content: Content
    folder: Path
    report: Report
    districts: list[Outline] = field(default_factory=outlines)

    def write(self) -> Data:
        """Write the maps and photos into the folder, and return all words."""
        maps = self._maps()
        overview = self._overview() if self.content.sitting is not None else None
        forget_tiles()
        items = [self._item(item, maps) for item in self.content.items]
        language = get_language() or settings.LANGUAGE_CODE
        return {
            **self._cover(),
            "lang": language,
            "region": REGIONS[language],
            "words": _words(),
            "agenda": None
            if self.content.sitting is None
            else [_agenda_row(item) for item in items],
            "overview": overview,
            "items": items,
        }

    def _cover(self) -> Data:
        content, sitting = self.content, self.content.sitting
        if sitting is None:
            paper = content.pins[0].pin
            title, kind = paper.title, _("Dossier of a contribution")
            name = f"{paper.reference}: {paper.title}"
            facts = [(_("Reference"), paper.reference)]
            running = f"{paper.reference} · {content.body.name}"
        else:
            title, kind = content.body.name, _("Dossier of a sitting")
            facts = _facts_of_sitting(content, sitting)
            name = running = f"{content.body.name} · {day(sitting.start)}"
        facts.append((_("City"), settings.CITY_NAME))
        return {
            "site": settings.SITE_NAME,
            "author": content.body.name,
            "title": title,
            "name": name,
            "description": f"{kind}: {running}",
            "kind": kind,
            "running": running,
            "facts": facts,
            "notice": [] if content.is_public else _notice(),
            "mark": "" if content.is_public else _("Internal"),
            "made": _("As of %(moment)s") % {"moment": moment_of(timezone.now())},
        }

    def _maps(self) -> dict[str, Data]:
        """Draw the map of each contribution, neighbours one after the other."""
        drawn = {}
        pins = sorted(
            self.content.pins,
            key=lambda p: (round(p.location.x * STRIPS), p.location.y),
        )
        for number, paper in enumerate(pins, start=1):
            alt = _("Map of the surroundings of the contribution in %(district)s.") % {
                "district": paper.pin.district_name
            }
            found = detail_map(_marker(paper), self.districts)
            reference = paper.pin.reference
            drawn[reference] = self._drawing(reference, found, alt)
            self.report(number)
        return drawn

    def _overview(self) -> Data | None:
        pins = self.content.pins
        shown = {paper.pin.district_slug for paper in pins}
        drawn = overview_map([_marker(p) for p in pins], self.districts, shown)
        if drawn is None:
            return None
        alt = ngettext(
            "Map with the place of %(count)d contribution, numbered as on the agenda.",
            "Map with the places of %(count)d contributions, numbered as on the agenda.",
            len(pins),
        ) % {"count": len(pins)}
        return self._drawing("overview", drawn, alt)

    def _drawing(self, name: str, drawn: Map, alt: str) -> Data:
        file = f"{name}{MAP_SUFFIX}"
        (self.folder / file).write_text(drawn.svg, encoding="utf-8")
        return {"file": file, "alt": alt, "caption": _caption(drawn)}

    def _item(self, item: PaperItem, maps: dict[str, Data]) -> Data:
        return {
            "number": item.number,
            "heading": _("Item %(number)s: %(title)s")
            % {"number": item.number, "title": item.title},
            "title": item.title,
            "mark": "" if item.is_public else _("non-public"),
            "role": item.role,
            "result": _result(item.result),
            "consultations": [_advice(one) for one in item.consultations],
            "gone": _gone(item.gone),
            "draft": prose(item.text),
            "page": address_of(item),
            "pins": [self._pin(paper, item, maps) for paper in item.pins],
        }

    def _pin(self, paper: PaperPin, item: PaperItem, maps: dict[str, Data]) -> Data:
        pin = paper.pin
        # The heading of the item, or the title of the paper.
        is_named_already = item.title == pin.title
        name = pin.reference if is_named_already else f"{pin.reference}: {pin.title}"
        return {
            "heading": f"{paper.label} · {name}" if len(item.pins) > 1 else name,
            "lang": pin.language,
            "facts": _facts_of_pin(paper),
            "text": prose(pin.text),
            "map": maps[pin.reference],
            "photos": self._photos(paper),
            "history": [_remark(r) for r in paper.history],
            "comments": [_remark(r) for r in paper.comments],
            "notes": [_remark(r) for r in paper.notes],
        }

    def _photos(self, paper: PaperPin) -> list[Data]:
        return [
            self._photo(photo["name"], photo["alt"], number)
            | {"is_upright": photo["height"] > photo["width"]}
            for number, photo in enumerate(paper.pin.photos, start=1)
        ]

    def _photo(self, name: str, words: str, number: int) -> Data:
        unnamed = _("Photo %(number)d without a description") % {"number": number}
        alt = words or unnamed
        picture = _picture(name)
        if picture is None:
            missing = _("The file of this photo is missing: %(alt)s") % {"alt": alt}
            return {"file": "", "alt": alt, "caption": missing}
        (self.folder / f"{name}.svg").write_text(picture, encoding="ascii")
        return {"file": f"{name}.svg", "alt": alt, "caption": alt}


def _picture(name: str) -> str | None:
    """Return the small file of a photo as an SVG around it; None where it cannot be read.

    So typst passes the file on as it is. It would unpack a JPEG of its own, and hold all
    photos of a paper in memory as they look. Raises MediaAway.
    """
    try:
        with default_storage.open(path_of(name, small=True)) as file:
            data: bytes = file.read()
        with Image.open(BytesIO(data), formats=["JPEG"]) as picture:
            width, height = picture.size
    except MediaAway:
        # It is there: better no paper now than one that says otherwise.
        raise
    except (OSError, SyntaxError, ValueError):
        return None
    packed = base64.b64encode(data).decode("ascii")
    photo = svg.element(
        "image", width=width, height=height, href=f"data:image/jpeg;base64,{packed}"
    )
    return svg.document(width, height, photo)


def address_of(item: PaperItem) -> str:
    """Return the whole address of the page of a matter; empty where it has none."""
    return f"{settings.BASE_URL}{item.path}" if item.path else ""


def _marker(paper: PaperPin) -> Marker:
    return Marker(
        paper.location.x, paper.location.y, paper.label, is_rough=paper.is_rough
    )


def _notice() -> list[str]:
    return [
        _("Internal: for the members and the office of this body only."),
        _(
            "This paper may hold non-public items, results before the end of the sitting, "
            "exact places and internal notes. It must not be published or passed on."
        ),
    ]


def _facts_of_sitting(content: Content, sitting: Sitting) -> list[tuple[str, str]]:
    facts = [
        (_("Sitting"), moment_of(sitting.start)),
        (_("Place"), sitting.place),
        (pgettext("of a sitting", "State"), sitting.get_state_display()),
    ]
    if sitting.cancelled_because:
        facts.append((_("Reason"), sitting.cancelled_because))
    return [
        *facts,
        (_("Agenda items"), str(len(content.items))),
        (_("Contributions"), str(len(content.pins))),
    ]


def _facts_of_pin(paper: PaperPin) -> list[tuple[str, str]]:
    pin = paper.pin
    facts = [
        (_("Kind"), pin.kind_label),
        (_("Theme"), pin.theme.title),
        (_("Status"), pin.status_label),
        (_("District"), pin.district_name),
    ]
    if pin.place_note:
        facts.append((_("Place"), pin.place_note))
    if pin.is_approximate:
        facts.append((_("Accuracy"), _("Only the district is known.")))
    elif paper.is_rough:
        facts.append((_("Accuracy"), _("Shown as a square of 100 metres.")))
    return [
        *facts,
        (_("Supported by"), str(pin.support_count)),
        (_("Comments"), str(pin.comment_count)),
        (_("Page"), f"{settings.BASE_URL}{pin.get_absolute_url()}"),
    ]


def _caption(drawn: Map) -> str:
    metres = number_format(drawn.metres, force_grouping=True)
    width = _("%(metres)s m wide, north is up.") % {"metres": metres}
    return f"{width} {drawn.source}".strip()


def _gone(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d contribution of this item is no longer published.",
        "%(count)d contributions of this item are no longer published.",
        count,
    ) % {"count": count}


def _result(result: PublicResult | None) -> Data | None:
    if not result:
        return None
    return {
        "label": result.label or "–",
        "votes": str(result.votes or ""),
        "reason": prose(result.reason),
        "resolution": prose(result.resolution),
    }


def _advice(one: Advice) -> Data:
    return {
        "body": one.body,
        "role": one.role,
        "day": day(one.day) if one.day else _("not yet on an agenda"),
        "outcome": one.outcome or _("still open"),
        "votes": str(one.votes or ""),
        "reason": prose(one.reason),
    }


def _remark(remark: Remark) -> Data:
    when = " · ".join(part for part in (day(remark.at), remark.who) if part)
    return {"when": when, "what": remark.what, "text": prose(remark.text)}


def _agenda_row(item: Data) -> Data:
    return {key: item[key] for key in ("number", "title", "mark", "role")}


def _words() -> Data:
    page = _("Page %(page)s of %(total)s") % {"page": "\0", "total": "\0"}
    return {
        "agenda": _("Agenda"),
        "agenda_columns": [_("No."), _("Item"), _("Role"), _("Page")],
        "empty_agenda": _("There is nothing on the agenda yet."),
        "overview": _("Where the contributions lie"),
        "consultations": _("What bodies say to it"),
        "consultation_columns": [_("Body"), _("Role"), _("Day"), _("Result")],
        "history": _("Step by step"),
        "comments": _("Official comments"),
        "notes": _("Internal notes"),
        "role": _("Role"),
        "draft": _("Draft of the resolution"),
        "more": _("Page"),
        "result": _("Result"),
        "votes": _("Votes"),
        "reason": _("Reason"),
        "resolution": _("Resolution"),
        "page": page.split("\0"),
    }
