"""All that is stored about somebody: by the own link of a pin or comment, or by an address."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pins.consents import CONTACT, FOLLOW, STAND
from pins.models import Comment, Contact, Follow, Mailbox, Pin, Question, Wording
from pins.own_link import make_token
from pins.telling.follow_links import manage_path
from pins.telling.following import end_all, erase_idle_mailboxes
from pins.telling.letters import describe_follow
from pins.workflow import Source
from trust.register import Fact, Record

LANGUAGE, CREATED = gettext_lazy("Language"), gettext_lazy("Stored since")
EMAIL = gettext_lazy("E-mail address")
AGREED = gettext_lazy("What was agreed to")
CONFIRMED = gettext_lazy("Confirmed")


def pin_records(pin: Pin) -> list[Record]:
    """Return what is stored about the author of a pin, for whoever has its own link."""
    contact = Contact.objects.filter(pin=pin).first()
    records = [_pin_record(pin)]
    if contact is not None:
        records.append(_contact_record(contact))
    return records


def _pin_record(pin: Pin) -> Record:
    facts = [
        Fact(_("Reference"), pin.reference),
        Fact(_("Kind"), pin.get_kind_display()),
        Fact(_("Theme"), pin.theme.title),
        Fact(_("Title"), pin.title),
        Fact(_("Description"), pin.text),
        Fact(LANGUAGE, pin.get_language_display()),
        Fact(_("How it came"), pin.get_source_display()),
        Fact(_("Place (longitude, latitude)"), [pin.location.x, pin.location.y]),
        Fact(_("Place in words"), pin.place_note),
        Fact(_("District"), pin.district.name),
        Fact(_("Visibility"), pin.get_visibility_display()),
        Fact(_("Status"), pin.get_status_display()),
        Fact(CREATED, pin.created_at),
        Fact(_("Published"), pin.published_at),
        Fact(_("Own link valid until"), pin.token_expires_at),
        Fact(_("Supporters"), pin.supports.count()),
        Fact(
            _("Photos"), [_photo(photo.name, photo.alt) for photo in pin.photos.all()]
        ),
        Fact(
            _("Former versions of your words"),
            _versions(pin),
        ),
        Fact(_("Questions and answers"), _questions(pin)),
        Fact(
            _("Decisions on it"),
            [
                [v.created_at, v.get_to_visibility_display(), v.reason]
                for v in pin.visibility_changes.all()
            ],
        ),
    ]
    return Record(f"pin-{pin.pk}", _("Your contribution"), tuple(facts))


def _versions(pin: Pin) -> list[list[object]]:
    """Return the author's own former versions."""
    rows: Iterable[Any] = Wording.objects.filter(pin=pin).order_by("created_at", "pk")
    return [[v.created_at, v.title, v.text] for v in rows if v.actor_id is None]


def _questions(pin: Pin) -> list[list[object]]:
    rows: Iterable[Any] = Question.objects.filter(pin=pin).order_by("pk")
    return [[asked.asked_at, asked.text, asked.answer] for asked in rows]


def _photo(name: str, alt: str) -> str:
    return f"{name} ({alt})" if alt else name


def _contact_record(contact: Contact) -> Record:
    consent = STAND if contact.pin.source == Source.STAND else CONTACT
    agreed = consent.version(contact.consent_version)
    facts = (
        Fact(EMAIL, contact.email),
        Fact(_("Contribution"), contact.pin.reference),
        Fact(LANGUAGE, contact.language),
        Fact(CREATED, contact.created_at),
        Fact(CONFIRMED, contact.confirmed_at),
        Fact(_("Links sent to confirm it"), contact.asked_times),
        Fact(_("Version of the consent"), contact.consent_version),
        Fact(AGREED, str(agreed or "")),
    )
    title = _("Address for news about contribution %(reference)s")
    return Record(
        f"contact-{contact.pk}",
        title % {"reference": contact.pin.reference},
        facts,
        _own_path(contact),
    )


def _own_path(contact: Contact) -> str:
    """Return the own page of a pin, for whoever has proven to be its author.

    Not where the address was never confirmed: a stranger may have typed it.
    """
    pin = contact.pin
    if not contact.is_confirmed or not pin.token_hash or pin.own_link_expired():
        return ""
    return reverse("pins:own", args=[pin.reference, make_token(pin.idempotency_key)])


def comment_records(comment: Comment) -> list[Record]:
    """Return what is stored about the author of a comment, as `pin_records` does."""
    facts = (
        Fact(_("On contribution"), comment.pin.reference),
        Fact(_("Comment"), comment.text),
        Fact(LANGUAGE, comment.get_language_display()),
        Fact(_("Visibility"), comment.get_visibility_display()),
        Fact(CREATED, comment.created_at),
        Fact(_("Published"), comment.published_at),
        Fact(_("Decision of the moderation team"), comment.reason),
    )
    return [Record(f"comment-{comment.pk}", _("Your comment"), facts)]


def address_records(email: str) -> Iterator[Record]:
    """Return what is stored about whoever has proven that an address is theirs."""
    contacts = Contact.objects.of_address(email).select_related("pin").order_by("pk")
    yield from map(_contact_record, contacts)
    for mailbox in Mailbox.objects.of_address(email):
        yield _mailbox_record(mailbox)
        yield from map(_follow_record, _follows(mailbox))


def _follows(mailbox: Mailbox) -> QuerySet[Follow]:
    wanted = Follow.objects.select_related("pin", "theme", "mailbox")
    return wanted.filter(mailbox=mailbox).order_by("pk")


def _mailbox_record(mailbox: Mailbox) -> Record:
    waiting = mailbox.notices.unsent().count()
    facts = (
        Fact(EMAIL, mailbox.email),
        Fact(_("Next e-mail not before"), mailbox.not_before),
        Fact(_("News that waits to be sent"), waiting),
        Fact(_("News sent in the last 30 days"), mailbox.notices.count() - waiting),
    )
    return Record(f"mailbox-{mailbox.pk}", _("Mailbox"), facts, manage_path(mailbox))


def _follow_record(follow: Follow) -> Record:
    agreed = FOLLOW.version(follow.consent_version)
    place = follow.place
    facts = (
        Fact(_("What is followed"), describe_follow(follow)),
        Fact(_("Place (longitude, latitude)"), [place.x, place.y] if place else ""),
        Fact(LANGUAGE, follow.language),
        Fact(CREATED, follow.created_at),
        Fact(CONFIRMED, follow.confirmed_at),
        Fact(_("Version of the consent"), follow.consent_version),
        Fact(AGREED, str(agreed or "")),
    )
    return Record(f"follow-{follow.pk}", _("Something you follow"), facts)


@transaction.atomic
def erase_address(email: str) -> int:
    """Erase an address with all that it follows; the pins stay. Return of how many rows."""
    contacts = Contact.objects.of_address(email)
    ids = list(contacts.values_list("pk", flat=True))
    follows = 0
    for mailbox in Mailbox.objects.of_address(email):
        follows += mailbox.follows.count()
        end_all(mailbox=mailbox)
    Contact.objects.filter(pk__in=ids).delete()
    erase_idle_mailboxes(email)
    return len(ids) + follows
