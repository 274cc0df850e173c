"""What can be reported: a contribution, a comment or a photo that everyone sees."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import Http404

from pins.actions import hide_pin, publish_pin
from pins.comments import hide_comment, publish_comment
from pins.merging import was_said_to
from pins.models import Comment, Photo, Pin, PublicPin, ReportCase
from pins.photos.hiding import hide_photo, show_photo
from pins.workflow import Visibility

Kind = ReportCase.Kind
Row = TypeVar("Row", bound=Model)


class NotPublicAnyMore(Exception):
    """It was public once, and is hidden, withdrawn or erased by now."""


@dataclass(frozen=True)
class Subject:
    """A thing that was or can be reported, as it is now."""

    pin: Pin
    comment: Comment | None = None
    photo: Photo | None = None

    @property
    def kind(self) -> Kind:
        if self.comment is not None:
            return Kind.COMMENT
        return Kind.PIN if self.photo is None else Kind.PHOTO

    @property
    def is_public(self) -> bool:
        """Whether everyone sees it, with all that it belongs to."""
        if self.comment is not None and not self.comment.is_published:
            return False
        if self.photo is not None and self.photo.is_hidden:
            return False
        return self.pin.is_published

    @property
    def is_hidden(self) -> bool:
        """Whether moderation has hidden just this, and may show it again."""
        if self.comment is not None:
            return self.comment.visibility == Visibility.HIDDEN
        if self.photo is not None:
            return self.photo.is_hidden
        return self.pin.visibility == Visibility.HIDDEN

    @property
    def words_digest(self) -> str:
        """A digest of what everyone sees of it; see `Pin.words_digest`."""
        if self.comment is not None:
            return self.comment.words_digest
        if self.photo is not None:
            return f"{self.photo.name} {self.photo.alt}"
        return self.pin.words_digest

    @property
    def language(self) -> str:
        """The language of whoever made it."""
        return self.comment.language if self.comment is not None else self.pin.language

    def hide(self, *, actor: User, reason: str, is_told: bool) -> None:
        """Take it from the public's sight; raises MoveNotAllowed where it is not public."""
        if self.comment is not None:
            hide_comment(comment=self.comment, actor=actor, reason=reason)
        elif self.photo is not None:
            hide_photo(photo=self.photo)
        else:
            hide_pin(pin=self.pin, actor=actor, reason=reason, is_told=is_told)

    def show(self, *, actor: User) -> None:
        """Show it again as it is now; raises MoveNotAllowed where it is not hidden."""
        if self.comment is not None:
            read = self.comment.words_digest
            publish_comment(comment=self.comment, actor=actor, read=read)
        elif self.photo is not None:
            show_photo(photo=self.photo)
        else:
            publish_pin(pin=self.pin, actor=actor, read=self.pin.words_digest)


@dataclass(frozen=True)
class Shown:
    """A thing as everyone sees it: of the public rows alone. `photo` is as they keep it."""

    pin: PublicPin
    comment: Comment | None = None
    photo: dict[str, Any] | None = None

    @property
    def kind(self) -> Kind:
        if self.comment is not None:
            return Kind.COMMENT
        return Kind.PIN if self.photo is None else Kind.PHOTO


def show_pin(reference: str) -> Shown:
    """Return what everyone sees of a contribution; raises Http404."""
    pin = PublicPin.objects.filter(reference=reference).first()
    if pin is None:
        raise Http404
    return Shown(pin)


def show_comment(reference: str, comment_id: int) -> Shown:
    """Return a comment that everyone sees; raises Http404."""
    comment = Comment.objects.public().filter(pk=comment_id).first()
    if comment is None:
        raise Http404
    pin = PublicPin.objects.get(pk=comment.pin_id)
    # Its address stays good when its contribution is merged into another one.
    if pin.reference != reference and not was_said_to(comment, reference):
        raise Http404
    return Shown(pin, comment)


def show_photo_of(reference: str, name: str) -> Shown:
    """Return a photo that everyone sees; raises Http404."""
    pin = show_pin(reference).pin
    photo = next((photo for photo in pin.photos if photo["name"] == name), None)
    if photo is None:
        raise Http404
    return Shown(pin, photo=photo)


def subject_of(case: ReportCase) -> Subject | None:
    """Return the thing of a case as it is now; None where it has been erased."""
    if case.kind == Kind.COMMENT:
        comments = Comment.objects.select_related("pin__theme", "pin__district", "body")
        comment = _find(comments, case.comment_id)
        return None if comment is None else Subject(comment.pin, comment)
    if case.kind == Kind.PHOTO:
        photos = Photo.objects.select_related("pin__theme", "pin__district")
        photo = _find(photos, case.photo_id)
        if photo is None or photo.pin is None:
            return None
        return Subject(photo.pin, photo=photo)
    pins = Pin.objects.select_related("theme", "district")
    pin = _find(pins, case.pin_id)
    return None if pin is None else Subject(pin)


def _find(rows: QuerySet[Row], pk: int | None) -> Row | None:
    return None if pk is None else rows.filter(pk=pk).first()


def get_public_pin(reference: str) -> Subject:
    """Return a published pin; raises NotPublicAnyMore, or Http404 for what never was."""
    return _public(Subject(_pin(reference)))


def get_public_comment(reference: str, comment_id: int) -> Subject:
    """Return a public comment; raises as `get_public_pin` does."""
    found = Comment.objects.select_related("pin__theme", "pin__district")
    comment = found.filter(pk=comment_id).first()
    if comment is None or comment.published_at is None:
        raise Http404
    # Its address stays good when its contribution is merged into another one.
    if comment.pin.reference != reference and not was_said_to(comment, reference):
        raise Http404
    return _public(Subject(comment.pin, comment))


def get_public_photo(reference: str, name: str) -> Subject:
    """Return a public photo; raises as `get_public_pin` does."""
    pin = _pin(reference)
    photo = Photo.objects.filter(pin=pin, name=name).first()
    if photo is None:
        raise Http404
    return _public(Subject(pin, photo=photo))


def _pin(reference: str) -> Pin:
    pins = Pin.objects.select_related("theme", "district")
    pin = pins.filter(reference=reference).first()
    if pin is None or pin.published_at is None:
        raise Http404
    return pin


def _public(subject: Subject) -> Subject:
    if not subject.is_public:
        raise NotPublicAnyMore
    return subject


def public_pin_of(subject: Subject) -> PublicPin | None:
    """Return what everyone sees of the contribution it belongs to."""
    return PublicPin.objects.for_list().filter(pk=subject.pin.pk).first()
