"""Merging at the desk: finding what a contribution repeats, seeing both, confirming."""

import pytest

from councils.desk.moving import move_pin
from councils.views import merge as merge_views
from pins.actions import change_status, hide_pin
from pins.handovers import hand_over
from pins.models import Pin, PublicPin, StatusChange
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_comment,
    make_consultation,
    make_item,
    make_moderator,
    make_pin,
    make_sitting,
    make_user,
)
from tests.pages import assert_refused, fields_of, links_of, text_of

DESK = "/en/desk/ortsbeirat-west/"
ANSWER = "Das hat schon jemand gesagt."


def url(pin, query=""):
    return f"{DESK}{pin.reference}/merge{query}"


def test_those_nearby_are_offered(desk, west):
    pin, other = make_pin(), make_pin(title="Der Zebrastreifen fehlt")

    page = desk.get(url(pin))

    links = [a.get("href") for a in links_of(page)]
    assert f"?into={other.reference}" in links
    assert f"?into={pin.reference}" not in links


def test_both_are_shown_before_anything_happens(desk):
    pin = make_pin(title="Der Zebrastreifen fehlt", text="Hier kommt keiner hinüber.")
    survivor = make_pin(title="Kein sicherer Weg", text="Am Ortseingang ist es eng.")
    make_comment(survivor)

    page = desk.get(url(pin, f"?into=%20{survivor.reference.lower()}"))

    shown = text_of(page)
    for text in (pin.title, pin.text, survivor.title, survivor.text, "1 comment"):
        assert text in shown
    assert fields_of(page)["into"] == survivor.reference
    assert not StatusChange.objects.exists()


def test_confirmed(desk):
    survivor, pin = make_pin(), make_pin()
    pin.supports.create(key="a" * 64)

    response = desk.post(
        url(pin), {"into": survivor.reference, "public_note": ANSWER}, follow=True
    )

    assert response.redirect_chain == [(f"{DESK}{pin.reference}/", 302)]
    pin.refresh_from_db()
    assert pin.duplicate_of == survivor
    assert StatusChange.objects.get().public_note == ANSWER
    assert PublicPin.objects.get(pk=survivor.pk).support_count == 1
    assert survivor.reference in text_of(response)
    assert "Take back" in text_of(response)

    desk.post(f"{DESK}undo")
    pin = Pin.objects.get(pk=pin.pk)
    assert (pin.status, pin.duplicate_of) == (Status.RECEIVED, None)
    assert pin.supports.count() == 1


def test_sent_twice_it_is_merged_once(desk):
    survivor, pin = make_pin(), make_pin()
    for _ in range(2):
        response = desk.post(url(pin), {"into": survivor.reference})
        assert response.status_code == 302
    assert StatusChange.objects.count() == 1


def test_into_a_pin_of_another_body(desk, east):
    survivor, pin = make_pin(district=17), make_pin()

    desk.post(url(pin), {"into": survivor.reference})

    pin.refresh_from_db()
    assert pin.duplicate_of == survivor


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "reference", ["", "KL-1999-00001", "x\x00", "x" * 25, "itself", "hidden", "twice"]
)
def test_into_what_is_none(desk, west, method, reference):
    hidden = make_pin(visibility=Visibility.HIDDEN)
    twice = make_pin(status=Status.DUPLICATE, duplicate_of=make_pin())
    pin = make_pin()
    names = {
        "itself": pin.reference,
        "hidden": hidden.reference,
        "twice": twice.reference,
    }

    response = getattr(desk, method)(
        url(pin), {"into": names.get(reference, reference), "public_note": ANSWER}
    )

    assert_refused(response, "into")
    assert hidden.title not in text_of(response) or hidden.title == pin.title
    if method == "post":
        assert ANSWER in text_of(response)
    assert Pin.objects.get(pk=pin.pk).status == Status.RECEIVED


@pytest.mark.parametrize("note", ["x" * 4001, "Mit Escape\x1b darin"])
def test_words_that_cannot_be_kept(desk, note):
    survivor, pin = make_pin(), make_pin()

    response = desk.post(url(pin), {"into": survivor.reference, "public_note": note})

    assert_refused(response, "public_note")
    assert fields_of(response)["public_note"] == note


def test_what_has_moved_on_meanwhile(desk, west):
    survivor, pin = make_pin(), make_pin(status=Status.IN_REVIEW)
    change_status(
        pin=pin,
        to=Status.ENDORSED,
        actor=make_user("bert"),
        roles={Role.BODY},
        body=west,
    )

    response = desk.post(url(pin), {"into": survivor.reference, "public_note": ANSWER})

    assert_refused(response, "__all__", status=409)
    assert fields_of(response)["public_note"] == ANSWER


def test_what_can_no_longer_be_merged_leads_back(desk):
    pin = make_pin(status=Status.ENDORSED)
    for query in ("", f"?into={make_pin().reference}"):
        response = desk.get(url(pin, query), follow=True)
        assert response.redirect_chain == [(f"{DESK}{pin.reference}/", 302)]
        assert "not possible" in text_of(response)


def test_where_the_survivor_is_gone_it_can_be_taken_up_again(desk):
    survivor, pin = make_pin(), make_pin()
    pin.supports.create(key="a" * 64)
    desk.post(url(pin), {"into": survivor.reference})
    hide_pin(pin=survivor, actor=make_moderator(), reason="Es nennt Namen.")

    page = desk.get(f"{DESK}{pin.reference}/")
    assert "no longer shown" in text_of(page)
    desk.post(f"{DESK}{pin.reference}/", {"to_status": "in_review"})

    assert PublicPin.objects.get().support_count == 1


def test_what_is_on_an_agenda(desk, west):
    survivor, pin = make_pin(), make_pin()
    make_consultation(west, pin, item=make_item(make_sitting(west)))

    response = desk.post(url(pin), {"into": survivor.reference})

    assert_refused(response, "__all__", status=409)
    assert "agenda of Ortsbeirat West" in text_of(response)


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_a_pin_of_another_body(desk, east, method):
    survivor, pin = make_pin(), make_pin(district=17)
    response = getattr(desk, method)(url(pin), {"into": survivor.reference})
    assert response.status_code == 404


def test_what_was_handed_over_meanwhile_keeps_the_words(desk, west, east):
    survivor, pin = make_pin(), make_pin()
    hand_over(
        pin=pin,
        to_body=east,
        actor=make_user("bert"),
        from_body=west,
        reason="Nicht hier.",
    )

    response = desk.post(url(pin), {"into": survivor.reference, "public_note": ANSWER})

    assert response.status_code == 409
    assert ANSWER in text_of(response)


def test_script_stays_words(desk):
    survivor = make_pin(title="<script>alert(1)</script>")
    pin = make_pin()
    for query in ("", f"?into={survivor.reference}", "?into=<script>alert(1)</script>"):
        assert "<script>alert" not in desk.get(url(pin, query)).text


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method(desk, method):
    assert getattr(desk, method)(url(make_pin())).status_code == 405


def test_a_survivor_that_was_hidden_a_moment_ago(desk, west, monkeypatch):
    """Between the check of the form and the merging moderation hides it."""
    pin, survivor = make_pin(), make_pin()

    def move_too_late(**values):
        hide_pin(pin=survivor, actor=make_moderator(), reason="Beleidigung.")
        return move_pin(**values)

    monkeypatch.setattr(merge_views, "move_pin", move_too_late)

    response = desk.post(url(pin), {"into": survivor.reference}, follow=True)

    assert response.redirect_chain == [(url(pin, f"?into={survivor.reference}"), 302)]
    assert response.status_code == 422
    assert "There is no published contribution" in text_of(response)
