"""The public page of one pin: words, place, and its way through the bodies."""

import pytest
from django.utils import timezone

from pins.actions import change_status
from pins.models import Pin
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_body,
    make_contact,
    make_district,
    make_pin,
    make_theme,
    make_user,
)
from tests.pages import text_of


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    return body


def url(pin, prefix=""):
    return f"{prefix}/pins/{pin.reference}"


def test_what_it_shows(client, body):
    pin = make_pin(text="Erste Zeile\n\nZweite Zeile, lang genug.", place_note="Am Eck")

    response = client.get(url(pin))

    assert response.status_code == 200
    shown = text_of(response)
    for text in (
        pin.reference,
        pin.title,
        "Erste Zeile",
        "Zweite Zeile",
        "Am Eck",
        "Hohenecken",
        "Ortsbeirat Hohenecken",
        "Mobilität",
        str(Status.RECEIVED.label),
    ):
        assert text in shown


def test_the_way_so_far(client, body):
    pin, anna = make_pin(), make_user("anna", first_name="Anna", last_name="Muster")
    for to, note in [
        (Status.IN_REVIEW, "Wir sehen es uns an."),
        (Status.NOT_ENDORSED, "Dort liegt ein Wasserrohr.\nEs geht nicht."),
    ]:
        change_status(
            pin=pin, to=to, actor=anna, roles={Role.BODY}, body=body, public_note=note
        )

    shown = text_of(client.get(url(pin)))

    # The last answer stands above, too.
    order = [shown.rindex(text) for text in ("Wir sehen es uns an.", "Es geht nicht.")]
    assert order == sorted(order)
    assert str(Status.NOT_ENDORSED.label) in shown
    assert "Anna" not in shown
    assert "Muster" not in shown


@pytest.mark.parametrize(
    ("status", "is_said"),
    [(Status.IN_REVIEW, True), (Status.SCHEDULED, True), (Status.ENDORSED, False)],
)
def test_no_answer_yet_is_said_until_a_body_has_spoken(client, body, status, is_said):
    shown = text_of(client.get(url(make_pin(status=status), "/en")))

    assert ("There is no answer yet." in shown) == is_said


def test_a_duplicate_leads_to_its_survivor(client, body):
    survivor, pin = make_pin(), make_pin()
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=make_user("anna"),
        roles={Role.BODY},
        body=body,
        duplicate_of=survivor,
    )

    assert client.get(url(pin))["Location"].startswith(url(survivor))


def test_no_address_and_no_own_link(client, body):
    pin = make_pin()
    make_contact(pin, "kim@example.org")

    html = client.get(url(pin)).content.decode()

    assert "kim" not in html
    assert pin.token_hash not in html
    assert "/edit/" not in html


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_what_is_not_public_is_not_there(client, body, visibility):
    pin = make_pin(visibility=visibility)
    never = Pin(reference="KL-1999-00001")

    answers = [client.get(url(p)) for p in (pin, never)]

    # Nobody can tell it from a pin that never was.
    assert [a.status_code for a in answers] == [404, 404]
    first, second = (
        a.content.decode().replace(p.reference, "")
        for a, p in zip(answers, (pin, never), strict=True)
    )
    assert first == second


@pytest.mark.parametrize(
    "reference",
    ["x", "KL-2026", "%00", "KL-2026-00001%00", "%F0%9F%8C%B3", "..", "a" * 999],
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_reference_that_is_none(client, body, prefix, reference):
    response = client.get(f"{prefix}/pins/{reference}")

    assert response.status_code == 404
    assert "<h1>" in response.content.decode()


def test_a_moved_pin_shows_its_new_district(client, body):
    east = make_district(17, name="Einsiedlerhof")
    pin = make_pin()
    pin.location = east.geometry.centroid
    pin.save()

    assert "Einsiedlerhof" in text_of(client.get(url(pin)))


def test_strange_words_stay_words(client, body):
    script = "<script>alert(1)</script>"
    pin = make_pin(title=script, text=script * 2, place_note=script)
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=make_user("anna"),
        roles={Role.BODY},
        body=body,
        public_note=script,
    )

    html = client.get(url(pin)).content.decode()

    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5


def test_words_keep_their_language(client, body):
    pin = make_pin(language="en", title="A bench, please")

    html = client.get(url(pin)).content.decode()

    assert '<html lang="de"' in html
    assert '<h1 lang="en">A bench, please</h1>' in html


def test_few_queries_however_long_the_way(client, body, django_assert_num_queries):
    pin, anna = make_pin(), make_user("anna")
    # The pin, what the bodies made of it, what repeats it, what the public may do today,
    # and what takes it up.
    with django_assert_num_queries(5):
        client.get(url(pin))
    for to in (Status.IN_REVIEW, Status.SCHEDULED, Status.ENDORSED):
        change_status(pin=pin, to=to, actor=anna, roles=set(Role), body=body)
    with django_assert_num_queries(5):
        client.get(url(pin))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(client, body, method):
    pin = make_pin(published_at=timezone.now())
    assert getattr(client, method)(url(pin)).status_code == 405


def test_a_rough_place_is_said_to_be_rough(client, body):
    words = "shown only roughly"

    assert words in text_of(client.get(url(make_pin(is_rough=True), "/en")))
    assert words not in text_of(client.get(url(make_pin(), "/en")))
