"""Places of events: confirmed by mail, exact under concurrency, and erased in time."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from inspect import unwrap

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from insek.events.keeping import cancel_event, keep_event
from insek.events.letters import Letter, write_letter
from insek.events.registering import (
    Guest,
    RegistrationClosed,
    accept_invitation,
    cancel,
    confirm,
    erase_registrations,
    invite,
    move_up,
    places_of,
    register,
    revoke,
)
from insek.models import Event, Invitation, Registration
from tests.factories import make_event, make_user
from tests.forms import read
from tests.jobs import values_of
from tests.pages import fields_of, text_of
from trust.guard import stamp
from trust.register import erase_due

State = Registration.State
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def event(db):
    return make_event(takes_registrations=True, capacity=3)


def ask(event, email, **guest):
    register(event=event, guest=Guest(email, "de", **guest))
    return Registration.objects.get(event=event, email__iexact=email)


def come(event, email, **guest):
    return confirm(registration=ask(event, email, **guest))


def letters():
    """Do the jobs, and return subject and recipient of each mail in their order.

    In the transaction of the test, which no worker sees and whose connection stays.
    """
    mail.outbox.clear()
    for job in ProcrastinateJob.objects.order_by("pk"):
        unwrap(app.tasks[job.task_name].func)(**values_of(job))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return [(m.subject, m.to[0]) for m in mail.outbox]


def states(event):
    rows = Registration.objects.filter(event=event).order_by("pk")
    return list(rows.values_list("state", flat=True))


class TestPlaces:
    def test_a_place_is_taken_only_when_confirmed(self, event):
        asked = ask(event, "kim@example.org")
        assert places_of(event).left == 3

        confirm(registration=asked)

        assert places_of(event).left == 2

    def test_confirming_twice_is_once(self, event):
        found = come(event, "kim@example.org")

        assert confirm(registration=found).confirmed_at == found.confirmed_at
        assert places_of(event).taken == 1

    def test_who_finds_no_place_waits_and_the_left_are_never_negative(self, event):
        come(event, "kim@example.org", persons=2)
        come(event, "lou@example.org", persons=2)
        come(event, "max@example.org", persons=1)
        Event.objects.update(capacity=1)
        event.refresh_from_db()

        assert states(event) == [State.CONFIRMED, State.WAITING, State.CONFIRMED]
        assert places_of(event).left == 0

    def test_without_a_capacity_everybody_comes(self, db):
        event = make_event(takes_registrations=True)
        come(event, "kim@example.org", persons=5)

        assert places_of(event).left is None
        assert states(event) == [State.CONFIRMED]

    def test_who_waits_moves_up_and_is_told(self, event):
        first = come(event, "kim@example.org", persons=3)
        come(event, "lou@example.org", persons=2)
        come(event, "max@example.org", persons=1)
        letters()

        cancel(registration=first)

        assert states(event) == [State.CANCELLED, State.CONFIRMED, State.CONFIRMED]
        assert [to for _subject, to in letters()] == [
            "lou@example.org",
            "max@example.org",
        ]

    def test_who_needs_more_than_there_is_lets_others_pass(self, event):
        come(event, "kim@example.org", persons=2)
        leaving = come(event, "ada@example.org", persons=1)
        come(event, "lou@example.org", persons=2)
        come(event, "max@example.org", persons=1)

        cancel(registration=leaving)

        assert states(event)[2:] == [State.WAITING, State.CONFIRMED]

    def test_the_queries_do_not_grow_with_those_who_wait(
        self, event, django_assert_num_queries
    ):
        come(event, "a@example.org", persons=2)
        for n in range(8):
            come(event, f"b{n}@example.org", persons=2)

        # The places, and who waits.
        with django_assert_num_queries(2):
            move_up(event)
        assert places_of(event).waiting == 16

    def test_more_places_let_who_waits_move_up(self, event):
        come(event, "kim@example.org", persons=3)
        come(event, "lou@example.org")
        event.capacity = 4

        keep_event(event=event, groups=[], read="")

        assert states(event) == [State.CONFIRMED, State.CONFIRMED]

    def test_nobody_moves_up_into_what_has_begun(self, event):
        first = come(event, "kim@example.org", persons=3)
        come(event, "lou@example.org")
        Event.objects.update(starts_at=timezone.now() - HOUR)

        cancel(registration=first)

        assert states(event) == [State.CANCELLED, State.WAITING]

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": Event.State.DRAFT},
            {"takes_registrations": False},
            {"is_by_invitation": True},
            {"registration_ends_at": timezone.now() - HOUR},
            {"starts_at": timezone.now() - HOUR, "ends_at": timezone.now() + HOUR},
            {"state": Event.State.CANCELLED, "cancelled_because": "Der Saal brennt."},
        ],
        ids=lambda fields: next(iter(fields)),
    )
    def test_when_nobody_can_register(self, db, fields):
        event = make_event(**{"takes_registrations": True} | fields)

        with pytest.raises(RegistrationClosed):
            ask(event, "kim@example.org")

    def test_too_late_to_confirm(self, event):
        asked = ask(event, "kim@example.org")
        Event.objects.update(starts_at=timezone.now() - HOUR)

        with pytest.raises(RegistrationClosed):
            confirm(registration=asked)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_just_the_places_there_are():
    event = make_event(takes_registrations=True, capacity=3)
    asked = [ask(event, f"guest{n}@example.org") for n in range(8)]

    def at_once(registration):
        try:
            return confirm(registration=registration).state
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(at_once, asked))

    assert found.count(State.CONFIRMED) == 3
    assert found.count(State.WAITING) == 5
    assert places_of(event).taken == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_address_at_once_registers_once():
    event = make_event(takes_registrations=True)

    def at_once(_number):
        try:
            register(event=event, guest=Guest("kim@example.org", "de"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(at_once, range(4)))

    assert Registration.objects.count() == 1


class TestLetters:
    def test_confirmation_in_the_language_used_as_text_and_html(self, event):
        register(event=event, guest=Guest("kim@example.org", "en"))
        letters()

        (message,) = mail.outbox
        assert isinstance(message, EmailMultiAlternatives)
        html, kind = message.alternatives[0]
        link = f"/en/insek/registrations/{Registration.objects.get().token}/"
        assert message.to == ["kim@example.org"]
        assert "Workshop on mobility" in message.subject
        assert kind == "text/html"
        assert link in str(message.body)
        assert link in str(html)

    def test_the_same_address_is_told_by_mail_that_it_is_known(self, event):
        come(event, "kim@example.org")
        letters()
        Registration.objects.update(asked_at=timezone.now() - 2 * HOUR)

        ask(event, "KIM@example.org")

        assert len(letters()) == 1
        assert Registration.objects.count() == 1

    def test_nobody_can_fill_a_mailbox_from_here(self, event):
        for _n in range(5):
            ask(event, "kim@example.org")

        assert len(letters()) == 1

    def test_what_was_typed_last_counts_all_the_same(self, event):
        ask(event, "kim@example.org")
        ask(event, "kim@example.org", name="Kim", persons=3)

        found = Registration.objects.get()
        assert (found.name, found.persons) == ("Kim", 3)

    def test_nor_with_many_events(self, db):
        for _n in range(12):
            ask(make_event(takes_registrations=True), "kim@example.org")

        assert len(letters()) == 8

    def test_a_title_with_a_line_end_begins_no_header(self, event):
        Event.objects.update(title_de="Eins\nBcc: x@example.org")
        mail_ = write_letter(ask(event, "kim@example.org"), Letter.CONFIRM)

        assert mail_ is not None
        assert "\n" not in mail_.subject

    def test_what_is_no_longer_true_is_not_told(self, event):
        found = come(event, "kim@example.org")

        assert write_letter(found, Letter.CONFIRM) is None
        assert write_letter(found, Letter.WAITING) is None

    def test_another_time_and_a_cancelling_are_told_to_all(self, event):
        come(event, "kim@example.org", persons=3)
        come(event, "lou@example.org")
        ask(event, "max@example.org")
        letters()
        event.starts_at += HOUR
        event.ends_at += HOUR

        keep_event(event=event, groups=[], read="")
        moved = letters()
        cancel_event(event=event, reason="Der Saal ist gesperrt.")
        cancelled = letters()

        told = {"kim@example.org", "lou@example.org"}
        assert {to for _subject, to in moved} == told
        assert {to for _subject, to in cancelled} == told
        assert "Der Saal ist gesperrt." in mail.outbox[0].body
        event.refresh_from_db()
        assert event.sequence == 2

    def test_another_text_is_told_to_nobody(self, event):
        come(event, "kim@example.org")
        letters()
        event.text_de = "Bringen Sie Ideen mit."

        keep_event(event=event, groups=[], read="")

        assert letters() == []
        event.refresh_from_db()
        assert event.sequence == 0

    def test_only_who_comes_is_told_the_address_of_the_online_event(self, event):
        Event.objects.update(online_url="https://example.org/room")
        found = come(event, "kim@example.org", persons=3)
        waiting = come(event, "lou@example.org")

        told = write_letter(found, Letter.CONFIRMED)
        not_told = write_letter(waiting, Letter.WAITING)

        assert told is not None
        assert not_told is not None
        assert "https://example.org/room" in told.body
        assert "https://example.org/room" not in not_told.body


class TestPages:
    def form(self, **fields):
        sent = {"email": "kim@example.org", "name": "", "persons": "1"}
        return read() | sent | fields

    def test_the_whole_way(self, client, event):
        address = f"/insek/events/{event.pk}/register"
        assert client.get(address).status_code == 200

        sent = client.post(address, self.form(name="Kim", persons="2"))
        link = f"/insek/registrations/{Registration.objects.get().token}/"
        looked = client.get(link)
        confirmed = client.post(link, {"action": "confirm"})
        cancelled = client.post(link, {"action": "cancel"})

        assert sent.headers["Location"] == f"/insek/events/{event.pk}/registered"
        assert client.get(sent.headers["Location"]).status_code == 200
        assert looked.status_code == 200
        assert confirmed.status_code == cancelled.status_code == 302
        assert states(event) == [State.CANCELLED]

    def test_looking_confirms_nothing(self, client, event):
        found = ask(event, "kim@example.org")

        client.get(f"/insek/registrations/{found.token}/")

        assert states(event) == [State.PENDING]

    def test_the_answer_is_the_same_for_a_known_address(self, client, event):
        address = f"/insek/events/{event.pk}/register"
        come(event, "kim@example.org")

        known = client.post(address, self.form())
        unknown = client.post(address, self.form(email="lou@example.org"))

        assert known.status_code == unknown.status_code == 302
        assert known.headers["Location"] == unknown.headers["Location"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"email": "kim"},
            {"email": "kim@example.org\0"},
            {"persons": "0"},
            {"persons": "99999999999999999999"},
            {"name": "x" * 101},
            {"website": "https://example.org"},
            {"opened": ""},
            {"opened": "nonsense"},
            # Made when tests are collected: still ahead when the last of them runs.
            {"opened": stamp(timezone.now() + 1_000 * HOUR)},
        ],
    )
    def test_what_the_form_refuses(self, client, event, fields):
        response = client.post(
            f"/insek/events/{event.pk}/register", self.form(**fields)
        )

        assert response.status_code == 422
        assert not Registration.objects.exists()

    def test_a_form_sent_too_fast_can_be_sent_again_as_it_came_back(
        self, client, event, settings
    ):
        settings.LEAST_FORM_TIME = HOUR
        address = f"/insek/events/{event.pk}/register"
        too_fast = client.post(address, self.form(opened=stamp(timezone.now())))
        form = too_fast.context["form"]

        again = client.post(address, fields_of(too_fast) | {"persons": "1"})

        assert too_fast.status_code == 422
        assert form["email"].value() == "kim@example.org"
        assert again.status_code == 302

    def test_closed_while_it_was_filled_in(self, client, event):
        Event.objects.update(registration_ends_at=timezone.now() - HOUR)
        response = client.post(f"/insek/events/{event.pk}/register", self.form())

        assert response.status_code == 409

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": Event.State.DRAFT},
            {"takes_registrations": False},
            {"is_by_invitation": True},
        ],
    )
    def test_where_there_is_no_form(self, client, db, fields):
        event = make_event(**{"takes_registrations": True} | fields)

        assert client.get(f"/insek/events/{event.pk}/register").status_code == 404

    @pytest.mark.parametrize("token", ["x", "0" * 64])
    def test_links_that_are_none(self, client, db, token):
        for kind in ("registrations", "invitations"):
            assert client.get(f"/insek/{kind}/{token}/").status_code == 410

    def test_a_button_that_is_none(self, client, event):
        link = f"/insek/registrations/{ask(event, 'kim@example.org').token}/"

        assert client.post(link, {"action": "x"}).status_code == 400
        assert client.put(link).status_code == 405

    def test_places_on_the_page_of_the_event(self, client, event):
        come(event, "kim@example.org", persons=2)
        client.cookies["django_language"] = "en"

        assert "1 of 3 places left" in text_of(
            client.get(f"/en/insek/events/{event.pk}/")
        )


class TestInvitations:
    @pytest.fixture
    def event(self, db):
        return make_event(takes_registrations=True, is_by_invitation=True, capacity=1)

    def invite(self, event, email="kim@example.org"):
        actor = make_user("office")
        return invite(
            event=event, email=email, language="de", group=None, actor_id=actor.pk
        )

    def test_the_personal_link_registers_without_another_mail_to_confirm(
        self, client, event
    ):
        found = self.invite(event)
        link = f"/insek/invitations/{found.token}/"
        assert [to for _subject, to in letters()] == ["kim@example.org"]
        assert link in mail.outbox[0].body

        assert client.get(link).status_code == 200
        client.post(link, {"name": "Kim", "persons": "1"})

        made = Registration.objects.get()
        assert (made.state, made.invitation) == (State.CONFIRMED, found)
        # The link shows it from now on.
        assert client.get(link).headers["Location"].endswith(f"/{made.token}/")

    def test_an_invitation_that_was_taken_back(self, client, event):
        found = self.invite(event)
        revoke(invitation=found)

        response = client.post(f"/insek/invitations/{found.token}/", {"persons": "1"})

        assert response.status_code == 410
        with pytest.raises(RegistrationClosed):
            accept_invitation(invitation=found, guest=Guest("kim@example.org", "de"))
        assert letters() == []

    def test_only_the_hash_of_the_link_is_looked_for(self, event):
        found = self.invite(event)

        assert found.token not in Invitation.objects.values_list(
            "token_hash", flat=True
        )


class TestErasing:
    def test_each_at_its_time(self, db, caplog, settings):
        settings.REGISTRATION_LIFETIME = datetime.timedelta(days=30)
        soon = make_event(takes_registrations=True)
        long_over = make_event(days=-31, takes_registrations=True)
        just_over = make_event(days=-29, takes_registrations=True)
        now, old = timezone.now(), timezone.now() - datetime.timedelta(days=3)
        kept = [
            self.row(soon, State.PENDING, asked_at=now),
            self.row(soon, State.CONFIRMED, asked_at=old, confirmed_at=old),
            self.row(just_over, State.CONFIRMED, asked_at=old, confirmed_at=old),
        ]
        self.row(soon, State.PENDING, asked_at=old)
        self.row(soon, State.CANCELLED, asked_at=old, cancelled_at=old)
        self.row(long_over, State.CONFIRMED, asked_at=old, confirmed_at=old)
        Invitation.objects.create(
            event=long_over,
            email="x@example.org",
            language="de",
            token_hash="x",
            invited_by=make_user("office"),
        )

        assert erase_registrations(dry_run=True) == 4
        assert Registration.objects.count() == 6
        with caplog.at_level("INFO"):
            erase_due(["unconfirmed-registrations"], dry_run=False)

        assert "unconfirmed-registrations: 4 erased." in caplog.text
        assert list(Registration.objects.order_by("pk")) == kept
        assert not Invitation.objects.exists()

    def row(self, event, state, **fields):
        number = Registration.objects.count()
        return Registration.objects.create(
            event=event,
            state=state,
            email=f"guest{number}@example.org",
            language="de",
            token_hash=str(number),
            **fields,
        )
