"""Measures: how planners change them, and what everyone reads."""

import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from insek.concept.keeping import ConceptRefused
from insek.concept.measuring import (
    change_measure_state,
    complete_milestone,
    delete_measure,
    digest_of_measure,
    reopen_milestone,
    save_measure,
)
from insek.concept.places import councils_concerned, districts_by_measure
from insek.models import Link, Measure, MeasureGoal
from insek.reading import ChangedMeanwhile
from insek.trace.tracing import refresh_outcomes
from pins.models import News, PublicPin
from tests.factories import (
    make_district,
    make_goal,
    make_measure,
    make_milestone,
    make_pin,
    make_planner,
    make_user,
)
from tests.geometries import district_square, point_in
from tests.pages import fields_of, text_of

State = Measure.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def districts():
    return [make_district(16, slug="west"), make_district(17, slug="east")]


class TestState:
    def test_done_is_done_in_full_and_can_be_taken_up_again(self):
        measure = make_measure(state=State.IN_PROGRESS, progress=40)
        done = change_measure_state(measure=measure, to=State.DONE)
        assert done.progress == 100
        again = change_measure_state(measure=measure, to=State.IN_PROGRESS, progress=90)
        assert (again.state, again.progress) == (State.IN_PROGRESS, 90)

    def test_not_from_proposed_to_done(self):
        measure = make_measure(state=State.PROPOSED)
        with pytest.raises(ConceptRefused):
            change_measure_state(measure=measure, to=State.DONE)

    def test_stopped_only_with_a_reason_that_goes_when_it_goes_on(self):
        measure = make_measure()
        with pytest.raises(ConceptRefused):
            change_measure_state(measure=measure, to=State.STOPPED, reason=" ")
        stopped = change_measure_state(
            measure=measure, to=State.STOPPED, reason="Kein Geld"
        )
        assert stopped.stopped_because == "Kein Geld"
        resumed = change_measure_state(measure=measure, to=State.PLANNED)
        assert resumed.stopped_because == ""

    @pytest.mark.parametrize(
        ("state", "progress"), [(State.PLANNED, 10), (State.IN_PROGRESS, 100)]
    )
    def test_progress_fits_the_state(self, state, progress):
        measure = make_measure(state=state)
        measure.progress = progress
        with pytest.raises(ConceptRefused):
            save_measure(measure=measure, goals={}, actor=make_user())


class TestSaving:
    def test_the_reason_of_a_goal_is_kept_with_who_gave_it(self):
        goal, actor = make_goal("2.1"), make_user()
        measure = make_measure("M 1", goal)
        save_measure(measure=measure, goals={goal: "Weil"}, actor=actor)
        link = MeasureGoal.objects.get()
        assert (link.reason, link.linked_by) == ("Weil", actor)
        save_measure(measure=measure, goals={}, actor=actor)
        assert not MeasureGoal.objects.exists()

    def test_the_address_stays_and_is_its_own(self):
        first = make_measure("M 1", slug="radweg", title_de="Radweg")
        second = save_measure(
            measure=Measure(number="M 2", title_de="Radweg"),
            goals={},
            actor=make_user(),
        )
        assert second.slug == "radweg-2"
        first.title_de = "Anders"
        assert (
            save_measure(measure=first, goals={}, actor=make_user("b")).slug == "radweg"
        )

    def test_two_planners_do_not_overwrite_each_other(self):
        measure, actor = make_measure(), make_user()
        read = digest_of_measure(measure)
        change_measure_state(measure=measure, to=State.IN_PROGRESS, read=read)
        with pytest.raises(ChangedMeanwhile):
            save_measure(measure=measure, goals={}, actor=actor, read=read)

    def test_publishing_shows_it_beside_its_contributions_and_tells_once(
        self, districts
    ):
        measure = make_measure(is_public=False)
        pin, actor = make_pin(), make_user()
        Link.objects.create(pin=pin, measure=measure, linked_by=actor)
        refresh_outcomes([pin.pk])
        assert PublicPin.objects.get(pk=pin.pk).measure is None
        measure.is_public = True
        for _ in range(2):
            save_measure(measure=measure, goals={}, actor=actor)
        assert PublicPin.objects.get(pk=pin.pk).measure == str(measure)
        assert News.objects.filter(pin=pin).count() == 1

    def test_what_is_linked_is_not_deleted(self, districts):
        measure = make_measure()
        Link.objects.create(pin=make_pin(), measure=measure, linked_by=make_user())
        with pytest.raises(ConceptRefused):
            delete_measure(measure=measure)


class TestMilestones:
    def test_done_once_and_told_once(self, districts):
        milestone = make_milestone(make_measure())
        Link.objects.create(
            pin=make_pin(), measure=milestone.measure, linked_by=make_user()
        )
        complete_milestone(milestone=milestone)
        with pytest.raises(ConceptRefused):
            complete_milestone(milestone=milestone)
        assert News.objects.count() == 1

    def test_not_ahead_of_time(self):
        ahead = timezone.localdate() + datetime.timedelta(days=1)
        milestone = make_milestone(make_measure())
        with pytest.raises(ConceptRefused):
            complete_milestone(milestone=milestone, done_on=ahead)

    def test_opened_again(self):
        milestone = make_milestone(make_measure(), done_on=timezone.localdate())
        assert reopen_milestone(milestone=milestone).done_on is None
        with pytest.raises(ConceptRefused):
            reopen_milestone(milestone=milestone)


class TestPlaces:
    def test_an_area_with_a_common_border_lies_in_one_district(self, districts):
        area = make_measure("M 1", geometry=district_square(16))
        corner = make_measure("M 2", geometry=point_in(16, east=1))
        nowhere = make_measure("M 3")
        found = districts_by_measure([area, corner, nowhere])
        assert [d.slug for d in found[area.pk]] == ["west"]
        assert [d.slug for d in found[corner.pk]] == ["west", "east"]
        assert nowhere.pk not in found
        within = Measure.objects.within(districts[1])
        assert list(within) == [corner]

    def test_the_councils_that_must_be_heard(self, districts):
        measure = make_measure(geometry=point_in(17))
        assert [b.name for b in councils_concerned([measure])] == ["Ortsbeirat 17"]


class TestPublicPages:
    def test_a_draft_is_nowhere(self, client, districts):
        make_measure("M 7", is_public=False, title_de="Geheim", geometry=point_in(16))
        goal = make_goal("2.1", is_public=False, title_de="Verborgen")
        make_measure("M 8", goal)
        assert client.get("/insek/measures/m-7/").status_code == 404
        assert client.get("/insek/goals/2.1/").status_code == 404
        for address in (
            "/insek/measures/",
            "/insek/measures/m-8/",
            "/insek/measures.geojson",
            "/insek/goals/",
            "/insek/fields/feld-2/",
        ):
            words = client.get(address).content.decode()
            assert "Geheim" not in words
            assert "Verborgen" not in words

    def test_filters_leave_only_what_passes(self, client, districts):
        goal = make_goal("2.1")
        make_measure("M 1", goal, office="Tiefbau", geometry=point_in(16))
        make_measure("M 2", state=State.DONE, progress=100)
        for query in (
            "goal=2.1",
            "field=feld-2",
            "office=Tiefbau",
            "district=west",
            "state=planned",
        ):
            words = text_of(client.get(f"/insek/measures/?{query}"))
            assert "Maßnahme M 1" in words, query
            assert "Maßnahme M 2" not in words, query

    @pytest.mark.parametrize(
        "query", ["state=x", "district=x", "goal=%00", "sort=x", "page=0", "page=x"]
    )
    def test_unknown_filters_are_said(self, client, query):
        assert client.get(f"/insek/measures/?{query}").status_code == 400
        answer = client.get(f"/insek/measures.geojson?{query}")
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"

    def test_a_page_after_the_last_is_not_found(self, client):
        assert client.get("/insek/measures/?page=2").status_code == 404

    def test_twenty_a_page_in_the_order_of_numbers_in_few_queries(
        self, client, districts, django_assert_max_num_queries
    ):
        for n in range(1, 26):
            make_measure(f"M {n}", geometry=point_in(16))
        with django_assert_max_num_queries(16):
            words = text_of(client.get("/insek/measures/"))
        assert "M 20 " in words
        assert "Maßnahme M 21" not in words
        assert words.index("Maßnahme M 2") < words.index("Maßnahme M 10")

    def test_geojson_says_all_languages_and_the_districts(self, client, districts):
        make_measure("M 1", geometry=point_in(16))
        make_measure("M 2")
        answer = client.get("/insek/measures.geojson")
        assert answer["Content-Type"] == "application/geo+json"
        first, second = json.loads(answer.content)["features"]
        assert first["geometry"]["type"] == "Point"
        assert first["properties"]["districts"] == ["west"]
        assert first["properties"]["title_en"] == "Measure M 1"
        assert second["geometry"] is None
        again = client.get("/insek/measures.geojson", HTTP_IF_NONE_MATCH=answer["ETag"])
        assert again.status_code == 304

    def test_a_measure_says_what_is_overdue(self, client):
        measure = make_measure("M 1", make_goal("2.1"))
        make_milestone(measure, days=-3)
        words = text_of(client.get("/insek/measures/m-1/"))
        assert "Ziel 2.1" in words
        assert "Planung liegt vor" in words


def place():
    """Return where the only measure is."""
    geometry = Measure.objects.get().geometry
    assert geometry
    return geometry


class TestForm:
    @pytest.fixture
    def planner(self, client):
        client.force_login(make_planner())
        return client

    def send(self, planner, **values):
        sent = {"number": "M 1", "title_de": "Radweg"} | values
        return planner.post("/planning/concept/measures/new", sent)

    @pytest.mark.parametrize(
        "place",
        [
            "{",
            "POINT (1 1)",
            "POINT (nan nan)",
            "POINT EMPTY",
            "\0",
            '{"type": "Point"}',
            "GEOMETRYCOLLECTION (POINT (7.755 49.38))",
            "CIRCULARSTRING (7.75 49.376,7.755 49.38,7.76 49.376)",
            (
                '{"type": "Point", "coordinates": [7.755, 49.38], "crs": {"type": "link", '
                '"properties": {"href": "http://127.0.0.1/"}}}'
            ),
            "POLYGON ((7.75 49.376,7.76 49.38,7.76 49.376,7.75 49.38,7.75 49.376))",
        ],
    )
    def test_what_is_no_place_in_the_city_is_said_at_its_field(
        self, planner, districts, place
    ):
        answer = self.send(planner, geometry=place)
        assert answer.status_code == 422
        assert fields_of(answer)["title_de"] == "Radweg"
        assert not Measure.objects.exists()

    def test_a_feature_with_heights_is_taken_flat(self, planner, districts):
        x, y = point_in(16).coords
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [x, y, 250]},
        }
        assert self.send(planner, geometry=json.dumps(feature)).status_code == 302
        assert place().coords == (x, y)

    def test_a_whole_district(self, planner, districts):
        assert self.send(planner, whole_district="west").status_code == 302
        assert place().equals(district_square(16))

    def test_a_file_that_is_none_is_said(self, planner, districts):
        answer = self.send(planner, file=SimpleUploadedFile("a.geojson", b"nothing"))
        assert answer.status_code == 422

    def test_a_file_of_points_becomes_one_place(self, planner, districts):
        features = [
            {
                "type": "Feature",
                "properties": {},
                "geometry": json.loads(point_in(16, east).geojson),
            }
            for east in (0.25, 0.75)
        ]
        document = {"type": "FeatureCollection", "features": features}
        file = SimpleUploadedFile("a.geojson", json.dumps(document).encode())
        assert self.send(planner, file=file).status_code == 302
        assert place().geom_type == "MultiPoint"

    def test_goals_are_served_with_reasons(self, planner, districts):
        goal = make_goal("2.1")
        answer = self.send(planner, goals=[goal.pk], **{f"reason-{goal.pk}": "Weil"})
        assert answer.status_code == 302
        assert MeasureGoal.objects.get().reason == "Weil"

    def test_a_number_is_given_once(self, planner, districts):
        make_measure("M 1")
        assert self.send(planner).status_code == 422

    def test_both_versions_are_shown_to_who_comes_second(self, planner, districts):
        measure = make_measure("M 1")
        address = f"/planning/concept/measures/{measure.pk}/"
        mine = {
            name: value
            for name, value in fields_of(planner.get(address)).items()
            if "-" not in name and name not in {"file", "csrfmiddlewaretoken"}
        }
        measure.office = "Das andere Referat"
        save_measure(measure=measure, goals={}, actor=make_user())
        mine |= {"office": "Mein Referat", "title_de": "Radweg"}
        mine["read"] = digest_of_measure(Measure(modified_at=timezone.now()))
        answer = planner.post(address, mine)
        assert answer.status_code == 409
        assert "Das andere Referat" in text_of(answer)
        assert fields_of(answer)["office"] == "Mein Referat"

    def test_a_refused_state_stands_at_its_field(self, planner, districts):
        measure = make_measure()
        address = f"/planning/concept/measures/{measure.pk}/state"
        for sent in ({}, {"state-to": "done"}, {"state-to": "stopped"}):
            assert planner.post(address, sent).status_code == 422
        assert planner.get(address).status_code == 405

    def test_milestones_by_forms(self, planner, districts):
        measure = make_measure()
        address = f"/planning/concept/measures/{measure.pk}/milestones"
        assert planner.post(address, {}).status_code == 422
        sent = {"milestone-title_de": "Bau", "milestone-due_on": "2027-05-01"}
        planner.post(address, sent)
        milestone = measure.milestones.get()
        one = f"/planning/concept/milestones/{milestone.pk}/"
        planner.post(f"{one}done", {"done_on": "2999-01-01"})
        milestone.refresh_from_db()
        assert milestone.done_on is None
        planner.post(f"{one}done", {"done_on": "2026-01-01"})
        milestone.refresh_from_db()
        assert milestone.done_on == datetime.date(2026, 1, 1)
