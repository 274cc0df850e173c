"""Everything that changes a comment: writing, deciding, taking back."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from pins.actions import KeyAlreadyUsed
from pins.models import Comment, Pin
from pins.moderation.asking import author_writes
from pins.moderation.wordings import Words, forget_words
from pins.own_link import hash_token, make_token
from pins.participation import ParticipationClosed, open_acts
from pins.supports import hold_published
from pins.telling.news import announce_comment
from pins.workflow import (
    VISIBILITY_MOVES,
    MoveNotAllowed,
    Role,
    Status,
    Visibility,
    find_move,
)


def submit_comment(
    *, reference: str, text: str, language: str, idempotency_key: UUID
) -> tuple[Comment, str]:
    """Keep a resident's comment and return it with the token of the own link.

    The same form sent twice makes one comment. Raises NoSuchPin for a pin that is not
    published, MoveNotAllowed for a duplicate, KeyAlreadyUsed where the key came with
    other words, and ParticipationClosed where nobody may comment today.
    """
    _demand_open_or_sent(idempotency_key)
    token = make_token(idempotency_key)
    comment = Comment(
        text=text,
        language=language,
        idempotency_key=idempotency_key,
        token_hash=hash_token(token),
    )
    return _keep_once(comment, reference), token


def _demand_open_or_sent(idempotency_key: UUID) -> None:
    try:
        open_acts().demand("comment")
    except ParticipationClosed:
        if not Comment.objects.filter(idempotency_key=idempotency_key).exists():
            raise


def publish_official_comment(
    *,
    reference: str,
    text: str,
    language: str,
    idempotency_key: UUID,
    actor: User,
    body: Body | None,
) -> Comment:
    """Publish what a body says, at once and under its name; the author is told.

    `body` is the body the actor speaks for, None for the planning office. Raises as
    `submit_comment` does.
    """
    comment = Comment(
        text=text,
        language=language,
        idempotency_key=idempotency_key,
        actor=actor,
        body=body,
        visibility=Visibility.PUBLISHED,
        published_at=timezone.now(),
    )
    return _keep_once(comment, reference)


def _keep_once(comment: Comment, reference: str) -> Comment:
    """Insert the comment, or return the one that the same form made before."""
    try:
        return _insert(comment, reference)
    except IntegrityError:
        known = Comment.objects.filter(idempotency_key=comment.idempotency_key)
        kept = known.select_related("pin").first()
        if kept is None:
            raise
    mine = (reference, comment.text, comment.actor_id, comment.body_id)
    if mine != (kept.pin.reference, kept.text, kept.actor_id, kept.body_id):
        raise KeyAlreadyUsed
    return kept


@transaction.atomic
def _insert(comment: Comment, reference: str) -> Comment:
    comment.pin = hold_published(reference)
    if comment.pin.status == Status.DUPLICATE:
        raise MoveNotAllowed(
            _("This contribution repeats another one. Please comment on that one.")
        )
    comment.save(force_insert=True)
    if comment.is_official:
        announce_comment(comment)
    return comment


@transaction.atomic
def edit_comment(*, comment: Comment, text: str) -> Comment:
    """Change one's own words while nobody has decided on them yet.

    Raises MoveNotAllowed afterwards.
    """
    locked = _hold(comment)
    if not locked.may_be_edited:
        raise MoveNotAllowed(_("This comment can no longer be changed."))
    author_writes(locked, Words(text=text))
    return locked


@transaction.atomic
def withdraw_comment(*, comment: Comment) -> Comment:
    """Take one's own comment back; raises MoveNotAllowed where it is gone already."""
    withdrawn = _move(comment, Visibility.WITHDRAWN, Role.AUTHOR)
    forget_words(subject=withdrawn)
    return withdrawn


@transaction.atomic
def publish_comment(*, comment: Comment, actor: User, read: str) -> Comment:
    """Show the comment to everyone: for the first time, or again after hiding.

    `read` is the `words_digest` of what the actor has read; raises MoveNotAllowed where
    the author has changed the words meanwhile.
    """
    if _hold(comment).words_digest != read:
        raise MoveNotAllowed(
            _("The author has changed the words meanwhile. Please read them again.")
        )
    return _move(comment, Visibility.PUBLISHED, Role.MODERATOR, actor)


@transaction.atomic
def reject_comment(*, comment: Comment, actor: User, reason: str) -> Comment:
    """Refuse to publish; raises MoveNotAllowed without a reason."""
    return _move(comment, Visibility.REJECTED, Role.MODERATOR, actor, reason)


@transaction.atomic
def hide_comment(*, comment: Comment, actor: User, reason: str) -> Comment:
    """Take a published comment from the public's sight; raises without a reason."""
    return _move(comment, Visibility.HIDDEN, Role.MODERATOR, actor, reason)


def _hold(comment: Comment) -> Comment:
    """Return the comment as it is now, held with its pin until the transaction ends.

    The pin first, as whoever writes to it does: its public row counts what is published.
    Where a merging has moved the comment meanwhile, that is another one.
    """
    pin_id = comment.pin_id
    while True:
        Pin.objects.select_for_update(no_key=True).get(pk=pin_id)
        now_at = Comment.objects.values_list("pin_id", flat=True).get(pk=comment.pk)
        if now_at == pin_id:
            return Comment.objects.select_for_update().get(pk=comment.pk)
        pin_id = now_at


def _move(
    comment: Comment,
    to: Visibility,
    role: Role,
    actor: User | None = None,
    reason: str = "",
) -> Comment:
    locked = _hold(comment)
    find_move(VISIBILITY_MOVES, locked.visibility, to, {role}, reason)
    locked.visibility = to
    if actor is not None:
        locked.decided_by, locked.reason = actor, reason.strip()
    locked.refused_at = None if to == Visibility.PUBLISHED else timezone.now()
    is_new = to == Visibility.PUBLISHED and locked.published_at is None
    if is_new:
        locked.published_at = timezone.now()
    locked.save(
        update_fields=[
            "visibility",
            "reason",
            "decided_by",
            "published_at",
            "refused_at",
        ]
    )
    if is_new:
        announce_comment(locked)
    return locked
