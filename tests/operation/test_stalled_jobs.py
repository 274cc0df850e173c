"""What a killed worker was at is done by another one."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from operation.tasks import take_up_stalled, take_up_stalled_jobs

LONG_AGO = datetime.timedelta(minutes=5)


def begin_job(
    worker: int | None, lock: str | None = None, status: str = "doing"
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs "
            "(queue_name, task_name, status, worker_id, queueing_lock) "
            "VALUES ('default', 'send', %s, %s, %s) RETURNING id",
            [status, worker, lock],
        )
        ((job,),) = cursor.fetchall()
    number: int = job
    return number


def hire(silent_for: datetime.timedelta) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [timezone.now() - silent_for],
        )
        ((worker,),) = cursor.fetchall()
    number: int = worker
    return number


def status_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        ((status,),) = cursor.fetchall()
    return str(status)


@pytest.mark.parametrize("has_row", [True, False])
def test_a_job_of_a_dead_worker_waits_again(db: None, has_row: bool):
    job = begin_job(hire(LONG_AGO) if has_row else None)

    assert take_up_stalled() == 1

    assert status_of(job) == "todo"
    assert take_up_stalled() == 0


def test_a_job_of_a_living_worker_is_left_alone(db: None):
    job = begin_job(hire(datetime.timedelta(0)))

    assert take_up_stalled() == 0

    assert status_of(job) == "doing"


def test_what_waits_a_second_time_is_given_up(db: None):
    job = begin_job(hire(LONG_AGO), "each minute")
    twin = begin_job(None, "each minute", "todo")

    assert take_up_stalled() == 1

    assert (status_of(job), status_of(twin)) == ("failed", "todo")


def test_what_waits_no_second_time_is_done_again(db: None):
    job = begin_job(hire(LONG_AGO), "each minute")

    assert take_up_stalled() == 1

    assert status_of(job) == "todo"


def test_each_minute(transactional_db: None, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    job = begin_job(hire(LONG_AGO))

    take_up_stalled_jobs(timestamp=0)
    take_up_stalled_jobs(timestamp=0)

    assert status_of(job) == "todo"
    said = [r.getMessage() for r in caplog.records if r.name == "operation.tasks"]
    assert said == ["1 jobs of a worker that is gone are taken up."]
