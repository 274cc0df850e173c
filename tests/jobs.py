"""What jobs that wait were given, for tests that do them without a worker."""

from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from operation.watching.jobs import REQUEST


def values_of(job: ProcrastinateJob) -> dict[str, Any]:
    """Return what a job was given; the id of its request is the worker's."""
    return {name: value for name, value in job.args.items() if name != REQUEST}
