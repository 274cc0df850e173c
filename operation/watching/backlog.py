"""What waits in the database, and for how long: numbers, never whose.

Read when somebody asks for it: nine statements, all by indexes of what is open.
"""

import datetime
import shutil
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from prometheus_client.core import GaugeMetricFamily, Metric

from exports.models import Delivery, WebhookEvent
from operation.watching.readiness import files_folder
from pins.models import Mailbox, Notice
from pins.models.queue import QueueEntry, QueueKind
from pins.models.report import Complaint, ReportCase

PREFIX = "mitmachkarte"
QUEUE = "default"
NO_MAIL = "exports.tasks.send_webhook"
WORKER = "SELECT max(last_heartbeat) FROM procrastinate_workers"
CLOCK = "SELECT clock_timestamp(), (SELECT held_until FROM trust_clockmark)"
# What is due, by queue; a letter waits from when it was put in, however often it was tried.
JOBS = """
    WITH waiting AS (
        SELECT id, queue_name, task_name, scheduled_at FROM procrastinate_jobs
        WHERE status = 'todo'
    ), counted AS (
        SELECT queue_name AS label, false AS is_mail, count(*) AS number,
            min(id) AS oldest, min(scheduled_at) AS planned
        FROM waiting WHERE scheduled_at IS NULL OR scheduled_at <= now()
        GROUP BY queue_name
        UNION ALL
        SELECT 'letter', true, count(*), min(id), NULL
        FROM waiting WHERE task_name = ANY (%s)
    )
    SELECT label, is_mail, number, least(planned, (
        SELECT min(at) FROM procrastinate_events
        WHERE job_id = oldest AND type = 'deferred'
    )) FROM counted
"""
CONNECTIONS = """
    SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
    GROUP BY 1
"""


class Backlog:
    """Collects what waits, for one answer."""

    def collect(self) -> Iterator[Metric]:
        """Yield what there is; where the database does not answer, that it does not."""
        try:
            found = list(_from_database())
        except DatabaseError:
            found = []
        yield _gauge("database_up", "Whether the database answers.", bool(found))
        yield from found
        yield from _disk()


def _from_database() -> Iterator[Metric]:
    now = timezone.now()
    yield from _jobs_and_mails(now)
    yield _worker(now)
    yield from _webhooks(now)
    yield from _moderation(now)
    yield from _reports(now)
    yield _connections()
    yield from _clock(now)


def _jobs_and_mails(now: datetime.datetime) -> Iterator[Metric]:
    jobs = _family("jobs_waiting", "Jobs that are due, by queue.", "queue")
    job_age = _family("jobs_oldest_seconds", "How long the oldest is due.", "queue")
    mails = _family("mails_waiting", "Letters, and people owed news.", "kind")
    mail_age = _family("mails_oldest_seconds", "How long the oldest waits.", "kind")
    rows = _rows(JOBS, [mail_tasks()])
    # The one there always is: what is empty is 0, not missing.
    if not any(label == QUEUE for label, *_others in rows):
        rows.append((QUEUE, False, 0, None))
    for label, is_mail, number, since in rows:
        counts, ages = (mails, mail_age) if is_mail else (jobs, job_age)
        counts.add_metric([label], number)
        ages.add_metric([label], _seconds(now, since))
    unsent = Notice.objects.unsent().values("mailbox")
    owed = Mailbox.objects.filter(pk__in=unsent, not_before__lte=now)
    found = owed.aggregate(number=Count("pk"), since=Min("not_before"))
    mails.add_metric(["news"], found["number"])
    mail_age.add_metric(["news"], _seconds(now, found["since"]))
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    yield from (jobs, job_age, mails, mail_age)
    yield _gauge("jobs_failed", "Jobs of the last week that were given up.", failed)


def _worker(now: datetime.datetime) -> Metric:
    family = _family("worker_seen_seconds", "Since when no worker gave a sign of life.")
    ((heartbeat,),) = _rows(WORKER)
    # Never seen: no number would be right.
    if heartbeat is not None:
        family.add_metric([], _seconds(now, heartbeat))
    return family


def _webhooks(now: datetime.datetime) -> Iterator[Metric]:
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    open_ones = waiting.filter(webhook__is_active=True).aggregate(
        number=Count("pk"), since=Min("event__created_at")
    )
    unspread = WebhookEvent.objects.filter(spread_at=None).aggregate(
        number=Count("pk"), since=Min("created_at")
    )
    number = open_ones["number"] + unspread["number"]
    times = [found["since"] for found in (open_ones, unspread) if found["since"]]
    yield _gauge("webhooks_waiting", "Messages that webhooks are still owed.", number)
    age = _seconds(now, min(times, default=None))
    yield _gauge("webhooks_oldest_seconds", "How long the oldest waits.", age)


def _moderation(now: datetime.datetime) -> Iterator[Metric]:
    counts = _family("moderation_waiting", "What moderators have to read.", "kind")
    ages = _family("moderation_oldest_seconds", "How long the oldest waits.", "kind")
    rows = QueueEntry.objects.waiting().order_by().values_list("kind")
    known = {
        kind: (number, since)
        for kind, number, since in rows.annotate(Count("pk"), Min("waiting_since"))
    }
    for kind in QueueKind.values:
        number, since = known.get(kind, (0, None))
        counts.add_metric([kind], number)
        ages.add_metric([kind], _seconds(now, since))
    yield from (counts, ages)


def _reports(now: datetime.datetime) -> Iterator[Metric]:
    found = ReportCase.objects.waiting().aggregate(
        number=Count("pk"), since=Min("opened_at")
    )
    complaints = Complaint.objects.filter(decided_at=None).count()
    age = _seconds(now, found["since"])
    yield _gauge("reports_open", "Reports nobody has decided on.", found["number"])
    yield _gauge("reports_oldest_seconds", "How long the oldest waits.", age)
    yield _gauge("complaints_open", "Complaints nobody has looked at.", complaints)


def _connections() -> Metric:
    family = _family("database_connections", "To this database, by state.", "state")
    for state, number in _rows(CONNECTIONS):
        family.add_metric([state], number)
    return family


def _clock(now: datetime.datetime) -> Iterator[Metric]:
    ((there, held_until),) = _rows(CLOCK)
    ahead = (now - there).total_seconds()
    yield _gauge("clock_ahead_seconds", "Of the database's clock.", ahead)
    left = _seconds(held_until, now) if held_until else 0.0
    help_text = "For how long nothing is erased: the clock has jumped."
    yield _gauge("erasing_held_seconds", help_text, left)


def _disk() -> Iterator[Metric]:
    try:
        free = shutil.disk_usage(files_folder()).free
    except OSError:
        return
    yield _gauge("disk_free_bytes", "Room for photos, files and papers.", free)


def mail_tasks() -> list[str]:
    """Return the names of the jobs that send a letter."""
    names = (name for name in app.tasks if name.split(".")[-1].startswith("send_"))
    return [name for name in names if name != NO_MAIL]


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _family(name: str, help_text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", help_text, labels=labels)


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", help_text, value=value)


def _seconds(now: datetime.datetime, since: datetime.datetime | None) -> float:
    """Return for how long; 0 where nothing waits, and where the clocks differ."""
    return max((now - since).total_seconds(), 0.0) if since else 0.0
