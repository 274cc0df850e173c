"""Tokens for programs: made, shown once, found again, revoked, forgotten."""

import base64
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from councils.access import Seat
from exports.models import PullToken, PullTokenUse
from pins.own_link import hash_token
from trust.audit import record

SALT = "exports.pull-token"
# So that whoever finds one somewhere knows what it is.
PREFIX = "mmk_"
SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
# A form sent twice by a double click shows its token twice; a page loaded again does not.
SHOWN_FOR = datetime.timedelta(minutes=1)
AT_MOST = 20
# How long it is known what a token fetched.
LOG_LIFETIME = datetime.timedelta(days=365)


class AlreadyShown(Exception):
    """This form has made its token, which cannot be shown again."""


class TooManyTokens(Exception):
    """Somebody has as many tokens at a desk as anybody needs."""


@dataclass(frozen=True)
class NewToken:
    """A token with its text, which nothing keeps."""

    token: PullToken
    text: str


@transaction.atomic
def make_token(
    *,
    seat: Seat,
    name: str,
    scopes: Sequence[str],
    lifetime: datetime.timedelta,
    form_key: str,
) -> NewToken:
    """Make a token for a desk, with the rights of whoever sits there.

    It follows from the form's random key and the site's secret, so that a form sent twice
    makes one token. Raises AlreadyShown and TooManyTokens.
    """
    # Held until the end, so that two requests of one person come one after the other.
    User.objects.select_for_update(no_key=True).get(pk=seat.user.pk)
    text = _text_of(seat, form_key)
    known = PullToken.objects.filter(token_hash=hash_token(text)).first()
    now = timezone.now()
    if known is not None:
        if known.last_used_at is not None or known.created_at < now - SHOWN_FOR:
            raise AlreadyShown
        return NewToken(known, text)
    mine = PullToken.objects.usable().filter(owner=seat.user, body=seat.body)
    if mine.count() >= AT_MOST:
        raise TooManyTokens
    token = PullToken.objects.create(
        owner=seat.user,
        body=seat.body,
        name=name,
        scopes=list(scopes),
        token_hash=hash_token(text),
        created_at=now,
        expires_at=now + lifetime,
    )
    record("make a token", actor=seat.user, target=token)
    return NewToken(token, text)


def _text_of(seat: Seat, form_key: str) -> str:
    """Return a token of 256 bits; who knows the form's key cannot work it out."""
    seed = f"{seat.user.pk}:{seat.body.pk}:{form_key}"
    digest = salted_hmac(SALT, seed, algorithm="sha256").digest()
    return PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def find_token(text: str) -> PullToken | None:
    """Return the usable token with this text; None for any other. One query at most."""
    if not SHAPE.fullmatch(text):
        return None
    found = PullToken.objects.usable().filter(token_hash=hash_token(text))
    return found.select_related("owner", "body").first()


@transaction.atomic
def revoke(*, token: PullToken, actor: User) -> None:
    """End a token at once; one that has been revoked stays so."""
    usable = PullToken.objects.filter(pk=token.pk, revoked_at=None)
    if usable.update(revoked_at=timezone.now()):
        record("revoke a token", actor=actor, target=token)


def note_use(*, token: PullToken, what: str, status: int) -> PullTokenUse:
    """Write down that a token was used; how much was fetched comes with `note_size`."""
    now = timezone.now()
    PullToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return PullTokenUse.objects.create(token=token, at=now, what=what, status=status)


def note_size(use: PullTokenUse, size: int) -> None:
    """Write down how many bytes were fetched."""
    PullTokenUse.objects.filter(pk=use.pk).update(size=size)


def forget_old(now: datetime.datetime) -> int:
    """Erase what was fetched long ago, and tokens that ended as long ago; return how many."""
    before = now - LOG_LIFETIME
    uses, _ = PullTokenUse.objects.filter(at__lt=before).delete()
    ended = PullToken.objects.filter(expires_at__lt=before)
    tokens, _ = ended.delete()
    return uses + tokens
