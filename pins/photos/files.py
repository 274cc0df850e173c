"""The files of photos in the site's media storage: two for each row, and no more."""

import datetime
import logging
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from pins.models import Photo
from pins.photos.reading import Picture

logger = logging.getLogger(__name__)

FOLDER = "photos"
# A request that writes files and then its rows takes seconds.
AGE_OF_AN_ORPHAN = datetime.timedelta(hours=1)


class StorageFailed(Exception):
    """The files could not be written: the disk is full, or the storage is away."""


def path_of(name: str, *, small: bool = False) -> str:
    """Return where a photo's file lies in the storage."""
    return f"{FOLDER}/{name[:2]}/{name}{'-small' if small else ''}.jpg"


def write_files(name: str, picture: Picture) -> None:
    """Write both files; raises StorageFailed, and then leaves none of them."""
    try:
        default_storage.save(path_of(name), ContentFile(picture.large))
        default_storage.save(path_of(name, small=True), ContentFile(picture.small))
    except OSError as error:
        logger.exception("A photo could not be written.")
        erase_files([name])
        raise StorageFailed from error


def erase_files(names: Iterable[str]) -> None:
    """Erase the files of photos; what cannot be erased now, the nightly sweep finds."""
    for name in names:
        for small in (False, True):
            try:
                default_storage.delete(path_of(name, small=small))
            except OSError:
                logger.exception("The file of a photo could not be erased.")


def sweep() -> int:
    """Erase the files that no row speaks of; return how many."""
    count = 0
    for folder in _folders():
        files = default_storage.listdir(f"{FOLDER}/{folder}")[1]
        rows = Photo.objects.filter(name__startswith=folder)
        known = set(rows.values_list("name", flat=True))
        for file in files:
            path = f"{FOLDER}/{folder}/{file}"
            name = file.removesuffix(".jpg").removesuffix("-small")
            if name not in known and _is_old(path):
                default_storage.delete(path)
                count += 1
    return count


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []


def _is_old(path: str) -> bool:
    return default_storage.get_modified_time(path) < timezone.now() - AGE_OF_AN_ORPHAN
