"""Large files asked for: who asks for the same gets the same, and not too many wait."""

import datetime
import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from procrastinate.contrib.django import app

from councils.access import Seat
from exports.files.pin_file import PinFile
from exports.models import ExportFile

State = ExportFile.State
OPEN = [State.WAITING, State.RUNNING]
LIFETIME = datetime.timedelta(days=1)
# A million contributions take minutes: after so long a job has gone astray.
PATIENCE = datetime.timedelta(hours=1)
# So long a file waits where there is much to do, or where no worker runs.
USUAL = datetime.timedelta(minutes=2)
# Held while somebody asks: who asks for the same at that moment waits, and finds it.
LOCK = 0x4C415247
# Mails go first.
PRIORITY = -10


class TooManyWait(Exception):
    """As many large files are waiting as may wait at a time."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the file, its parameters and the version of its data.

    `total` is the number of contributions in it, or an upper bound of that. Where `seat`
    is set, it is a file of that desk and for that person alone.
    """

    extension: str
    query: str
    language: str
    version: object
    total: int
    district_slug: str = ""
    seat: Seat | None = None

    @classmethod
    def of(cls, file: PinFile, query: QueryDict, seat: Seat | None = None) -> "Wanted":
        """Return the wish for a file as an address asks for it."""
        district = file.selection.district
        return cls(
            extension=file.format.extension,
            query=in_order(query),
            language=file.language,
            version=file.state,
            total=file.selection.at_most,
            district_slug=district.slug if district else "",
            seat=seat,
        )

    @property
    def key(self) -> str:
        """Return what two requests for the same have in common, as 64 hex digits."""
        owner = (self.seat.body.pk, self.seat.user.pk) if self.seat else None
        what = (self.extension, self.district_slug, self.query, self.language, owner)
        seen = (*what, settings.BASE_URL, self.version)
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def in_order(query: QueryDict) -> str:
    """Return the parameters as a query string, whatever their order was."""
    pairs = [(name, value) for name, values in query.lists() for value in values]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def find_ready(wanted: Wanted) -> ExportFile | None:
    """Return the file where it is there already. One query."""
    found = ExportFile.objects.filter(key=wanted.key).first()
    return found if found is not None and is_there(found) else None


@transaction.atomic
def ask_for(wanted: Wanted) -> ExportFile:
    """Return the file that is made for this wish, or ready; start a job if none is.

    Two clicks, two tabs and two people share one as long as the data stays. What failed
    or was lost is made anew. Raises TooManyWait.
    """
    _one_after_the_other()
    found = ExportFile.objects.filter(key=wanted.key).first()
    if found is None:
        refuse_too_many()
        found = ExportFile.objects.create(
            key=wanted.key,
            extension=wanted.extension,
            district_slug=wanted.district_slug,
            query=wanted.query,
            language=wanted.language,
            total=wanted.total,
            body=wanted.seat.body if wanted.seat else None,
            requested_by=wanted.seat.user if wanted.seat else None,
        )
        _start(found)
        return found
    _start_again(found)
    return found


@transaction.atomic
def ask_again(file: ExportFile) -> None:
    """Start a file anew that has failed or was lost; nothing happens where it has not.

    Raises TooManyWait.
    """
    _one_after_the_other()
    held = ExportFile.objects.filter(pk=file.pk).first()
    if held is not None:
        _start_again(held)


def _start_again(file: ExportFile) -> None:
    if not (is_lost(file) or has_failed(file)):
        return
    refuse_too_many()
    start_over(file)


def start_over(file: ExportFile) -> None:
    """Let a file be made anew; what a job is still making of it counts no more."""
    file.state, file.file, file.done = State.WAITING, "", 0
    file.changed_at = timezone.now()
    file.save(update_fields=["state", "file", "done", "changed_at"])
    _start(file)


def _one_after_the_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def refuse_too_many() -> None:
    """Raise TooManyWait where no more may wait."""
    in_time = timezone.now() - PATIENCE
    waiting = ExportFile.objects.filter(state__in=OPEN, changed_at__gte=in_time)
    if waiting.count() >= settings.EXPORTS_WAITING:
        raise TooManyWait


def _start(file: ExportFile) -> None:
    # By its name: the tasks import this package.
    make = app.configure_task("exports.tasks.make_file", priority=PRIORITY)
    transaction.on_commit(lambda: make.defer(file_id=str(file.pk)))


def has_failed(file: ExportFile) -> bool:
    """Tell whether nobody need wait any longer: also where a worker died over it."""
    is_lost_sight_of = file.changed_at < timezone.now() - PATIENCE
    return file.state == State.FAILED or (file.state in OPEN and is_lost_sight_of)


def is_late(file: ExportFile) -> bool:
    """Tell whether a file waits longer than usual for somebody to begin with it."""
    return file.state == State.WAITING and file.changed_at < timezone.now() - USUAL


def is_there(file: ExportFile) -> bool:
    """Tell whether the file is ready and lies where it should."""
    return file.state == State.READY and default_storage.exists(file.file.name)


def is_lost(file: ExportFile) -> bool:
    """Tell whether the file was ready and lies there no more."""
    return file.state == State.READY and not default_storage.exists(file.file.name)


def files_before(file: ExportFile) -> int:
    """Return how many others are made before this one."""
    earlier = ExportFile.objects.filter(
        state__in=OPEN, changed_at__lt=file.changed_at
    ).exclude(pk=file.pk)
    return earlier.filter(changed_at__gte=timezone.now() - PATIENCE).count()
