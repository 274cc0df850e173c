"""A job keeps the id of the request that put it in, so that its lines can be found by it."""

from typing import Any

from procrastinate import App, JobContext
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker

from operation.watching import trail
from operation.watching.schedule import keep_schedule

# Among the values of a job, where no task has one of that name.
REQUEST = "_request_id"


class HandingOn(JobManager):
    """Puts jobs in with the id of the request, or of the job, that is under way."""

    def batch_defer_jobs(
        self, jobs: list[Job], connection: Any | None = None
    ) -> list[Job]:
        """Put jobs in, each marked; outside of any request as they are."""
        request_id = trail.current().request_id
        if request_id:
            jobs = [
                job.evolve(task_kwargs={**job.task_kwargs, REQUEST: request_id})
                for job in jobs
            ]
        return super().batch_defer_jobs(jobs, connection)


async def take_up_trail(
    call_next: AsyncCallNext, context: JobContext, _worker: Worker
) -> Any:
    """Let a worker's lines about a job carry its number and the id of its request.

    Each job runs in a context of its own: what is set holds until its last line.
    """
    job = context.job
    request_id = job.task_kwargs.pop(REQUEST, "")
    trail.follow(trail.Trail(str(request_id), job.id, job.task_name))
    return await call_next()


def prepare(app: App) -> None:
    """Prepare the application of the jobs: PROCRASTINATE_ON_APP_READY."""
    keep_schedule()
    _hand_on_request_ids(app)


def _hand_on_request_ids(app: App) -> None:
    app.job_manager = HandingOn(app.job_manager.connector)
    app.worker_defaults["worker_middleware"] = [
        take_up_trail,
        *app.worker_defaults.get("worker_middleware", []),
    ]
