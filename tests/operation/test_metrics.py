"""What Prometheus is told: of requests by all processes together, and of what waits."""

import errno
import os
import re
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone
from procrastinate.contrib.django import app
from prometheus_client import values
from prometheus_client.parser import text_string_to_metric_families

from exports.models import Delivery, WebhookEvent
from operation.watching import backlog, counting, requests
from operation.watching.building import version
from operation.watching.counting import RequestCounts
from pins.models import Mailbox, News, Notice
from pins.models.queue import QueueEntry
from pins.models.report import ReportCase
from tests.factories import (
    make_contact,
    make_district,
    make_follow,
    make_pin,
    make_report,
    make_webhook,
)
from tests.operation.workers import see_worker
from trust.models import ClockMark

HOUR = timedelta(hours=1)
TOKEN = "a-token-of-the-one-who-watches"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def counts(monkeypatch: Any) -> RequestCounts:
    """Counts that no other test has added to, in memory whatever the settings say."""
    monkeypatch.setattr(values, "ValueClass", values.MutexValue)
    fresh = RequestCounts(None)
    monkeypatch.setattr(requests, "request_counts", lambda: fresh)
    monkeypatch.setattr("operation.views.request_counts", lambda: fresh)
    return fresh


@pytest.fixture
def watcher(client: Any, settings: Any, counts: RequestCounts) -> Any:
    """Somebody who may read them, and whose own requests count."""
    settings.METRICS_TOKEN = TOKEN
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


def read(client: Any) -> Samples:
    """Ask for the metrics, and read them as Prometheus does."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in response["Cache-Control"]
    return parse(response.content.decode())


def parse(text: str) -> Samples:
    families = list(text_string_to_metric_families(text))
    return {
        (
            sample.name.removeprefix("mitmachkarte_"),
            tuple(sorted(sample.labels.items())),
        ): sample.value
        for family in families
        for sample in family.samples
    }


def counted(
    found: Samples, route: str, status: str = "2xx", method: str = "GET"
) -> float:
    labels = (("method", method), ("route", route), ("status", status))
    return found.get(("request_seconds_count", labels), 0)


# --- Who may read them --------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN} ", 200),
        ("Bearer wrong", 403),
        ("Bearer ", 403),
        ("Bearer ä", 403),
        (f"Basic {TOKEN}", 403),
        (TOKEN, 403),
        ("", 403),
    ],
)
def test_who_has_the_token(client: Any, settings: Any, given: str, status: int):
    settings.METRICS_TOKEN = TOKEN

    response = client.get("/metrics", headers={"Authorization": given})

    assert response.status_code == status
    assert ("mitmachkarte_build_info" in response.content.decode()) is (status == 200)


@pytest.mark.django_db
def test_without_a_token_an_empty_one_opens_nothing(client: Any):
    for given in ("", "Bearer", "Bearer "):
        response = client.get("/metrics", headers={"Authorization": given})
        assert response.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "handed_on", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.1.2.3", None, 200),
        ("203.0.113.9", None, 403),
        # The proxy on this machine hands on somebody.
        ("127.0.0.1", "203.0.113.9", 403),
        ("", "203.0.113.9", 403),
        ("", "10.1.2.3", 200),
        # Nobody knows from where.
        ("", None, 403),
    ],
)
def test_who_asks_from_where_nobody_needs_one(
    client: Any, settings: Any, address: str, handed_on: str | None, status: int
):
    networks = [ip_network(name) for name in ("127.0.0.0/8", "::1", "10.0.0.0/8")]
    settings.METRICS_FROM = networks
    settings.TRUSTED_PROXIES = networks[:2]
    headers = {} if handed_on is None else {"X-Forwarded-For": handed_on}

    response = client.get("/metrics", REMOTE_ADDR=address, headers=headers)

    assert response.status_code == status


@pytest.mark.django_db
def test_it_is_not_led_to_https(client: Any, settings: Any):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/metrics").status_code == 403


# --- Requests -----------------------------------------------------------------------------


def test_requests_are_counted_by_route_and_kind_of_answer(watcher: Any, db: None):
    watcher.get("/healthz")
    watcher.get("/healthz")
    watcher.post("/healthz")
    watcher.get("/about/easy/")
    watcher.get("/en/about/easy/")

    found = read(watcher)

    assert counted(found, "healthz") == 2
    assert counted(found, "healthz", "4xx", "POST") == 1
    assert counted(found, "easy") == 2
    labels = (("method", "GET"), ("route", "healthz"), ("status", "2xx"))
    assert found["request_seconds_bucket", (("le", "+Inf"), *labels)] == 2
    assert found["request_seconds_sum", labels] > 0


def test_what_strangers_make_up_makes_no_rows(watcher: Any, db: None):
    for path in ("/a/b", "/wp-login.php", "/pins/x/y/z", "/" + "x" * 500):
        watcher.get(path)
    for method in ("BREW", "PROPFIND"):
        watcher.generic(method, "/healthz")

    found = read(watcher)

    assert counted(found, "unknown", "4xx") == 4
    assert counted(found, "healthz", "4xx", "other") == 2
    routes = {
        dict(labels)["route"] for name, labels in found if name == "request_seconds_sum"
    }
    assert routes == {"unknown", "healthz"}


def test_what_is_answered_before_any_route(watcher: Any, db: None, settings: Any):
    settings.SECURE_SSL_REDIRECT = True
    del watcher.defaults["HTTP_AUTHORIZATION"]
    assert watcher.get("/").status_code == 301
    watcher.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    settings.SECURE_SSL_REDIRECT = False

    assert counted(read(watcher), "early", "3xx") == 1


def test_there_is_an_end_to_the_rows(counts: RequestCounts, monkeypatch: Any):
    monkeypatch.setattr(counting, "MOST_ROWS", 2)
    for route in ("a", "b", "c", "d", "a"):
        counts.add("GET", route, 200, 0.1)

    (family,) = counts.collect()
    rows = {
        sample.labels["route"]: sample.value
        for sample in family.samples
        if sample.name.endswith("_count")
    }
    assert rows == {"a": 2, "b": 1, "other": 2}


COUNT = """
import sys
from pathlib import Path
from operation.watching.counting import RequestCounts
counts = RequestCounts(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    counts.add("GET", "home", 200, 0.02)
print("counted", flush=True)
sys.stdin.read()
"""


def start(folder: Path, number: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603 -- our own Python
        [sys.executable, "-c", COUNT, str(folder), str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


@pytest.fixture
def library(monkeypatch: Any) -> None:
    """Put back what the library keeps for the whole process."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv(counting.FOLDER_OF_LIBRARY, "")


@pytest.mark.usefixtures("library")
def test_all_processes_add_up_and_leave_their_counts_behind(tmp_path: Path):
    """Two at a time, one of them killed; then two more, in their places."""
    folder = tmp_path / "metrics"
    first, second = start(folder, 3), start(folder, 4)
    first.kill()
    second.communicate()
    first.communicate()
    third, fourth = start(folder, 5), start(folder, 6)
    third.communicate()
    fourth.communicate()

    here = RequestCounts(folder)
    here.add("GET", "home", 200, 0.02)

    samples = [sample for family in here.collect() for sample in family.samples]
    found = {
        sample.name: sample.value for sample in samples if "le" not in sample.labels
    }
    assert found["mitmachkarte_request_seconds_count"] == 19
    assert found["mitmachkarte_request_seconds_sum"] == pytest.approx(19 * 0.02)
    sizes = {"histogram": counting.FILE_SIZE, "counter": counting.COUNTERS_SIZE}
    assert {file.name: file.stat().st_size for file in folder.glob("*.db")} == {
        f"{kind}_{number}.db": size for kind, size in sizes.items() for number in (0, 1)
    }


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "head", [(counting.FILE_SIZE // 2 + 1).to_bytes(4, sys.byteorder), b"\xff" * 4]
)
def test_a_file_that_is_used_up_or_broken_begins_anew(tmp_path: Path, head: bytes):
    for number in range(2):
        (tmp_path / f"histogram_{number}.db").write_bytes(head + b"x" * 100)

    counts = RequestCounts(tmp_path)
    counts.add("GET", "home", 200, 0.02)

    (file,) = [f for f in tmp_path.glob("histogram*.db") if f.stat().st_size > 1000]
    assert b"x" * 10 not in file.read_bytes()


@pytest.mark.usefixtures("library")
def test_a_process_that_was_forked_counts_for_itself(tmp_path: Path, monkeypatch: Any):
    slots = counting.Slots(tmp_path)
    assert (slots(), slots()) == ("0", "0")
    here = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: here + 1)

    assert slots() == "1"


@pytest.mark.usefixtures("library")
def test_a_new_process_without_room_serves_and_counts_later(
    tmp_path: Path, monkeypatch: Any
):
    counts = RequestCounts(tmp_path)
    here = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: here + 1)
    with monkeypatch.context() as full:
        full.setattr(os, "posix_fallocate", fail_for_room)
        for _ in range(3):
            counts.add("GET", "home", 200, 0.02)
    counts.add("GET", "home", 200, 0.02)

    samples = [sample for family in counts.collect() for sample in family.samples]
    (found,) = [s.value for s in samples if s.name.endswith("_count")]
    assert found == 1
    # No name was taken in vain.
    assert sorted(file.name for file in tmp_path.glob("*.lock")) == ["0.lock", "1.lock"]


def fail_for_room(*_args: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_folder_that_cannot_be_used_stops_nobody(
    tmp_path: Path, settings: Any, log: Any
):
    settings.METRICS_FOLDER = tmp_path / "a file"
    settings.METRICS_FOLDER.touch()

    counts = requests.request_counts.__wrapped__()
    counts.add("GET", "home", 200, 0.02)

    assert [family.name for family in counts.collect()] == [
        "mitmachkarte_request_seconds"
    ]
    assert "MAPAPP_METRICS_FOLDER" in log.getvalue()


# --- What waits ---------------------------------------------------------------------------


def labelled(name: str, **labels: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return name, tuple(sorted(labels.items()))


def test_a_site_on_which_nothing_waits(watcher: Any, db: None):
    found = read(watcher)

    zero = [
        labelled("jobs_waiting", queue="default"),
        labelled("jobs_oldest_seconds", queue="default"),
        labelled("jobs_failed"),
        *(labelled("mails_waiting", kind=kind) for kind in ("letter", "news")),
        *(labelled("mails_oldest_seconds", kind=kind) for kind in ("letter", "news")),
        labelled("webhooks_waiting"),
        labelled("webhooks_oldest_seconds"),
        *(
            labelled(f"moderation_{what}", kind=kind)
            for what in ("waiting", "oldest_seconds")
            for kind in ("contribution", "comment", "event")
        ),
        labelled("reports_open"),
        labelled("reports_oldest_seconds"),
        labelled("complaints_open"),
    ]
    assert {row: found[row] for row in zero} == dict.fromkeys(zero, 0)
    assert found[labelled("database_up")] == 1
    assert found[labelled("disk_free_bytes")] > 0
    assert found[labelled("database_connections", state="active")] >= 1
    # Never seen: no number would be right.
    assert labelled("worker_seen_seconds") not in found
    (build,) = [dict(labels) for name, labels in found if name == "build_info"]
    assert build["version"] == version()
    assert re.fullmatch(r"\d+\.\d+\.\d+", build["version"])


def test_jobs_and_letters_that_wait(watcher: Any, db: None):
    app.configure_task("pins.tasks.tell_news").defer(timestamp=1)
    app.configure_task("exports.tasks.send_webhook", queue="other").defer(webhook_id=1)
    # A letter whose server was away: it is tried again later, and waits all the same.
    later = app.configure_task(
        "pins.tasks.send_update", schedule_at=timezone.now() + HOUR
    )
    later.defer(event="published", change_id=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '2 hours'")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('default', 'x', 'failed')"
        )

    found = read(watcher)

    assert found[labelled("jobs_waiting", queue="default")] == 1
    assert found[labelled("jobs_waiting", queue="other")] == 1
    assert found[labelled("jobs_oldest_seconds", queue="default")] >= 7200
    assert found[labelled("mails_waiting", kind="letter")] == 1
    assert found[labelled("mails_oldest_seconds", kind="letter")] >= 7200
    assert found[labelled("jobs_failed")] == 1


def test_a_job_that_was_planned_waits_since_then(watcher: Any, db: None):
    planned = app.configure_task(
        "pins.tasks.tell_news", schedule_at=timezone.now() - HOUR
    )
    planned.defer(timestamp=1)

    age = read(watcher)[labelled("jobs_oldest_seconds", queue="default")]

    assert 3600 <= age < 7200


def test_all_jobs_that_write_letters_are_known():
    tasks = backlog.mail_tasks()

    assert {"pins.tasks.send_update", "staff.tasks.send_letter"} < set(tasks)
    assert "exports.tasks.send_webhook" not in tasks


def test_people_who_are_owed_news(watcher: Any, db: None):
    """Who gets one mail a day is owed the next one tomorrow."""
    make_district(16)
    pin = make_pin()
    follows = [make_follow(f"{name}@example.org", pin_id=pin.pk) for name in "ab"]
    news = News.objects.create(pin=pin, event="published", texts={})
    for follow, due in zip(follows, (-HOUR, HOUR), strict=True):
        Notice.objects.create(news=news, mailbox=follow.mailbox, follow=follow)
        Mailbox.objects.filter(pk=follow.mailbox_id).update(
            not_before=timezone.now() + due
        )

    found = read(watcher)

    assert found[labelled("mails_waiting", kind="news")] == 1
    assert found[labelled("mails_oldest_seconds", kind="news")] >= 3600


def test_a_worker_that_was_seen(watcher: Any, db: None):
    see_worker(timezone.now() - HOUR)

    assert read(watcher)[labelled("worker_seen_seconds")] >= 3600


def test_what_waits_for_moderators(watcher: Any, db: None):
    make_district(16)
    waiting = make_pin(visibility="submitted")
    QueueEntry.objects.update(waiting_since=timezone.now() - 2 * HOUR)
    make_report(make_pin())
    ReportCase.objects.update(opened_at=timezone.now() - 3 * HOUR)

    found = read(watcher)

    assert waiting.visibility == "submitted"
    assert found[labelled("moderation_waiting", kind="contribution")] == 1
    assert found[labelled("moderation_oldest_seconds", kind="contribution")] >= 7200
    assert found[labelled("reports_open")] == 1
    assert found[labelled("reports_oldest_seconds")] >= 3 * 3600


def test_what_webhooks_are_owed(watcher: Any, db: None):
    """What was not spread yet counts once; what a webhook that is off would get, not."""
    told, _untold = (WebhookEvent.objects.create(topic="ping") for _ in range(2))
    WebhookEvent.objects.update(created_at=timezone.now() - HOUR)
    WebhookEvent.objects.filter(pk=told.pk).update(spread_at=timezone.now())
    for is_active in (True, False):
        webhook = make_webhook(is_active=is_active)
        Delivery.objects.create(webhook=webhook, event=told)

    found = read(watcher)

    assert found[labelled("webhooks_waiting")] == 2
    assert found[labelled("webhooks_oldest_seconds")] >= 3600


def test_a_database_that_does_not_answer_is_told(watcher: Any, monkeypatch: Any):
    def fail(*_args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(backlog, "_rows", fail)

    found = read(watcher)

    assert found[labelled("database_up")] == 0
    assert not [name for name, _labels in found if name.startswith("jobs")]
    assert labelled("disk_free_bytes") in found


def test_a_folder_that_is_not_there_yet(watcher: Any, db: None, settings: Any):
    settings.MEDIA_ROOT = "/nowhere/at/all"

    assert labelled("disk_free_bytes") not in read(watcher)


def test_it_asks_few_questions(watcher: Any, django_assert_num_queries: Any):
    with django_assert_num_queries(11):
        read(watcher)


def test_for_how_long_nothing_is_erased(watcher: Any, db: None):
    assert read(watcher)[labelled("erasing_held_seconds")] == 0
    now = timezone.now()
    mark = ClockMark.objects.create(seen_at=now, held_until=now + HOUR)

    found = read(watcher)

    assert 0 < found[labelled("erasing_held_seconds")] <= HOUR.total_seconds()
    assert abs(found[labelled("clock_ahead_seconds")]) < HOUR.total_seconds()
    mark.held_until = now - HOUR
    mark.save()
    assert read(watcher)[labelled("erasing_held_seconds")] == 0


def test_nothing_personal_is_in_it(watcher: Any, db: None):
    make_district(16)
    pin = make_pin(title="A title that nobody has read", visibility="submitted")
    make_contact(pin)
    watcher.get("/", {"q": "somebody@example.org"})

    text = watcher.get("/metrics").content.decode()

    assert "nobody has read" not in text
    assert pin.reference not in text
    assert "@" not in text
