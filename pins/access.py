"""Fetching a pin and checking the right to it, in one step."""

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404

from pins.models import Pin
from pins.own_link import token_matches


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
    if isinstance(user, AnonymousUser) or not user.has_perm("pins.moderate_pin"):
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
