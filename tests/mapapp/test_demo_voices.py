"""What others say in the demo: loaded twice without harm, and fitting its pins."""

import json
import re

import pytest
from django.utils import timezone

from mapapp import demo, demo_voices
from pins.models import Comment, PublicPin, Support
from pins.workflow import Visibility
from tests.factories import make_body, make_district, make_theme
from tests.geometries import point_in

PINS = [
    {
        "kind": "idea",
        "theme": "mobility",
        "title": f"Erfundener Beitrag {number}",
        "text": "Ein erfundener Beitrag mit genug Worten.",
        "lon": point_in(16).x,
        "lat": point_in(16).y,
        "days_ago": 40,
        "visibility": visibility,
        "reason": "Es nennt Namen.",
    }
    for number, visibility in enumerate(["published"] * 8 + ["hidden", "submitted"])
]
COMMENTS = [
    {"pin": "Erfundener Beitrag 0", "days_ago": 9, "text": "Dafür."},
    {
        "pin": "Erfundener Beitrag 0",
        "days_ago": 30,
        "text": "Das prüfen wir.",
        "official": "body",
    },
    {
        "pin": "Erfundener Beitrag 0",
        "days_ago": 2,
        "text": "Das planen wir.",
        "official": "planners",
    },
    {
        "pin": "Erfundener Beitrag 1",
        "days_ago": 1,
        "text": "Ich warte noch.",
        "visibility": "submitted",
    },
    {
        "pin": "Erfundener Beitrag 1",
        "days_ago": 1,
        "text": "Ganz schlimm.",
        "visibility": "rejected",
        "reason": "Er beleidigt.",
    },
    {"pin": "Kein solcher Beitrag", "days_ago": 1, "text": "Wozu?"},
]


@pytest.fixture
def files(db, tmp_path):
    make_district(16, body=make_body("Ortsbeirat West"))
    make_theme("mobility")
    pins, comments = tmp_path / "pins.json", tmp_path / "comments.json"
    pins.write_text(json.dumps({"pins": PINS}))
    comments.write_text(json.dumps({"comments": COMMENTS}))
    demo.load_users()
    demo.load_pins(pins)
    return pins, comments


def test_comments_are_added_once_where_their_pins_are(files):
    assert demo_voices.load_comments(files[1]) == 5
    assert demo_voices.load_comments(files[1]) == 0

    shown = PublicPin.objects.get(title="Erfundener Beitrag 0")
    comments = list(Comment.objects.to(shown).order_by("pk"))
    assert [c.text for c in comments] == [
        "Das prüfen wir.",
        "Dafür.",
        "Das planen wir.",
    ]
    assert [c.is_official for c in comments] == [True, False, True]
    assert comments[0].speaker == "Ortsbeirat West"
    assert all(c.created_at < timezone.now() for c in comments)
    assert shown.comment_count == 3
    assert PublicPin.objects.get(title="Erfundener Beitrag 1").comment_count == 0


def test_supports_are_added_once_to_what_is_published(files):
    added = demo_voices.load_supports(files[0])

    assert added > 0
    assert demo_voices.load_supports(files[0]) == 0
    assert Support.objects.count() == added
    assert not Support.objects.exclude(pin__visibility=Visibility.PUBLISHED).exists()
    assert sum(PublicPin.objects.values_list("support_count", flat=True)) == added


def test_few_statements_load_many(files, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        demo_voices.load_comments(files[1])
    with django_assert_max_num_queries(8):
        demo_voices.load_supports(files[0])


def test_the_comments_of_the_product_fit_its_pins():
    pins = {e["title"]: e for e in json.loads(demo.FILE.read_text())["pins"]}
    comments = json.loads(demo_voices.FILE.read_text())["comments"]

    for entry in comments:
        pin = pins[entry["pin"]]
        assert pin["visibility"] == "published", entry
        # A day passes until a contribution is public.
        assert entry["days_ago"] < pin["days_ago"] - 1, entry
        assert 3 <= len(entry["text"]) <= 2000
        assert not re.search(r"[\w.]+@[\w.]+|\d{5,}", entry["text"]), entry
    states = [entry.get("visibility", "published") for entry in comments]
    assert states.count("submitted") == 2
    assert {e.get("official") for e in comments} == {None, "body", "planners"}
    assert len({(e["pin"], e["text"]) for e in comments}) == len(comments)
