"""Laying a draft before the bodies: what the form refuses, its PDF, and its way."""

from typing import cast
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from councils.models import Consultation, Matter, Sitting
from districts.models import Body
from insek.concept import submitting
from insek.concept.submitting import Draft, submit
from insek.models import Submission
from tests.factories import (
    make_body,
    make_district,
    make_goal,
    make_item,
    make_measure,
    make_planner,
    make_sitting,
)
from tests.geometries import point_in
from tests.pages import assert_refused, fields_of, text_of
from trust.media import rest

NEW = "/planning/submissions/new"
pytestmark = pytest.mark.django_db


@pytest.fixture
def council():
    make_district(16)
    return make_body("Stadtrat", kind=Body.Kind.COUNCIL)


@pytest.fixture
def planner(client):
    user = make_planner()
    client.force_login(user)
    return user


def lay_before(planner, body, *, key=None, **fields):
    draft = Draft(Submission.Kind.GOALS, "Ziele", "Beschluss", [make_goal()], **fields)
    return submit(draft=draft, bodies=[body], actor=planner, key=key)


def values(measure, *bodies, **fields):
    return {
        "kind": "measures",
        "measures": [measure.pk],
        "title": "Maßnahmen",
        "text": "Beschluss",
        "key": str(uuid4()),
        "bodies": [body.pk for body in bodies],
    } | fields


def test_a_storage_that_is_away_keeps_the_words(client, planner, council, bucket):
    rest.note(has_answered=False)
    sent = values(make_measure(), council)
    sent["document"] = SimpleUploadedFile("vorlage.pdf", b"%PDF-1.7")

    answer = client.post(NEW, sent)

    assert answer.status_code == 503
    assert answer.context["form"].errors["document"]
    assert fields_of(answer)["text"] == "Beschluss"
    assert not Submission.objects.exists()
    assert not Matter.objects.exists()
    # The same form, once it is back.
    rest.note(has_answered=True)
    sent["document"].seek(0)
    assert client.post(NEW, sent).status_code == 302


class TestSubmitting:
    def test_of_two_at_once_the_second_gets_what_the_first_made(
        self, council, planner, monkeypatch
    ):
        key = uuid4()
        first = lay_before(planner, council, key=key)
        look = submitting._submitted
        # The second one looked before the first was there.
        looks = iter([None])
        monkeypatch.setattr(submitting, "_submitted", lambda k: next(looks, look(k)))
        draft = Draft(Submission.Kind.FINAL_CONCEPT, "Ziele", "Beschluss")
        assert submit(draft=draft, bodies=[council], actor=planner, key=key) == first
        assert Matter.objects.count() == 1

    def test_what_else_the_database_refuses_is_not_taken_for_that(
        self, council, planner
    ):
        draft = Draft(cast("Submission.Kind", "nothing"), "Ziele", "Beschluss")
        with pytest.raises(IntegrityError):
            submit(draft=draft, bodies=[council], actor=planner, key=uuid4())
        assert not Matter.objects.exists()


class TestForm:
    def test_measures_are_chosen_first(self, client, planner):
        make_measure("M 7")
        assert "M 7" in text_of(client.get(NEW))
        page = client.get(f"{NEW}?kind=measures")
        assert page.status_code == 400
        assert "Bitte wählen Sie die Maßnahmen" in text_of(page)

    def test_without_a_body_it_is_refused(self, client, council, planner):
        answer = client.post(NEW, values(make_measure()))
        assert_refused(answer, "bodies")
        assert fields_of(answer)["title"] == "Maßnahmen"
        assert not Submission.objects.exists()

    def test_the_council_of_the_place_is_body_enough(self, client, council, planner):
        measure = make_measure(geometry=point_in(16))
        assert client.post(NEW, values(measure)).status_code == 302
        asked = Consultation.objects.get().body
        assert asked.kind == Body.Kind.DISTRICT_COUNCIL

    def test_a_council_that_answers_no_more_leaves_nobody_to_ask(
        self, client, council, planner, monkeypatch
    ):
        measure = make_measure(geometry=point_in(16))
        # Between the form and what it is sent to.
        monkeypatch.setattr(submitting, "councils_concerned", lambda _measures: [])
        answer = client.post(NEW, values(measure))
        assert_refused(answer, "bodies")
        assert not Matter.objects.exists()

    @pytest.mark.parametrize("key", ["", "x", "\0"])
    def test_a_form_without_its_key_comes_back_with_one(
        self, client, council, planner, key
    ):
        answer = client.post(NEW, values(make_measure(), council, key=key))
        assert_refused(answer, "key")
        again = fields_of(answer)
        assert UUID(again["key"]).version == 4
        sent = again | {"bodies": [council.pk]}
        assert client.post(NEW, sent).status_code == 302
        assert Submission.objects.count() == 1


class TestDocument:
    def test_planners_read_it_before_everyone_can(self, client, council, planner):
        document = SimpleUploadedFile("v.pdf", b"%PDF-1.7 test")
        submission = lay_before(planner, council, document=document)
        answer = client.get(f"/planning/submissions/{submission.pk}/draft.pdf")
        assert b"".join(answer.streaming_content) == b"%PDF-1.7 test"
        answer.close()
        assert answer["Content-Type"] == "application/pdf"
        assert "sandbox" in answer["Content-Security-Policy"]

    def test_without_one_or_with_a_lost_one_it_is_not_found(
        self, client, council, planner
    ):
        submission = lay_before(planner, council)
        address = f"/planning/submissions/{submission.pk}/draft.pdf"
        assert client.get(address).status_code == 404
        Submission.objects.update(document="submissions/lost.pdf")
        assert client.get(address).status_code == 404
        assert client.get("/planning/submissions/99999/draft.pdf").status_code == 404


def test_planners_read_how_far_it_has_come(client, council, planner):
    submission = lay_before(planner, council)
    addresses = ["/planning/submissions/", f"/planning/submissions/{submission.pk}/"]

    def assert_says(words):
        for address in addresses:
            assert words in text_of(client.get(address)), address

    assert_says("Vorgeschlagen: noch auf keiner Tagesordnung")
    sitting = make_sitting(council, days=1)
    item = make_item(sitting, "Ziele")
    Consultation.objects.update(item=item)
    assert_says("noch nicht veröffentlicht")
    Sitting.objects.update(state=Sitting.State.INVITED, invited_at=sitting.start)
    assert_says("Auf der Tagesordnung")
    Consultation.objects.update(
        outcome=Consultation.Outcome.ENDORSED, decided_at=sitting.start
    )
    assert_says(str(Consultation.Outcome.ENDORSED.label))
