"""The demo: what the INSEK office has at hand, made by the same actions as its own.

A table of typed cards, reports to bodies, and topics and hot spots, some of them
confirmed. Nobody is written to.
"""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from districts.models import Body
from insek.cards.keeping import keep_sheet, start_import
from insek.cards.reading import Table
from insek.digest.deciding import Seen, confirm, dismiss
from insek.digest.suggesting import suggest_all
from insek.models import BodyReport, CardSheet, Event, Suggestion
from insek.reports.keeping import Wanted, make_report
from insek.reports.months import Month

FILE = settings.CITY.folder / "demo" / "office.json"


def read_office() -> dict[str, Any]:
    """Return the typed cards, the names of topics, and which bodies get reports."""
    content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return content


def load_cards() -> int:
    """Import a table of cards, once: one of its rows is wrong; return how many rows."""
    entry = read_office()["cards"]
    event = Event.objects.filter(title_de=entry["event"]).first()
    if event is None or CardSheet.objects.filter(file_name=entry["file"]).exists():
        return 0
    rows = list(enumerate(entry["rows"], start=2))
    sheet = keep_sheet(
        event=event,
        name=entry["file"],
        table=Table(heads=entry["heads"], rows=rows),
        actor=User.objects.get(username="redaktion"),
    )
    start_import(sheet=sheet)
    return len(rows)


@transaction.atomic
def load_suggestions() -> int:
    """Look for topics and hot spots where nobody has looked yet; return how many.

    Those that the file has a name for are confirmed, and the smallest is put aside.
    """
    if Suggestion.objects.exists():
        return 0
    number = suggest_all()
    planner = User.objects.get(username="planung")
    content = read_office()
    topics = Suggestion.objects.of(Suggestion.Found.TOPIC).filter(district_slug="")
    for entry in content["topics"]:
        # The most telling word comes first.
        alike = topics.filter(words__0=entry["word"]).counted().order_by("-n", "pk")
        if found := alike.first():
            _confirm(found, entry, planner)
    spots = Suggestion.objects.of(Suggestion.Found.HOTSPOT).filter(theme=None)
    for spot in spots:
        places = set(spot.public_pins().values_list("place_note", flat=True))
        for entry in content["spots"]:
            if entry["place"] in places:
                _confirm(spot, entry, planner)
                break
    last = (
        spots.filter(state=Suggestion.State.SUGGESTED).counted().order_by("n").first()
    )
    if last is not None:
        dismiss(seen=Seen(last.pk, last.version), actor=planner)
    return number


def _confirm(found: Suggestion, entry: dict[str, Any], planner: User) -> None:
    confirm(
        seen=Seen(found.pk, found.version),
        name_de=entry["name_de"],
        name_en=entry["name_en"],
        actor=planner,
    )


def load_reports() -> int:
    """Make the reports of last month for some bodies where there are none yet.

    By the hand of a planner: only those of the schedule are mailed.
    """
    if BodyReport.objects.exists():
        return 0
    planner = User.objects.get(username="planung")
    month = Month.last()
    made = [
        make_report(wanted=Wanted(body, month), actor=planner)
        for body in Body.objects.filter(slug__in=read_office()["reports"])
    ]
    return len(made)
