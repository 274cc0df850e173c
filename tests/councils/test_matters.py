"""Matters: bundling, proposing, declining, hearing."""

from itertools import product

import pytest
from django.utils import timezone

from councils import matters
from councils.matters import MatterRefused
from councils.models import Consultation, Hearing, Matter, Sitting
from districts.models import Body
from pins.workflow import Status
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)

Role = Consultation.Role


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
def council(body):
    return make_body("Stadtrat", kind=Body.Kind.COUNCIL)


def decide(body, pin, **fields):
    """Let a body have dealt with the matter of a pin."""
    item = make_item(make_sitting(body, days=-9, state=Sitting.State.HELD))
    values = {"outcome": "endorsed", "decided_at": timezone.now()} | fields
    return make_consultation(body, pin, item=item, **values)


class TestGather:
    def test_one_or_several(self, body):
        one, two, three = make_pin(title="Der erste"), make_pin(), make_pin()

        alone = matters.gather(pins=[one])
        bundle = matters.gather(pins=[three, two], title="Schulwege")

        assert (alone.title, bundle.title) == ("Der erste", "Schulwege")
        assert set(bundle.pins.all()) == {two, three}

    def test_the_same_again_is_the_same_matter(self, body):
        pins = [make_pin(), make_pin()]
        matter = matters.gather(pins=pins)

        assert matters.gather(pins=pins[::-1], title="Anders") == matter
        assert matters.gather(pins=pins[:1]) == matter
        assert Matter.objects.count() == 1

    def test_parts_of_two_matters_and_part_of_one(self, body):
        one, two, free = make_pin(), make_pin(), make_pin()
        matters.gather(pins=[one])
        matters.gather(pins=[two])

        for pins in ([one, two], [one, free], [free, one]):
            with pytest.raises(MatterRefused, match=one.reference):
                matters.gather(pins=pins)
        assert Matter.objects.count() == 2


class TestPropose:
    @pytest.mark.parametrize("kind", Body.Kind)
    def test_as_what_a_body_usually_deals_with_it(self, body, kind):
        expected = {
            "district_council": Role.HEARING,
            "committee": Role.ADVICE,
            "council": Role.DECISION,
            "advisory_board": Role.HEARING,
        }
        other = make_body("Ein Gremium", kind=kind)

        found = matters.propose_pin(pin=make_pin(), body=other)

        assert found.role == expected[kind]
        assert found.is_authoritative == (kind == Body.Kind.COUNCIL)
        assert list(Consultation.objects.proposed_to(other)) == [found]

    @pytest.mark.parametrize(("kind", "role"), product(Body.Kind, Role))
    def test_or_as_whatever_was_chosen(self, body, kind, role):
        other = make_body("Ein Gremium", kind=kind)
        found = matters.propose_pin(pin=make_pin(), body=other, role=role)
        assert (found.role, found.is_authoritative) == (role, role == Role.DECISION)

    def test_one_after_the_other(self, body, council):
        pin = make_pin()
        decide(body, pin)

        found = matters.propose_pin(pin=pin, body=council)

        assert found.order == 2

    def test_not_what_the_body_has_before_it(self, body, council):
        pin = make_pin()
        proposal = matters.propose_pin(pin=pin, body=council)
        with pytest.raises(MatterRefused, match="Stadtrat"):
            matters.propose_pin(pin=pin, body=council)

        proposal.item = make_item(make_sitting(council))
        proposal.save()
        with pytest.raises(MatterRefused, match="Stadtrat"):
            matters.propose_pin(pin=pin, body=council)

    def test_again_what_it_has_dealt_with(self, body):
        pin = make_pin()
        decide(body, pin)
        assert matters.propose_pin(pin=pin, body=body).order == 2

    def test_not_a_duplicate(self, body, council):
        pin = make_pin(status=Status.DUPLICATE, duplicate_of=make_pin())
        with pytest.raises(MatterRefused):
            matters.propose_pin(pin=pin, body=council)
        assert not Matter.objects.exists()


class TestWithdraw:
    def test_a_proposal(self, body):
        proposal = make_consultation(body, make_pin())
        matters.withdraw_proposal(consultation=proposal)
        assert not Consultation.objects.exists()

    def test_twice(self, body):
        proposal = make_consultation(body, make_pin())
        matters.withdraw_proposal(consultation=proposal)
        proposal.pk = proposal.pk or 1
        with pytest.raises(MatterRefused):
            matters.withdraw_proposal(consultation=proposal)

    def test_not_what_is_on_an_agenda_or_decided(self, body):
        placed = make_consultation(body, make_pin(), item=make_item(make_sitting(body)))
        decided = decide(body, make_pin())
        for consultation in (placed, decided):
            with pytest.raises(MatterRefused):
                matters.withdraw_proposal(consultation=consultation)
        assert Consultation.objects.count() == 2


class TestHearing:
    """GemO RLP § 75: the councils of the districts a matter touches are heard."""

    def test_every_district_council_it_touches(self, body, elsewhere, council):
        matter = matters.gather(pins=[make_pin(), make_pin(district=17)])
        assert set(matters.unheard_bodies(matter)) == {body, elsewhere}

    @pytest.mark.parametrize(
        ("outcome", "is_heard"),
        [
            ("endorsed", True),
            ("not_endorsed", True),
            ("referred", True),
            ("noted", True),
            ("postponed", False),
        ],
    )
    def test_heard_is_who_has_said_something(self, body, outcome, is_heard):
        pin = make_pin()
        decide(body, pin, outcome=outcome, reason="Darum.")
        matter = matters.gather(pins=[pin])
        assert (matters.unheard_bodies(matter) == []) == is_heard

    def test_or_has_waived_it(self, body, elsewhere):
        matter = matters.gather(pins=[make_pin(), make_pin(district=17)])
        chair = make_member(body)

        matters.waive_hearing(matter=matter, body=body, actor=chair, reason=" Eilt. ")

        assert matters.unheard_bodies(matter) == [elsewhere]
        hearing = Hearing.objects.get()
        assert (hearing.waived_because, hearing.waived_by) == ("Eilt.", chair)

    @pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
    def test_not_without_a_reason(self, body, reason):
        matter = matters.gather(pins=[make_pin()])
        with pytest.raises(MatterRefused):
            matters.waive_hearing(
                matter=matter, body=body, actor=make_member(body), reason=reason
            )
        assert matters.unheard_bodies(matter) == [body]
