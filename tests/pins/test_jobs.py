"""The jobs that a worker does on a schedule, done by a real worker."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.tasks import erase_old_jobs
from tests.mails import work_off

pytestmark = pytest.mark.django_db(transaction=True)


def test_jobs_that_were_done_long_ago_are_erased():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('default', 'old', 'succeeded'), ('default', 'new', 'succeeded')"
        )
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'succeeded', "
            "now() - CASE task_name WHEN 'old' THEN 8 ELSE 6 END * interval '1 day' "
            "FROM procrastinate_jobs"
        )
    erase_old_jobs(timestamp=0)

    work_off()

    names = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
    assert "new" in names
    assert "old" not in names
    assert not ProcrastinateJob.objects.filter(status="failed").exists()
