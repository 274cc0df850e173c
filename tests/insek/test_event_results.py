"""Files of events: as many as there may be, and none without its row."""

import errno
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError
from procrastinate.contrib.django.models import ProcrastinateJob

from insek.events import files as event_files
from insek.events.files import add_document, add_photo
from insek.events.keeping import delete_draft
from insek.models import Event, EventDocument, EventPhoto
from tests.factories import make_editor, make_event
from tests.photos import make_picture, upload
from trust.media import LATER

PDF = b"%PDF-1.7 test"
FORMS = {
    "document": {"action": "document", "document-title_de": "Protokoll"},
    "photo": {"action": "photo", "photo-alt_de": "Ein Saal"},
}
KINDS = pytest.mark.parametrize("kind", sorted(FORMS))


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def event(db):
    return make_event(days=-3)


@pytest.fixture
def address(client, event):
    client.force_login(make_editor())
    return f"/planning/events/{event.pk}/results"


def files():
    return [path for path in Path(live.MEDIA_ROOT).rglob("*") if path.is_file()]


def add(kind, event):
    if kind == "photo":
        return add_photo(event=event, picture=make_picture(), alt_de="x", alt_en="")
    return add_document(
        event=event, file=upload(PDF, "x.pdf"), title_de="x", title_en=""
    )


def form(kind):
    if kind == "photo":
        return FORMS[kind] | {"photo-photo": upload()}
    return FORMS[kind] | {"document-file": upload(PDF, "x.pdf")}


def rows():
    return EventDocument.objects.count() + EventPhoto.objects.count()


@KINDS
def test_more_than_there_may_be(client, address, event, monkeypatch, kind):
    monkeypatch.setattr(event_files, f"EVENT_{kind.upper()}S", 1)
    add(kind, event)
    before = files()

    response = client.post(address, form(kind))

    assert response.status_code == 409
    assert response.context[f"{kind}_form"].non_field_errors()
    assert rows() == 1
    assert sorted(files()) == sorted(before)


@KINDS
def test_where_the_disk_is_full(client, address, monkeypatch, kind):
    def fill(self, name, content):
        # What a full disk leaves behind: a part of the file.
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PD")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", fill)
    response = client.post(address, form(kind))

    assert response.status_code == 503
    bound = response.context[f"{kind}_form"]
    name = next(iter(FORMS[kind].keys() - {"action"})).removeprefix(f"{kind}-")
    assert bound[name].value() == FORMS[kind][f"{kind}-{name}"]
    assert rows() == 0
    assert files() == []


@KINDS
def test_a_row_that_fails_leaves_no_file(event, monkeypatch, kind):
    def fail(self, *args, **kwargs):
        assert files()
        raise DatabaseError

    model = EventPhoto if kind == "photo" else EventDocument
    monkeypatch.setattr(model, "save", fail)
    with pytest.raises(DatabaseError):
        add(kind, event)

    assert files() == []


@KINDS
@pytest.mark.parametrize("way", ["removed", "with its draft"])
def test_its_file_goes_with_it(
    client, address, event, django_capture_on_commit_callbacks, kind, way
):
    row = add(kind, event)
    Event.objects.update(state=Event.State.DRAFT)
    assert files()

    with django_capture_on_commit_callbacks(execute=True):
        if way == "removed":
            client.post(address, {"action": f"remove-{kind}", "id": str(row.pk)})
        else:
            delete_draft(event=event)

    assert rows() == 0
    assert files() == []


def test_what_cannot_be_erased_is_noted_and_the_row_is_gone(
    client, address, event, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    photo = add("photo", event)

    def refuse(self, name):
        raise PermissionError

    monkeypatch.setattr(FileSystemStorage, "delete", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address, {"action": "remove-photo", "id": photo.pk})

    assert response.status_code == 302
    assert rows() == 0
    assert caplog.text.count("A file could not be erased.") == 2
    # Nobody else would come for them.
    job = ProcrastinateJob.objects.get(task_name=LATER)
    assert len(job.args["names"]) == 2
