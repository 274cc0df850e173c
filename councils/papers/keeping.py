"""Papers that a job makes: asked for, made, kept for a day, erased."""

import datetime
import logging
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from councils.access import Seat
from councils.models import Paper, Sitting
from councils.papers.content import count_pins, read_sitting
from councils.papers.pdf import make_dossier

logger = logging.getLogger(__name__)

State = Paper.State
FOLDER = "papers"
LIFETIME = datetime.timedelta(days=1)
# A paper of 200 contributions takes seconds: after so long its job has gone astray.
PATIENCE = datetime.timedelta(minutes=15)
PDF, PUBLIC = "pdf", "public=1"
# How often the progress is written down.
STEP = 10


@transaction.atomic
def ask_for_dossier(*, seat: Seat, sitting: Sitting, is_public: bool) -> Paper:
    """Return the paper of a sitting that is being made for this user; start one if none is.

    A double click, or a page that is loaded again, makes no second one.
    """
    # Held until the end, so that two requests of one person come one after the other.
    User.objects.select_for_update(no_key=True).get(pk=seat.user.pk)
    wanted = {
        "body": seat.body,
        "sitting": sitting,
        "format": PDF,
        "query": PUBLIC if is_public else "",
        "language": translation.get_language(),
        "requested_by": seat.user,
    }
    waiting = Paper.objects.filter(**wanted, state__in=[State.WAITING, State.RUNNING])
    for paper in waiting.order_by("-created_at"):
        if not has_failed(paper):
            return paper
    total = count_pins(sitting, is_public=is_public)
    paper = Paper.objects.create(**wanted, total=total)
    _start(paper)
    return paper


@transaction.atomic
def ask_again(*, paper: Paper) -> None:
    """Start a paper anew that has failed; nothing happens where it has not."""
    held = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if has_failed(held):
        held.state, held.done, held.created_at = State.WAITING, 0, timezone.now()
        held.save(update_fields=["state", "done", "created_at"])
        _start(held)


def _start(paper: Paper) -> None:
    # By its name: the tasks import this module.
    make = app.configure_task("councils.tasks.make_paper")
    transaction.on_commit(lambda: make.defer(paper_id=str(paper.pk)))


def has_failed(paper: Paper) -> bool:
    """Tell whether nobody need wait any longer: also where a worker died over it."""
    is_open = paper.state in {State.WAITING, State.RUNNING}
    is_late = paper.created_at < timezone.now() - PATIENCE
    return paper.state == State.FAILED or (is_open and is_late)


def make_paper(paper_id: UUID) -> None:
    """Make a paper; nothing happens where it has been made, or erased meanwhile."""
    paper = _take(paper_id)
    if paper is None:
        return
    try:
        with translation.override(paper.language):
            data = _dossier(paper)
        name = default_storage.save(f"{FOLDER}/{uuid4().hex}.pdf", ContentFile(data))
    except Exception:
        Paper.objects.filter(pk=paper.pk).update(state=State.FAILED)
        # The job fails, too, and the log says why.
        raise
    ready = {"state": State.READY, "file": name, "done": paper.total}
    if not Paper.objects.filter(pk=paper.pk).update(**ready):
        default_storage.delete(name)


@transaction.atomic
def _take(paper_id: UUID) -> Paper | None:
    """Return a paper that is still to be made, as being made from now on."""
    waiting = Paper.objects.select_for_update(of=("self",)).filter(
        pk=paper_id, state=State.WAITING
    )
    paper = waiting.select_related("sitting__body").first()
    if paper is not None:
        paper.state = State.RUNNING
        paper.save(update_fields=["state"])
    return paper


def _dossier(paper: Paper) -> bytes:
    sitting = paper.sitting
    if sitting is None:
        message = f"The paper {paper.pk} is of no sitting."
        raise ValueError(message)

    def report(done: int) -> None:
        if done % STEP == 0:
            Paper.objects.filter(pk=paper.pk).update(done=done)

    content = read_sitting(sitting, is_public=paper.query == PUBLIC)
    return make_dossier(content, report)


def erase_papers(before: datetime.datetime, *, dry_run: bool = False) -> int:
    """Erase the papers asked for before a moment, and files without one; return how many."""
    old = list(Paper.objects.filter(created_at__lt=before))
    for paper in [] if dry_run else old:
        if paper.file:
            default_storage.delete(paper.file.name)
        paper.delete()
    return len(old) + _sweep(before, dry_run=dry_run)


def _sweep(before: datetime.datetime, *, dry_run: bool) -> int:
    """Erase the files that no paper speaks of: those of people who left."""
    try:
        files = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    known = set(Paper.objects.exclude(file="").values_list("file", flat=True))
    count = 0
    for file in files:
        path = f"{FOLDER}/{file}"
        if path not in known and default_storage.get_modified_time(path) < before:
            count += 1
            if not dry_run:
                default_storage.delete(path)
    return count
