"""The planners' pages of measures: states, milestones and places, refused or too late."""

import datetime
import json

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from insek.concept.keeping import ConceptRefused
from insek.concept.measuring import delete_measure, delete_milestone, save_measure
from insek.forms import shape
from insek.models import Link, Measure, MeasureGoal, Milestone, Submission
from insek.views import planning_measures
from pins.models import News
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_event,
    make_goal,
    make_link,
    make_measure,
    make_milestone,
    make_pin,
    make_planner,
    make_user,
)
from tests.geometries import district_square, point_in
from tests.late import delete_what_is_found
from tests.pages import assert_refused, fields_of, text_of

State = Measure.State
NEW = "/planning/concept/measures/new"
pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(client):
    make_district(16)
    client.force_login(make_planner())
    return client


@pytest.fixture
def deleted_meanwhile(monkeypatch):
    delete_what_is_found(monkeypatch, planning_measures)


def address_of(row, page=""):
    kind = "measures" if isinstance(row, Measure) else "milestones"
    return f"/planning/concept/{kind}/{row.pk}/{page}"


def form_of(client, measure):
    """Return what the form of a measure sends, without those of states and milestones."""
    form = fields_of(client.get(address_of(measure)))
    names = {*form} - {"file", "csrfmiddlewaretoken", "done_on"}
    own = {name for name in names if not name.startswith(("state-", "milestone-"))}
    return {name: form[name] for name in own}


class TestMeasure:
    def test_nothing_is_done_in_part(self):
        measure = make_measure(state=State.DONE, progress=100)
        measure.progress = 50
        with pytest.raises(ConceptRefused) as error:
            save_measure(measure=measure, goals={}, actor=make_user())
        assert error.value.field == "progress"

    def test_progress_before_work_begins_is_said_at_its_field(self, planner):
        sent = {"number": "M 1", "title_de": "Radweg", "progress": "10"}
        answer = planner.post(NEW, sent)
        assert_refused(answer, "progress")
        assert not Measure.objects.exists()

    def test_the_end_comes_after_the_beginning(self, planner):
        sent = {
            "number": "M 1",
            "title_de": "Radweg",
            "starts_on": "2027-05-01",
            "ends_on": "2027-04-30",
        }
        assert_refused(planner.post(NEW, sent), "ends_on")
        assert planner.post(NEW, sent | {"ends_on": "2027-05-01"}).status_code == 302

    @pytest.mark.parametrize("reason", ["x" * 301, "\0"])
    def test_a_reason_that_cannot_be_kept_is_said_with_its_goal(self, planner, reason):
        goal = make_goal("2.1")
        sent = {"number": "M 1", "title_de": "Radweg", "goals": [goal.pk]}
        answer = planner.post(NEW, sent | {f"reason-{goal.pk}": reason})
        assert_refused(answer, "__all__")
        assert "2.1" in str(answer.context["form"].errors)
        assert not Measure.objects.exists()

    def test_who_linked_a_goal_stays_as_long_as_the_reason_does(self, planner):
        goal = make_goal("2.1")
        measure = make_measure("M 1")
        first = make_user("erste")
        save_measure(measure=measure, goals={goal: "Weil"}, actor=first)
        form = form_of(planner, measure)
        assert form[f"reason-{goal.pk}"] == "Weil"
        planner.post(address_of(measure), form)
        assert MeasureGoal.objects.get().linked_by == first
        form = form_of(planner, measure) | {f"reason-{goal.pk}": "Darum"}
        planner.post(address_of(measure), form)
        assert MeasureGoal.objects.get().linked_by == User.objects.get(
            username="planung"
        )

    def test_published_by_its_form_it_is_told_once(self, planner):
        measure = make_measure("M 1", is_public=False)
        pin = make_pin()
        make_link(measure, pin=pin)
        planner.post(address_of(measure), form_of(planner, measure))
        assert not News.objects.exists()
        for _ in range(2):
            sent = form_of(planner, measure) | {"is_public": "on"}
            assert planner.post(address_of(measure), sent).status_code == 302
        news = News.objects.get()
        assert (news.pin, news.texts["en"]["note"]) == (pin, "Genau darum geht es.")

    def test_laid_before_a_body_it_is_not_deleted(self, planner):
        measure = make_measure()
        matter = make_consultation(make_body()).matter
        submission = Submission.objects.create(
            kind="measures", matter=matter, text="Beschluss", created_by=make_user()
        )
        submission.measures.add(measure)
        answer = planner.post(address_of(measure, "delete"))
        assert answer.status_code == 409
        assert "Vorlagen" in text_of(answer)
        submission.measures.clear()
        delete_measure(measure=measure)
        assert not Measure.objects.exists()


class TestState:
    def test_taken_on_by_the_form(self, planner):
        measure = make_measure()
        form = fields_of(planner.get(address_of(measure)))
        sent = {
            "state-to": "in_progress",
            "state-progress": "30",
            "state-read": form["state-read"],
        }
        answer = planner.post(address_of(measure, "state"), sent)
        assert answer.status_code == 302
        measure.refresh_from_db()
        assert (measure.state, measure.progress) == (State.IN_PROGRESS, 30)

    def test_who_comes_second_is_told_and_can_send_it_again(self, planner):
        measure = make_measure()
        form = fields_of(planner.get(address_of(measure)))
        save_measure(measure=measure, goals={}, actor=make_user())
        address = address_of(measure, "state")
        sent = {"state-to": "stopped", "state-reason": "Kein Geld"}
        answer = planner.post(address, sent | {"state-read": form["state-read"]})
        assert answer.status_code == 409
        measure.refresh_from_db()
        assert measure.state == State.PLANNED
        again = fields_of(answer)
        assert again["state-reason"] == "Kein Geld"
        answer = planner.post(address, sent | {"state-read": again["state-read"]})
        assert answer.status_code == 302
        measure.refresh_from_db()
        assert measure.stopped_because == "Kein Geld"


class TestMilestones:
    def test_changed_by_its_form(self, planner):
        milestone = make_milestone(make_measure())
        form = fields_of(planner.get(address_of(milestone)))
        sent = form | {"title_de": "Baubeginn", "due_on": "2027-05-01"}
        assert planner.post(address_of(milestone), sent).status_code == 302
        milestone.refresh_from_db()
        assert milestone.title_de == "Baubeginn"
        assert milestone.due_on == datetime.date(2027, 5, 1)

    def test_what_is_refused_stands_at_its_field(self, planner):
        milestone = make_milestone(make_measure())
        form = fields_of(planner.get(address_of(milestone)))
        answer = planner.post(address_of(milestone), form | {"due_on": "bald"})
        assert_refused(answer, "due_on")
        assert fields_of(answer)["title_de"] == "Planung liegt vor"

    def test_both_versions_are_shown_to_who_comes_second(self, planner):
        milestone = make_milestone(make_measure())
        mine = fields_of(planner.get(address_of(milestone)))
        Milestone.objects.update(title_de="Das der anderen")
        mine["title_de"] = "Meins"
        answer = planner.post(address_of(milestone), mine)
        assert answer.status_code == 409
        assert "Das der anderen" in text_of(answer)
        again = fields_of(answer)
        assert again["title_de"] == "Meins"
        assert planner.post(address_of(milestone), again).status_code == 302
        milestone.refresh_from_db()
        assert milestone.title_de == "Meins"

    def test_opened_again_and_deleted(self, planner):
        milestone = make_milestone(make_measure(), done_on=timezone.localdate())
        planner.post(address_of(milestone, "reopen"))
        milestone.refresh_from_db()
        assert milestone.done_on is None
        again = planner.post(address_of(milestone, "reopen"), follow=True)
        assert "ist schon offen" in text_of(again)
        planner.post(address_of(milestone, "delete"))
        assert not Milestone.objects.exists()

    def test_with_links_it_is_not_deleted(self, planner):
        milestone = make_milestone(make_measure())
        make_link(milestone, event=make_event())
        with pytest.raises(ConceptRefused):
            delete_milestone(milestone=milestone)
        answer = planner.post(address_of(milestone, "delete"), follow=True)
        assert "kann nicht gelöscht werden" in text_of(answer)
        assert Link.objects.get().milestone == milestone


class TestGone:
    """Somebody else deletes what a planner has open: not found, and nothing comes back."""

    def test_a_measure(self, planner, deleted_meanwhile):
        measure = make_measure()
        sent = {"number": "M 1", "title_de": "Radweg"}
        assert planner.post(address_of(measure), sent).status_code == 404
        assert not Measure.objects.exists()

    def test_its_state(self, planner, deleted_meanwhile):
        sent = {"state-to": "in_progress"}
        address = address_of(make_measure(), "state")
        assert planner.post(address, sent).status_code == 404
        assert not Measure.objects.exists()

    @pytest.mark.parametrize(
        ("page", "sent"),
        [
            ("", {"title_de": "Bau", "due_on": "2027-05-01"}),
            ("done", {"done_on": "2026-01-01"}),
            ("reopen", {}),
            ("delete", {}),
        ],
    )
    def test_a_milestone(self, planner, deleted_meanwhile, page, sent):
        address = address_of(make_milestone(make_measure()), page)
        assert planner.post(address, sent).status_code == 404
        assert not Milestone.objects.exists()


class TestPlace:
    def send(self, planner, **values):
        return planner.post(NEW, {"number": "M 1", "title_de": "Radweg"} | values)

    def file_of(self, *shapes):
        features = [
            {"type": "Feature", "properties": {}, "geometry": json.loads(one.geojson)}
            for one in shapes
        ]
        document = {"type": "FeatureCollection", "features": features}
        return SimpleUploadedFile("a.geojson", json.dumps(document).encode())

    def test_too_long_a_text_is_refused(self, planner, monkeypatch):
        monkeypatch.setattr(shape, "MOST_LETTERS", 10)
        answer = self.send(planner, geometry=point_in(16).wkt)
        assert_refused(answer, "geometry")

    def test_too_many_points_are_refused_with_the_number(self, planner, monkeypatch):
        monkeypatch.setattr(shape, "MOST_POINTS", 4)
        answer = self.send(planner, geometry=district_square(16).wkt)
        assert_refused(answer, "geometry")
        assert "4" in answer.context["form"].errors["geometry"][0]

    def test_too_large_a_file_is_refused(self, planner, monkeypatch):
        monkeypatch.setattr(shape, "FILE_BYTES", 10)
        answer = self.send(planner, file=self.file_of(point_in(16)))
        assert_refused(answer, "file")

    def test_a_file_of_one_shape_is_that_shape(self, planner):
        answer = self.send(planner, file=self.file_of(point_in(16)))
        assert answer.status_code == 302
        place = Measure.objects.get().geometry
        assert place
        assert (place.geom_type, place.srid) == ("Point", 4326)
        assert place.equals(point_in(16))

    def test_a_file_of_points_and_areas_is_refused(self, planner):
        file = self.file_of(point_in(16), district_square(16))
        assert_refused(self.send(planner, file=file), "file")
        assert not Measure.objects.exists()
