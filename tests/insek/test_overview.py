"""The first page of the office: where the process stands."""

import pytest
from django.test import Client

from councils.models import Matter
from insek.models import Submission
from tests.factories import (
    make_editor,
    make_event,
    make_measure,
    make_milestone,
    make_moderator,
    make_phase,
    make_planner,
)

pytestmark = pytest.mark.django_db
PAGE = "/en/planning/"


def opened_by(user, client: Client) -> str:
    client.force_login(user)
    return client.get(PAGE).content.decode()


def test_sign_in_first(client):
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"] == f"/en/accounts/login/?next={PAGE}"


def test_not_for_other_staff(client):
    client.force_login(make_moderator())
    assert client.get(PAGE).status_code == 403


def test_only_to_be_read(client):
    client.force_login(make_planner())
    assert client.post(PAGE).status_code == 405


def test_nothing_yet(client):
    page = opened_by(make_planner(), client)
    assert "No phase covers today." in page
    assert "Nothing has been submitted yet." in page


def test_what_the_office_sees(client):
    make_phase(title_en="Listening", may_pin=True, may_comment=False)
    make_phase(days=90, title_en="Writing it down")
    make_event(title_en="Walk in Hohenecken")
    make_event(days=-7, title_en="Walk in the past")
    page = opened_by(make_editor(), client)
    assert "Listening" in page
    assert "Next: Writing it down" in page
    assert "Walk in Hohenecken" in page
    assert "Walk in the past" not in page
    # Measures and submissions are the planners' work.
    assert "Milestones" not in page


def test_what_planners_see_besides(client):
    planner = make_planner()
    measure = make_measure("M 7")
    make_milestone(measure, days=-3, title_en="Plan drawn")
    make_milestone(measure, days=20, title_en="Work begun")
    make_milestone(measure, days=50, title_en="Far away")
    done = make_milestone(measure, days=-9, title_en="Long done")
    done.done_on = done.due_on
    done.save()
    Submission.objects.create(
        kind=Submission.Kind.GOALS,
        matter=Matter.objects.create(title="Ziele bis 2040"),
        text="Der Stadtrat beschließt die Ziele.",
        created_by=planner,
    )
    page = opened_by(planner, client)
    assert page.index("Overdue since") < page.index("Plan drawn")
    assert "Work begun" in page
    assert "Far away" not in page
    assert "Long done" not in page
    assert "Ziele bis 2040" in page


@pytest.mark.parametrize("number", [1, 6])
def test_few_queries(number, client, django_assert_max_num_queries):
    planner = make_planner()
    measure = make_measure("M 1")
    for day in range(number):
        make_event(days=day + 1)
        make_milestone(measure, days=day + 1)
        make_milestone(measure, days=-day - 1)
    client.force_login(planner)
    with django_assert_max_num_queries(14):
        assert client.get(PAGE).status_code == 200
