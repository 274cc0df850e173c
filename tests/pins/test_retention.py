"""Addresses go a set time after their pin came to its end, and not a day before."""

import datetime
import logging

import pytest
from django.utils import timezone

from pins.models import Contact, Follow, Mailbox, StatusChange, VisibilityChange
from pins.telling.author_address import erase_contacts
from pins.telling.following import erase_follows
from pins.workflow import FINAL_STATUSES, Status, Visibility
from tests.factories import (
    make_contact,
    make_district,
    make_follow,
    make_pin,
    make_user,
)
from trust.register import erase_due

DAY = datetime.timedelta(days=1)
LIFETIME = 30 * DAY
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def anna(db, settings):
    settings.CONTACT_LIFETIME = LIFETIME
    make_district(16)
    return make_user("anna")


def decide(pin, to, anna, ago):
    VisibilityChange.objects.create(
        pin=pin,
        from_visibility=Visibility.SUBMITTED,
        to_visibility=to,
        actor=anna,
        reason="Grund",
        created_at=timezone.now() - ago,
    )


def step(pin, to, anna, ago):
    StatusChange.objects.create(
        pin=pin,
        from_status=Status.IN_REVIEW,
        to_status=to,
        actor=anna,
        public_note="Antwort",
        created_at=timezone.now() - ago,
    )


def old_pin(**fields):
    pin = make_pin(created_at=timezone.now() - 1000 * DAY, **fields)
    make_contact(pin)
    return pin


def ended_pin(anna, ago=900 * DAY):
    """Make a pin without an address that was carried out so long ago."""
    pin = make_pin(created_at=timezone.now() - 1000 * DAY, status=Status.DONE)
    step(pin, Status.DONE, anna, ago)
    return pin


@pytest.mark.parametrize(
    ("ago", "erased"), [(LIFETIME + MINUTE, 1), (LIFETIME - MINUTE, 0)]
)
@pytest.mark.parametrize("visibility", [Visibility.REJECTED, Visibility.WITHDRAWN])
def test_after_a_rejection_or_withdrawal(anna, visibility, ago, erased):
    pin = old_pin(visibility=visibility)
    decide(pin, visibility, anna, ago)

    assert erase_contacts(dry_run=False) == erased
    assert Contact.objects.count() == 1 - erased


@pytest.mark.parametrize(
    ("ago", "erased"), [(LIFETIME + MINUTE, 1), (LIFETIME - MINUTE, 0)]
)
@pytest.mark.parametrize("status", sorted(FINAL_STATUSES))
def test_after_a_final_status(anna, status, ago, erased):
    survivor = ended_pin(anna) if status == Status.DUPLICATE else None
    pin = old_pin(status=status, duplicate_of=survivor)
    decide(pin, Visibility.PUBLISHED, anna, 900 * DAY)
    step(pin, status, anna, ago)

    assert erase_contacts(dry_run=False) == erased


@pytest.mark.parametrize("is_chained", [False, True])
@pytest.mark.parametrize(
    ("ago", "erased"), [(LIFETIME + MINUTE, 1), (LIFETIME - MINUTE, 0), (None, 0)]
)
def test_a_duplicate_ends_with_what_it_repeats(anna, is_chained, ago, erased):
    """Who wrote it is told of what goes on; without `ago` that has no end yet."""
    survivor = make_pin() if ago is None else ended_pin(anna, ago)
    if is_chained:
        survivor = duplicate_of(survivor, anna)
    make_contact(duplicate_of(survivor, anna))

    assert erase_contacts(dry_run=False) == erased


def duplicate_of(survivor, anna):
    """Return a pin that was merged into another one long ago."""
    pin = make_pin(
        created_at=timezone.now() - 1000 * DAY,
        status=Status.DUPLICATE,
        duplicate_of=survivor,
    )
    step(pin, Status.DUPLICATE, anna, 900 * DAY)
    return pin


def test_the_last_thing_that_happened_counts(anna):
    pin = old_pin(status=Status.DONE)
    step(pin, Status.IN_PROGRESS, anna, 900 * DAY)
    step(pin, Status.DONE, anna, LIFETIME - MINUTE)
    decide(pin, Visibility.PUBLISHED, anna, 950 * DAY)
    assert erase_contacts(dry_run=False) == 0

    other = old_pin(status=Status.DONE)
    step(other, Status.DONE, anna, 900 * DAY)
    decide(other, Visibility.PUBLISHED, anna, LIFETIME - MINUTE)
    assert erase_contacts(dry_run=False) == 0


@pytest.mark.parametrize("status", sorted(set(Status) - FINAL_STATUSES))
def test_never_while_the_matter_is_open(anna, status):
    pin = old_pin(status=status)
    if status != Status.RECEIVED:
        step(pin, Status.SCHEDULED, anna, 900 * DAY)

    assert erase_contacts(dry_run=False) == 0
    assert Contact.objects.exists()


@pytest.mark.parametrize("visibility", [Visibility.SUBMITTED, Visibility.HIDDEN])
def test_never_while_a_decision_is_open(anna, visibility):
    old_pin(visibility=visibility)

    assert erase_contacts(dry_run=False) == 0


def test_a_final_status_without_a_history_ends_with_its_submission(anna):
    old_pin(status=Status.DONE)

    assert erase_contacts(dry_run=False) == 1


def test_a_trial_erases_nothing(anna):
    old_pin(visibility=Visibility.REJECTED)

    assert erase_contacts(dry_run=True) == 1
    assert Contact.objects.exists()


@pytest.mark.parametrize(
    ("ago", "erased"), [(LIFETIME + MINUTE, 1), (LIFETIME - MINUTE, 0)]
)
def test_who_follows_a_pin_is_forgotten_with_its_author(anna, ago, erased):
    pin = old_pin(status=Status.DONE)
    step(pin, Status.DONE, anna, ago)
    make_follow(pin_id=pin.pk)
    make_follow("dana@example.org", pin_id=make_pin().pk)
    make_follow("dana@example.org", theme=pin.theme)

    assert erase_follows(dry_run=True) == erased
    assert Follow.objects.count() == 3
    assert erase_follows(dry_run=False) == erased
    assert (Follow.objects.count(), Mailbox.objects.count()) == (3 - erased, 2 - erased)


def test_the_log_says_how_many_and_not_whose(anna, caplog):
    old_pin(visibility=Visibility.REJECTED)
    old_pin(visibility=Visibility.SUBMITTED)

    with caplog.at_level(logging.INFO):
        erase_due(["contacts"], dry_run=False)

    assert Contact.objects.count() == 1
    assert "contacts: 1 erased." in caplog.text
    assert "kim@example.org" not in caplog.text


def test_an_address_is_not_in_what_the_contact_calls_itself(anna):
    old_pin()
    assert "kim" not in str(Contact.objects.get())
    assert "kim" not in repr(Contact.objects.get())
