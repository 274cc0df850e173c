"""The files of an event: documents as PDF, and photos without metadata."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from insek.models import Event, EventDocument, EventPhoto
from insek.models.results import EVENT_DOCUMENTS, EVENT_PHOTOS
from pins.models.photo import make_name
from pins.photos.files import StorageFailed
from pins.photos.reading import Picture
from trust.media import erase

logger = logging.getLogger(__name__)

FOLDER = "event-photos"
DOCUMENTS = "event-documents"


class TooManyFiles(Exception):
    """The event has as many as it may have; the message says so."""


def path_of(name: str, *, small: bool = False) -> str:
    """Return where a photo's file lies in the storage."""
    return f"{FOLDER}/{name}{'-small' if small else ''}.jpg"


def add_document(
    *, event: Event, file: File[Any], title_de: str, title_en: str
) -> EventDocument:
    """Keep a PDF with an event. Raises TooManyFiles and StorageFailed."""
    path = f"{DOCUMENTS}/{make_name()}.pdf"
    with _all_or_nothing([path]):
        held = _hold(event)
        if held.documents.count() >= EVENT_DOCUMENTS:
            raise TooManyFiles(_("There are too many documents already."))
        _write(path, file)
        return EventDocument.objects.create(
            event=held,
            title_de=title_de,
            title_en=title_en,
            file=path,
            size=file.size or 0,
        )


@transaction.atomic
def remove_document(*, document: EventDocument) -> None:
    """Take a document away; its file is erased once that is certain."""
    name = document.file.name or ""
    document.delete()
    transaction.on_commit(partial(erase, [name]))


def add_photo(
    *, event: Event, picture: Picture, alt_de: str, alt_en: str
) -> EventPhoto:
    """Keep a re-encoded photo with an event. Raises TooManyFiles and StorageFailed."""
    photo = EventPhoto(
        event=event,
        width=picture.width,
        height=picture.height,
        alt_de=alt_de,
        alt_en=alt_en,
    )
    with _all_or_nothing(_files_of(photo)):
        if _hold(event).photos.count() >= EVENT_PHOTOS:
            raise TooManyFiles(_("There are too many photos already."))
        _write(path_of(photo.name), ContentFile(picture.large))
        _write(path_of(photo.name, small=True), ContentFile(picture.small))
        photo.save()
    return photo


@transaction.atomic
def remove_photo(*, photo: EventPhoto) -> None:
    """Take a photo away; its files are erased once that is certain."""
    names = _files_of(photo)
    photo.delete()
    transaction.on_commit(partial(erase, names))


def erase_files_of(event: Event) -> None:
    """Erase all files of an event that is being deleted, once that is certain."""
    names = [str(document.file.name) for document in event.documents.all()]
    for photo in event.photos.all():
        names += _files_of(photo)
    transaction.on_commit(partial(erase, names))


@contextmanager
def _all_or_nothing(paths: Iterable[str]) -> Iterator[None]:
    """Keep neither a row nor the files where anything fails, the commit included."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        erase(paths)
        raise


def _write(path: str, file: File[Any]) -> None:
    try:
        default_storage.save(path, file)
    except OSError as error:
        logger.exception("A file of an event could not be written.")
        raise StorageFailed from error


def _hold(event: Event) -> Event:
    return Event.objects.select_for_update(no_key=True).get(pk=event.pk)


def _files_of(photo: EventPhoto) -> list[str]:
    return [path_of(photo.name, small=small) for small in (False, True)]
