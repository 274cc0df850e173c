"""Planners write fields of action and goals; the tree stays a tree."""

import pytest
from django.db import IntegrityError, transaction

from insek.concept.keeping import (
    ConceptRefused,
    delete_field,
    delete_goal,
    digest_of_goal,
    save_goal,
)
from insek.models import FieldOfAction, Goal, Link
from insek.reading import ChangedMeanwhile
from insek.trace.tracing import refresh_outcomes
from pins.models import PublicPin
from tests.factories import (
    broken_constraint,
    make_district,
    make_field,
    make_goal,
    make_measure,
    make_pin,
    make_planner,
    make_user,
)
from tests.pages import fields_of, text_of

pytestmark = pytest.mark.django_db


def move(goal, number, *, field=None, parent=None):
    goal.field, goal.parent, goal.number = field or goal.field, parent, number
    save_goal(goal=goal)


def test_goals_stand_in_the_order_of_the_parts_of_their_numbers():
    for number in ("2.10", "2.9", "10.1", "2.9.1", "2.1"):
        make_goal(number)
    numbers = list(Goal.objects.values_list("number", flat=True))
    assert numbers == ["2.1", "2.9", "2.9.1", "2.10", "10.1"]


class TestDatabase:
    def test_no_goal_is_part_of_what_is_part_of_it(self):
        top = make_goal("2.1")
        middle = make_goal("2.1.1", parent=top)
        low = make_goal("2.1.1.1", parent=middle)
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Goal.objects.filter(pk=top.pk).update(parent=low)
        assert broken_constraint(error.value) == "goal_no_circle"

    def test_a_goal_lies_in_the_field_of_what_it_is_part_of(self):
        top = make_goal("2.1")
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            make_goal("3.1", parent=top)
        assert broken_constraint(error.value) == "goal_field_of_its_parent"


class TestMoving:
    def test_what_is_below_comes_along_with_new_numbers(self):
        top, other = make_goal("2.1"), make_goal("3.1")
        child = make_goal("2.1.1", parent=top)
        low = make_goal("2.1.1.4", parent=child)
        move(child, "3.1.7", field=other.field, parent=other)
        low.refresh_from_db()
        assert (low.number, low.field) == ("3.1.7.4", other.field)

    def test_not_below_itself(self):
        top = make_goal("2.1")
        child = make_goal("2.1.1", parent=top)
        with pytest.raises(ConceptRefused) as error:
            move(top, "2.1.1.1", parent=child)
        assert error.value.field == "parent"

    @pytest.mark.parametrize("number", ["3.1", "2.1.1", "2.x", "2.", "2", "2.2"])
    def test_the_number_fits_the_place_and_is_free(self, number):
        make_goal("2.2")
        goal = make_goal("2.1")
        with pytest.raises(ConceptRefused) as error:
            move(goal, number)
        assert error.value.field == "number"

    def test_numbers_below_that_are_taken_refuse_it(self):
        goal = make_goal("2.1")
        make_goal("2.1.1", parent=goal)
        make_goal("2.3.1")
        with pytest.raises(ConceptRefused):
            move(goal, "2.3")
        assert set(Goal.objects.values_list("number", flat=True)) == {
            "2.1",
            "2.1.1",
            "2.3.1",
        }

    def test_what_lists_say_of_contributions_follows(self):
        make_district(16)
        goal = make_goal("2.1", title_de="Alt")
        pin = make_pin()
        Link.objects.create(pin=pin, goal=goal, linked_by=make_user())
        refresh_outcomes([pin.pk])
        goal.title_de = "Neu"
        save_goal(goal=goal)
        assert PublicPin.objects.get(pk=pin.pk).goal == "2.1 Neu"
        goal.is_public = False
        save_goal(goal=goal)
        assert PublicPin.objects.get(pk=pin.pk).goal is None


def test_two_planners_do_not_overwrite_each_other():
    goal = make_goal("2.1")
    read = digest_of_goal(goal)
    save_goal(goal=Goal.objects.get(pk=goal.pk), read=read)
    with pytest.raises(ChangedMeanwhile):
        save_goal(goal=goal, read=read)


class TestDeleting:
    def test_with_what_hangs_on_it_said(self):
        goal = make_goal("2.1")
        make_goal("2.1.1", parent=goal)
        make_measure("M 1", goal)
        with pytest.raises(ConceptRefused, match="Maßnahmen"):
            delete_goal(goal=goal)
        with pytest.raises(ConceptRefused):
            delete_field(field=goal.field)

    def test_alone(self):
        goal = make_goal("2.1")
        delete_goal(goal=goal)
        delete_field(field=goal.field)
        assert not FieldOfAction.objects.exists()


class TestPages:
    @pytest.fixture
    def planner(self, client):
        client.force_login(make_planner())
        return client

    def test_a_goal_is_added_with_the_next_number(self, planner):
        make_goal("2.9")
        field = make_goal("2.10").field
        address = f"/planning/concept/goals/new?field={field.pk}"
        form = fields_of(planner.get(address))
        assert form["number"] == "2.11"
        answer = planner.post(address, form | {"title_de": "<script>x</script>"})
        assert answer.status_code == 302
        assert not Goal.objects.get(number="2.11").is_public
        page = planner.get("/planning/concept/").content.decode()
        assert "<script>x</script>" not in page

    def test_what_is_refused_stands_at_its_field_and_nothing_is_lost(self, planner):
        field = make_field(2)
        sent = {"field": field.pk, "number": "9.9", "title_de": "Mein Ziel"}
        answer = planner.post("/planning/concept/goals/new", sent)
        assert answer.status_code == 422
        assert fields_of(answer)["title_de"] == "Mein Ziel"
        assert not Goal.objects.exists()

    def test_both_versions_are_shown_to_who_comes_second(self, planner):
        goal = make_goal("2.1", title_de="Alt")
        address = f"/planning/concept/goals/{goal.pk}/"
        mine = fields_of(planner.get(address))
        goal.title_de = "Das der anderen"
        save_goal(goal=goal)
        answer = planner.post(address, mine | {"title_de": "Meins"})
        assert answer.status_code == 409
        assert "Das der anderen" in text_of(answer)
        again = fields_of(answer)
        assert again["title_de"] == "Meins"
        assert planner.post(address, again).status_code == 302
        goal.refresh_from_db()
        assert goal.title_de == "Meins"

    def test_a_refused_deletion_says_why(self, planner):
        goal = make_goal("2.1")
        make_measure("M 1", goal)
        answer = planner.post(f"/planning/concept/goals/{goal.pk}/delete")
        assert answer.status_code == 409
        assert Goal.objects.filter(pk=goal.pk).exists()

    @pytest.mark.parametrize("given", ["parent=x", "parent=99999", "field=-1"])
    def test_a_place_that_is_none_is_not_found(self, planner, given):
        answer = planner.get(f"/planning/concept/goals/new?{given}")
        assert answer.status_code == 404

    def test_only_planners(self, client):
        goal = make_goal("2.1")
        addresses = [
            "/planning/concept/",
            f"/planning/concept/goals/{goal.pk}/",
            f"/planning/concept/goals/{goal.pk}/delete",
        ]
        for address in addresses:
            assert client.get(address).status_code == 302
        client.force_login(make_user("lou"))
        for address in addresses:
            assert client.get(address).status_code == 403

    def test_the_tree_takes_few_queries(self, planner, django_assert_max_num_queries):
        for n in range(1, 30):
            make_measure(f"M {n}", make_goal(f"2.{n}"))
        with django_assert_max_num_queries(14):
            planner.get("/planning/concept/")
