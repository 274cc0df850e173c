"""Templates of answers: a desk's own, and those of all bodies."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from councils.desk.answers import add_to, fill_in
from councils.models import AnswerTemplate, Membership
from pins.models import PublicPin
from tests.factories import (
    make_body,
    make_district,
    make_member,
    make_pin,
    make_planner,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction
from tests.pages import assert_refused, fields_of, links_of, text_of

TEMPLATES = "/en/desk/ortsbeirat-west/templates/"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def own(west):
    return AnswerTemplate.objects.create(body=west, title="Dank", text="Danke!")


@pytest.fixture
def common(db):
    return AnswerTemplate.objects.create(title="Eingang", text="Wir lesen es.")


def test_filling_in(west):
    pin = make_pin(title="Ein {body} und {reference}")
    shown = PublicPin.objects.get()

    assert fill_in("{reference}: {title} – {body}, {district}", shown) == (
        f"{pin.reference}: Ein {{body}} und {{reference}} – Ortsbeirat West, Westdorf"
    )


@pytest.mark.parametrize(
    "text", ["{unknown}", "{title.__class__}", "{0}", "{", "}{", "{{x}}", "%s %(x)s"]
)
def test_what_is_no_placeholder_stays(west, text):
    make_pin()
    assert fill_in(text, PublicPin.objects.get()) == text


def test_nothing_typed_is_lost():
    assert add_to("Schon da. \n", "Danke!") == "Schon da.\n\nDanke!"
    assert add_to(" \n", "Danke!") == "Danke!"


def test_own_ones_and_those_of_all(desk, own, common):
    make_district(17, body=make_body("Ortsbeirat Ost"))
    other = AnswerTemplate.objects.create(
        body=make_body("Ausschuss"), title="Fremd", text="Nicht von hier."
    )

    page = desk.get(TEMPLATES)

    shown = text_of(page)
    assert "Danke!" in shown
    assert "Wir lesen es." in shown
    assert other.title not in shown
    links = [a.get("href") for a in links_of(page)]
    assert f"{TEMPLATES}{own.pk}/" in links
    assert f"{TEMPLATES}{common.pk}/" not in links


def test_writing_changing_and_deleting_one(desk, west):
    desk.post(f"{TEMPLATES}new", {"title": "Dank", "text": "Danke!\r\nBis bald."})
    template = AnswerTemplate.objects.get()
    assert (template.body, template.title, template.text) == (
        west,
        "Dank",
        "Danke!\nBis bald.",
    )

    address = f"{TEMPLATES}{template.pk}/"
    assert fields_of(desk.get(address))["title"] == "Dank"
    desk.post(address, {"title": "Dank", "text": "Vielen Dank!"})
    template.refresh_from_db()
    assert template.text == "Vielen Dank!"

    assert "Vielen Dank!" in text_of(desk.get(f"{address}delete"))
    assert AnswerTemplate.objects.exists()
    assert desk.post(f"{address}delete")["Location"] == TEMPLATES
    assert not AnswerTemplate.objects.exists()
    assert desk.post(f"{address}delete").status_code == 404


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("", "Danke!", "title"),
        ("x" * 81, "Danke!", "title"),
        ("x\x00", "Danke!", "title"),
        ("Dank", "Danke!", "title"),
        ("Neu", " ", "text"),
        ("Neu", "x" * 4001, "text"),
        ("Neu", "\x1b", "text"),
    ],
)
def test_what_cannot_be_kept(desk, own, title, text, field):
    response = desk.post(f"{TEMPLATES}new", {"title": title, "text": text})

    assert_refused(response, field)
    assert fields_of(response)["title"] == title
    assert AnswerTemplate.objects.count() == 1


def test_all_bodies_and_others_may_have_the_same_title(desk, common):
    AnswerTemplate.objects.create(body=make_body("Ausschuss"), title="Neu", text="x")
    for title in ("Neu", common.title):
        response = desk.post(f"{TEMPLATES}new", {"title": title, "text": "Danke!"})
        assert response.status_code == 302


@pytest.mark.parametrize("rest", ["", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_ones_own(desk, common, rest, method):
    other = AnswerTemplate.objects.create(
        body=make_body("Ausschuss"), title="Fremd", text="Nicht von hier."
    )
    for pk in (common.pk, other.pk, other.pk + 1, 10**30):
        response = getattr(desk, method)(
            f"{TEMPLATES}{pk}/{rest}", {"title": "x", "text": "y"}
        )
        assert response.status_code == 404
    assert AnswerTemplate.objects.count() == 2


def test_members_and_planners_read_them(client, west, own):
    for user in (make_member(west, "mia", role=Membership.Role.MEMBER), make_planner()):
        client.force_login(user)
        page = client.get(TEMPLATES)
        assert "Danke!" in text_of(page)
        assert "New template" not in text_of(page)
        for address in (f"{TEMPLATES}new", f"{TEMPLATES}{own.pk}/"):
            assert client.get(address).status_code == 403
        assert client.post(f"{TEMPLATES}{own.pk}/delete").status_code == 403
    assert AnswerTemplate.objects.exists()


def test_script_stays_words(desk, own):
    AnswerTemplate.objects.update(title=SCRIPT, text=SCRIPT)
    for rest in ("", f"{own.pk}/", f"{own.pk}/delete"):
        assert SCRIPT not in desk.get(f"{TEMPLATES}{rest}").text


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_title_the_second_is_told():
    body = make_body("Ortsbeirat West")
    client = Client()
    client.force_login(make_member(body, "anna"))
    first_is_there, answers = threading.Event(), list[int]()

    def second():
        try:
            first_is_there.wait(timeout=60)
            data = {"title": "Dank", "text": "Danke!"}
            answers.append(client.post(f"{TEMPLATES}new", data).status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        AnswerTemplate.objects.create(body=body, title="Dank", text="Danke!")
        first_is_there.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=60)

    assert answers == [422]
    assert AnswerTemplate.objects.count() == 1
