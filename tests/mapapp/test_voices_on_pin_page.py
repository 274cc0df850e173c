"""What others say on the public page of a pin: support and comments."""

from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pins.actions import hide_pin, withdraw_pin
from pins.comment_paging import PAGE_SIZE
from pins.models import Comment
from pins.supports import make_secret, support_pin
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.pages import links_of, text_of

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin()


def url(pin, query="", prefix=""):
    return f"{prefix}/pins/{pin.reference}{query}"


def test_comments_stand_in_the_order_they_were_written(client, pin):
    first = make_comment(pin, text="Zuerst gesagt.", language="en")
    make_comment(pin, text="Danach gesagt.")

    response = client.get(url(pin, prefix="/en"))

    shown, html = text_of(response), response.content.decode()
    assert shown.index("Zuerst gesagt.") < shown.index("Danach gesagt.")
    assert "2 comments" in shown
    assert f'id="comment-{first.pk}"' in html
    assert f'<time datetime="{timezone.localdate(first.created_at)}' in html
    assert '<div lang="en"><p>Zuerst gesagt.</p></div>' in html


def test_official_ones_are_marked_by_words_and_the_body(client, pin):
    body, anna = make_body("Ortsbeirat West"), make_user("anna", last_name="Muster")
    make_comment(pin, text="Von Amts wegen.", body=body, actor=anna)
    make_comment(pin, text="Von nebenan.")

    response = client.get(url(pin, prefix="/en"))

    shown = text_of(response)
    assert "Official Ortsbeirat West" in shown
    assert shown.count("Official") == 1
    assert response.content.decode().count("comment--official") == 1
    assert "anna" not in shown
    assert "Muster" not in shown


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_what_is_not_published_is_not_there(client, pin, visibility):
    make_comment(pin, text="Öffentlich gesagt.")
    make_comment(pin, text="Nicht öffentlich.", visibility=visibility)

    shown = text_of(client.get(url(pin, prefix="/en")))

    assert "Nicht öffentlich." not in shown
    assert "1 comment" in shown


def test_nothing_of_an_author_is_shown(client, pin):
    comment = make_comment(pin, token_hash="f" * 64)

    html = client.get(url(pin)).content.decode()

    assert comment.token_hash not in html
    assert str(comment.idempotency_key) not in html
    assert "/edit/" not in html


def test_strange_words_stay_words(client, pin):
    make_comment(pin, text=SCRIPT)
    make_comment(pin, text=SCRIPT, actor=make_user("anna"))

    html = client.get(url(pin)).content.decode()

    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_queries_do_not_grow_with_the_comments(client, pin):
    make_comment(pin)
    with CaptureQueriesContext(connection) as few:
        client.get(url(pin))
    for number in range(8):
        body = make_body(f"Gremium {number}")
        make_comment(pin, body=body, actor=make_user(f"user-{number}"))
    with CaptureQueriesContext(connection) as many:
        client.get(url(pin))

    assert len(few) == len(many) == 6


class TestPaging:
    @pytest.fixture
    def many(self, pin):
        """More comments than a page holds, with some of another pin in between."""
        other = make_pin()
        for number in range(PAGE_SIZE * 2 + 1):
            make_comment(pin, text=f"Kommentar {number}.")
            if number % 7 == 0:
                make_comment(other, text="Von woanders.")
        return pin

    def walk(self, client, address, rel):
        """Follow the links of one direction; return the texts of each page."""
        pages = []
        while address:
            response = client.get(address)
            assert response.status_code == 200
            pages.append([c.text for c in response.context["comments"].comments])
            links = [a["href"] for a in links_of(response) if a.get("rel") == rel]
            address = url(response.context["pin"], links[0]) if links else None
        return pages

    def test_forwards_and_back(self, client, many):
        there = self.walk(client, url(many), "next")
        last = Comment.objects.filter(pin=many).latest("pk")

        texts = [f"Kommentar {number}." for number in range(PAGE_SIZE * 2 + 1)]
        assert [len(page) for page in there] == [PAGE_SIZE, PAGE_SIZE, 1]
        assert list(chain.from_iterable(there)) == texts
        back = self.walk(client, url(many, f"?after={last.pk - 1}"), "prev")
        assert list(chain.from_iterable(reversed(back))) == texts

    def test_a_link_to_one_comment_shows_it(self, client, many):
        for comment in Comment.objects.filter(pin=many)[:: PAGE_SIZE - 1]:
            address, _, fragment = comment.get_absolute_url().partition("#")
            assert f'id="{fragment}"' in client.get(address).content.decode()

    @pytest.mark.parametrize("query", ["?after=999999999", "?before=0", "?before=1"])
    def test_where_nothing_is_left_the_first_page_is_shown(self, client, pin, query):
        make_comment(pin, text="Der einzige.")

        response = client.get(url(pin, query))

        assert "Der einzige." in text_of(response)
        assert not [a for a in links_of(response) if a.get("rel") in {"prev", "next"}]

    @pytest.mark.parametrize(
        "query",
        [
            "?after=",
            "?before=",
            "?after=x",
            "?before=-1",
            "?after=1&before=2",
            "?after=%00",
            "?after=" + "9" * 30,
            "?after=%D9%A3",
            "?after=1.5",
        ],
    )
    @pytest.mark.parametrize("comments", [0, 1])
    def test_a_place_that_is_none(self, client, pin, query, comments):
        for _ in range(comments):
            make_comment(pin)

        assert client.get(url(pin, query)).status_code == 400


def test_the_count_of_supporters(client, pin):
    assert "No supporters yet" in text_of(client.get(url(pin, prefix="/en")))
    for _ in range(2):
        support_pin(reference=pin.reference, secret=make_secret())

    assert "2 supporters" in text_of(client.get(url(pin, prefix="/en")))


def test_the_page_is_the_same_for_everyone_and_sets_no_cookie(client, pin):
    make_comment(pin)
    stranger = client.get(url(pin))
    client.post(f"{url(pin)}/support", {"action": "support"})
    client.cookies.pop("csrftoken", None)

    supporter = client.get(url(pin))

    assert not stranger.cookies
    assert not supporter.cookies
    assert "aria-pressed" not in supporter.content.decode()
    assert "csrf" not in stranger.content.decode()


@pytest.mark.parametrize("leave", ["hide", "withdraw"])
def test_with_the_pin_its_comments_go(client, pin, leave):
    make_comment(pin, text="Öffentlich gesagt.")
    if leave == "hide":
        hide_pin(pin=pin, actor=make_moderator(), reason="Es nennt Namen.")
    else:
        withdraw_pin(pin=pin)

    response = client.get(url(pin))

    assert response.status_code == 404
    assert "Öffentlich gesagt." not in response.content.decode()
    assert not Comment.objects.public().exists()
