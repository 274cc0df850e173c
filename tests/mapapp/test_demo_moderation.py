"""Reports and other cases of moderation in the demo: loaded twice without harm."""

import json
import re
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mapapp import demo, demo_moderation, demo_voices
from pins.models import (
    Comment,
    Complaint,
    ErasureRequest,
    Pin,
    Question,
    QueueEntry,
    Report,
    ReportCase,
)
from pins.reporting.figures import yearly_figures
from pins.workflow import Visibility
from tests.factories import make_body, make_district, make_moderator, make_theme
from tests.geometries import point_in
from tests.pages import text_of
from tests.photos import make_photo

CONTENT = json.loads(demo_moderation.FILE.read_text("utf-8"))
PINS = {e["title"]: e for e in json.loads(demo.FILE.read_text("utf-8"))["pins"]}
PARTS = ("reports", "questions", "erasures")


@pytest.fixture
def plot(db, tmp_path: Path) -> None:
    """Load the pins and comments that the cases are about, all in one district."""
    make_district(16, body=make_body("Ortsbeirat West"))
    titles = sorted({entry["pin"] for part in PARTS for entry in CONTENT[part]})
    place = {"lon": point_in(16).x, "lat": point_in(16).y}
    entries = [PINS[title] | place | {"path": []} for title in titles]
    for theme in sorted({entry["theme"] for entry in entries}):
        make_theme(theme)
    file = tmp_path / "pins.json"
    file.write_text(json.dumps({"pins": entries}))
    demo.load_users()
    demo.load_pins(file)
    demo_voices.load_comments()
    with_photo = next(e["pin"] for e in CONTENT["reports"] if "is_photo" in e)
    make_photo(Pin.objects.get(title=with_photo))


def load() -> tuple[int, int, int]:
    return (
        demo_moderation.load_cases(),
        demo_moderation.load_questions(),
        demo_moderation.load_erasures(),
    )


def test_cases_are_added_once_and_nobody_is_told(plot: None) -> None:
    assert load() == tuple(len(CONTENT[part]) for part in PARTS)
    assert load() == (0, 0, 0)

    assert not mail.outbox
    assert not ProcrastinateJob.objects.exists()
    assert Report.objects.count() == sum(len(e["said"]) for e in CONTENT["reports"])
    now = timezone.now()
    assert not ReportCase.objects.filter(opened_at__gte=now).exists()
    assert not ReportCase.objects.filter(decided_at__gte=now).exists()
    assert not Complaint.objects.filter(created_at__gte=now).exists()
    assert set(ReportCase.objects.values_list("kind", flat=True)) == {
        *("pin", "comment", "photo")
    }
    outcomes = set(ReportCase.objects.values_list("outcome", flat=True))
    assert outcomes == {"", "kept", "changed", "hidden", "gone"}
    assert ReportCase.objects.with_complaints().count() == 1
    assert set(Complaint.objects.values_list("is_granted", flat=True)) == {
        *(None, True, False)
    }
    assert Question.objects.filter(answered_at=None).count() == 1
    assert Question.objects.exclude(answer="").count() == 1
    assert ErasureRequest.objects.open().count() == 1


def test_the_pages_show_life(plot: None, client: Client) -> None:
    load()
    client.force_login(make_moderator("zweite"))

    cases = ReportCase.objects.all()
    assert "Klebeband" in text_of(client.get("/moderation/reports/"))
    for case in cases:
        page = client.get(f"/moderation/reports/{case.pk}/")
        assert page.status_code == 200
        assert case.reason in text_of(page)
    asked = Question.objects.get(answered_at=None)
    assert asked.pin is not None
    page = client.get(f"/moderation/{asked.pin.reference}/")
    assert asked.text in text_of(page)
    assert QueueEntry.objects.get(pin=asked.pin).asked_at is not None
    wanted = ErasureRequest.objects.get()
    assert wanted.pin.reference in text_of(client.get("/moderation/erasures/"))
    # Figures of all years together: the demo's days may lie in two.
    years = yearly_figures(timezone.now())
    assert sum(sum(year["reasons"].values()) for year in years) == len(
        Report.objects.all()
    )


def test_what_is_not_there_is_left_out(db) -> None:
    make_district(16, body=make_body("Ortsbeirat West"))
    demo.load_users()

    assert load() == (0, 0, 0)


def test_what_was_decided_meanwhile_or_lost_its_comment_is_left_out(
    plot: None,
) -> None:
    Pin.objects.filter(visibility=Visibility.SUBMITTED).update(
        visibility=Visibility.PUBLISHED, published_at=timezone.now()
    )
    Comment.objects.all().delete()

    cases, questions, erasures = load()

    about_comments = [e for e in CONTENT["reports"] if "comment" in e]
    assert cases == len(CONTENT["reports"]) - len(about_comments)
    assert (questions, erasures) == (0, 1)


def test_the_cases_of_the_product_fit_its_pins() -> None:
    comments = json.loads(demo_voices.FILE.read_text("utf-8"))["comments"]
    dates = {(c["pin"], c["text"]): c["days_ago"] for c in comments}
    for entry in CONTENT["reports"]:
        pin = PINS[entry["pin"]]
        # A day passes until a contribution is public.
        assert entry["days_ago"] < pin["days_ago"] - 1, entry
        if "comment" in entry:
            assert entry["days_ago"] < dates[entry["pin"], entry["comment"]], entry
        outcome = entry.get("decision", {}).get("outcome", "kept")
        expected = {"hidden": "hidden", "gone": "withdrawn"}.get(outcome, "published")
        assert pin["visibility"] == expected, entry
        # What is to come was not yet.
        last = entry.get("complaint", {}).get("days_later", 0)
        assert last < entry["days_ago"], entry
    for entry in CONTENT["questions"]:
        assert PINS[entry["pin"]]["visibility"] == "submitted", entry
    for entry in CONTENT["erasures"]:
        assert PINS[entry["pin"]]["visibility"] in {"published", "hidden"}, entry
    assert not re.search(r"[\w.]+@[\w.]+|\d{5,}", json.dumps(CONTENT))
