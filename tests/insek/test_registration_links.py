"""The links of mails, used late, twice, or while something else happens."""

import datetime

import pytest
from django.utils import timezone

from insek.events.registering import (
    Guest,
    RegistrationClosed,
    accept_invitation,
    cancel,
    confirm,
    invite,
    register,
)
from insek.models import Event, Invitation, Registration
from pins.own_link import hash_token
from tests.factories import make_event, make_user
from tests.pages import text_of

State = Registration.State
HOUR = datetime.timedelta(hours=1)
KIM = Guest("kim@example.org", "de", name="Kim")


@pytest.fixture
def event(db):
    return make_event(takes_registrations=True)


@pytest.fixture
def asked(event):
    register(event=event, guest=KIM)
    return Registration.objects.get()


@pytest.fixture
def invitation(event):
    Event.objects.update(is_by_invitation=True)
    return invite(
        event=event,
        email=KIM.email,
        language="de",
        group=None,
        actor_id=make_user("office").pk,
    )


def link(row):
    kind = "registrations" if isinstance(row, Registration) else "invitations"
    return f"/insek/{kind}/{row.token}/"


def test_too_late_to_confirm(client, asked):
    Event.objects.update(starts_at=timezone.now() - HOUR)

    response = client.post(link(asked), {"action": "confirm"})

    assert response.status_code == 409
    assert response.context["message"]
    assert Registration.objects.get().state == State.PENDING


@pytest.mark.parametrize("act", [confirm, cancel])
def test_erased_while_the_button_is_pressed(client, asked, monkeypatch, act):
    def erased_before(**given):
        Registration.objects.all().delete()
        return act(**given)

    monkeypatch.setattr(f"insek.views.registration.{act.__name__}", erased_before)
    response = client.post(link(asked), {"action": act.__name__})

    assert response.status_code == 410


def test_cancelled_and_asked_for_again(asked):
    cancel(registration=confirm(registration=asked))

    register(event=asked.event, guest=Guest(KIM.email, "en", name="Kim K.", persons=2))

    again = Registration.objects.get()
    assert (again.pk, again.state) == (asked.pk, State.PENDING)
    assert (again.name, again.persons, again.language) == ("Kim K.", 2, "en")
    assert (again.confirmed_at, again.cancelled_at) == (None, None)
    # The link of the first mail leads to it still.
    assert hash_token(asked.token) == again.token_hash
    assert confirm(registration=again).state == State.CONFIRMED


class TestInvitations:
    @pytest.mark.parametrize("persons", ["0", "x", "6", "1\0"])
    def test_what_the_form_refuses(self, client, invitation, persons):
        response = client.post(link(invitation), {"name": "Kim", "persons": persons})

        assert response.status_code == 422
        assert response.context["form"]["name"].value() == "Kim"
        assert not Registration.objects.exists()

    def test_closed_while_it_was_filled_in(self, client, invitation):
        Event.objects.update(registration_ends_at=timezone.now() - HOUR)

        response = client.post(link(invitation), {"name": "Kim", "persons": "1"})

        assert response.status_code == 409
        assert response.context["form"]["name"].value() == "Kim"
        assert not Registration.objects.exists()

    def test_who_cancelled_can_come_all_the_same(self, client, invitation):
        cancel(registration=accept_invitation(invitation=invitation, guest=KIM))

        assert client.get(link(invitation)).status_code == 200
        client.post(link(invitation), {"name": "Kim K.", "persons": "2"})

        again = Registration.objects.get()
        assert (again.state, again.name) == (State.CONFIRMED, "Kim K.")
        assert again.persons == 2

    def test_sent_twice_registers_once(self, invitation):
        first = accept_invitation(invitation=invitation, guest=KIM)
        second = accept_invitation(invitation=invitation, guest=KIM)

        assert second == first
        assert second.confirmed_at == first.confirmed_at

    def test_erased_while_it_was_filled_in(self, invitation):
        Invitation.objects.all().delete()

        with pytest.raises(RegistrationClosed):
            accept_invitation(invitation=invitation, guest=KIM)

    def test_of_a_draft_there_is_none(self, client, invitation):
        Event.objects.update(state=Event.State.DRAFT)

        response = client.get(link(invitation))

        assert response.status_code == 410
        assert invitation.event.title not in text_of(response)
