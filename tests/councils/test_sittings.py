"""Sittings: planned, moved, with a published agenda, cancelled."""

import datetime

import pytest
from django.utils import timezone

from councils import agendas
from councils.agendas import AgendaChanged, SittingRefused
from councils.models import AgendaItem, Consultation, Sitting
from pins.actions import hide_pin
from pins.models import Pin
from pins.workflow import Status
from tests.factories import (
    make_body,
    make_district,
    make_item,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
)

State = Sitting.State
OPEN = [State.PLANNED, State.INVITED]


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def elsewhere(body):
    other = make_body("Ortsbeirat Ost")
    make_district(17, body=other)
    return other


@pytest.fixture
def clerk(body):
    return make_member(body, "clara", role="clerk")


def status_of(pin):
    return Pin.objects.get(pk=pin.pk).status


class TestPublish:
    def test_everyone_reads_it_and_contributions_are_scheduled(self, body, clerk):
        sitting = make_sitting(body)
        public, internal = make_pin(), make_pin()
        agendas.put_on_agenda(sitting=sitting, pins=[public], actor=clerk)
        agendas.put_on_agenda(
            sitting=sitting, pins=[internal], actor=clerk, is_public=False
        )

        agendas.publish_agenda(sitting=sitting, actor=clerk)

        sitting.refresh_from_db()
        assert (sitting.state, sitting.sequence) == (State.INVITED, 1)
        assert sitting.invited_at is not None
        assert status_of(public) == Status.SCHEDULED
        assert status_of(internal) == Status.RECEIVED
        assert Consultation.objects.public().count() == 1

    def test_a_part_out_of_sight_stays_as_it_is(self, body, clerk):
        sitting, pins = make_sitting(body), [make_pin(), make_pin()]
        agendas.put_on_agenda(sitting=sitting, pins=pins, actor=clerk)
        hide_pin(pin=pins[0], actor=make_moderator(), reason="Ein Name")

        agendas.publish_agenda(sitting=sitting, actor=clerk)

        assert status_of(pins[0]) == Status.RECEIVED
        assert status_of(pins[1]) == Status.SCHEDULED

    def test_not_twice(self, body, clerk):
        sitting = make_sitting(body)
        agendas.publish_agenda(sitting=sitting, actor=clerk)

        with pytest.raises(SittingRefused):
            agendas.publish_agenda(sitting=sitting, actor=clerk)

        sitting.refresh_from_db()
        assert sitting.sequence == 1


class TestCancel:
    @pytest.mark.parametrize("state", OPEN)
    def test_its_matters_are_postponed_and_proposed_anew(self, body, clerk, state):
        sitting, pin = make_sitting(body), make_pin()
        item = agendas.put_on_agenda(sitting=sitting, pins=[pin], actor=clerk)
        if state == State.INVITED:
            agendas.publish_agenda(sitting=sitting, actor=clerk)

        agendas.cancel_sitting(sitting=sitting, reason=" Sturm ", actor=clerk)

        sitting.refresh_from_db()
        assert (sitting.state, sitting.cancelled_because) == (State.CANCELLED, "Sturm")
        old = Consultation.objects.get(item=item)
        assert (old.outcome, old.reason) == ("postponed", "Sturm")
        again = Consultation.objects.proposed_to(body).get()
        assert (again.matter, again.role) == (old.matter, old.role)
        expected = Status.IN_REVIEW if state == State.INVITED else Status.RECEIVED
        assert status_of(pin) == expected

    def test_nobody_reads_an_agenda_cancelled_before_its_invitation(self, body, clerk):
        planned, invited = make_sitting(body), make_sitting(body, days=9)
        for sitting in (planned, invited):
            make_item(sitting)
        agendas.publish_agenda(sitting=invited, actor=clerk)

        for sitting in (planned, invited):
            agendas.cancel_sitting(sitting=sitting, reason="Sturm", actor=clerk)
            sitting.refresh_from_db()

        assert not planned.has_public_agenda
        assert invited.has_public_agenda
        assert [i.sitting for i in AgendaItem.objects.public()] == [invited]

    @pytest.mark.parametrize("state", [State.HELD, State.CANCELLED])
    def test_what_is_over(self, body, clerk, state):
        sitting = make_sitting(body, state=state)
        with pytest.raises(SittingRefused):
            agendas.cancel_sitting(sitting=sitting, reason="Sturm", actor=clerk)

    @pytest.mark.parametrize("reason", ["", "   ", "\n"])
    def test_not_without_a_reason(self, body, clerk, reason):
        sitting = make_sitting(body)
        with pytest.raises(SittingRefused) as refused:
            agendas.cancel_sitting(sitting=sitting, reason=reason, actor=clerk)
        assert refused.value.field == "reason"
        sitting.refresh_from_db()
        assert sitting.state == State.PLANNED

    def test_one_whose_day_is_past(self, body, clerk):
        """It did not take place: nobody is made to claim that it did."""
        sitting = make_sitting(body, state=State.INVITED, days=-3)
        agendas.cancel_sitting(sitting=sitting, reason="Sturm", actor=clerk)
        sitting.refresh_from_db()
        assert sitting.state == State.CANCELLED


class TestPlanning:
    @pytest.fixture
    def data(self):
        start = timezone.now() + datetime.timedelta(days=30)
        return agendas.SittingData(
            start, start + datetime.timedelta(hours=2), "Bürgerhaus"
        )

    def moved(self, data, **times):
        by = datetime.timedelta(**times)
        return agendas.SittingData(data.start + by, data.end + by, data.place)

    def test_plan(self, body, data):
        sitting = agendas.plan_sitting(body=body, data=data)
        assert (sitting.state, sitting.sequence) == (State.PLANNED, 0)

    @pytest.mark.parametrize(
        ("minutes", "is_free"),
        [
            (0, False),
            (30, False),
            (-119, False),
            (119, False),
            (120, True),
            (-120, True),
        ],
    )
    @pytest.mark.parametrize("has_end", [True, False])
    def test_one_at_a_time(self, body, data, minutes, is_free, has_end):
        """Without an end a sitting is taken for two hours long."""
        sitting = agendas.plan_sitting(body=body, data=data)
        if not has_end:
            Sitting.objects.update(end=None)
        wanted = self.moved(data, minutes=minutes)

        if is_free:
            agendas.plan_sitting(body=body, data=wanted)
            return
        with pytest.raises(SittingRefused) as refused:
            agendas.plan_sitting(body=body, data=wanted)
        assert refused.value.field == "start"
        assert list(Sitting.objects.all()) == [sitting]

    def test_other_bodies_and_cancelled_ones_leave_the_time_free(
        self, body, elsewhere, data, clerk
    ):
        agendas.plan_sitting(body=elsewhere, data=data)
        first = agendas.plan_sitting(body=body, data=data)
        agendas.cancel_sitting(sitting=first, reason="Sturm", actor=clerk)
        assert agendas.plan_sitting(body=body, data=data).pk

    def test_not_in_the_past(self, body, data):
        with pytest.raises(SittingRefused) as refused:
            agendas.plan_sitting(body=body, data=self.moved(data, days=-31))
        assert refused.value.field == "start"

    def test_it_ends_after_its_beginning(self, body, data):
        wanted = agendas.SittingData(data.start, data.start, data.place)
        with pytest.raises(SittingRefused) as refused:
            agendas.plan_sitting(body=body, data=wanted)
        assert refused.value.field == "end"
        assert not Sitting.objects.exists()

    def test_one_put_in_by_another_hand_at_this_very_moment(
        self, body, data, monkeypatch
    ):
        """Who waits for no lock is still kept apart by the database."""

        def look_too_early(*asked):
            make_sitting(body, start=data.start)

        monkeypatch.setattr(agendas, "_require_free", look_too_early)
        with pytest.raises(SittingRefused) as refused:
            agendas.plan_sitting(body=body, data=data)
        assert refused.value.field == "start"

    def test_moving_counts_for_calendars(self, body, data):
        sitting = agendas.plan_sitting(body=body, data=data)

        agendas.change_sitting(sitting=sitting, data=self.moved(data, minutes=30))
        sitting.refresh_from_db()
        assert sitting.sequence == 1
        same = agendas.SittingData(
            sitting.start, sitting.end, sitting.place, "https://ris.example.org/1"
        )
        agendas.change_sitting(sitting=sitting, data=same)
        sitting.refresh_from_db()
        assert (sitting.sequence, sitting.ris_url) == (1, "https://ris.example.org/1")

    def test_one_that_has_begun_can_be_corrected_not_moved_into_the_past(
        self, body, data
    ):
        sitting = make_sitting(body, days=-0.01)
        kept = agendas.SittingData(sitting.start, None, "Grundschule")
        agendas.change_sitting(sitting=sitting, data=kept)
        sitting.refresh_from_db()
        assert sitting.place == "Grundschule"
        with pytest.raises(SittingRefused):
            agendas.change_sitting(sitting=sitting, data=self.moved(data, days=-31))

    @pytest.mark.parametrize("state", [State.HELD, State.CANCELLED])
    def test_what_is_over_stays(self, body, data, state):
        sitting = make_sitting(body, state=state)
        with pytest.raises(SittingRefused):
            agendas.change_sitting(sitting=sitting, data=data)

    def test_a_change_that_was_not_seen_stands(self, body, data):
        sitting = agendas.plan_sitting(body=body, data=data)
        read = sitting.modified_at
        agendas.change_sitting(sitting=sitting, data=data, read=read)

        with pytest.raises(AgendaChanged):
            agendas.change_sitting(
                sitting=sitting, data=self.moved(data, hours=1), read=read
            )
