"""The address of a duplicate leads to where its matter goes on, and its words remain."""

import pytest

from pins.actions import change_status, hide_pin
from pins.own_link import hash_token
from pins.workflow import Role, Status
from tests.factories import (
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.pages import links_of, text_of

BROUGHT = "you were brought here"


@pytest.fixture
def anna(db):
    make_district(16)
    return make_user("anna")


def merge(pin, survivor, actor):
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=actor,
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )


def url(pin, query="", prefix="/en"):
    return f"{prefix}/pins/{pin.reference}{query}"


def addresses(response):
    return [link.get("href") for link in links_of(response)]


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_duplicate_leads_on(client, anna, method, prefix):
    survivor, pin = make_pin(), make_pin()
    merge(pin, survivor, anna)

    response = getattr(client, method)(url(pin, prefix=prefix))

    assert response.status_code == 302
    target = url(survivor, f"?from={pin.reference}", prefix)
    assert response["Location"] == target


def test_the_survivor_says_who_led_there(client, anna):
    survivor, pin = make_pin(), make_pin()
    merge(pin, survivor, anna)

    page = client.get(url(pin), follow=True)

    assert f"{pin.reference} repeats this contribution; {BROUGHT}." in text_of(page)
    assert url(pin, "?original=1") in addresses(page)
    assert BROUGHT not in text_of(client.get(url(survivor)))


def test_the_words_of_a_duplicate_can_still_be_read(client, anna):
    survivor = make_pin()
    pin = make_pin(title="Der Zebrastreifen fehlt", text="Dasselbe noch einmal gesagt.")
    merge(pin, survivor, anna)

    page = client.get(url(survivor))
    assert "Also said" in text_of(page)
    assert pin.title in text_of(page)
    original = client.get(url(pin, "?original=1"))

    assert original.status_code == 200
    assert pin.text in text_of(original)
    assert url(survivor) in addresses(original)
    assert "Also said" not in text_of(original)


def test_a_link_to_a_comment_finds_it_where_it_went(client, anna):
    survivor, pin = make_pin(), make_pin()
    comment = make_comment(pin)
    link = url(pin, f"?after={comment.pk - 1}")
    merge(pin, survivor, anna)

    page = client.get(link, follow=True)

    assert page.redirect_chain[0][0].startswith(url(survivor, "?after="))
    assert f'id="comment-{comment.pk}"' in page.text


def test_a_chain_leads_to_its_end_at_once(client, anna):
    last, middle, first = make_pin(), make_pin(), make_pin()
    merge(first, middle, anna)
    merge(middle, last, anna)

    page = client.get(url(first), follow=True)

    assert [target for target, _ in page.redirect_chain] == [
        url(last, f"?from={first.reference}")
    ]
    assert f"{first.reference} repeats" in text_of(page)
    for pin in (middle, first):
        assert url(pin, "?original=1") in addresses(page)


def test_a_duplicate_of_a_hidden_one_shows_itself(client, anna):
    survivor, pin = make_pin(), make_pin(title="Der Zebrastreifen fehlt")
    merge(pin, survivor, anna)
    hide_pin(pin=survivor, actor=make_moderator(), reason="Es nennt einen Namen.")

    response = client.get(url(pin))

    assert response.status_code == 200
    assert pin.title in text_of(response)
    assert survivor.reference not in response.text


def test_a_hidden_duplicate_is_not_there(client, anna):
    survivor, pin = make_pin(), make_pin(title="Der Zebrastreifen fehlt")
    merge(pin, survivor, anna)
    hide_pin(pin=pin, actor=make_moderator(), reason="Es nennt einen Namen.")

    assert client.get(url(pin)).status_code == 404
    page = client.get(url(survivor, f"?from={pin.reference}"))
    assert pin.reference not in text_of(page)
    assert pin.title not in text_of(page)


@pytest.mark.parametrize(
    "given", ["", "x", "%00", "<script>alert(1)</script>", "KL-1999-00001", "own"]
)
def test_only_what_leads_here_is_said_to(client, anna, given):
    survivor, other = make_pin(), make_pin()
    reference = other.reference if given == "own" else given

    page = client.get(url(survivor, f"?from={reference}"))

    assert page.status_code == 200
    assert BROUGHT not in text_of(page)
    assert "<script>alert" not in page.text


def test_its_data_code_and_own_link_keep_working(client, anna):
    survivor = make_pin()
    pin = make_pin(token_hash=hash_token("a" * 64))
    merge(pin, survivor, anna)

    data = client.get(f"/pins/{pin.reference}.geojson").json()
    assert data["properties"]["reference"] == pin.reference
    assert client.get(f"/pins/{pin.reference}/qr.svg").status_code == 200
    assert client.get(f"/pins/{pin.reference}/edit/{'a' * 64}").status_code == 200


def test_script_in_a_title_stays_words(client, anna):
    survivor, pin = make_pin(), make_pin(title="<script>alert(1)</script>")
    merge(pin, survivor, anna)

    assert "<script>alert" not in client.get(url(survivor)).text


def test_the_number_of_queries_does_not_grow(
    client, anna, django_assert_max_num_queries
):
    survivor = make_pin()
    for _ in range(5):
        merge(make_pin(), survivor, anna)
    with django_assert_max_num_queries(6):
        client.get(url(survivor))
