"""Large files: made by a job, shared, told of, kept for a day, erased."""

import datetime
import re
from dataclasses import replace
from uuid import UUID, uuid4

import pyogrio
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import Http404
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from councils.models import Membership
from districts.models import Body
from exports.files.desk_views import DESK_FORMATS
from exports.files.formats import FORMATS
from exports.files.pin_file import write_file
from exports.large import asking, making
from exports.models import ExportFile
from pins.actions import hide_pin, reject_pin
from pins.moderation.redacting import redact
from pins.workflow import Visibility
from tests.factories import make_member, make_pin, make_planner, make_user
from tests.mails import work_off
from trust.media import rest
from trust.register import erase_due

State = ExportFile.State
URL = "/exports/pins.gpkg"
DESK = "/desk/ortsbeirat-hohenecken"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
PROGRAM = {"Accept": "application/json"}


@pytest.fixture
def pins(city):
    """Two contributions, and formats that take one at once."""
    return [make_pin(title="Zebrastreifen"), make_pin(district=15, title="Wärmenetz")]


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch):
    for extension, found in FORMATS.items():
        monkeypatch.setitem(FORMATS, extension, replace(found, at_once=1))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "exports"


def make_all():
    """Do what the jobs do, in the test's own transaction."""
    for file in ExportFile.objects.filter(state=State.WAITING):
        making.make_file(file.pk)


def ask(client, url=URL, **more):
    """Ask for a large file; return the address that tells how far it is."""
    response = client.get(url, more)
    assert response.status_code == 202
    return response["Location"]


# --- Asking -----------------------------------------------------------------------------


def test_a_large_file_is_on_its_way(client, pins, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.get(URL)

    file = ExportFile.objects.get()
    assert response.status_code == 202
    assert response["Location"] == f"/exports/files/{file.pk}"
    assert int(response["Retry-After"]) > 0
    assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response
    assert "Content-Disposition" not in response
    told = response.json()
    assert (told["state"], told["done"], told["total"]) == ("waiting", 0, 2)
    assert told["status"] == f"http://testserver{response['Location']}"
    assert told["file"] is None
    (job,) = ProcrastinateJob.objects.filter(task_name="exports.tasks.make_file")
    assert job.args == {"file_id": str(file.pk)}


@pytest.mark.parametrize("extension", ["gpkg", "fgb", "parquet", "shp.zip", "xlsx"])
def test_each_large_format_is_what_a_small_one_would_be(
    client, pins, monkeypatch, extension
):
    url = f"/districts/hohenecken/pins.{extension}"
    monkeypatch.setitem(FORMATS, extension, replace(FORMATS[extension], at_once=0))
    location = ask(client, url)
    make_all()

    told = client.get(location, headers=PROGRAM).json()
    file = client.get(told["file"].removeprefix("http://testserver"))

    assert file["Content-Type"] == FORMATS[extension].variants[0].media_type
    assert file["Content-Disposition"] == (
        f'attachment; filename="pins-hohenecken.{extension}"'
    )
    assert told["size"] == len(file.getvalue()) > 100


def test_its_content_is_the_same(client, pins, tmp_path):
    location = ask(client, URL, theme="mobility", kind=pins[0].kind)
    make_all()
    told = client.get(location, headers=PROGRAM).json()

    path = tmp_path / "pins.gpkg"
    path.write_bytes(client.get(told["file"]).getvalue())

    frame = pyogrio.read_dataframe(path)
    assert sorted(frame["title"]) == ["Wärmenetz", "Zebrastreifen"]


@pytest.mark.parametrize(
    "path", ["/exports/pins.geojson", "/exports/pins.csv", "/exports/pins.html"]
)
def test_what_is_streamed_needs_no_job(client, pins, path):
    assert client.get(path).status_code == 200
    assert not ExportFile.objects.exists()


def test_what_is_small_needs_no_job(client, pins):
    assert client.get("/districts/hohenecken/pins.gpkg").getvalue()
    assert client.get(URL, {"kind": "keep"}).getvalue()
    assert not ExportFile.objects.exists()


def test_how_many_there_are_is_not_counted(client, pins, django_assert_num_queries):
    with django_assert_num_queries(20, exact=False) as queries:
        ask(client, URL, kind="problem", q="Weg")

    assert not any("pins_publicpin" in query["sql"] for query in queries)
    assert any("pins_publiccell" in query["sql"] for query in queries)


@pytest.mark.parametrize(
    "again",
    [
        URL,
        f"{URL}?",
    ],
)
def test_two_clicks_and_two_tabs_share_one(client, pins, again):
    assert ask(client) == ask(client, again)
    assert ExportFile.objects.count() == 1


def test_the_order_of_the_parameters_does_not_matter(client, pins):
    one = ask(client, f"{URL}?theme=energy&theme=mobility&crs=4326")
    other = ask(client, f"{URL}?crs=4326&theme=energy&theme=mobility")

    assert one == other


def test_other_wishes_and_other_data_are_other_files(client, pins):
    addresses = {
        ask(client),
        ask(client, "/exports/pins.fgb"),
        ask(client, URL, crs="4326"),
        ask(client, URL, lang="en").removeprefix("/en"),
    }
    make_pin(title="Ein Baum")
    addresses.add(ask(client))

    assert len(addresses) == 5


def test_it_is_the_answer_itself_once_it_is_ready(client, pins):
    ask(client)
    make_all()

    response = client.get(URL)

    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="pins.gpkg"'
    assert response.getvalue().startswith(b"SQLite format 3")
    again = client.get(URL, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    head = client.head(URL)
    assert head.status_code == 200
    head.close()


def test_who_has_the_present_state_has_no_job_made(client, pins):
    ask(client)
    make_all()
    response = client.get(URL)
    assert response.getvalue()
    etag = response["ETag"]
    ExportFile.objects.all().delete()

    assert client.get(URL, headers={"If-None-Match": etag}).status_code == 304
    assert not ExportFile.objects.exists()


def test_head_has_nothing_made(client, pins):
    assert client.head(URL).status_code == 202
    assert not ExportFile.objects.exists()


def test_wrong_parameters_are_refused_before(client, pins):
    for query in ("kind=wish", "crs=1", "lang=fr", "q=%00"):
        assert client.get(f"{URL}?{query}").status_code == 400
    assert not ExportFile.objects.exists()


def test_only_so_many_wait(client, pins, settings):
    settings.EXPORTS_WAITING = 1
    ask(client)

    for headers, kind in (
        (PROGRAM, "application/problem+json"),
        (BROWSER, "text/html"),
    ):
        refused = client.get("/exports/pins.fgb", headers=headers)
        assert refused.status_code == 503
        assert refused["Content-Type"].startswith(kind)
        assert int(refused["Retry-After"]) > 0
        assert "ETag" not in refused
        assert "no-store" in refused["Cache-Control"]
    # Who asks for the one that waits is not refused.
    ask(client)
    make_all()
    ask(client, "/exports/pins.fgb")


# --- Telling ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "language", "prefix"),
    [
        ("", "", ""),
        ("", "en", "/en"),
        ("", "en-GB,de;q=0.5", "/en"),
        ("?lang=de", "en", ""),
        ("?lang=en", "de", "/en"),
    ],
)
def test_people_are_led_to_a_page(client, pins, query, language, prefix):
    headers = BROWSER | {"Accept-Language": language}
    response = client.get(f"{URL}{query}", headers=headers)

    assert response.status_code == 302
    file = ExportFile.objects.get()
    assert response["Location"] == f"{prefix}/exports/files/{file.pk}"
    page = client.get(response["Location"], headers=BROWSER)
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"
    assert b'http-equiv="refresh"' in page.content
    assert re.search(r"<progress[^>]*max=.2.", page.content.decode())

    make_all()
    page = client.get(response["Location"], headers=BROWSER)
    assert b'http-equiv="refresh"' not in page.content
    assert f"/exports/files/{file.pk}.gpkg" in page.content.decode()
    assert not page.cookies


def test_the_page_says_how_many_come_before(client, pins):
    ask(client)
    location = ask(client, "/exports/pins.fgb")
    first, second = ExportFile.objects.order_by("changed_at")

    assert client.get(location, headers=PROGRAM).json()["before"] == 1
    making.make_file(first.pk)
    assert client.get(location, headers=PROGRAM).json()["before"] == 0
    making.make_file(second.pk)
    assert "before" not in client.get(location, headers=PROGRAM).json()


def test_who_waits_long_is_told_so(client, pins):
    location = ask(client)
    words = "It takes longer than usual"
    hidden = re.compile(rf"data-paper-late hidden>{words}")
    english = f"/en{location}"

    page = client.get(english, headers=BROWSER).content.decode()
    assert hidden.search(page)
    assert 'data-paper-while="running" hidden' in page
    assert client.get(location, headers=PROGRAM).json()["is_late"] is False

    three_minutes = timezone.now() - datetime.timedelta(minutes=3)
    ExportFile.objects.update(changed_at=three_minutes)
    page = client.get(english, headers=BROWSER).content.decode()
    assert words in page
    assert not hidden.search(page)
    assert client.get(location, headers=PROGRAM).json()["is_late"] is True

    ExportFile.objects.update(state=State.RUNNING)
    page = client.get(english, headers=BROWSER).content.decode()
    assert hidden.search(page)
    assert 'data-paper-while="waiting" hidden' in page
    assert "is_late" not in client.get(location, headers=PROGRAM).json()


def test_what_has_been_erased_says_where_to_ask_anew(client, pins):
    location = ask(client)
    ExportFile.objects.update(changed_at=timezone.now() - datetime.timedelta(hours=25))

    for address in (location, f"{location}.gpkg"):
        page = client.get(f"/en{location}", headers=BROWSER)
        assert page.status_code == 404
        assert "Files are kept for a day" in page.content.decode()
        assert 'href="/en/exports/"' in page.content.decode()
        told = client.get(address, headers=PROGRAM)
        assert told.status_code == 404
        assert told["Content-Type"] == "application/problem+json"


def test_neither_page_nor_json_tell_what_was_asked_for(client, pins):
    location = ask(client, URL, q="Geheimes", kind="problem", near="7.75,49.38")

    for headers in (BROWSER, PROGRAM):
        text = client.get(location, headers=headers).content.decode()
        for word in ("Geheimes", "problem", "7.75"):
            assert word not in text
    assert ExportFile.objects.get().requested_by is None


def test_programs_are_told_when_it_is_ready(client, pins):
    location = ask(client)
    waiting = client.get(location, headers=PROGRAM)
    assert waiting.status_code == 202
    assert int(waiting["Retry-After"]) > 0

    make_all()

    ready = client.get(location, headers=PROGRAM)
    assert ready.status_code == 200
    assert ready.json()["state"] == "ready"
    kept = datetime.datetime.fromisoformat(ready.json()["kept_until"])
    assert kept - timezone.now() > datetime.timedelta(hours=23)


def test_the_file_is_there_when_it_is_ready(client, pins):
    file_url = f"{ask(client)}.gpkg"

    early = client.get(file_url, headers=PROGRAM)
    assert (early.status_code, early.json()["state"]) == (202, "waiting")

    make_all()
    assert client.get(file_url).getvalue().startswith(b"SQLite format 3")
    head = client.head(file_url)
    assert head.status_code == 200
    head.close()


def test_a_browser_knows_how_far_its_download_is(client, pins):
    location = ask(client)
    make_all()

    response = client.get(f"{location}.gpkg", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response
    assert int(response["Content-Length"]) == len(response.getvalue())


@pytest.mark.parametrize("name", [str(UUID(int=7)), "nonsense", "1", "%00"])
def test_there_is_no_such_file(client, pins, name):
    for path in (f"/exports/files/{name}", f"/exports/files/{name}.gpkg"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code in {404, 405}


def test_another_extension_is_another_file(client, pins):
    location = ask(client)
    make_all()

    for extension in ("fgb", "html", "exe", "%00"):
        assert client.get(f"{location}.{extension}").status_code == 404


def test_other_methods_are_refused(client, pins):
    location = ask(client)

    assert client.put(location).status_code == 405
    assert client.post(f"{location}.gpkg").status_code == 405
    assert client.post(URL).status_code == 405


# --- Making -----------------------------------------------------------------------------


def test_the_name_on_the_disk_says_nothing(client, pins, folder):
    ask(client)
    make_all()

    file = ExportFile.objects.get()
    (path,) = folder.iterdir()
    assert re.fullmatch(r"[0-9a-f]{32}\.gpkg", path.name)
    assert file.pk.hex not in path.name
    assert file.size == path.stat().st_size


def test_made_once(client, pins):
    location = ask(client)
    make_all()
    before = ExportFile.objects.get()

    making.make_file(before.pk)
    making.make_file(uuid4())
    client.post(location)

    after = ExportFile.objects.get()
    assert (after.file.name, after.changed_at) == (before.file.name, before.changed_at)


def broken(*_args):
    message = "The disk is full."
    raise OSError(message)


def test_a_failure_is_said_and_can_be_tried_again(client, pins, monkeypatch, folder):
    location = ask(client)
    with monkeypatch.context() as patch:
        patch.setattr(making, "write_file", broken)
        with pytest.raises(OSError, match="The disk is full"):
            make_all()

    assert client.get(location, headers=PROGRAM).json()["state"] == "failed"
    page = client.get(location, headers=BROWSER)
    assert "<form" in page.content.decode()
    assert not list(folder.iterdir())

    assert client.post(location)["Location"] == location
    make_all()
    assert client.get(location, headers=PROGRAM).json()["state"] == "ready"


def test_asked_for_anew_a_failure_is_tried_again(client, pins):
    location = ask(client)
    ExportFile.objects.update(state=State.FAILED)

    assert ask(client) == location
    assert ExportFile.objects.get().state == State.WAITING


def test_trying_again_has_the_same_limit(client, pins, settings):
    location = ask(client)
    ExportFile.objects.update(state=State.FAILED)
    settings.EXPORTS_WAITING = 0

    assert client.post(location, headers=BROWSER).status_code == 503


@pytest.mark.parametrize("state", [State.WAITING, State.RUNNING])
def test_a_job_that_went_astray_is_a_failure(client, pins, state, settings):
    location = ask(client)
    late = timezone.now() - asking.PATIENCE - datetime.timedelta(seconds=1)
    ExportFile.objects.update(state=state, changed_at=late)

    assert client.get(location, headers=PROGRAM).json()["state"] == "failed"
    # It keeps nobody else waiting either.
    settings.EXPORTS_WAITING = 1
    ask(client, "/exports/pins.fgb")


def test_a_file_that_was_lost_is_made_anew(client, pins):
    location = ask(client)
    make_all()
    default_storage.delete(ExportFile.objects.get().file.name)

    assert ask(client) == location
    make_all()
    default_storage.delete(ExportFile.objects.get().file.name)
    assert client.get(f"{location}.gpkg", headers=PROGRAM).status_code == 202
    make_all()
    default_storage.delete(ExportFile.objects.get().file.name)
    assert client.get(location, headers=PROGRAM).json()["state"] == "waiting"
    make_all()
    assert client.get(f"{location}.gpkg").getvalue().startswith(b"SQLite format 3")


def test_what_was_begun_anew_counts(client, pins, monkeypatch, folder):
    """A job that was given up comes to its end after all: its file is of no use."""
    ask(client)

    def slow(file, path):
        write_file(file, path)
        ExportFile.objects.update(state=State.WAITING, changed_at=timezone.now())

    monkeypatch.setattr(making, "write_file", slow)
    make_all()

    assert ExportFile.objects.get().state == State.WAITING
    assert not list(folder.iterdir())


# --- Erasing ----------------------------------------------------------------------------


def test_files_are_erased_after_a_day(client, pins, folder):
    location = ask(client)
    make_all()
    yesterday = timezone.now() - asking.LIFETIME
    ExportFile.objects.update(changed_at=yesterday - datetime.timedelta(seconds=1))

    assert client.get(location).status_code == 404
    assert making.erase_files(yesterday) == 1
    assert not ExportFile.objects.exists()
    assert not list(folder.iterdir())


def test_what_nothing_speaks_of_is_erased(client, pins, folder):
    ask(client)
    make_all()
    (folder / "left").mkdir()
    (folder / "left" / "over.gpkg").write_bytes(b"x")
    (folder / "stray.gpkg").write_bytes(b"x")
    later = timezone.now() + datetime.timedelta(minutes=1)

    assert making.erase_files(timezone.now() - asking.LIFETIME) == 0
    assert len(list(folder.iterdir())) == 3
    ExportFile.objects.update(changed_at=later)
    assert making.erase_files(later, dry_run=True) == 2
    assert len(list(folder.iterdir())) == 3
    assert making.erase_files(later) == 2
    assert [f"exports/{path.name}" for path in folder.iterdir()] == [
        ExportFile.objects.get().file.name
    ]


def test_nothing_to_erase(db, folder):
    assert making.erase_files(timezone.now()) == 0


def test_beyond_the_room_the_oldest_go(client, pins, settings, folder):
    for extension in ("gpkg", "fgb", "parquet"):
        ask(client, f"/exports/pins.{extension}")
        make_all()
    largest = ExportFile.objects.get(extension="gpkg").size
    settings.EXPORTS_SPACE = ExportFile.objects.get(extension="parquet").size
    making.make_room()
    assert [file.extension for file in ExportFile.objects.all()] == ["parquet"]
    assert len(list(folder.iterdir())) == 1

    settings.EXPORTS_SPACE = 0
    ask(client)
    make_all()

    (left,) = ExportFile.objects.all()
    assert (left.extension, left.size) == ("gpkg", largest)


def test_what_is_hidden_is_in_no_file_that_can_be_had(
    client, pins, folder, django_capture_on_commit_callbacks
):
    ready = ask(client)
    make_all()
    running = ask(client, "/exports/pins.fgb")
    ExportFile.objects.filter(extension="fgb").update(state=State.RUNNING)
    begun = ExportFile.objects.get(extension="fgb").changed_at

    with django_capture_on_commit_callbacks(execute=True):
        hide_pin(pin=pins[0], actor=make_user("moderator"), reason="x")

    assert not list(folder.iterdir())
    # Both are made anew, the one that was being made as well.
    again = ExportFile.objects.get(extension="fgb")
    assert again.state == State.WAITING
    assert again.changed_at > begun
    assert client.get(ready, headers=PROGRAM).json()["state"] == "waiting"
    assert client.get(running, headers=PROGRAM).json()["state"] == "waiting"


@pytest.mark.parametrize(
    ("visibility", "left"), [(Visibility.PUBLISHED, 0), (Visibility.SUBMITTED, 1)]
)
def test_what_is_taken_out_of_words_is_in_no_file(
    client, pins, folder, django_capture_on_commit_callbacks, visibility, left
):
    pin = make_pin(title="Herr Muster parkt hier", visibility=visibility)
    ask(client)
    make_all()

    with django_capture_on_commit_callbacks(execute=True):
        redact(
            subject=pin,
            actor=make_user("moderator"),
            phrases=["Muster"],
            read=pin.words_digest,
        )

    assert len(list(folder.iterdir())) == left


def test_what_was_never_public_leaves_the_files_alone(
    client, pins, folder, django_capture_on_commit_callbacks
):
    waiting = make_pin(visibility=Visibility.SUBMITTED)
    ask(client)
    make_all()

    with django_capture_on_commit_callbacks(execute=True):
        reject_pin(pin=waiting, actor=make_user("moderator"), reason="x")

    assert len(list(folder.iterdir())) == 1


def test_what_was_never_made_is_erased_too(client, pins):
    ask(client)

    assert making.erase_files(timezone.now() + datetime.timedelta(minutes=1)) == 1
    assert not ExportFile.objects.exists()


def test_what_is_erased_meanwhile_is_not_begun_again(client, pins):
    ask(client)
    file = ExportFile.objects.get()
    ExportFile.objects.all().delete()

    asking.ask_again(file)

    assert not ExportFile.objects.exists()
    assert str(file) == f"{file.pk} (gpkg)"


# --- Of a desk --------------------------------------------------------------------------


@pytest.fixture
def clerk(client, pins, monkeypatch):
    """Sign in at a desk whose one contribution is too many to be had at once."""
    for extension, found in DESK_FORMATS.items():
        monkeypatch.setitem(DESK_FORMATS, extension, replace(found, at_once=0))
    user = make_member(Body.objects.get(slug="ortsbeirat-hohenecken"))
    client.force_login(user)
    return user


def test_large_files_of_a_desk_are_made_by_a_job_too(client, clerk, tmp_path):
    location = ask(client, f"{DESK}/pins.gpkg")
    file = ExportFile.objects.get()
    assert location == f"{DESK}/files/{file.pk}"
    assert (file.requested_by, file.total) == (clerk, 1)
    page = client.get(location, headers=BROWSER)
    assert page.status_code == 200
    assert b"progress" in page.content

    making.make_file(file.pk)

    response = client.get(f"{location}.gpkg")
    assert "ortsbeirat-hohenecken-pins.gpkg" in response["Content-Disposition"]
    path = tmp_path / "pins.gpkg"
    path.write_bytes(response.getvalue())
    assert pyogrio.read_dataframe(path)["title"].tolist() == ["Zebrastreifen"]
    assert client.get(f"{DESK}/pins.gpkg").getvalue() == path.read_bytes()


def test_only_who_asked_at_a_desk_may_fetch_it(client, clerk, pins):
    location = ask(client, f"{DESK}/pins.gpkg")
    making.make_file(ExportFile.objects.get().pk)
    public = location.replace(DESK, "/exports")

    for path in (public, f"{public}.gpkg"):
        assert client.get(path).status_code == 404
    for user in (make_member(clerk.memberships.get().body, "other"), make_planner()):
        client.force_login(user)
        assert client.get(location).status_code == 404
        assert client.get(f"{location}.gpkg").status_code == 404
        assert client.post(location).status_code == 404
        # Who asks for the same gets a file of their own.
        assert ask(client, f"{DESK}/pins.gpkg") != location


def test_who_leaves_the_desk_gets_no_file(client, clerk):
    location = ask(client, f"{DESK}/pins.gpkg")
    Membership.objects.update(valid_to=timezone.localdate())

    assert client.get(location).status_code == 404
    with pytest.raises(Http404):
        making.make_file(ExportFile.objects.get().pk)
    assert ExportFile.objects.get().state == State.FAILED


def test_a_desk_can_ask_for_too_many(client, clerk, monkeypatch):
    small = replace(DESK_FORMATS["xlsx"], at_most=0)
    monkeypatch.setitem(DESK_FORMATS, "xlsx", small)

    response = client.get(f"{DESK}/pins.xlsx")

    assert response.status_code == 400
    assert "0" in response.json()["detail"]


# --- By a worker ------------------------------------------------------------------------


def as_others_see_it():
    """Return state and progress of the one file, while its own connection is busy."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT state, done FROM exports_exportfile")
            return cursor.fetchone()
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_makes_and_erases_them(client, pins, monkeypatch):
    monkeypatch.setattr("exports.progress.PAUSE", -1)
    seen = []
    reporter_of = making._reporter

    def watched(file):
        report = reporter_of(file)

        def tell(done):
            report(done)
            seen.append(as_others_see_it())

        return tell

    monkeypatch.setattr(making, "_reporter", watched)
    location = ask(client)
    work_off()

    assert seen == [("running", 1), ("running", 2)]
    told = client.get(location, headers=PROGRAM).json()
    assert (told["state"], told["done"]) == ("ready", 2)
    assert client.get(told["file"]).getvalue().startswith(b"SQLite format 3")

    ExportFile.objects.update(changed_at=timezone.now() - 2 * asking.LIFETIME)
    assert erase_due(["large-files"], dry_run=False) == {"large-files": 1}
    assert not ExportFile.objects.exists()


# --- In a bucket ------------------------------------------------------------------------


def test_a_large_file_lies_in_the_bucket(client, pins, bucket, folder):
    location = ask(client)
    make_all()

    told = client.get(location, headers=PROGRAM).json()
    response = client.get(f"{location}.gpkg")

    assert response.getvalue()[:6] == b"SQLite"
    assert int(response["Content-Length"]) == told["size"]
    assert [stored.name for stored in bucket.walk()] == [
        ExportFile.objects.get().file.name
    ]
    # Nothing is left of its making on this machine.
    assert not folder.exists()


def test_files_in_the_bucket_are_erased_after_a_day(client, pins, bucket):
    ask(client)
    make_all()
    bucket.save("exports/nobody.csv", ContentFile(b"x"))
    late = timezone.now() + datetime.timedelta(hours=1)

    assert making.erase_files(late, dry_run=True) == 2
    assert making.erase_files(late) == 2

    assert not list(bucket.walk())
    assert not ExportFile.objects.exists()


def test_what_is_hidden_while_the_bucket_is_away_is_not_given_out_later(
    client, pins, bucket, django_capture_on_commit_callbacks
):
    location = ask(client)
    make_all()
    rest.note(has_answered=False)

    with django_capture_on_commit_callbacks(execute=True):
        hide_pin(pin=pins[0], actor=make_user("moderator"), reason="x")

    rest.note(has_answered=True)
    assert client.get(location, headers=PROGRAM).json()["state"] == "waiting"
    response = client.get(f"{location}.gpkg", headers=PROGRAM)
    assert response.status_code == 202


def test_a_bucket_that_is_away_is_said(client, pins, bucket):
    location = ask(client)
    make_all()
    rest.note(has_answered=False)
    assert client.get(f"{location}.gpkg").status_code == 503
