"""Forgetting what somebody wrote: on request, and of itself when nobody needs it any more.

The row of a pin stays, with its reference and its history: sittings and figures name it.
What its author wrote, showed and left goes.
"""

import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from pins.actions import withdraw_pin
from pins.comments import withdraw_comment
from pins.models import Comment, Photo, Pin, VisibilityChange
from pins.own_link import NO_LINK
from pins.photos.keeping import erase_waiting, remove_photos
from pins.telling.following import forget_author
from pins.workflow import Visibility
from trust import audit

# What stands where words were, in the language of the pin.
ERASED = {
    "de": ("Gelöschter Beitrag", "Dieser Text wurde gelöscht."),
    "en": ("Erased contribution", "This text has been erased."),
}
REFUSED = (Visibility.REJECTED, Visibility.WITHDRAWN)
# A link whose time is over says so for a while, before it leads nowhere.
LINK_REMAINS = datetime.timedelta(days=30)
# Photos of forms that nobody sends.
UNSENT_LIFETIME = datetime.timedelta(days=1)
AT_ONCE = 500
# Of the place only the district is left: a point inside of it.
_MOVE_INTO_THE_DISTRICT = """
    UPDATE pins_pin p SET location = inside.point
    FROM (
        SELECT ST_PointOnSurface(geometry) AS point
        FROM districts_district WHERE id = %s
    ) AS inside
    WHERE p.id = %s AND districts_at(inside.point, CURRENT_DATE) IS NOT NULL
"""


@transaction.atomic
def make_anonymous(*, pin: Pin) -> None:
    """Cut what leads from a pin to its author: the address, and the own link.

    Words and photos stay as they are.
    """
    forget_author(pin=pin)
    audit.record("make a contribution anonymous", actor=None, target=pin)
    Pin.objects.filter(pk=pin.pk).update(token_hash=NO_LINK)


@transaction.atomic
def erase_pin(*, pin: Pin) -> None:
    """Withdraw a pin where it is not refused already, and erase what its author wrote."""
    locked = Pin.objects.select_for_update().get(pk=pin.pk)
    if locked.may_be_withdrawn:
        locked = withdraw_pin(pin=locked)
    audit.record("erase a contribution on request", actor=None, target=locked)
    erase_words(locked)


@transaction.atomic
def erase_comment(*, comment: Comment) -> None:
    """Erase a comment: nobody, moderators neither, can read it any more."""
    if comment.may_be_withdrawn:
        withdraw_comment(comment=comment)
    audit.record("erase a comment on request", actor=None, target=comment)
    Comment.objects.filter(pk=comment.pk).delete()


@transaction.atomic
def make_comment_anonymous(*, comment: Comment) -> None:
    """Forget the own link of a comment: nothing leads from it to its author then."""
    Comment.objects.filter(pk=comment.pk).update(token_hash=NO_LINK)


def erase_words(pin: Pin, *, keep_address: bool = False) -> None:
    """Erase words, place, photos, address and link of a pin that nobody sees.

    The address may stay until its author has been told (`pins.tasks.send_erasure`).
    """
    if not keep_address:
        forget_author(pin=pin)
    remove_photos(pin=pin)
    pin.wordings.all().delete()
    pin.questions.all().delete()
    pin.news.all().delete()
    pin.title, pin.text = ERASED[pin.language]
    pin.place_note, pin.is_approximate, pin.token_hash = "", False, ""
    pin.erased_at = timezone.now()
    pin.save(
        update_fields=[
            "title",
            "text",
            "place_note",
            "is_approximate",
            "token_hash",
            "erased_at",
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_INTO_THE_DISTRICT, [pin.district_id, pin.pk])


def refused_before(moment: datetime.datetime) -> QuerySet[Pin]:
    """Return the pins that were rejected or withdrawn before a moment, with their words."""
    decided = VisibilityChange.objects.filter(
        pin=OuterRef("pk"), created_at__gte=moment
    )
    return Pin.objects.filter(
        ~Exists(decided),
        visibility__in=REFUSED,
        erased_at=None,
        created_at__lt=moment,
    ).order_by("pk")


def erase_refused_pins(*, dry_run: bool) -> int:
    """Erase what was written in pins that were refused long ago; return of how many."""
    due = refused_before(timezone.now() - settings.REFUSED_LIFETIME)
    if dry_run:
        return due.count()
    ids = list(due.values_list("pk", flat=True))
    for pin_id in ids:
        with transaction.atomic():
            erase_words(Pin.objects.select_for_update().get(pk=pin_id))
    return len(ids)


def erase_refused_comments(*, dry_run: bool) -> int:
    """Erase comments that were refused long ago; return how many."""
    before = timezone.now() - settings.REFUSED_LIFETIME
    due = Comment.objects.filter(visibility__in=REFUSED, refused_at__lt=before)
    if dry_run:
        return due.count()
    ids = list(due.values_list("pk", flat=True))
    Comment.objects.filter(pk__in=ids).delete()
    return len(ids)


def close_old_links(*, dry_run: bool) -> int:
    """Forget the own links whose time is over; return how many."""
    before = timezone.now() - LINK_REMAINS
    pins = Pin.objects.filter(token_expires_at__lt=before).exclude(token_hash=NO_LINK)
    comments = Comment.objects.filter(
        created_at__lt=before - settings.OWN_LINK_LIFETIME
    ).exclude(token_hash=NO_LINK)
    if dry_run:
        return pins.count() + comments.count()
    return _forget_links(pins) + _forget_links(comments)


def _forget_links(rows: QuerySet[Pin] | QuerySet[Comment]) -> int:
    """Some at a time: each statement has the public rows of its pins written anew."""
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = rows.model._default_manager.filter(pk__in=ids[start : start + AT_ONCE])
        some.update(token_hash=NO_LINK)
    return len(ids)


def erase_unsent_photos(*, dry_run: bool) -> int:
    """Erase the photos of forms that nobody has sent in time; return how many."""
    before = timezone.now() - UNSENT_LIFETIME
    if dry_run:
        return Photo.objects.waiting().filter(created_at__lt=before).count()
    return erase_waiting(before)
