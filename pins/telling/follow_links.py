"""The links in mails: to confirm, to manage, to end. They work without anything else."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from pins.models import Contact, Follow, Mailbox

CONFIRM_SALT = "pins.confirm-follow"
MANAGE_SALT = "pins.manage-follows"
STOP_SALT = "pins.stop-following"


class BadLink(Exception):
    """Nobody here made this link."""


class LinkExpired(Exception):
    """The link was right once; its time is over, or what it stood for is erased."""


@dataclass(frozen=True)
class Stop:
    """What a link ends: one follow, one contact, or everything of an address."""

    mailbox_id: int
    follow_id: int | None = None
    contact_id: int | None = None

    @property
    def is_everything(self) -> bool:
        return self.follow_id is None and self.contact_id is None


def confirm_url(follow: Follow) -> str:
    """Return the link that lets a follow begin."""
    return _url("follow:confirm", signing.dumps([follow.pk], salt=CONFIRM_SALT))


def manage_url(mailbox: Mailbox) -> str:
    """Return the link to everything that an address follows."""
    return settings.BASE_URL + manage_path(mailbox)


def manage_path(mailbox: Mailbox) -> str:
    """Return the same for a page of this site, under whatever name it was asked for."""
    token = signing.dumps([mailbox.pk], salt=MANAGE_SALT)
    return reverse("follow:manage", args=[token])


def stop_url(
    mailbox: Mailbox, *, follow: Follow | None = None, contact: Contact | None = None
) -> str:
    """Return the link that ends one thing; without any, everything."""
    ids = [mailbox.pk, follow.pk if follow else None, contact.pk if contact else None]
    return _url("follow:stop", signing.dumps(ids, salt=STOP_SALT))


def _url(name: str, token: str) -> str:
    return settings.BASE_URL + reverse(name, args=[token])


def read_confirm(token: str) -> Follow:
    """Return what a link confirms. Raises BadLink and LinkExpired."""
    (follow_id,) = _read(token, CONFIRM_SALT, 1)
    follows = Follow.objects.select_related("mailbox", "theme", "pin")
    found = follows.filter(pk=follow_id or 0).first()
    if found is None or (not found.is_confirmed and found.link_expired()):
        raise LinkExpired
    return found


def read_manage(token: str) -> Mailbox:
    """Return whose link it is. Raises BadLink, and LinkExpired for an erased address."""
    (mailbox_id,) = _read(token, MANAGE_SALT, 1)
    mailbox = Mailbox.objects.filter(pk=mailbox_id or 0).first()
    if mailbox is None:
        raise LinkExpired
    return mailbox


def read_stop(token: str) -> tuple[Mailbox | None, Stop]:
    """Return what a link ends, and the address; None where it is erased already.

    Raises BadLink.
    """
    mailbox_id, follow_id, contact_id = _read(token, STOP_SALT, 3)
    stop = Stop(mailbox_id or 0, follow_id, contact_id)
    return Mailbox.objects.filter(pk=stop.mailbox_id).first(), stop


def _read(token: str, salt: str, length: int) -> list[int | None]:
    """Return the ids that a link holds. Raises BadLink."""
    try:
        ids: list[int | None] = signing.loads(token, salt=salt)
    except signing.BadSignature as error:
        raise BadLink from error
    if len(ids) != length:
        raise BadLink
    return ids
