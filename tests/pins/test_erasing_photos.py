"""Photos whose form was never sent, and files whose row is gone, do not stay."""

import datetime
import os
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from pins.models import Photo
from pins.photos.files import erase_files, path_of
from pins.tasks import sweep_photo_files
from tests.factories import make_district, make_pin
from tests.photos import is_kept, keep_file, make_photo
from trust.register import erase_due

HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_folder(db, settings, tmp_path, monkeypatch):
    # A job gives its connection back; the test's own has to stay.
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
    settings.MEDIA_ROOT = tmp_path
    make_district(16)


def age(path, hours):
    then = timezone.now().timestamp() - hours * 3600
    os.utime(Path(default_storage.path(path)), (then, then))


@pytest.mark.usefixtures("either_storage")
def test_after_a_day_photos_without_a_pin_go(django_capture_on_commit_callbacks):
    now = timezone.now()
    due = make_photo(form_key=uuid4(), created_at=now - 25 * HOUR)
    fresh = make_photo(form_key=uuid4(), created_at=now - 23 * HOUR)
    sent = make_photo(make_pin(), created_at=now - 900 * HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        counts = erase_due(["unsent-photos"], dry_run=False)

    assert counts == {"unsent-photos": 1}
    assert set(Photo.objects.all()) == {fresh, sent}
    assert [is_kept(p.name) for p in (due, fresh, sent)] == [False, True, True]


def test_files_without_a_row_go_once_they_are_old():
    kept = make_photo(make_pin())
    orphans = [path_of("ab" * 16), path_of("ab" * 16, small=True), path_of("cd" * 16)]
    for path in orphans:
        keep_file(path)
    keep_file("else/other.txt")
    for path in [*orphans[:2], path_of(kept.name), "else/other.txt"]:
        age(path, 2)

    sweep_photo_files(0)

    assert [default_storage.exists(path) for path in orphans] == [False, False, True]
    assert is_kept(kept.name)
    assert default_storage.exists("else/other.txt")


@pytest.mark.usefixtures("either_storage")
def test_without_any_photo_there_is_nothing_to_sweep():
    sweep_photo_files(0)
    assert default_storage.listdir("")[0] == []


def test_a_file_that_cannot_be_erased_is_told_and_left_to_the_sweep(
    monkeypatch, caplog
):
    def refuse(name):
        raise PermissionError(name)

    monkeypatch.setattr(default_storage, "delete", refuse)

    erase_files(["ab" * 16])

    assert "could not be erased" in caplog.text


def test_in_a_bucket_files_without_a_row_go_once_they_are_old(bucket, monkeypatch):
    kept, orphan = make_photo(make_pin()), path_of("ab" * 16)
    keep_file(orphan)

    sweep_photo_files(0)
    assert default_storage.exists(orphan)

    monkeypatch.setattr("pins.photos.files.AGE_OF_AN_ORPHAN", -HOUR)
    sweep_photo_files(0)
    assert not default_storage.exists(orphan)
    assert is_kept(kept.name)
