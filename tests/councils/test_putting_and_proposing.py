"""Putting contributions and proposals on an agenda, and proposing to other bodies."""

from typing import Any

import pytest
from django.utils import timezone

from councils import agendas
from councils.models import AgendaItem, Consultation, Matter, Sitting
from districts.models import Body
from pins.actions import hide_pin
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
)
from tests.pages import assert_refused, fields_of, links_of, text_of

State = Sitting.State
DESK = "/desk/ortsbeirat-west/"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def sitting(body):
    return make_sitting(body)


@pytest.fixture
def url(sitting):
    return f"{DESK}sittings/{sitting.pk}/"


def titles(sitting):
    return list(sitting.items.order_by("order").values_list("title", flat=True))


class TestPut:
    def address(self, *pins):
        query = "&".join(f"pin={pin.reference}" for pin in pins)
        return f"{DESK}agenda?{query}"

    def form(self, sitting, **fields):
        return {"sitting": sitting.pk, "title": "", "is_public": "yes"} | fields

    def test_one(self, clerk, sitting, url):
        pin = make_pin(title="Der Weg")
        page = clerk.get(self.address(pin))
        assert "each" not in page.context["form"].fields

        answer = clerk.post(self.address(pin), self.form(sitting))

        assert answer["Location"] == url
        assert titles(sitting) == ["Der Weg"]

    def test_the_words_of_a_non_public_item_do_not_go_on(self, clerk, sitting, url):
        """Other bodies, and the next agenda, call the matter as everyone does."""
        pin = make_pin(title="Der Weg")
        form = self.form(sitting, title="Kaufpreis des Grundstücks", is_public="no")

        clerk.post(self.address(pin), form)

        assert titles(sitting) == ["Kaufpreis des Grundstücks"]
        assert Matter.objects.get().title == "Der Weg"

    @pytest.mark.parametrize(
        ("each", "expected"), [("no", ["Schulwege"]), ("yes", ["Eins", "Zwei"])]
    )
    def test_several(self, clerk, sitting, each, expected):
        pins = [make_pin(title=title.ljust(5, ".")) for title in ("Eins", "Zwei")]
        form = self.form(sitting, each=each, title="Schulwege")

        assert clerk.post(self.address(*pins), form).status_code == 302

        assert [t.strip(".") for t in titles(sitting)] == expected

    def test_only_sittings_that_can_be_chosen(self, clerk, body, sitting):
        for state in State:
            make_sitting(body, days=-2, state=state)
        make_sitting(body, days=9, state=State.CANCELLED)
        make_sitting(make_body("Stadtrat"))
        invited = make_sitting(body, days=12, state=State.INVITED)

        form = clerk.get(self.address(make_pin())).context["form"]

        choices = [value for value, _label in form.fields["sitting"].choices]
        assert choices == [sitting.pk, invited.pk]

    @pytest.mark.parametrize("value", ["", "x", "0", "999999", "1e9", "9" * 30])
    def test_sittings_that_cannot(self, clerk, sitting, value):
        pin = make_pin()
        answer = clerk.post(self.address(pin), self.form(sitting) | {"sitting": value})
        assert_refused(answer, "sitting")
        assert not Matter.objects.exists()

    def test_a_sitting_that_was_cancelled_a_moment_ago(
        self, clerk, body, sitting, monkeypatch
    ):
        def put_too_late(**wanted):
            Sitting.objects.update(state=State.CANCELLED, cancelled_because="Sturm")
            return agendas.put_on_agenda(**wanted)

        monkeypatch.setattr("councils.views.putting.put_on_agenda", put_too_late)
        form = self.form(sitting, title="Mein Titel")

        answer = clerk.post(self.address(make_pin()), form)

        assert_refused(answer, "sitting", status=409)
        assert fields_of(answer)["title"] == "Mein Titel"
        assert not Matter.objects.exists()

    def test_what_is_on_one_already(self, clerk, body, sitting):
        pin = make_pin()
        first = self.form(sitting, title="Mein Titel")
        clerk.post(self.address(pin), first)

        answer = clerk.post(self.address(pin), first)

        assert answer.status_code == 409
        assert answer.context["form"].non_field_errors()
        assert fields_of(answer)["title"] == "Mein Titel"
        assert AgendaItem.objects.count() == 1

    def test_without_a_sitting_one_is_planned_first(self, clerk, body):
        pin = make_pin()
        page = clerk.get(self.address(pin))
        way = [
            a["href"] for a in links_of(page) if "/sittings/new?" in a.get("href", "")
        ]
        assert len(way) == 1
        assert fields_of(clerk.get(way[0]))["next"] == self.address(pin)

    def test_the_one_that_was_planned_meanwhile_is_chosen(self, clerk, body, sitting):
        other = make_sitting(body, days=9)
        address = self.address(make_pin())
        page = clerk.get(f"{address}&sitting={other.pk}")
        assert fields_of(page)["sitting"] == str(other.pk)
        assert page.context["here"] == address

    def test_a_part_of_a_bundle_says_what_comes_along(self, clerk, body, sitting):
        one, two = make_pin(), make_pin()
        make_consultation(body, one, two)

        page = clerk.get(self.address(one))

        assert [part.reference for part in page.context["chosen"].along] == [
            two.reference
        ]
        assert two.reference in text_of(page)

    def test_a_proposal(self, clerk, body, sitting, url):
        make_district(17, body=make_body("Ortsbeirat Ost"))
        proposal = make_consultation(body, make_pin(district=17, title="Der Wald"))
        address = f"{DESK}agenda?consultation={proposal.pk}"
        assert "Der Wald" in text_of(clerk.get(address))

        answer = clerk.post(address, self.form(sitting, is_public="no"))

        assert answer["Location"] == url
        item = AgendaItem.objects.get()
        assert (item.title, item.is_public) == ("Der Wald", False)
        assert clerk.post(address, self.form(sitting)).status_code == 409

    def test_a_proposal_to_another_body(self, clerk, body, sitting):
        proposal = make_consultation(make_body("Stadtrat"), make_pin())
        address = f"{DESK}agenda?consultation={proposal.pk}"
        assert clerk.get(address).status_code == 404

    def test_more_than_anyone_reads(self, clerk, body, sitting):
        address = f"{DESK}agenda?" + "&".join(f"pin=KL-{n}" for n in range(101))
        assert clerk.get(address).status_code == 404


class TestProposals:
    @pytest.fixture
    def council(self, body):
        return make_body("Stadtrat", kind=Body.Kind.COUNCIL)

    @pytest.fixture
    def councillor(self, client, council):
        client.force_login(make_member(council))
        return client

    def said(self, body, pin, *, is_public=True, days=-3):
        votes: dict[str, Any] = {
            "votes_for": 9,
            "votes_against": 4,
            "votes_abstained": 2,
        }
        item = make_item(
            make_sitting(body, days=days, state=State.HELD),
            is_public=is_public,
            **votes,
        )
        return make_consultation(
            body,
            pin,
            item=item,
            outcome="endorsed",
            reason="Die Kinder brauchen ihn.",
            decided_at=timezone.now(),
        )

    def test_a_bundle_called_like_a_part_that_was_hidden(self, councillor, council):
        hidden, seen = make_pin(title="Beleidigung"), make_pin(title="Die Bank")
        proposal = make_consultation(council, hidden, seen)
        hide_pin(pin=hidden, actor=make_moderator(), reason="Eine Beleidigung.")
        assert proposal.matter.title == "Beleidigung"

        for page in ("proposals/", f"agenda?consultation={proposal.pk}"):
            shown = text_of(councillor.get(f"/desk/stadtrat/{page}"))
            assert "Beleidigung" not in shown
            assert "Die Bank" in shown

    def test_with_what_earlier_bodies_said(self, councillor, body, council):
        pin = make_pin(title="Der Zebrastreifen")
        self.said(body, pin)
        make_consultation(council, pin)

        text = text_of(councillor.get("/desk/stadtrat/proposals/"))

        for words in (
            "Der Zebrastreifen",
            "Ortsbeirat West",
            "9",
            "Die Kinder brauchen",
        ):
            assert words in text

    def test_without_what_is_not_public(self, councillor, body, council):
        pin = make_pin()
        self.said(body, pin, is_public=False)
        make_consultation(council, pin)

        page = councillor.get("/desk/stadtrat/proposals/")

        assert page.context["proposals"][0].voices == []
        assert "Die Kinder brauchen" not in text_of(page)

    def test_without_the_words_of_what_is_shown_to_nobody(
        self, councillor, body, council
    ):
        pin = make_pin(title="Etwas Böses")
        proposal = make_consultation(council, pin)
        hide_pin(pin=pin, actor=make_moderator(), reason="Ein Name")
        for page in (
            "/desk/stadtrat/proposals/",
            f"/desk/stadtrat/agenda?consultation={proposal.pk}",
        ):
            text = text_of(councillor.get(page))
            assert "Etwas Böses" not in text
            assert pin.reference in text

    def test_postponed_here_before(self, councillor, body, council):
        pin = make_pin()
        before = self.said(council, pin)
        Consultation.objects.filter(pk=before.pk).update(outcome="postponed")
        make_consultation(council, pin)

        page = councillor.get("/desk/stadtrat/proposals/")

        assert page.context["proposals"][0].is_postponed

    def test_few_queries_whatever_their_number(
        self, councillor, body, council, django_assert_max_num_queries
    ):
        for number in range(15):
            pin = make_pin()
            self.said(body, pin, days=-3 - number)
            make_consultation(council, pin)
        with django_assert_max_num_queries(12):
            councillor.get("/desk/stadtrat/proposals/")

    def test_decline(self, councillor, council):
        proposal = make_consultation(council, make_pin())
        url = f"/desk/stadtrat/proposals/{proposal.pk}/decline"

        assert councillor.post(url)["Location"] == "/desk/stadtrat/proposals/"

        assert not Consultation.objects.exists()
        assert councillor.post(url).status_code == 404

    def test_decline_what_is_on_an_agenda(self, councillor, council):
        proposal = make_consultation(
            council, make_pin(), item=make_item(make_sitting(council))
        )
        url = f"/desk/stadtrat/proposals/{proposal.pk}/decline"
        page = councillor.post(url, follow=True)
        assert [m.level_tag for m in page.context["messages"]] == ["error"]
        assert Consultation.objects.exists()

    def test_decline_another_bodys(self, councillor, body):
        proposal = make_consultation(body, make_pin())
        url = f"/desk/stadtrat/proposals/{proposal.pk}/decline"
        assert councillor.post(url).status_code == 404


class TestPropose:
    @pytest.fixture
    def council(self, body):
        return make_body("Stadtrat", kind=Body.Kind.COUNCIL)

    def test_to_the_next_body(self, clerk, body, council):
        Body.objects.filter(pk=body.pk).update(next_body=council)
        pin = make_pin()
        url = f"{DESK}{pin.reference}/propose"
        assert fields_of(clerk.get(url))["body"] == "stadtrat"

        answer = clerk.post(url, {"body": "stadtrat", "role": ""})

        assert answer["Location"] == f"{DESK}{pin.reference}/"
        assert Consultation.objects.get().role == "decision"
        assert clerk.post(url, {"body": "stadtrat", "role": ""}).status_code == 409

    @pytest.mark.parametrize(
        ("fields", "at"),
        [
            ({"body": ""}, "body"),
            ({"body": "nowhere"}, "body"),
            ({"body": "ortsbeirat-west"}, "body"),
            ({"body": "a\x00"}, "body"),
            ({"role": "odd"}, "role"),
        ],
    )
    def test_what_cannot_be(self, clerk, council, fields, at):
        values = {"body": "stadtrat", "role": "notice"} | fields
        url = f"{DESK}{make_pin().reference}/propose"
        assert_refused(clerk.post(url, values), at)
        assert not Consultation.objects.exists()
