"""What is done with one contribution at the desk, page by page."""

import datetime

import pytest
from django.utils import timezone

from councils.agendas import put_on_agenda
from councils.desk.assignments import assign
from councils.models import AnswerTemplate, Assignment, DeskNote, Membership
from councils.views import pin as pin_views
from pins.actions import change_status, hide_pin
from pins.handovers import hand_over
from pins.models import Handover, Pin, PublicPin, StatusChange
from pins.workflow import Role, Status
from tests.factories import (
    make_comment,
    make_consultation,
    make_item,
    make_member,
    make_moderator,
    make_pin,
    make_planner,
    make_sitting,
    make_user,
)
from tests.pages import assert_refused, fields_of, links_of, text_of

DESK = "/en/desk/ortsbeirat-west/"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def member(client, west):
    """Somebody who may not move anything."""
    user = make_member(west, "mia", role=Membership.Role.MEMBER)
    client.force_login(user)
    return client


def page_of(pin, rest=""):
    return f"{DESK}{pin.reference}/{rest}"


def said(response):
    return [str(message) for message in response.context["messages"]]


class TestAccepting:
    def test_one_press(self, desk, anna, west):
        pin = make_pin()

        response = desk.post(page_of(pin, "accept"), follow=True)

        assert response.redirect_chain == [(page_of(pin), 302)]
        step = StatusChange.objects.get()
        assert (step.to_status, step.actor, step.body) == ("in_review", anna, west)
        assert PublicPin.objects.get().status == Status.IN_REVIEW
        assert "Accept responsibility" not in text_of(response)

    def test_twice_is_once(self, desk):
        pin = make_pin()
        for _ in range(2):
            assert desk.post(page_of(pin, "accept")).status_code == 302
        assert StatusChange.objects.count() == 1

    def test_somebody_else_was_faster(self, desk, west):
        pin = make_pin()
        change_status(
            pin=pin,
            to=Status.IN_REVIEW,
            actor=make_user("bert"),
            roles={Role.BODY},
            body=west,
        )

        assert_refused(desk.post(page_of(pin, "accept")), "__all__", status=409)
        assert StatusChange.objects.count() == 1

    def test_the_button_is_there_while_it_is_new(self, desk):
        assert "Accept responsibility" in text_of(desk.get(page_of(make_pin())))
        pin = make_pin(status=Status.IN_REVIEW)
        assert "Accept responsibility" not in text_of(desk.get(page_of(pin)))


class TestUndo:
    def test_within_its_minute(self, desk):
        pin = make_pin()
        page = desk.post(page_of(pin, "accept"), follow=True)
        assert "Take back" in text_of(page)

        response = desk.post(
            f"{DESK}undo", {"next": fields_of(page)["next"]}, follow=True
        )

        assert response.redirect_chain == [(page_of(pin), 302)]
        assert Pin.objects.get().status == Status.RECEIVED
        assert said(response) == ["1 step taken back."]
        assert "Take back" not in text_of(response)
        assert PublicPin.objects.get().steps() == []

    def test_it_names_what_it_takes_back_also_after_something_else(self, desk):
        pin = make_pin()
        desk.post(page_of(pin, "accept"))
        page = desk.post(page_of(pin, "notes"), {"text": "Call them."}, follow=True)
        assert "Take back: In review" in text_of(page)

    def test_twice_is_once(self, desk):
        desk.post(page_of(make_pin(), "accept"))
        for _ in range(2):
            assert desk.post(f"{DESK}undo")["Location"] == DESK
        assert StatusChange.objects.count() == 2

    def test_it_is_not_offered_afterwards(self, desk):
        pin = make_pin()
        desk.post(page_of(pin, "accept"))
        session = desk.session
        session["undo"] |= {"until": timezone.now().isoformat()}
        session.save()

        assert "Take back" not in text_of(desk.get(page_of(pin)))

    def test_nor_done(self, desk, settings):
        settings.UNDO_PERIOD = datetime.timedelta(0)
        desk.post(page_of(make_pin(), "accept"))

        response = desk.post(f"{DESK}undo", follow=True)

        assert Pin.objects.get().status == Status.IN_REVIEW
        assert said(response)[-1] == "This step can no longer be taken back."

    def test_what_somebody_has_gone_on_with_stays(self, desk, west):
        pin = make_pin()
        desk.post(page_of(pin, "accept"))
        change_status(
            pin=pin,
            to=Status.REFERRED,
            actor=make_user("bert"),
            roles={Role.BODY},
            body=west,
        )

        response = desk.post(f"{DESK}undo", follow=True)

        assert Pin.objects.get().status == Status.REFERRED
        assert said(response)[-1].startswith("Something has happened since")

    def test_what_a_body_has_got_before_it_since_stays_there(self, desk, east):
        """Handed over by mistake, and within the minute on the agenda of the other."""
        pin = make_pin()
        desk.post(
            page_of(pin, "hand-over"), {"to_body": east.pk, "reason": "Liegt dort."}
        )
        put_on_agenda(sitting=make_sitting(east), pins=[pin], actor=make_user("bert"))

        response = desk.post(f"{DESK}undo", follow=True)

        assert PublicPin.objects.get().body == east
        assert Handover.objects.count() == 1
        assert said(response)[-1].startswith("It is on an agenda of Ortsbeirat Ost.")

    def test_a_step_with_what_is_on_an_agenda_since_stays(self, desk, west):
        pin = make_pin()
        desk.post(page_of(pin, "accept"))
        make_consultation(west, pin)

        response = desk.post(f"{DESK}undo", follow=True)

        assert Pin.objects.get().status == Status.IN_REVIEW
        assert said(response)[-1].startswith("It has been proposed to Ortsbeirat West")

    def test_what_was_before_a_body_already_is_no_obstacle(self, desk, west):
        pin = make_pin()
        make_consultation(west, pin)
        desk.post(page_of(pin, "accept"))

        desk.post(f"{DESK}undo")

        assert Pin.objects.get().status == Status.RECEIVED

    def test_only_by_who_may_move(self, desk, member):
        make_pin()
        assert member.post(f"{DESK}undo").status_code == 403

    @pytest.mark.parametrize(
        "address",
        [
            "https://example.org/",
            "//example.org",
            "/\\example.org",
            "javascript:x",
            "\x00",
            "",
            "nowhere",
            "home",
            "?x",
        ],
    )
    def test_it_leads_nowhere_else(self, desk, address):
        response = desk.post(f"{DESK}undo", {"next": address})
        assert response["Location"] == DESK

    def test_only_sent(self, desk):
        assert desk.get(f"{DESK}undo").status_code == 405

    def test_a_step_of_a_sitting_is_not(self, desk, anna, west):
        """Only its agenda takes that back: forged, or left over from an older session."""
        pin = make_pin(status=Status.IN_REVIEW)
        step = change_status(
            pin=pin,
            to=Status.SCHEDULED,
            actor=anna,
            roles={Role.SITTING},
            body=west,
        )
        consultation = make_consultation(west, pin)
        consultation.steps.create(change=step)
        session = desk.session
        session["undo"] = {
            "steps": [step.pk],
            "handovers": [],
            "until": (timezone.now() + datetime.timedelta(minutes=1)).isoformat(),
        }
        session.save()

        desk.post(f"{DESK}undo")

        assert Pin.objects.get().status == Status.SCHEDULED


class TestTemplates:
    @pytest.fixture
    def template(self, west):
        return AnswerTemplate.objects.create(
            body=west, title="Dank", text="Danke für {reference}, {unknown} {title}."
        )

    def test_without_a_script_the_page_comes_with_it(self, desk, template):
        pin = make_pin(title="Ein {body} am Weg", status=Status.IN_REVIEW)

        response = desk.post(
            page_of(pin),
            {
                "use_template": "1",
                "template": str(template.pk),
                "to_status": "referred",
                "public_note": "Schon getippt.",
            },
        )

        assert response.status_code == 200
        assert fields_of(response)["to_status"] == "referred"
        assert fields_of(response)["public_note"] == (
            f"Schon getippt.\n\nDanke für {pin.reference}, {{unknown}} "
            "Ein {body} am Weg."
        )
        assert not StatusChange.objects.exists()

    def test_with_a_script_it_is_there_filled_in(self, desk, template):
        pin = make_pin(title=SCRIPT)

        html = desk.get(page_of(pin)).content.decode()

        assert SCRIPT not in html
        assert f'data-text="Danke für {pin.reference}' in html

    @pytest.mark.parametrize(
        "chosen", ["", "0", "x", "\x00", "9" * 40, "9" * 5_000, "²", "other"]
    )
    def test_one_that_is_none(self, desk, east, chosen):
        other = AnswerTemplate.objects.create(body=east, title="x", text="Von Ost")
        pin = make_pin()
        data = {
            "use_template": "1",
            "template": str(other.pk) if chosen == "other" else chosen,
            "public_note": "Schon getippt.",
        }

        response = desk.post(page_of(pin), data)

        assert response.status_code == 200
        assert fields_of(response)["public_note"] == "Schon getippt."


class TestNotes:
    def test_who_and_when_in_their_order(self, desk, anna, west):
        pin = make_pin()
        for text in ("Zuerst.", "Danach."):
            response = desk.post(page_of(pin, "notes"), {"text": text}, follow=True)

        note = DeskNote.objects.earliest("pk")
        assert (note.author, note.body, note.text) == (anna, west, "Zuerst.")
        shown = text_of(response)
        assert shown.index("Zuerst.") < shown.index("Danach.")
        assert "anna" in shown

    def test_members_write_too(self, member):
        pin = make_pin()
        assert member.post(page_of(pin, "notes"), {"text": "Ja."}).status_code == 302
        assert DeskNote.objects.count() == 1

    def test_twice_is_once(self, desk):
        pin = make_pin()
        for _ in range(2):
            desk.post(page_of(pin, "notes"), {"text": "Nachfragen."})
        assert DeskNote.objects.count() == 1

    @pytest.mark.parametrize("text", ["", "  \n", "x" * 2001, "Mit\x00Null", "\x1b"])
    def test_what_cannot_be_kept(self, desk, text):
        pin = make_pin()

        response = desk.post(page_of(pin, "notes"), {"text": text})

        assert_refused(response, "text")
        assert fields_of(response)["text"] == text
        assert not DeskNote.objects.exists()

    def test_strange_words_stay_words(self, desk):
        pin = make_pin()
        html = desk.post(
            page_of(pin, "notes"), {"text": SCRIPT}, follow=True
        ).content.decode()
        assert SCRIPT not in html
        assert "&lt;script&gt;" in html

    def test_the_next_body_does_not_read_them(self, desk, anna, west, east, client):
        pin = make_pin()
        desk.post(page_of(pin, "notes"), {"text": "Nur für uns."})
        hand_over(
            pin=pin, to_body=east, actor=anna, from_body=west, reason="Nicht hier."
        )
        client.force_login(make_member(east))

        page = client.get(f"/en/desk/ortsbeirat-ost/{pin.reference}/")

        assert page.status_code == 200
        assert "Nur für uns." not in text_of(page)


class TestAssigning:
    def test_to_me_to_another_and_to_nobody(self, desk, anna, west):
        pin, bert = make_pin(), make_member(west, "bert")
        for assignee in (anna, bert):
            desk.post(page_of(pin, "assign"), {"assignee": assignee.pk})
            assert Assignment.objects.get().assignee == assignee

        response = desk.post(page_of(pin, "assign"), {"assignee": ""}, follow=True)

        assert not Assignment.objects.exists()
        assert said(response)[-1] == "Assigned to nobody."

    def test_to_oneself_by_a_button_of_its_own(self, desk, anna):
        pin = make_pin()
        assert "Assign to me" in text_of(desk.get(page_of(pin)))
        desk.post(page_of(pin, "assign"), {"assignee": anna.pk})
        assert "Assign to me" not in text_of(desk.get(page_of(pin)))

    @pytest.mark.parametrize("who", ["x", "0", "\x00", "9" * 40, "stranger"])
    def test_not_to_just_anybody(self, desk, who):
        pin, stranger = make_pin(), make_user("stranger")
        assignee = str(stranger.pk) if who == "stranger" else who

        response = desk.post(page_of(pin, "assign"), {"assignee": assignee})

        assert_refused(response, "assignee")
        assert not Assignment.objects.exists()

    def test_not_to_somebody_whose_seat_has_just_ended(self, desk, west, monkeypatch):
        pin, bert = make_pin(), make_member(west, "bert")

        def assign_too_late(**given):
            bert.memberships.update(valid_to=timezone.localdate())
            assign(**given)

        monkeypatch.setattr(pin_views, "assign", assign_too_late)
        response = desk.post(page_of(pin, "assign"), {"assignee": bert.pk})

        assert_refused(response, "assignee")
        assert not Assignment.objects.exists()

    def test_members_only_read_it(self, desk, member, anna, west):
        pin = make_pin()
        Assignment.objects.create(pin=pin, body=west, assignee=anna, assigned_by=anna)

        assert "anna" in text_of(member.get(page_of(pin)))
        assert member.post(page_of(pin, "assign"), {"assignee": ""}).status_code == 403
        assert Assignment.objects.exists()


class TestHandingOver:
    def data(self, body, reason="Der Weg liegt drüben."):
        return {"to_body": str(body.pk), "reason": reason}

    def test_it_goes_with_its_reason(self, desk, anna, west, east):
        pin = make_pin()
        assert "handed over" not in text_of(desk.get(page_of(pin)))

        response = desk.post(page_of(pin, "hand-over"), self.data(east), follow=True)

        assert response.redirect_chain == [(DESK, 302)]
        handover = Handover.objects.get()
        assert (handover.from_body, handover.to_body) == (west, east)
        assert (handover.actor, handover.reason) == (anna, "Der Weg liegt drüben.")
        assert PublicPin.objects.get().body == east
        assert desk.get(page_of(pin)).status_code == 404

    def test_it_is_taken_back_from_the_list(self, desk, west, east):
        pin = make_pin()
        desk.post(page_of(pin, "hand-over"), self.data(east))

        desk.post(f"{DESK}undo")

        assert PublicPin.objects.get().body == west
        history = text_of(desk.get(page_of(pin)))
        assert "Handover taken back" in history
        assert "Der Weg liegt drüben." not in text_of(
            desk.get(f"/en/pins/{pin.reference}")
        )

    def test_twice_is_once(self, desk, east):
        pin = make_pin()
        for _ in range(2):
            response = desk.post(page_of(pin, "hand-over"), self.data(east))
            assert response["Location"] == DESK
        assert Handover.objects.count() == 1

    @pytest.mark.parametrize(
        ("to_body", "reason", "field"),
        [
            ("", "Dort.", "to_body"),
            ("own", "Dort.", "to_body"),
            ("x\x00", "Dort.", "to_body"),
            ("9" * 40, "Dort.", "to_body"),
            ("east", " ", "reason"),
            ("east", "x" * 4001, "reason"),
            ("east", "Mit\x00Null", "reason"),
        ],
    )
    def test_what_cannot_be(self, desk, west, east, to_body, reason, field):
        pin = make_pin()
        bodies = {"own": str(west.pk), "east": str(east.pk)}
        data = {"to_body": bodies.get(to_body, to_body), "reason": reason}

        response = desk.post(page_of(pin, "hand-over"), data)

        assert_refused(response, field)
        assert fields_of(response)["reason"] == reason
        assert not Handover.objects.exists()

    def test_not_while_it_is_on_an_agenda(self, desk, west, east):
        pin = make_pin()
        make_consultation(west, pin, item=make_item(make_sitting(west)))

        response = desk.post(page_of(pin, "hand-over"), self.data(east))

        assert_refused(response, "__all__", status=409)
        assert fields_of(response)["reason"] == "Der Weg liegt drüben."

    def test_not_once_the_body_has_answered(self, desk, east):
        pin = make_pin(status=Status.ENDORSED)

        assert "Hand over" not in text_of(desk.get(page_of(pin)))
        assert desk.get(page_of(pin, "hand-over"))["Location"] == page_of(pin)
        response = desk.post(page_of(pin, "hand-over"), self.data(east))

        assert_refused(response, "__all__", status=409)

    def test_whoever_still_has_the_page_loses_nothing(self, desk, west, east):
        pin = make_pin()
        hand_over(
            pin=pin,
            to_body=east,
            actor=make_user("bert"),
            from_body=west,
            reason="Nicht hier.",
        )
        typed = f"Lange getippt. {SCRIPT}"

        for rest, data in [
            ("", {"to_status": "in_review", "public_note": typed}),
            ("notes", {"text": typed}),
            ("hand-over", self.data(east, typed)),
        ]:
            response = desk.post(page_of(pin, rest), data)
            assert response.status_code == 409
            assert "Ortsbeirat Ost" in text_of(response)
            assert SCRIPT not in response.content.decode()
            assert "Lange getippt." in text_of(response)
        for rest in ("accept", "assign", "merge"):
            assert desk.post(page_of(pin, rest)).status_code == 409
        assert not StatusChange.objects.exists()

    def test_of_a_pin_that_was_never_here_nothing_is_told(self, desk, east):
        pin = make_pin(district=17)
        response = desk.post(page_of(pin, "hand-over"), self.data(east))
        assert response.status_code == 404


class TestWhoMayAct:
    def test_members_are_told_who_does(self, desk, member, west):
        make_member(west, "clara", role=Membership.Role.CLERK)
        pin = make_pin()

        page = text_of(member.get(page_of(pin)))

        assert "anna, clara" in page
        for text in ("Accept responsibility", "Hand over", "Save and publish"):
            assert text not in page

    def test_nor_may_they_by_a_form_of_their_own(self, member, east):
        pin = make_pin()
        for rest, data in [
            ("", {"to_status": "in_review"}),
            ("accept", {}),
            ("hand-over", {"to_body": str(east.pk), "reason": "Dort."}),
            ("merge", {"into": make_pin().reference}),
        ]:
            assert member.post(page_of(pin, rest), data).status_code == 403
        assert not StatusChange.objects.exists()

    def test_where_nobody_has_a_seat_the_planning_office_is_named(self, member):
        assert "planning office" in text_of(member.get(page_of(make_pin())))


class TestWhatThePageTells:
    def test_the_history_names_people_and_steps_taken_back(self, desk, anna, west):
        pin = make_pin()
        desk.post(page_of(pin, "accept"))
        desk.post(f"{DESK}undo")

        page = text_of(desk.get(page_of(pin)))

        assert "In review taken back" in page
        assert "Taken back: In review" in page
        assert "Ortsbeirat West · anna" in page
        assert "anna" not in text_of(desk.get(f"/en/pins/{pin.reference}"))

    def test_before_which_bodies_it_is(self, desk, west, east):
        pin = make_pin()
        own = make_sitting(west)
        make_consultation(west, pin, item=make_item(own))
        make_consultation(east, pin)

        page = desk.get(page_of(pin))

        assert f"{DESK}sittings/{own.pk}/" in [a.get("href") for a in links_of(page)]
        assert "Ortsbeirat Ost" in text_of(page)
        assert "proposed" in text_of(page)

    @pytest.mark.parametrize("state", ["planned", "held"])
    def test_what_another_body_deals_with_in_private_is_its_own(
        self, desk, west, east, state
    ):
        pin = make_pin()
        sitting = make_sitting(east, state=state)
        make_consultation(
            east,
            pin,
            item=make_item(sitting, is_public=False),
            outcome="not_endorsed",
            reason="Geheim.",
            decided_at=timezone.now(),
        )

        page = desk.get(page_of(pin))

        assert "before this body" in text_of(page)
        assert "Not endorsed" not in text_of(page)
        assert f"sittings/{sitting.pk}/" not in page.content.decode()

    def test_others_nearby_at_this_desk_or_in_public(self, desk, east):
        pin = make_pin()
        here = make_pin(title="Der Zebrastreifen fehlt hier")
        there = make_pin(title="Der Zebrastreifen fehlt dort")
        Pin.objects.filter(pk=there.pk).update(handed_to=east)

        links = [a.get("href") for a in links_of(desk.get(page_of(pin)))]

        assert page_of(here) in links
        assert f"/en/pins/{there.reference}" in links
        assert page_of(pin) not in links

    def test_planners_read_who_must_be_heard(self, client, west):
        client.force_login(make_planner())
        pin = make_pin(status=Status.REFERRED)

        page = client.get(page_of(pin))
        assert "Not heard: Ortsbeirat West" in text_of(page)
        assert 'value="adopted"' not in page.content.decode()
        response = client.post(page_of(pin), {"to_status": "adopted"})

        assert_refused(response, "__all__", status=409)
        assert "Ortsbeirat West" in text_of(response)

    def test_a_pin_hidden_meanwhile_is_not_there(self, desk):
        pin = make_pin()
        hide_pin(pin=pin, actor=make_moderator(), reason="Es nennt Namen.")
        for rest in ("accept", "notes", "assign", "hand-over", "merge"):
            assert desk.post(page_of(pin, rest)).status_code == 404

    def test_a_page_of_comments_that_is_none(self, desk):
        assert desk.get(page_of(make_pin(), "?after=x")).status_code == 400

    def test_queries_do_not_grow(self, desk, anna, west, django_assert_max_num_queries):
        pin = make_pin()
        make_comment(pin)
        make_consultation(west, pin)
        for number in range(5):
            DeskNote.objects.create(
                pin=pin, body=west, author=make_member(west, f"m{number}"), text="Ja."
            )
            AnswerTemplate.objects.create(body=west, title=f"T{number}", text="Ja.")
            make_pin(title=f"Noch ein Zebrastreifen {number}")
        for to in (Status.IN_REVIEW, Status.NOT_ENDORSED, Status.IN_REVIEW):
            change_status(
                pin=pin,
                to=to,
                actor=anna,
                roles={Role.BODY},
                body=west,
                public_note="Ja.",
            )
        with django_assert_max_num_queries(13):
            desk.get(page_of(pin))
