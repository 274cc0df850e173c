"""Drafts go before the bodies, and what they resolve takes effect."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from councils.matters import unheard_bodies
from councils.models import Consultation, Hearing, Matter, Sitting
from councils.results import close_sitting
from councils.signals import results_took_effect
from districts.models import Body
from insek.concept.resolving import adoption, resolutions_on
from insek.concept.submitting import Draft, SubmissionRefused, submit
from insek.models import Link, Measure, Submission
from insek.trace.tracing import link_pins
from pins.models import News, PublicPin
from tests.factories import (
    make_body,
    make_district,
    make_goal,
    make_item,
    make_measure,
    make_member,
    make_milestone,
    make_pin,
    make_planner,
    make_sitting,
)
from tests.geometries import point_in
from tests.pages import fields_of, text_of

Outcome = Consultation.Outcome
State = Measure.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies():
    make_district(16)
    make_district(17)
    return {
        "west": Body.objects.get(slug="ortsbeirat-16"),
        "east": Body.objects.get(slug="ortsbeirat-17"),
        "committee": make_body("Ausschuss", kind=Body.Kind.COMMITTEE),
        "council": make_body("Stadtrat", kind=Body.Kind.COUNCIL),
    }


@pytest.fixture
def planner():
    return make_planner()


def lay_before(planner, bodies, *, measures=(), goals=(), **fields):
    values = {
        "kind": Submission.Kind.MEASURES,
        "title": "Maßnahmen beschließen",
        "text": "Der Stadtrat beschließt die Maßnahmen.",
    }
    draft = Draft(**(values | fields), goals=goals, measures=measures)
    asked = [bodies["committee"], bodies["council"]]
    return submit(draft=draft, bodies=asked, actor=planner)


def put(submission, body, *, is_public=True, state=Sitting.State.INVITED):
    """Put a submission on the agenda of a sitting that has begun."""
    sitting = make_sitting(body, days=-0.01, state=state)
    item = make_item(sitting, submission.matter.title, is_public=is_public)
    Consultation.objects.filter(
        matter=submission.matter, body=body, decided_at=None
    ).update(item=item)
    return sitting, item


def resolve(submission, body, outcome, actor, *, is_public=True, reason=""):
    sitting, item = put(submission, body, is_public=is_public)
    Consultation.objects.filter(item=item).update(outcome=outcome, reason=reason)
    return close_sitting(sitting=sitting, actor=actor)


class TestSubmitting:
    def test_the_councils_of_the_places_must_be_heard_though_nobody_chose_them(
        self, bodies, planner
    ):
        measure = make_measure(geometry=point_in(16))
        submission = lay_before(planner, bodies, measures=[measure])
        chain = list(submission.matter.consultations.values_list("body__slug", "role"))
        assert chain == [
            ("ortsbeirat-16", "hearing"),
            ("ausschuss", "advice"),
            ("stadtrat", "decision"),
        ]
        assert [b.slug for b in unheard_bodies(submission.matter)] == ["ortsbeirat-16"]

    def test_a_measure_of_the_whole_city_asks_who_is_chosen(self, bodies, planner):
        lay_before(planner, bodies, measures=[make_measure()])
        assert not Hearing.objects.exists()

    def test_without_a_body_nothing_is_kept(self, bodies, planner):
        draft = Draft(Submission.Kind.GOALS, "Ziele", "Beschluss", [make_goal()])
        with pytest.raises(SubmissionRefused):
            submit(draft=draft, bodies=[], actor=planner)
        assert not Matter.objects.exists()

    def test_the_same_form_submits_once(self, bodies, planner):
        draft = Draft(Submission.Kind.GOALS, "Ziele", "Beschluss", [make_goal()])
        key = uuid4()
        first, second = (
            submit(draft=draft, bodies=[bodies["council"]], actor=planner, key=key)
            for _ in range(2)
        )
        assert first == second
        assert Matter.objects.count() == 1


class TestResolving:
    def test_endorsed_by_who_decides(self, bodies, planner):
        goal = make_goal("2.1", is_public=False)
        measure = make_measure("M 1", goal, state=State.PROPOSED, is_public=False)
        stopped = make_measure("M 2", state=State.STOPPED, stopped_because="Geld")
        pin = make_pin()
        link_pins(pins=[pin], target=measure, actor=planner)
        submission = lay_before(
            planner, bodies, goals=[goal], measures=[measure, stopped]
        )
        resolve(submission, bodies["council"], Outcome.ENDORSED, planner)
        for row in (goal, measure, stopped):
            row.refresh_from_db()
        assert goal.is_public
        assert (measure.is_public, measure.state) == (True, State.PLANNED)
        assert stopped.state == State.STOPPED
        assert Link.objects.filter(consultation__isnull=False).count() == 3
        assert PublicPin.objects.get(pk=pin.pk).measure == str(measure)
        assert News.objects.filter(pin=pin).exists()
        resolutions = resolutions_on(measure)
        assert adoption(resolutions) == resolutions[0]

    def test_what_led_to_a_milestone_is_told_with_its_measure(self, bodies, planner):
        measure = make_measure("M 1", is_public=False)
        pin, other = make_pin(), make_pin()
        link_pins(pins=[pin], target=measure, actor=planner)
        link_pins(pins=[other], target=make_milestone(measure), actor=planner)
        submission = lay_before(planner, bodies, measures=[measure])
        resolve(submission, bodies["council"], Outcome.ENDORSED, planner)
        told = News.objects.filter(key__startswith="link:")
        assert set(told.values_list("pin", flat=True)) == {pin.pk, other.pk}

    @pytest.mark.parametrize(
        ("outcome", "reason"),
        [(Outcome.NOT_ENDORSED, "Zu teuer"), (Outcome.POSTPONED, "")],
    )
    def test_otherwise_it_is_only_shown(self, bodies, planner, outcome, reason):
        measure = make_measure(state=State.PROPOSED)
        submission = lay_before(planner, bodies, measures=[measure])
        resolve(submission, bodies["council"], outcome, planner, reason=reason)
        measure.refresh_from_db()
        assert measure.state == State.PROPOSED
        assert not Link.objects.exists()
        [resolution] = resolutions_on(measure)
        assert resolution.result
        assert resolution.result.outcome == outcome
        assert adoption([resolution]) is None

    def test_advice_changes_nothing(self, bodies, planner):
        measure = make_measure(state=State.PROPOSED, is_public=False)
        submission = lay_before(planner, bodies, measures=[measure])
        resolve(submission, bodies["committee"], Outcome.ENDORSED, planner)
        measure.refresh_from_db()
        assert (measure.state, measure.is_public) == (State.PROPOSED, False)

    def test_what_is_resolved_in_private_stays_there(self, bodies, planner, client):
        measure = make_measure(state=State.PROPOSED, is_public=False)
        submission = lay_before(planner, bodies, measures=[measure])
        resolve(
            submission, bodies["council"], Outcome.ENDORSED, planner, is_public=False
        )
        measure.refresh_from_db()
        assert (measure.state, measure.is_public) == (State.PROPOSED, False)
        assert resolutions_on(measure) == []
        address = submission.get_absolute_url()
        assert client.get(address).status_code == 404

    def test_a_receiver_that_fails_leaves_the_sitting_open(self, bodies, planner):
        measure = make_measure(state=State.PROPOSED)
        submission = lay_before(planner, bodies, measures=[measure])

        def fail(**_arguments):
            raise ZeroDivisionError

        results_took_effect.connect(fail)
        try:
            with pytest.raises(ZeroDivisionError):
                resolve(submission, bodies["council"], Outcome.ENDORSED, planner)
        finally:
            results_took_effect.disconnect(fail)
        measure.refresh_from_db()
        assert measure.state == State.PROPOSED
        assert not Link.objects.exists()
        assert Sitting.objects.get().state == Sitting.State.INVITED
        assert not Consultation.objects.filter(decided_at__isnull=False).exists()


class TestDesk:
    """A matter without contributions on the pages and papers of a body."""

    @pytest.fixture
    def submission(self, bodies, planner, client):
        client.force_login(make_member(bodies["council"]))
        return lay_before(planner, bodies, measures=[make_measure()])

    def test_among_the_proposals_and_on_the_way_to_an_agenda(self, client, submission):
        proposal = submission.matter.consultations.get(body__slug="stadtrat")
        for address in (
            "/desk/stadtrat/proposals/",
            f"/desk/stadtrat/agenda?consultation={proposal.pk}",
        ):
            words = text_of(client.get(address))
            assert "Maßnahmen beschließen" in words, address
            assert "Der Stadtrat beschließt die Maßnahmen." in words, address

    def test_on_the_agenda_in_the_room_and_in_papers(self, client, bodies, submission):
        sitting, _item = put(submission, bodies["council"])
        desk = f"/desk/stadtrat/sittings/{sitting.pk}/"
        for address in (desk, f"{desk}live", f"/sittings/{sitting.pk}/"):
            words = text_of(client.get(address))
            assert "Der Stadtrat beschließt die Maßnahmen." in words, address
            assert "nicht mehr" not in words, address
        for paper in ("dossier.pdf", "dossier.xlsx", "agenda.docx"):
            answer = client.get(f"{desk}{paper}?public=1")
            assert answer.status_code == 200, paper

    def test_nothing_of_a_non_public_item(self, client, bodies, submission):
        sitting, _item = put(submission, bodies["council"], is_public=False)
        client.logout()
        page = client.get(f"/sittings/{sitting.pk}/")
        assert "beschließt" not in text_of(page)
        assert client.get(submission.get_absolute_url()).status_code == 404

    def test_a_hearing_that_is_due_shows_the_draft(self, client, bodies, planner):
        measure = make_measure("M 5", geometry=point_in(16))
        lay_before(planner, bodies, measures=[measure])
        client.force_login(make_member(bodies["west"]))
        words = text_of(client.get("/desk/ortsbeirat-16/hearings/"))
        assert "Der Stadtrat beschließt die Maßnahmen." in words


class TestPages:
    def test_everyone_reads_it_once_it_is_on_a_public_agenda(
        self, client, bodies, planner
    ):
        measure = make_measure("M 1", geometry=point_in(16))
        hidden = make_measure("M 2", is_public=False, title_de="Geheim")
        document = SimpleUploadedFile("v.pdf", b"%PDF-1.7 test")
        submission = lay_before(
            planner, bodies, measures=[measure, hidden], document=document
        )
        assert re.fullmatch(r"submissions/[0-9a-f]{32}\.pdf", submission.document.name)
        address = submission.get_absolute_url()
        assert client.get(address).status_code == 404
        assert client.get(f"{address}draft.pdf").status_code == 404
        put(submission, bodies["west"])
        words = text_of(client.get(address))
        assert "Maßnahme M 1" in words
        assert "Geheim" not in words
        assert "Ortsbeirat 16" in words
        answer = client.get(f"{address}draft.pdf")
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 test"
        answer.close()

    def test_composed_and_submitted(self, client, bodies, planner):
        client.force_login(planner)
        measure = make_measure(geometry=point_in(16))
        start = "/planning/submissions/new"
        form = fields_of(client.get(f"{start}?kind=measures&measures={measure.pk}"))
        assert client.post(start, form).status_code == 422
        sent = form | {
            "title": "Maßnahmen",
            "text": "Beschluss",
            "bodies": [bodies["council"].pk],
        }
        answer = client.post(start, sent)
        page = client.get(answer["Location"])
        assert "Ortsbeirat 16" in text_of(page)
        client.post(start, sent)
        assert Submission.objects.count() == 1

    @pytest.mark.parametrize(
        "query", ["kind=x", "kind=goals", "kind=measures&measures=x", "kind=%00"]
    )
    def test_a_choice_that_is_none_is_said(self, client, planner, query):
        client.force_login(planner)
        answer = client.get(f"/planning/submissions/new?{query}")
        assert answer.status_code == 400

    def test_no_pdf_no_submission(self, client, bodies, planner):
        client.force_login(planner)
        measure = make_measure()
        answer = client.post(
            "/planning/submissions/new",
            {
                "kind": "measures",
                "measures": [measure.pk],
                "title": "T",
                "text": "B",
                "key": str(uuid4()),
                "bodies": [bodies["council"].pk],
                "document": SimpleUploadedFile("v.pdf", b"<html>"),
            },
        )
        assert answer.status_code == 422
        assert fields_of(answer)["text"] == "B"
        assert not Submission.objects.exists()

    def test_only_planners(self, client, bodies, planner):
        submission = lay_before(planner, bodies, measures=[make_measure()])
        client.force_login(make_member(bodies["council"]))
        for address in (
            "/planning/submissions/",
            "/planning/submissions/new",
            f"/planning/submissions/{submission.pk}/",
            f"/planning/submissions/{submission.pk}/draft.pdf",
        ):
            assert client.get(address).status_code == 403

    def test_the_list_takes_few_queries(
        self, client, bodies, planner, django_assert_max_num_queries
    ):
        for n in range(8):
            lay_before(planner, bodies, measures=[make_measure(f"M {n + 1}")])
        client.force_login(planner)
        with django_assert_max_num_queries(12):
            client.get("/planning/submissions/")
