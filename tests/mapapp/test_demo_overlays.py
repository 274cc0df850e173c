"""The demo's overlays: one for each theme, plainly examples, loaded twice without harm."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from geo import upload_reader
from geo.uploads import Limits, Wanted
from layers.models import Overlay
from mapapp import demo
from mapapp.demo_overlays import FOLDER, load_overlays
from tests.factories import make_theme

ENTRIES = json.loads((FOLDER / "overlays.json").read_text())


@pytest.fixture
def folder(tmp_path):
    """The first overlay of the demo alone: each is read by a process of its own."""
    (tmp_path / "overlays.json").write_text(json.dumps(ENTRIES[:1]))
    file = ENTRIES[0]["file"]
    (tmp_path / file).write_bytes((FOLDER / file).read_bytes())
    return tmp_path


def test_it_is_loaded_once_and_what_an_office_edited_stays(db, folder):
    make_theme("mobility")
    demo.load_users()

    assert load_overlays(folder) == 1
    overlay = Overlay.objects.offered().get()
    assert overlay.opened_by == User.objects.get(username="planung")
    assert overlay.feature_count == overlay.features.count() == 4
    assert all(feature.label for feature in overlay.features.all())
    Overlay.objects.update(title_de="Beispiel: geändert")

    assert load_overlays(folder) == 0
    assert Overlay.objects.get().title == "Beispiel: geändert"


def test_each_theme_has_one():
    themes = [theme.slug for theme in settings.CITY.themes]

    assert [entry["theme"] for entry in ENTRIES] == themes


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["slug"])
def test_each_is_marked_as_an_example_and_can_be_read(entry, tmp_path):
    assert entry["title_de"].startswith("Beispiel: ")
    assert entry["title_en"].startswith("Example: ")
    assert entry["licence_name"]
    wanted = Wanted(columns=tuple(entry["columns"]), label=entry["label_column"])

    lines = upload_reader.read(Path(FOLDER / entry["file"]), tmp_path, wanted, Limits())
    head = next(lines)

    assert head["dropped"] == head["repaired"] == 0


def test_planners_publish_and_councils_do_not(db):
    demo.load_users()

    may = {
        user.username
        for user in User.objects.all()
        if user.is_staff and user.has_perm("layers.add_overlay")
    }

    assert may == {"planung", "betrieb"}
