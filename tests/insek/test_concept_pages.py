"""The planners' forms of fields and goals: what they refuse, and who comes too late."""

import pytest
from django.db import IntegrityError

from insek.concept.keeping import ConceptRefused, delete_goal, save_field, save_goal
from insek.concept.tree import read_trees
from insek.models import FieldOfAction, Goal, Submission
from insek.views import planning_concept
from pins.models import News
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_event,
    make_field,
    make_goal,
    make_link,
    make_measure,
    make_pin,
    make_planner,
    make_theme,
    make_user,
)
from tests.late import delete_what_is_found
from tests.pages import assert_refused, fields_of, links_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(client):
    client.force_login(make_planner())
    return client


@pytest.fixture
def deleted_meanwhile(monkeypatch):
    delete_what_is_found(monkeypatch, planning_concept)


class TestFields:
    def test_added_and_changed_with_its_themes(self, planner):
        theme = make_theme("energy")
        sent = {"number": 7, "title_de": "Energie", "slug": "energie"}
        answer = planner.post(
            "/planning/concept/fields/new", sent | {"themes": [theme.pk]}
        )
        assert answer.status_code == 302
        field = FieldOfAction.objects.get(number=7)
        assert list(field.themes.all()) == [theme]
        address = f"/planning/concept/fields/{field.pk}/"
        form = fields_of(planner.get(address))
        assert (form["number"], form["title_de"]) == ("7", "Energie")
        planner.post(address, form | {"title_de": "Energie und Klima"})
        field.refresh_from_db()
        assert field.title_de == "Energie und Klima"

    @pytest.mark.parametrize("number", ["0", "100", "-1", "x", "9" * 30, ""])
    def test_a_number_that_is_none_is_said_at_its_field(self, planner, number):
        sent = {"number": number, "title_de": "Energie", "slug": "energie"}
        answer = planner.post("/planning/concept/fields/new", sent)
        assert_refused(answer, "number")
        assert fields_of(answer)["title_de"] == "Energie"
        assert not FieldOfAction.objects.exists()

    def test_another_number_only_without_goals_that_carry_it(self, planner):
        goal = make_goal("2.1")
        address = f"/planning/concept/fields/{goal.field_id}/"
        form = fields_of(planner.get(address)) | {"number": "3"}
        assert_refused(planner.post(address, form), "number")
        delete_goal(goal=goal)
        assert planner.post(address, form).status_code == 302
        assert FieldOfAction.objects.get().number == 3

    def test_both_versions_are_shown_to_who_comes_second(self, planner):
        field = make_field(2)
        address = f"/planning/concept/fields/{field.pk}/"
        mine = fields_of(planner.get(address)) | {"title_de": "Meins"}
        FieldOfAction.objects.update(title_de="Das der anderen")
        answer = planner.post(address, mine)
        assert answer.status_code == 409
        assert "Das der anderen" in text_of(answer)
        assert FieldOfAction.objects.get().title_de == "Das der anderen"

    def test_themes_that_somebody_else_chose_are_not_overwritten(self, planner):
        field, theme = make_field(2), make_theme("energy")
        address = f"/planning/concept/fields/{field.pk}/"
        mine = fields_of(planner.get(address)) | {"text_de": "Mehr"}
        field.themes.set([theme])
        answer = planner.post(address, mine)
        assert answer.status_code == 409
        assert theme.title_de in text_of(answer)
        assert list(field.themes.all()) == [theme]
        again = fields_of(answer)
        assert planner.post(address, again).status_code == 302
        assert not field.themes.exists()

    def test_a_number_that_somebody_has_just_used_is_refused(self):
        make_field(2)
        field = FieldOfAction(number=2, slug="mobil", title_de="Mobilität")
        with pytest.raises(ConceptRefused) as error:
            save_field(field=field, themes=[])
        assert error.value.field == "number"

    def test_what_else_the_database_refuses_is_not_called_taken(self):
        field = FieldOfAction(number=-1, slug="mobil", title_de="Mobilität")
        with pytest.raises(IntegrityError):
            save_field(field=field, themes=[])


class TestGoals:
    def test_not_below_a_goal_of_another_field(self, planner):
        goal, other = make_goal("2.1"), make_goal("3.1")
        address = f"/planning/concept/goals/{goal.pk}/"
        form = fields_of(planner.get(address))
        sent = form | {"parent": other.pk, "number": "3.1.1"}
        assert_refused(planner.post(address, sent), "parent")
        goal.refresh_from_db()
        assert (goal.number, goal.parent) == ("2.1", None)

    def test_not_where_numbers_below_become_too_long(self, planner):
        goal = make_goal("2.1")
        make_goal("2.1.1.1.1.1", parent=goal)
        address = f"/planning/concept/goals/{goal.pk}/"
        form = fields_of(planner.get(address))
        assert_refused(planner.post(address, form | {"number": "2.100"}), "number")
        numbers = Goal.objects.values_list("number", flat=True)
        assert set(numbers) == {"2.1", "2.1.1.1.1.1"}

    def test_without_a_title_nothing_is_saved_and_nothing_typed_is_lost(self, planner):
        goal = make_goal("2.1")
        address = f"/planning/concept/goals/{goal.pk}/"
        form = fields_of(planner.get(address))
        answer = planner.post(address, form | {"title_de": " ", "text_de": "Mehr"})
        assert_refused(answer, "title_de")
        assert fields_of(answer)["text_de"] == "Mehr"
        goal.refresh_from_db()
        assert goal.title_de == "Ziel 2.1"

    def test_who_follows_a_linked_contribution_is_told_once_it_is_public(self, planner):
        make_district(16)
        goal = make_goal("2.1", is_public=False)
        pin = make_pin()
        make_link(goal, pin=pin)
        address = f"/planning/concept/goals/{goal.pk}/"
        form = fields_of(planner.get(address))
        planner.post(address, form)
        assert not News.objects.exists()
        for _ in range(2):
            form = fields_of(planner.get(address)) | {"is_public": "on"}
            assert planner.post(address, form).status_code == 302
        news = News.objects.get()
        assert news.pin == pin
        assert news.texts["en"]["what"] == "The city takes it up in a goal."
        assert news.texts["en"]["facts"] == []
        assert news.texts["en"]["note"] == "Genau darum geht es."

    def test_a_goal_with_links_or_submissions_is_not_deleted(self):
        linked, submitted = make_goal("2.1"), make_goal("2.2")
        make_link(linked, event=make_event())
        matter = make_consultation(make_body()).matter
        submission = Submission.objects.create(
            kind="goals", matter=matter, text="Beschluss", created_by=make_user()
        )
        submission.goals.add(submitted)
        for goal, reason in ((linked, "verknüpft"), (submitted, "Vorlagen")):
            with pytest.raises(ConceptRefused, match=reason):
                delete_goal(goal=goal)
        assert Goal.objects.count() == 2


class TestDeleting:
    @pytest.mark.parametrize("make", [make_field, make_goal, make_measure])
    def test_asked_first_and_then_done(self, planner, make):
        row = make()
        kind = {make_field: "fields", make_goal: "goals"}.get(make, "measures")
        address = f"/planning/concept/{kind}/{row.pk}/delete"
        assert str(row) in text_of(planner.get(address))
        assert type(row).objects.exists()
        answer = planner.post(address, follow=True)
        assert answer.redirect_chain == [("/planning/concept/", 302)]
        assert "Gelöscht." in text_of(answer)
        assert not type(row).objects.exists()
        assert planner.post(address).status_code == 404


class TestGone:
    """Somebody else deletes what a planner has open: not found, and nothing comes back."""

    def test_a_field(self, planner, deleted_meanwhile):
        field = make_field(2)
        sent = {"number": 2, "title_de": "Mobilität", "slug": "feld-2"}
        answer = planner.post(f"/planning/concept/fields/{field.pk}/", sent)
        assert answer.status_code == 404
        assert not FieldOfAction.objects.exists()

    def test_a_goal(self, planner, deleted_meanwhile):
        goal = make_goal("2.1")
        sent = {"field": goal.field_id, "number": "2.1", "title_de": "Ziel"}
        answer = planner.post(f"/planning/concept/goals/{goal.pk}/", sent)
        assert answer.status_code == 404
        assert not Goal.objects.exists()

    @pytest.mark.parametrize("kind", ["fields", "goals"])
    def test_when_it_is_to_be_deleted(self, planner, deleted_meanwhile, kind):
        row = make_field(2) if kind == "fields" else make_goal("2.1")
        answer = planner.post(f"/planning/concept/{kind}/{row.pk}/delete")
        assert answer.status_code == 404


class TestTree:
    def test_a_goal_stands_below_what_it_is_part_of(self):
        top = make_goal("2.1")
        child = make_goal("2.1.1", parent=top)
        other = make_goal("3.1")
        trees = read_trees([top.field, other.field], Goal.objects.all())
        assert [branch.goal for tree in trees for branch in tree.branches] == [
            top,
            other,
        ]
        [below] = trees[0].branches[0].children
        assert below.goal == child

    def test_goals_of_other_fields_are_left_out(self):
        goal, _other = make_goal("2.1"), make_goal("3.1")
        [tree] = read_trees([goal.field], Goal.objects.all())
        assert [branch.goal for branch in tree.branches] == [goal]

    @pytest.mark.parametrize("number", ["9.9", "2.2", "x", "2%00"])
    def test_a_goal_that_is_none_or_a_draft_is_not_found(self, client, number):
        make_goal("2.2", is_public=False)
        assert client.get(f"/insek/goals/{number}/").status_code == 404

    def test_a_page_names_all_that_its_goal_is_part_of_the_outermost_first(
        self, client
    ):
        top = make_goal("2.1")
        middle = make_goal("2.1.1", parent=top)
        make_goal("2.1.1.1", parent=middle)
        page = client.get("/insek/goals/2.1.1.1/")
        addresses = [link.get("href", "") for link in links_of(page)]
        above = [a for a in addresses if a.startswith("/insek/goals/2.1")]
        assert above[:2] == ["/insek/goals/2.1/", "/insek/goals/2.1.1/"]


def test_saving_a_goal_that_is_gone_brings_nothing_back():
    goal = make_goal("2.1")
    Goal.objects.filter(pk=goal.pk).delete()
    with pytest.raises(Goal.DoesNotExist):
        save_goal(goal=goal)
    assert not Goal.objects.exists()
