"""What is due is erased, and nothing that somebody takes up at that moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from insek.events.registering import (
    Guest,
    NoSuchRegistration,
    confirm,
    erase_registrations,
    register,
)
from insek.models import Registration
from tests.factories import make_event
from tests.locks import wait_until_somebody_waits_for_this_transaction

State = Registration.State


def asked_long_ago(number=1):
    event = make_event(takes_registrations=True)
    register(event=event, guest=Guest(f"guest{number}@example.org", "de"))
    found = Registration.objects.get(event=event)
    found.asked_at = timezone.now() - 2 * settings.CONFIRM_PERIOD
    found.save()
    return found


def on_its_own(act):
    """Return the act on a connection of its own, which does not wait for a row for ever."""

    def done():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '60s'")
            return act()
        finally:
            connection.close()

    return done


@pytest.mark.django_db(transaction=True)
def test_who_confirms_at_that_moment_stays():
    late, forgotten = asked_long_ago(1), asked_long_ago(2)
    erase = on_its_own(lambda: erase_registrations(dry_run=False))

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        confirm(registration=late)
        erased = threads.submit(erase).result()

    assert erased == 1
    assert Registration.objects.get() == late
    assert Registration.objects.get().state == State.CONFIRMED
    assert not Registration.objects.filter(pk=forgotten.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["confirm", "register"])
def test_who_comes_while_it_is_being_erased(act):
    late = asked_long_ago()

    def come():
        if act == "register":
            return register(event=late.event, guest=Guest(late.email, "de"))
        with pytest.raises(NoSuchRegistration):
            confirm(registration=late)
        return None

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            erase_registrations(dry_run=False)
            coming = threads.submit(on_its_own(come))
            wait_until_somebody_waits_for_this_transaction()
        coming.result()

    # Whoever registers anew has a new link; whoever confirms is told that it is gone.
    left = Registration.objects.exclude(key=late.key)
    assert Registration.objects.count() == left.count() == (act == "register")
