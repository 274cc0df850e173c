"""Whether the bucket of photos and documents works, and is closed to strangers."""

from typing import TYPE_CHECKING, cast
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from trust.media import rest

if TYPE_CHECKING:
    from trust.bucket import Bucket

FOLDER = "doctor"


def is_open_to_strangers() -> bool:
    """Write, read and delete a file; tell whether meanwhile anybody could have read it.

    Raises OSError where one of that is refused or not answered.
    """
    bucket = cast("Bucket", default_storage)
    name = bucket.save(f"{FOLDER}/{uuid4().hex}", ContentFile(b"Is anybody there?"))
    try:
        with bucket.open(name) as file:
            file.read()
        return bucket.is_shown_to_strangers(name)
    finally:
        bucket.delete(name)


def answers() -> bool:
    """Tell whether the last who wanted something of the bucket had an answer."""
    return not rest.is_on
