"""Fetching a pin and checking the right to it, in one step."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404

from pins.merging import was_said_to
from pins.models import Comment, Pin
from pins.own_link import token_matches
from pins.rights import MODERATE


class OwnLinkExpired(Exception):
    """The own link was right once, but its time is over."""


def get_own_pin(reference: str, token: str) -> Pin:
    """Return the pin whose own link this is.

    Raises Http404 for a wrong token, so that guessing tells nothing, and
    OwnLinkExpired once the link's time is over.
    """
    pin = (
        Pin.objects.select_related("theme", "district")
        .filter(reference=reference)
        .first()
    )
    if pin is None or not token_matches(token, pin.token_hash):
        raise Http404
    if pin.own_link_expired():
        raise OwnLinkExpired
    return pin


def get_moderator(user: User | AnonymousUser) -> User:
    """Return the user as a moderator; raises PermissionDenied for everyone else."""
    if isinstance(user, AnonymousUser) or not MODERATE.held_by(user):
        raise PermissionDenied
    return user


def get_pin_for_moderation(
    user: User | AnonymousUser, reference: str
) -> tuple[User, Pin]:
    """Return the moderator and the pin; raises PermissionDenied or Http404."""
    moderator = get_moderator(user)
    pin = (
        Pin.objects.select_related("theme", "district")
        .filter(reference=reference)
        .first()
    )
    if pin is None:
        raise Http404
    return moderator, pin


def get_own_comment(reference: str, comment_id: int, token: str) -> Comment:
    """Return the comment whose own link this is; raises as `get_own_pin` does."""
    comment = Comment.objects.filter(pk=comment_id).select_related("pin").first()
    if comment is None or not token_matches(token, comment.token_hash):
        raise Http404
    # The link stays what it was when its contribution is merged into another one.
    if comment.pin.reference != reference and not was_said_to(comment, reference):
        raise Http404
    if comment.own_link_expired():
        raise OwnLinkExpired
    return comment


def get_comment_for_moderation(
    user: User | AnonymousUser, comment_id: int
) -> tuple[User, Comment]:
    """Return the moderator and the comment; raises PermissionDenied or Http404."""
    moderator = get_moderator(user)
    comment = (
        Comment.objects.filter(pk=comment_id)
        .select_related("pin", "body", "actor", "decided_by")
        .first()
    )
    if comment is None:
        raise Http404
    return moderator, comment
