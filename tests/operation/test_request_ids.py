"""One id for a request, in the answer, in each line of the log, and in those of its jobs."""

import asyncio
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from operation.watching import trail
from operation.watching.jobs import REQUEST, take_up_trail

GIVEN = "0123456789abcdef0123456789abcdef"
MADE = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize(
    "given", [GIVEN, "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "A" * 16, "a" * 64]
)
def test_the_id_of_a_proxy_is_kept(client: Client, given: str):
    response = client.get("/healthz", headers={"X-Request-ID": given})

    assert response["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        *("", "short", "a" * 65, "erika@example.org-and-more", "x" * 15),
        *(
            "0123456789abcdef\n0123",
            '{"a": "0123456789"}',
            "ä" * 20,
            "0123456789 abcdef",
        ),
    ],
)
def test_what_is_no_id_is_replaced(client: Client, given: str):
    response = client.get("/healthz", headers={"X-Request-ID": given})

    assert MADE.fullmatch(response["X-Request-ID"])


def test_each_request_has_another(client: Client):
    ids = {client.get("/healthz")["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nowhere", "/healthz"])
def test_errors_have_one_too(client: Client, path: str):
    assert MADE.fullmatch(client.post(path)["X-Request-ID"])


def test_nothing_of_it_stays_after_the_request(client: Client):
    client.get("/healthz")

    assert trail.current() == trail.NOWHERE


@pytest.mark.django_db
def test_jobs_of_a_request_carry_its_id():
    trail.follow(trail.Trail(GIVEN))
    try:
        app.configure_task("pins.tasks.send_update").defer(event="x", change_id=1)
    finally:
        trail.follow(trail.NOWHERE)
    app.configure_task("pins.tasks.send_update").defer(event="x", change_id=2)

    inside, outside = ProcrastinateJob.objects.order_by("pk")
    assert inside.args == {"event": "x", "change_id": 1, REQUEST: GIVEN}
    assert outside.args == {"event": "x", "change_id": 2}


async def _run(job: Any, seen: list[Any]) -> None:
    async def work() -> str:
        seen.append((dict(job.task_kwargs), trail.current()))
        return "done"

    assert await take_up_trail(work, SimpleNamespace(job=job), None) == "done"  # type: ignore[arg-type]  # all of a context that is read
    seen.append(trail.current())


@pytest.mark.parametrize("request_id", [GIVEN, ""])
def test_a_worker_takes_it_up_and_keeps_it_until_the_last_line(request_id: str):
    values = {"change_id": 1} | ({REQUEST: request_id} if request_id else {})
    job = SimpleNamespace(id=7, task_name="pins.tasks.x", task_kwargs=values)
    seen: list[Any] = []

    asyncio.run(_run(job, seen))

    here = trail.Trail(request_id, 7, "pins.tasks.x")
    # The task itself knows nothing of it.
    assert seen == [({"change_id": 1}, here), here]
    assert trail.current() == trail.NOWHERE


def test_workers_do_so():
    assert app.worker_defaults["worker_middleware"][0] is take_up_trail
