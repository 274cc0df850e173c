"""Files go with their rows: at once, or by a job where their storage is away."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from procrastinate.contrib.django.models import ProcrastinateJob

from trust.media import LATER, MediaAway, erase, rest
from trust.tasks import UNTIL_BACK, erase_media

pytestmark = pytest.mark.django_db


def keep(name: str) -> str:
    return default_storage.save(name, ContentFile(b"x"))


@pytest.mark.usefixtures("either_storage")
def test_files_are_erased_at_once():
    names = [keep("media-test/a.pdf"), keep("media-test/b.pdf")]
    erase([*names, "media-test/gone.pdf"])
    assert not any(map(default_storage.exists, names))
    assert not ProcrastinateJob.objects.filter(task_name=LATER).exists()


@pytest.mark.usefixtures("bucket")
def test_what_cannot_be_erased_now_is_erased_later():
    names = [keep("media-test/a.pdf"), keep("media-test/b.pdf")]
    rest.note(has_answered=False)

    erase(names)

    job = ProcrastinateJob.objects.get(task_name=LATER)
    assert job.args == {"names": names}
    assert job.scheduled_at is not None
    # Away still: the job fails, and comes again.
    with pytest.raises(MediaAway):
        erase_media(**job.args)
    rest.note(has_answered=True)
    erase_media(**job.args)
    assert not any(map(default_storage.exists, names))


def test_the_job_comes_again_for_two_weeks():
    assert erase_media.name == LATER
    assert UNTIL_BACK.max_attempts is not None
    assert UNTIL_BACK.max_attempts * UNTIL_BACK.wait > 13 * 24 * 3600
    assert MediaAway.__mro__[1] in (UNTIL_BACK.retry_exceptions or [])
