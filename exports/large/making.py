"""Large files made by a job, kept for a day, erased."""

import datetime
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from councils.access import get_seat
from councils.rights import Right
from districts.models import District
from exports.files.desk_data import DeskData
from exports.files.formats import FORMATS
from exports.files.pin_file import PinFile, read_file, write_file
from exports.large.asking import State
from exports.models import ExportFile
from exports.progress import Report, reported_to
from exports.selection import OpenData, Source

FOLDER = "exports"


def make_file(file_id: UUID) -> None:
    """Make a file; nothing happens where it has been made, or erased meanwhile."""
    file = _take(file_id)
    if file is None:
        return
    own = ExportFile.objects.filter(
        pk=file.pk, state=State.RUNNING, changed_at=file.changed_at
    )
    try:
        with translation.override(file.language), reported_to(_reporter(file)):
            name = _make(file)
    except Exception:
        own.update(state=State.FAILED, changed_at=timezone.now())
        # The job fails, too, and the log says why.
        raise
    ready = {"state": State.READY, "file": name, "size": default_storage.size(name)}
    if not own.update(**ready, done=file.total, changed_at=timezone.now()):
        # Erased meanwhile, or begun anew.
        default_storage.delete(name)
    make_room()


@transaction.atomic
def _take(file_id: UUID) -> ExportFile | None:
    """Return a file that is still to be made, as being made from now on."""
    waiting = ExportFile.objects.select_for_update().filter(
        pk=file_id, state=State.WAITING
    )
    file = waiting.first()
    if file is not None:
        file.state, file.changed_at = State.RUNNING, timezone.now()
        file.save(update_fields=["state", "changed_at"])
    return file


def _reporter(file: ExportFile) -> Report:
    """Return what writes the progress down, beside the connection that is busy reading."""

    def report(done: int) -> None:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "UPDATE exports_exportfile SET done = least(%s, total) WHERE id = %s",
                    [done, file.pk],
                )
        finally:
            other.close()

    return report


class _Made(File[bytes]):
    """A file that the storage may move to its place."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def _make(file: ExportFile) -> str:
    """Write the file under a name that nobody can guess; return the name."""
    name = f"{uuid4().hex}.{file.extension}"
    with TemporaryDirectory(dir=_workshop(), ignore_cleanup_errors=True) as workshop:
        path = Path(workshop) / name
        write_file(_read(file), path)
        with path.open("rb") as content:
            made = _Made(content, str(path))
            return default_storage.save(f"{FOLDER}/{name}", made)


def _workshop() -> Path | None:
    """Return where files are made: beside their place, so that they move there whole."""
    if settings.MEDIA_BUCKET:
        return None
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read(file: ExportFile) -> PinFile:
    """Return the file that a small one would have been at the same address.

    Raises Http404 or PermissionDenied where whoever asked for a file of a desk has left
    it meanwhile.
    """
    query = f"?{file.query}" if file.query else ""
    source, path = _source(file)
    return read_file(
        FORMATS[file.extension],
        QueryDict(file.query),
        source=source,
        address=f"{settings.BASE_URL}{path}{query}",
    )


def _source(file: ExportFile) -> tuple[Source, str]:
    """Return where the pins come from, and the path that asks for them."""
    if file.body is not None and file.requested_by is not None:
        names = [file.body.slug, file.extension]
        seat = get_seat(file.requested_by, file.body.slug, Right.TAKE_PAPERS)
        return DeskData(seat), reverse("desk-pins", args=names)
    if file.district_slug:
        names = [file.district_slug, file.extension]
        district = District.objects.current().get(slug=file.district_slug)
        return OpenData(district), reverse("export-district-pins", args=names)
    return OpenData(), reverse("export-pins", args=[file.extension])


def make_room() -> None:
    """Erase the oldest files where all of them take more room than they may.

    Whoever asks for one of them again has it made anew.
    """
    ready = ExportFile.objects.filter(state=State.READY)
    taken = ready.aggregate(sum=Sum("size"))["sum"] or 0
    oldest_first = list(ready.order_by("changed_at"))
    # The newest stays, however large it is: somebody waits for it.
    for file in oldest_first[:-1]:
        if taken <= settings.EXPORTS_SPACE:
            return
        taken -= file.size
        _erase(file)


def erase_files(before: datetime.datetime, *, dry_run: bool = False) -> int:
    """Erase the files that are older, and what broke off; return how many there were."""
    old = list(ExportFile.objects.filter(changed_at__lt=before))
    for file in [] if dry_run else old:
        _erase(file)
    return len(old) + _sweep(before, dry_run=dry_run)


def _erase(file: ExportFile) -> None:
    if file.file:
        default_storage.delete(file.file.name)
    file.delete()


def _sweep(before: datetime.datetime, *, dry_run: bool) -> int:
    """Erase what lies in the folder and no row speaks of."""
    try:
        workshops, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    known = set(ExportFile.objects.exclude(file="").values_list("file", flat=True))
    paths = {f"{FOLDER}/{name}" for name in [*workshops, *files]} - known
    old = [path for path in paths if default_storage.get_modified_time(path) < before]
    for path in [] if dry_run else old:
        if path.removeprefix(f"{FOLDER}/") in workshops:
            shutil.rmtree(default_storage.path(path))
        else:
            default_storage.delete(path)
    return len(old)
