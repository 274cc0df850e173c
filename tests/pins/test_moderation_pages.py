"""The moderators' queue and the page of one pin."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from pins.actions import edit_pin
from pins.models import Pin
from pins.workflow import Visibility
from tests.factories import (
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.pages import assert_refused, fields_of, links_of, text_of

QUEUE = "/moderation/"
REASON = "Es nennt den Namen\neines Nachbarn."
DAY = datetime.timedelta(days=1)


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def staff(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def pin(moderator):
    return make_pin(visibility=Visibility.SUBMITTED, title="Wartet auf Entscheidung")


def page_of(pin):
    return f"/moderation/{pin.reference}/"


class TestQueue:
    def test_the_longest_waiting_comes_first(self, staff):
        now = timezone.now()
        for days, title in [
            (1, "Gestern gesendet"),
            (3, "Vorvorgestern"),
            (2, "Vorgestern"),
        ]:
            make_pin(
                visibility=Visibility.SUBMITTED,
                title=title,
                created_at=now - days * DAY,
            )
        make_pin(title="Schon veröffentlicht")

        shown = text_of(staff.get(QUEUE))

        order = [shown.index(t) for t in ("Vorvorgestern", "Vorgestern", "Gestern")]
        assert order == sorted(order)
        assert "Schon veröffentlicht" not in shown

    @pytest.mark.parametrize("state", Visibility)
    def test_each_state_can_be_looked_through(self, staff, state):
        for visibility in Visibility:
            make_pin(visibility=visibility, title=f"Titel {visibility.value}")

        shown = text_of(staff.get(QUEUE, {"state": state}))

        for visibility in Visibility:
            assert (f"Titel {visibility.value}" in shown) == (visibility == state)

    @pytest.mark.parametrize("state", ["all", "SUBMITTED", "submitted\x00"])
    def test_a_state_that_is_none(self, staff, pin, state):
        response = staff.get(QUEUE, {"state": state})

        assert response.status_code == 400
        assert pin.title in text_of(response)

    @pytest.mark.parametrize("name", ["after", "before"])
    @pytest.mark.parametrize(
        "place", ["0", "x", "-1", "1-x", "\x00", "9" * 40 + "-1", f"1-{2**63}", "1--5"]
    )
    def test_a_page_that_is_none(self, staff, pin, name, place):
        response = staff.get(QUEUE, {name: place})

        assert response.status_code == 400
        assert pin.title in text_of(response)

    def test_two_pages_at_once_are_none(self, staff, pin):
        response = staff.get(QUEUE, {"after": "1-1", "before": "1-1"})

        assert response.status_code == 400
        assert pin.title in text_of(response)

    def test_pages(self, staff):
        now = timezone.now()
        for n in range(26):
            make_pin(
                visibility=Visibility.SUBMITTED,
                title=f"Titel {n:02}",
                created_at=now - DAY + n * datetime.timedelta(minutes=1),
            )

        first = staff.get(QUEUE)
        (onwards,) = [a["href"] for a in links_of(first) if a.get("rel") == "next"]
        second = staff.get(QUEUE + onwards)
        (back,) = [a["href"] for a in links_of(second) if a.get("rel") == "prev"]

        assert "Titel 25" not in text_of(first)
        assert "Titel 25" in text_of(second)
        assert "Titel 24" not in text_of(second)
        assert text_of(staff.get(QUEUE + back)).count("Titel ") == 25

    @pytest.mark.parametrize("kind", ["", "comment"])
    def test_what_is_decided_has_pages_too(self, staff, kind):
        pins = [make_pin(title=f"Titel {n:02}") for n in range(27)]
        for pin in pins:
            make_comment(pin, text=f"Wort {pin.title}")

        first = staff.get(QUEUE, {"state": "published", "kind": kind})
        (onwards,) = [a["href"] for a in links_of(first) if a.get("rel") == "next"]
        second = staff.get(QUEUE + onwards)

        assert "Titel 26" in text_of(first)
        assert "Titel 01" not in text_of(first)
        assert "Titel 01" in text_of(second)
        assert "Titel 26" not in text_of(second)

    @pytest.mark.parametrize("after", ["x", "-1", "\x00", "9" * 5000, "²"])
    def test_a_page_of_what_is_decided_that_is_none(self, staff, after):
        make_pin(title="Schon veröffentlicht")

        response = staff.get(QUEUE, {"state": "published", "after": after})

        assert response.status_code == 400
        assert "Schon veröffentlicht" in text_of(response)

    def test_the_number_of_queries_does_not_grow(
        self, staff, django_assert_max_num_queries
    ):
        for _ in range(25):
            make_pin(visibility=Visibility.SUBMITTED)

        for _ in range(5):
            make_comment(make_pin(), visibility=Visibility.SUBMITTED)

        with django_assert_max_num_queries(15):
            assert staff.get(QUEUE).status_code == 200

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_it_is_only_read(self, staff, method):
        assert getattr(staff, method)(QUEUE).status_code == 405


class TestPin:
    def test_it_shows_what_there_is_to_decide_on(self, staff, pin):
        response = staff.get(page_of(pin))

        assert response.status_code == 200
        shown = text_of(response)
        assert pin.title in shown
        assert pin.text in shown
        assert pin.district.name in shown

    def test_publishing(self, staff, moderator, pin):
        said = {"to": "published", "read": pin.words_digest}
        response = staff.post(page_of(pin), said, follow=True)

        assert response.redirect_chain == [(QUEUE, 302)]
        assert pin.reference in text_of(response)
        pin.refresh_from_db()
        assert pin.visibility == Visibility.PUBLISHED
        assert pin.visibility_changes.get().actor == moderator

    def test_the_page_says_which_words_it_shows(self, staff, pin):
        page = staff.get(page_of(pin)).content.decode()
        assert f'name="read" value="{pin.words_digest}"' in page

    @pytest.mark.parametrize("read", ["", "0" * 64, None])
    def test_words_that_changed_meanwhile_are_not_published(self, staff, pin, read):
        if read is None:
            read = pin.words_digest
            edit_pin(pin=pin, title=pin.title, text="Ein ganz anderer Text als vorhin.")

        response = staff.post(page_of(pin), {"to": "published", "read": read})

        assert response.status_code == 409
        pin.refresh_from_db()
        assert pin.visibility == Visibility.SUBMITTED
        # The words as they are now stand on the page, to be read.
        assert pin.text in text_of(response)

    @pytest.mark.parametrize(
        ("before", "to"),
        [
            (Visibility.SUBMITTED, Visibility.REJECTED),
            (Visibility.PUBLISHED, Visibility.HIDDEN),
        ],
    )
    def test_refusing_with_a_reason(self, staff, before, to):
        pin = make_pin(visibility=before)

        staff.post(page_of(pin), {"to": to, "reason": REASON.replace("\n", "\r\n")})

        pin.refresh_from_db()
        assert pin.visibility == to
        assert pin.visibility_changes.get().reason == REASON
        # The decision and who took it stay in sight of the moderators.
        shown = text_of(staff.get(page_of(pin)))
        assert "eines Nachbarn." in shown
        assert "moderation" in shown

    @pytest.mark.parametrize("reason", ["", "   ", None])
    def test_refusing_without_a_reason(self, staff, pin, reason):
        data = {"to": "rejected"} | ({} if reason is None else {"reason": reason})

        assert_refused(staff.post(page_of(pin), data), "reason")
        pin.refresh_from_db()
        assert pin.visibility == Visibility.SUBMITTED

    @pytest.mark.parametrize("reason", ["x" * 4001, "Mit Escape\x1b darin"])
    def test_a_reason_that_cannot_be_kept(self, staff, pin, reason):
        response = staff.post(page_of(pin), {"to": "rejected", "reason": reason})

        assert_refused(response, "reason")
        assert fields_of(response)["reason"] == reason

    def test_the_limit_counts_what_is_kept(self, staff, pin):
        reason = "Zeile\r\n" * 666 + "Ende"

        staff.post(page_of(pin), {"to": "rejected", "reason": reason})

        pin.refresh_from_db()
        assert pin.visibility == Visibility.REJECTED

    @pytest.mark.parametrize("to", [None, "", "withdrawn", "submitted", "x\x00"])
    def test_a_decision_that_is_none(self, staff, pin, to):
        data = {"reason": REASON} | ({} if to is None else {"to": to})

        response = staff.post(page_of(pin), data)

        assert_refused(response, "to")
        assert fields_of(response)["reason"].split() == REASON.split()

    def test_a_decision_that_came_too_late_is_told(self, staff, pin):
        Pin.objects.update(visibility=Visibility.PUBLISHED, published_at=timezone.now())

        response = staff.post(page_of(pin), {"to": "rejected", "reason": REASON})

        assert_refused(response, "__all__", status=409)
        # What was typed is there for the step that is left: hiding.
        assert fields_of(response)["reason"].split() == REASON.split()
        pin.refresh_from_db()
        assert pin.visibility == Visibility.PUBLISHED

    @pytest.mark.parametrize("reference", ["KL-1999-00001", "x", "%00", "KL%2F1"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_pin_that_is_not_there(self, staff, method, reference):
        assert getattr(staff, method)(f"/moderation/{reference}/").status_code == 404

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, staff, pin, method):
        assert getattr(staff, method)(page_of(pin)).status_code == 405

    def test_strange_words_stay_words(self, staff):
        pin = make_pin(
            visibility=Visibility.SUBMITTED,
            title="<script>alert(1)</script>",
            text="<script>alert(2)</script> und mehr",
            place_note="<script>alert(3)</script>",
        )

        for url in (QUEUE, page_of(pin)):
            html = staff.get(url).content.decode()
            assert "<script>alert" not in html
            assert "&lt;script&gt;alert(1)" in html


def test_one_has_to_sign_in(client, pin):
    for url in (QUEUE, page_of(pin)):
        assert client.get(url)["Location"] == f"/accounts/login/?next={url}"
        assert client.post(url).status_code == 401
    pin.refresh_from_db()
    assert pin.visibility == Visibility.SUBMITTED


@pytest.mark.parametrize("method", ["get", "post"])
def test_others_may_not(client, pin, method):
    client.force_login(make_user())

    assert getattr(client, method)(page_of(pin), {"to": "published"}).status_code == 403
    assert client.get(QUEUE).status_code == 403
    # Whether a pin exists is nobody's business either.
    assert client.get("/moderation/KL-1999-00001/").status_code == 403
    pin.refresh_from_db()
    assert pin.visibility == Visibility.SUBMITTED


def test_nothing_happens_without_a_csrf_token(moderator, pin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)

    response = client.post(page_of(pin), {"to": "published"})

    assert response.status_code == 403
    pin.refresh_from_db()
    assert pin.visibility == Visibility.SUBMITTED


def test_nothing_is_kept_by_caches(staff, pin):
    for url in (QUEUE, page_of(pin)):
        assert "no-store" in staff.get(url)["Cache-Control"]
