"""What the process keeps about people: who comes to events, what was on cards."""

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from insek.cards import keeping
from insek.consents import REGISTRATION
from insek.events.registering import cancel, erase_registrations
from insek.models import CardSheet, Invitation, Registration
from trust.register import Basis, Fact, Harmless, Personal, Record, Rule, Source, Whose

OFFICE = _("the INSEK office")
PLANNERS = _("planners and the INSEK office")
TO_PLAN = _("so that decisions can be checked")
RECORDS = _("stays as part of the city's records")

DATA = (
    Personal(
        "insek.Registration",
        ("email", "name", "token_hash", "consent_version"),
        Whose.RESIDENTS,
        _("Registration for an event: address, language, number of persons, name"),
        _("to keep you a place and tell you of changes; for the list at the door"),
        Basis.CONSENT,
        OFFICE,
        format_lazy(
            _(
                "{days} days after the event; two days after you cancelled, or if you do "
                "not confirm it"
            ),
            days=settings.REGISTRATION_LIFETIME.days,
        ),
        (
            "unconfirmed-registrations",
            "cancelled-registrations",
            "registrations-of-past-events",
        ),
    ),
    Personal(
        "insek.Invitation",
        ("email", "token_hash"),
        Whose.RESIDENTS,
        _("Personal invitation to an event"),
        _("to invite those whom an event is about"),
        Basis.TASK,
        OFFICE,
        format_lazy(
            _("{days} days after the event"), days=settings.REGISTRATION_LIFETIME.days
        ),
        ("invitations",),
    ),
    Personal(
        "insek.CardRow",
        ("content", "problems"),
        Whose.RESIDENTS,
        _("What was typed from a paper card"),
        _("to make a contribution of it"),
        Basis.TASK,
        OFFICE,
        _("after two weeks"),
        ("cards",),
    ),
    *(
        Personal(
            model,
            fields,
            Whose.STAFF,
            _("Who wrote, made or decided something in the process"),
            TO_PLAN,
            Basis.TASK,
            PLANNERS,
            RECORDS,
        )
        for model, fields in (
            ("insek.CardPrint", ("created_by",)),
            ("insek.CardSheet", ("created_by",)),
            ("insek.MeasureGoal", ("linked_by", "reason")),
            ("insek.Stand", ("created_by", "label")),
            ("insek.Invitation", ("invited_by",)),
            ("insek.BodyReport", ("made_by",)),
            ("insek.Submission", ("created_by",)),
            ("insek.Suggestion", ("decided_by",)),
            ("insek.Link", ("linked_by", "reason")),
        )
    ),
)
_WORDS = ("title_de", "title_en", "text_de", "text_en")
_PUBLIC = "public words of the office"
HARMLESS = (
    Harmless("insek.InterestGroup", ("name_de", "name_en"), "groups, not persons"),
    Harmless("insek.Phase", _WORDS, _PUBLIC),
    Harmless(
        "insek.Event",
        (
            *_WORDS,
            *(
                "place",
                "location",
                "online_url",
                "accessibility_de",
                "accessibility_en",
            ),
            *("cancelled_because", "result_de", "result_en"),
        ),
        "public words of the office; no names of guests (docs/operation.md)",
    ),
    Harmless(
        "insek.EventDocument",
        ("title_de", "title_en", "file"),
        "published by the office, which asks whoever is named in it",
    ),
    Harmless(
        "insek.EventPhoto",
        ("name", "alt_de", "alt_en"),
        "published by the office with the consent of who is seen (§ 22 KunstUrhG)",
    ),
    Harmless("insek.CardPrint", ("prefix",), "numbers of cards"),
    Harmless(
        "insek.CardSheet",
        ("file_name", "ignored"),
        "the name of a file of the office, and names of columns",
    ),
    Harmless("insek.CardRow", ("card_number",), "a number on paper, of no person"),
    Harmless("insek.FieldOfAction", (*_WORDS, "slug"), _PUBLIC),
    Harmless("insek.Goal", (*_WORDS, "number"), _PUBLIC),
    Harmless(
        "insek.Measure",
        (*_WORDS, "number", "slug", "office", "stopped_because"),
        "public words; an office, not a person, is responsible",
    ),
    Harmless("insek.Milestone", _WORDS, _PUBLIC),
    Harmless("insek.NumbersSnapshot", ("data",), "counts of what is public"),
    Harmless("insek.Stand", ("token_hash",), "a link of the office"),
    Harmless("insek.BodyReport", ("figures", "file"), "counts and public titles"),
    Harmless("insek.Submission", ("text", "document"), "drafts of the city's plans"),
    Harmless(
        "insek.Suggestion",
        ("district_slug", "words", "name_de", "name_en"),
        "words that many published contributions share",
    ),
)


def erase_cards(*, dry_run: bool) -> int:
    """Forget what was typed into old sheets of cards; return of how many sheets."""
    before = timezone.now() - keeping.LIFETIME
    if dry_run:
        return CardSheet.objects.filter(created_at__lt=before, emptied_at=None).count()
    return keeping.empty_old_sheets(before)


RULES = (
    Rule(
        "unconfirmed-registrations",
        "the confirming mail was asked for",
        lambda: settings.CONFIRM_PERIOD,
        erase_registrations,
    ),
    Rule(
        "cancelled-registrations",
        "it was cancelled",
        lambda: settings.CONFIRM_PERIOD,
        erase_registrations,
    ),
    Rule(
        "registrations-of-past-events",
        "the event ended",
        lambda: settings.REGISTRATION_LIFETIME,
        erase_registrations,
    ),
    Rule(
        "invitations",
        "the event ended",
        lambda: settings.REGISTRATION_LIFETIME,
        erase_registrations,
    ),
    Rule("cards", "it was typed in", lambda: keeping.LIFETIME, erase_cards),
)


def registration_records(registration: Registration) -> list[Record]:
    """Return what is stored about somebody who registered, for whoever has the link."""
    agreed = REGISTRATION.version(registration.consent_version)
    facts = (
        Fact(gettext("Event"), registration.event.title),
        Fact(gettext("E-mail address"), registration.email),
        Fact(gettext("Name"), registration.name),
        Fact(gettext("Number of persons"), registration.persons),
        Fact(gettext("Language"), registration.language),
        Fact(gettext("State"), registration.get_state_display()),
        Fact(gettext("Stored since"), registration.asked_at),
        Fact(gettext("Confirmed"), registration.confirmed_at),
        Fact(gettext("Cancelled"), registration.cancelled_at),
        Fact(gettext("Version of the consent"), registration.consent_version),
        Fact(gettext("What was agreed to"), str(agreed or "")),
    )
    path = reverse("insek:registration", args=[registration.token])
    title = gettext("Registration for an event")
    return [Record(f"registration-{registration.pk}", title, facts, path)]


def _invitation_record(invitation: Invitation) -> Record:
    facts = (
        Fact(gettext("Event"), invitation.event.title),
        Fact(gettext("E-mail address"), invitation.email),
        Fact(gettext("Group"), str(invitation.group or "")),
        Fact(gettext("Language"), invitation.language),
        Fact(gettext("Stored since"), invitation.invited_at),
        Fact(gettext("Taken back"), invitation.revoked_at),
    )
    title = gettext("Invitation to an event")
    return Record(f"invitation-{invitation.pk}", title, facts)


def address_records(email: str) -> Iterator[Record]:
    """Return what is stored about whoever has proven that an address is theirs."""
    registrations = Registration.objects.filter(email__iexact=email)
    for registration in registrations.select_related("event"):
        yield from registration_records(registration)
    invitations = Invitation.objects.filter(email__iexact=email)
    for invitation in invitations.select_related("event", "group"):
        yield _invitation_record(invitation)


@transaction.atomic
def erase_registration(registration: Registration) -> None:
    """Cancel a registration, so that who waits moves up, and erase it at once."""
    Registration.objects.filter(pk=cancel(registration=registration).pk).delete()


@transaction.atomic
def erase_address(email: str) -> int:
    """Erase the registrations and invitations of an address; return how many."""
    count = 0
    for registration in Registration.objects.filter(email__iexact=email).order_by("pk"):
        erase_registration(registration)
        count += 1
    erased, _rows = Invitation.objects.filter(email__iexact=email).delete()
    return count + erased


SOURCES = (
    Source(("insek.Registration", "insek.Invitation"), address_records, erase_address),
)
