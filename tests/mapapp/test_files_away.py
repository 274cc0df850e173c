"""Photos and documents whose storage is away: said politely, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse
from procrastinate.contrib.django.models import ProcrastinateJob

from mapapp.middleware import TellThatFilesAreAway
from mapapp.views.errors import fault
from pins.models import Photo, Pin
from pins.photos.files import path_of
from tests.cms import make_document, make_picture
from tests.factories import make_district, make_pin, make_theme
from tests.pages import fields_of
from tests.photos import make_photo, upload
from tests.pins.test_photos_of_the_form import URL, send_again, with_photos
from trust.media import LATER, MediaAway, rest

BROWSER = {"Accept": "text/html"}
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def photo(db, bucket):
    make_district(16)
    return make_photo(make_pin())


@pytest.fixture
def away(photo):
    """A photo of a published pin, in a bucket that does not answer."""
    rest.note(has_answered=False)
    return photo


def test_a_photo_is_handed_out_by_the_site_itself(client, photo):
    with default_storage.open(path_of(photo.name)) as file:
        content = file.read()

    response = client.get(f"/photos/{photo.name}.jpg")

    assert response.status_code == 200
    assert response["Content-Length"] == str(len(content))
    assert response["Cache-Control"] == "public, no-cache"
    assert response.getvalue() == content
    known = {"If-None-Match": response["ETag"]}
    assert client.get(f"/photos/{photo.name}.jpg", headers=known).status_code == 304


def test_who_is_asked_a_second_time_says_so_too(rf, bucket):
    """The primary in the place of a replica, whose errors no middleware sees."""
    rest.note(has_answered=False)
    try:
        default_storage.open("photo.jpg")
    except MediaAway:
        response = fault(rf.get("/photos/photo.jpg"))

    assert response.status_code == 503
    assert response["Retry-After"] == "30"


def test_a_photo_that_is_hidden_is_gone_from_the_bucket_too(client, photo):
    Pin.objects.update(visibility="hidden")
    assert client.get(f"/photos/{photo.name}.jpg").status_code == 404


def test_a_photo_that_is_lost(client, photo):
    default_storage.delete(path_of(photo.name))
    assert client.get(f"/photos/{photo.name}.jpg").status_code == 404


def test_a_picture_that_cannot_be_reached(client, away):
    response = client.get(f"/photos/{away.name}.jpg", headers={"Accept": "image/*"})

    assert response.status_code == 503
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Retry-After"] == "30"
    assert "no-store" in response["Cache-Control"]


def test_who_opens_it_is_told(client, away):
    response = client.get(f"/photos/{away.name}.jpg", headers=BROWSER)

    assert response.status_code == 503
    assert "<h1>" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_the_page_of_the_pin_stays(client, away):
    assert client.get(away.pin.get_absolute_url()).status_code == 200


def test_a_form_keeps_words_and_says_it(client, db, bucket):
    make_district(16, name="Hohenecken")
    make_theme("mobility")
    rest.note(has_answered=False)

    page = client.post(URL, with_photos(upload()))

    assert page.status_code == 503
    assert fields_of(page)["text"] == with_photos()["text"]
    assert not Pin.objects.exists()
    assert not Photo.objects.exists()
    rest.note(has_answered=True)
    assert send_again(client, page, photos=upload()).status_code == 302
    assert Photo.objects.get().pin == Pin.objects.get()


def test_only_what_is_said_of_files_is_taken_for_it(rf):
    middleware = TellThatFilesAreAway(lambda _request: HttpResponse())
    assert middleware.process_exception(rf.get("/"), OSError()) is None
    answer = middleware.process_exception(rf.get("/"), MediaAway())
    assert answer is not None
    assert answer.status_code == 503


@pytest.mark.parametrize("make", [make_document, make_picture])
def test_files_of_pages_go_later_where_the_bucket_is_away(
    db, bucket, django_capture_on_commit_callbacks, make
):
    row = make()
    rest.note(has_answered=False)
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    rest.note(has_answered=True)
    assert [stored.name for stored in bucket.walk()] == [row.file.name]

    job = ProcrastinateJob.objects.get(task_name=LATER)
    assert job.args == {"names": [row.file.name]}


def test_without_a_bucket_its_library_takes_no_memory():
    program = (
        "import django, sys; django.setup(); import mapapp.urls; "
        "from django.core.files.storage import default_storage; "
        "default_storage.exists('x'); "
        "sys.exit(sorted({'boto3', 'botocore', 'storages'} & sys.modules.keys()) or 0)"
    )
    kept = {k: v for k, v in os.environ.items() if k != "MAPAPP_MEDIA_S3_URL"}
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "mapapp.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
