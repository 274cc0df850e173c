"""Everything that changes the photos of a pin, or of a form that is not sent yet.

Whoever changes photos holds the row of their pin first: a moderator publishes just what
they saw, since nobody can change it in between. Rows that go take their files along once
the transaction is through.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import IO, cast
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pins.models import Photo, Pin
from pins.models.photo import PHOTO_LIMIT, make_name
from pins.moderation.asking import author_has_changed
from pins.photos.files import StorageFailed, erase_files, path_of, write_files
from pins.photos.reading import Box, Picture, black_out
from pins.workflow import MoveNotAllowed


class NoRoom(Exception):
    """So many photos wait for their forms that no further ones are taken."""


class FormAlreadySent(Exception):
    """The form came back, but its pin is there and has photos: its key is used up."""


class TooManyPhotos(Exception):
    """More photos than a pin may have, or added when it was too late."""


@dataclass(frozen=True)
class NewPhoto:
    """A photo that came with a form, with the words for those who do not see it."""

    picture: Picture
    alt: str = ""


@dataclass(frozen=True)
class Album:
    """The photos that a form speaks of: those kept before, by name, and new ones.

    What was kept before and is not named goes.
    """

    alts: dict[str, str] = field(default_factory=dict)
    new: tuple[NewPhoto, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.alts or self.new)


@transaction.atomic
def keep_for_later(*, form_key: UUID, album: Album) -> list[Photo]:
    """Keep the photos of a form that comes back, and return all it has now.

    Raises NoRoom where too many wait already, FormAlreadySent, and StorageFailed.
    """
    _hold_form(form_key)
    if Photo.objects.filter(form_key=form_key, pin__isnull=False).exists():
        raise FormAlreadySent
    there = _sort_out(Photo.objects.waiting_for(form_key), album)
    if album.new:
        waiting = Photo.objects.waiting().count()
        if waiting + len(album.new) > settings.WAITING_PHOTOS:
            raise NoRoom
    return _add(there, form_key, None, album.new)


@transaction.atomic
def move_to_form(*, old_key: UUID, new_key: UUID, names: Iterable[str]) -> None:
    """Give photos that wait for a form to the one that follows it."""
    waiting = Photo.objects.waiting_for(old_key).filter(name__in=names)
    waiting.update(form_key=new_key)


def attach(*, pin: Pin, album: Album) -> None:
    """Give a new pin the photos of its form; in the transaction that makes the pin."""
    form_key = pin.idempotency_key
    _hold_form(form_key)
    there = _sort_out(Photo.objects.waiting_for(form_key), album)
    _describe(there, album.alts)
    for photo in there:
        photo.pin = pin
        photo.save(update_fields=["pin"])
    _add(there, form_key, pin, album.new)


@transaction.atomic
def attach_what_is_missing(*, pin: Pin, album: Album) -> None:
    """Add what a form brings on its second way that the first did not.

    Raises TooManyPhotos where the pin may no longer get any.
    """
    locked = Pin.objects.select_for_update().get(pk=pin.pk)
    there = list(locked.photos.all())
    known = {_content_of(photo) for photo in there}
    waiting = Photo.objects.waiting_for(locked.idempotency_key)
    late = list(waiting.filter(name__in=album.alts))
    new = [photo for photo in album.new if photo.picture.large not in known]
    if not new and not late:
        return
    if not locked.may_be_edited or len(there) + len(late) + len(new) > PHOTO_LIMIT:
        raise TooManyPhotos
    _describe(late, album.alts)
    waiting.filter(name__in=album.alts).update(pin=locked)
    _discard(waiting.all())
    in_order = sorted([*there, *late], key=attrgetter("position"))
    _add(in_order, locked.idempotency_key, locked, new)


@transaction.atomic
def edit_photos(*, pin: Pin, album: Album, removed: Iterable[str]) -> list[Photo]:
    """Erase, describe and add photos of one's own pin, and return all it has now.

    Raises MoveNotAllowed where somebody has decided on the pin, and StorageFailed.
    """
    locked = Pin.objects.select_for_update().get(pk=pin.pk)
    if not locked.may_be_edited:
        raise MoveNotAllowed(_("This contribution can no longer be changed."))
    _hold_form(locked.idempotency_key)
    # Of a form that came a second time: its pin is here.
    _discard(Photo.objects.waiting_for(locked.idempotency_key))
    _discard(locked.photos.filter(name__in=removed))
    author_has_changed(locked)
    there = list(locked.photos.all())
    _describe(there, album.alts)
    if len(there) + len(album.new) > PHOTO_LIMIT:
        raise MoveNotAllowed(_("A contribution has at most three photos."))
    return _add(there, locked.idempotency_key, locked, album.new)


@transaction.atomic
def remove_photos(*, pin: Pin, names: Iterable[str] | None = None) -> int:
    """Erase photos of a pin, all where none is named; return how many there were."""
    locked = Pin.objects.select_for_update().get(pk=pin.pk)
    photos = locked.photos.all()
    return _discard(photos if names is None else photos.filter(name__in=names))


@transaction.atomic
def describe_photo(*, photo: Photo, alt: str) -> None:
    """Say anew what a photo shows."""
    _lock(photo)
    Photo.objects.filter(pk=photo.pk).update(alt=alt)


@transaction.atomic
def black_out_photo(*, photo: Photo, boxes: list[Box]) -> Photo:
    """Burn black boxes into a photo: under a new name, and what was below is gone.

    Raises StorageFailed where the files could not be read or written.
    """
    locked = _lock(photo)
    old_name, locked.name = locked.name, make_name()
    try:
        with default_storage.open(path_of(old_name)) as file:
            picture = black_out(cast("IO[bytes]", file.file), boxes)
    except OSError as error:
        raise StorageFailed from error
    write_files(locked.name, picture)
    locked.is_redacted = True
    locked.save(update_fields=["name", "is_redacted"])
    transaction.on_commit(partial(erase_files, [old_name]))
    return locked


@transaction.atomic
def erase_waiting(before: datetime.datetime) -> int:
    """Erase the photos of forms that were never sent; return how many there were."""
    return _discard(Photo.objects.waiting().filter(created_at__lt=before))


def _lock(photo: Photo) -> Photo:
    """Return the photo as it is now; raises Photo.DoesNotExist where it has changed."""
    list(Pin.objects.select_for_update().filter(photos=photo.pk))
    return Photo.objects.select_for_update().get(pk=photo.pk, name=photo.name)


def _hold_form(form_key: UUID) -> None:
    """Let the same form pass one at a time until the transaction ends."""
    number = form_key.int & 0x7FFF_FFFF_FFFF_FFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _sort_out(photos: QuerySet[Photo], album: Album) -> list[Photo]:
    """Erase what the album does not name, and return the rest in its order."""
    _discard(photos.exclude(name__in=album.alts))
    return list(photos)


def _discard(photos: QuerySet[Photo]) -> int:
    names = list(photos.values_list("name", flat=True))
    if names:
        photos.delete()
        transaction.on_commit(partial(erase_files, names))
    return len(names)


def _describe(photos: list[Photo], alts: dict[str, str]) -> None:
    for photo in photos:
        alt = alts.get(photo.name, photo.alt)
        if photo.alt != alt:
            photo.alt = alt
            photo.save(update_fields=["alt"])


def _add(
    there: list[Photo], form_key: UUID, pin: Pin | None, new: Iterable[NewPhoto]
) -> list[Photo]:
    """Close the gaps that erased photos left, and add the new ones at the end."""
    for position, photo in enumerate(there, start=1):
        if photo.position != position:
            photo.position = position
            photo.save(update_fields=["position"])
    added = []
    for position, one in enumerate(new, start=len(there) + 1):
        row = Photo(
            pin=pin,
            form_key=form_key,
            position=position,
            width=one.picture.width,
            height=one.picture.height,
            alt=one.alt,
        )
        write_files(row.name, one.picture)
        row.save()
        added.append(row)
    return [*there, *added]


def _content_of(photo: Photo) -> bytes:
    try:
        with default_storage.open(path_of(photo.name)) as file:
            content: bytes = file.read()
    except OSError:
        return b""
    return content
