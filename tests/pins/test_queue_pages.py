"""Working through the queue: filters, the next one, claims that others see, keys."""

import datetime

import pytest
from django.utils import timezone

from pins.models import QueueEntry, ReasonTemplate
from pins.moderation import claims
from pins.moderation.asking import ask_author
from pins.workflow import Source, Visibility
from tests.factories import (
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_theme,
    make_user,
)
from tests.geometries import point_in
from tests.pages import assert_refused, fields_of, text_of
from tests.photos import make_photo

QUEUE = "/moderation/"
NEXT = "/moderation/next"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def moderator(db):
    make_district(16, name="Westdorf")
    return make_moderator()


@pytest.fixture
def bert(moderator):
    return make_moderator("bert")


@pytest.fixture
def staff(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def pin(moderator):
    return make_pin(visibility=Visibility.SUBMITTED, title="Wartet auf Entscheidung")


def waiting_pin(title, *, days=1, **fields):
    moment = timezone.now() - days * DAY
    return make_pin(
        visibility=Visibility.SUBMITTED, title=title, created_at=moment, **fields
    )


def page_of(pin):
    return f"/moderation/{pin.reference}/"


def read(subject, actor):
    return claims.claim(subject=subject, actor=actor)


def entry_of(subject):
    return QueueEntry.objects.of(subject).get()


class TestList:
    @pytest.fixture
    def mixed(self, staff):
        make_district(17, name="Ostdorf")
        waiting_pin("Nur ein Beitrag")
        make_photo(waiting_pin("Mit einem Foto", theme=make_theme("energy")))
        waiting_pin("Vom Stand", source=Source.STAND)
        east = make_pin(location=point_in(17), title="Drüben im Osten")
        make_comment(east, visibility=Visibility.SUBMITTED, text="Ein Kommentar.")

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ({}, "beitrag foto stand kommentar"),
            ({"kind": "contribution"}, "beitrag foto"),
            ({"kind": "photos"}, "foto"),
            ({"kind": "event"}, "stand"),
            ({"kind": "comment"}, "kommentar"),
            ({"district": "ostdorf"}, "kommentar"),
            ({"theme": "energy"}, "foto"),
            ({"theme": "mobility", "kind": "contribution"}, "beitrag"),
            ({"theme": "energy", "kind": "comment"}, ""),
        ],
    )
    def test_filters(self, staff, mixed, query, shown):
        response = staff.get(QUEUE, query)

        titles = {
            "beitrag": "Nur ein Beitrag",
            "foto": "Mit einem Foto",
            "stand": "Vom Stand",
            "kommentar": "Ein Kommentar.",
        }
        assert response.status_code == 200
        text = text_of(response)
        found = [name for name, title in titles.items() if title in text]
        assert sorted(found) == sorted(shown.split())

    @pytest.mark.parametrize("name", ["kind", "district", "theme"])
    @pytest.mark.parametrize("value", ["x", "\x00", "'--", "9" * 500])
    def test_a_filter_that_is_none(self, staff, pin, name, value):
        response = staff.get(QUEUE, {name: value})

        assert response.status_code == 400
        assert pin.title in text_of(response)

    def test_age_against_the_target_in_words(self, staff):
        waiting_pin("Schon zu lange", days=9)
        waiting_pin("Noch im Ziel", days=2)

        shown = text_of(staff.get("/en/moderation/"))

        assert "2 days over the target" in shown
        assert "4 days left" in shown
        assert "1 is over the target" in shown
        assert "Target: decided within 7 days." in shown

    def test_what_others_read(self, staff, pin, bert):
        read(pin, bert)
        assert "being read by bert since" in text_of(staff.get("/en/moderation/"))

    def test_what_is_with_its_author(self, staff, pin, bert):
        ask_author(subject=pin, actor=bert, text="Wo genau?")

        waiting = text_of(staff.get("/en/moderation/"))
        asked = text_of(staff.get("/en/moderation/?state=asked"))

        assert pin.title not in waiting
        assert "Waiting for the author (1)" in waiting
        assert pin.title in asked
        assert "asked on" in asked

    def test_nothing_waits(self, staff):
        shown = text_of(staff.get("/en/moderation/"))
        assert "Nothing is waiting for a decision." in shown
        assert "Start reading" not in shown


class TestNext:
    def test_it_opens_the_longest_waiting(self, staff, moderator):
        waiting_pin("Das zweite")
        first = waiting_pin("Das erste", days=3)

        response = staff.post(NEXT)

        assert response["Location"] == f"{page_of(first)}?flow=1"
        assert entry_of(first).claimed_by == moderator

    def test_filters_go_along(self, staff):
        waiting_pin("Das erste", days=3)
        photo = waiting_pin("Mit Foto")
        make_photo(photo)

        response = staff.post(f"{NEXT}?kind=photos")

        assert response["Location"] == f"{page_of(photo)}?flow=1&kind=photos"

    def test_it_goes_on_after_a_decision(self, staff, moderator):
        first, second = waiting_pin("Das erste", days=3), waiting_pin("Das zweite")
        here = staff.post(NEXT)["Location"]

        decided = staff.post(here, {"to": "published", "read": first.words_digest})

        assert decided["Location"] == f"{page_of(second)}?flow=1"
        last = staff.post(
            decided["Location"], {"to": "published", "read": second.words_digest}
        )
        assert last["Location"] == QUEUE

    def test_what_somebody_else_reads_is_passed_over(self, staff, bert):
        first, second = waiting_pin("Das erste", days=3), waiting_pin("Das zweite")
        read(first, bert)
        assert staff.post(NEXT)["Location"] == f"{page_of(second)}?flow=1"

    def test_skipping_gives_it_back(self, staff, moderator):
        first, second = waiting_pin("Das erste", days=3), waiting_pin("Das zweite")
        page = staff.get(staff.post(NEXT)["Location"])
        fields = fields_of(page)
        forms = [
            part.partition('"')[0]
            for part in page.content.decode().split('action="')
            if part.startswith(NEXT)
        ]

        skipped = staff.post(
            forms[0].replace("&amp;", "&"),
            {"left": fields["left"], "stamp": fields["stamp"]},
        )

        assert skipped["Location"] == f"{page_of(second)}?flow=1"
        assert entry_of(first).claimed_by is None

    def test_at_the_end(self, staff, pin):
        page = staff.get(page_of(pin))
        after = page.context["next_query"]

        response = staff.post(f"/en{NEXT}?{after}", follow=True)

        assert response.redirect_chain == [(f"/en{QUEUE}", 302)]
        assert "That was the last one for now." in text_of(response)

    @pytest.mark.parametrize("query", ["?after=x", "?kind=x", "?district=%00"])
    def test_an_address_that_is_none_begins_anew(self, staff, pin, query):
        assert page_of(pin) in staff.post(NEXT + query)["Location"]

    @pytest.mark.parametrize("left", ["x", "-1", "\x00", "9" * 5000, "²", "0"])
    def test_leaving_what_is_not_there(self, staff, pin, left):
        response = staff.post(NEXT, {"left": left, "stamp": "x"})
        assert page_of(pin) in response["Location"]

    def test_nobody_is_led_to_nothing(self, staff):
        response = staff.post(NEXT, follow=True)
        assert response.redirect_chain == [(QUEUE, 302)]


class TestReading:
    def test_opening_claims(self, staff, pin, moderator):
        staff.get(page_of(pin))
        assert entry_of(pin).claimed_by == moderator

    def test_asking_for_the_head_does_not(self, staff, pin):
        staff.head(page_of(pin))
        assert entry_of(pin).claimed_by is None

    def test_others_see_it_and_can_take_over(self, staff, pin, moderator, bert):
        read(pin, bert)

        shown = text_of(staff.get(f"/en{page_of(pin)}"))
        assert "bert is reading this since" in shown

        response = staff.post(f"{page_of(pin)}?flow=1", {"take-over": "1"})
        assert response["Location"] == f"{page_of(pin)}?flow=1"
        assert entry_of(pin).claimed_by == moderator

    @pytest.mark.parametrize("to", ["published", "rejected", "asked"])
    def test_what_somebody_else_reads_is_not_decided(self, staff, pin, bert, to):
        read(pin, bert)
        said = {
            "to": to,
            "read": pin.words_digest,
            "reason": "Mein Grund",
            "question": "Meine Frage",
        }

        response = staff.post(page_of(pin), said)

        assert_refused(response, "__all__", status=409)
        fields = fields_of(response)
        assert (fields["reason"], fields["question"]) == ("Mein Grund", "Meine Frage")
        pin.refresh_from_db()
        assert pin.visibility == Visibility.SUBMITTED

    def test_a_photo_claims_its_contribution(self, staff, pin, moderator):
        photo = make_photo(pin)
        address = f"{page_of(pin)}photos/{photo.name}/"
        staff.head(address)
        assert entry_of(pin).claimed_by is None
        staff.get(address)
        assert entry_of(pin).claimed_by == moderator

    def test_a_comment_is_claimed_too(self, staff, moderator):
        comment = make_comment(make_pin(), visibility=Visibility.SUBMITTED)
        staff.get(f"/moderation/comments/{comment.pk}/")
        assert entry_of(comment).claimed_by == moderator

    def test_cards_that_somebody_reads_stay(self, staff, bert):
        card = make_pin(visibility=Visibility.SUBMITTED, source=Source.CARD)
        read(card, bert)

        staff.post(
            "/moderation/cards/", {"pin": f"{card.reference}:{card.words_digest}"}
        )

        card.refresh_from_db()
        assert card.visibility == Visibility.SUBMITTED


class TestScript:
    """What the script of an open page asks for."""

    def address(self, subject):
        return f"/moderation/entries/{entry_of(subject).pk}/claim"

    def test_renewing(self, staff, pin, moderator):
        entry = read(pin, moderator)
        answer = staff.post(self.address(pin), {"act": "renew"}).json()

        assert answer["is_mine"]
        assert answer["stamp"] > claims.stamp_of(entry)

    def test_giving_back(self, staff, pin, moderator):
        entry = read(pin, moderator)
        said = {"act": "release", "stamp": claims.stamp_of(entry)}

        answer = staff.post(self.address(pin), said).json()

        assert answer == {"is_mine": False, "stamp": "", "reader": ""}
        assert entry_of(pin).claimed_by is None

    def test_what_somebody_else_has_taken_over(self, staff, pin, bert):
        read(pin, bert)
        answer = staff.post(self.address(pin)).json()
        assert answer == {"is_mine": False, "stamp": "", "reader": "bert"}

    def test_what_is_decided_meanwhile(self, staff, pin):
        address = self.address(pin)
        QueueEntry.objects.all().delete()
        assert staff.post(address).status_code == 404

    def test_it_is_for_moderators(self, client, pin):
        address = self.address(pin)
        assert client.post(address).status_code == 401
        client.force_login(make_user())
        assert client.post(address).status_code == 403
        assert client.post(NEXT).status_code == 403
        assert client.get(address).status_code == 405
        assert client.get(NEXT).status_code == 405


class TestTemplatesOfReasons:
    @pytest.fixture
    def template(self, moderator):
        return ReasonTemplate.objects.create(
            use="refuse",
            title="Zu kurz",
            text_de="Zu kurz gefasst.",
            text_en="Too short.",
        )

    def insert(self, staff, pin, template, **fields):
        said = {"insert": "refuse", "reason_template": str(template)} | fields
        return staff.post(page_of(pin), said)

    def test_it_is_put_into_the_field(self, staff, pin, template):
        response = self.insert(staff, pin, template.pk)

        assert response.status_code == 200
        assert fields_of(response)["reason"] == "Zu kurz gefasst."
        pin.refresh_from_db()
        assert pin.visibility == Visibility.SUBMITTED

    def test_in_the_language_of_the_author(self, staff, template):
        pin = make_pin(visibility=Visibility.SUBMITTED, language="en")
        response = self.insert(staff, pin, template.pk)
        assert fields_of(response)["reason"] == "Too short."

    def test_below_what_was_typed(self, staff, pin, template):
        typed = {"reason": "Liebe Frau X,\r\n", "question": "Und wo?"}
        fields = fields_of(self.insert(staff, pin, template.pk, **typed))
        assert fields["reason"] == "Liebe Frau X,\n\nZu kurz gefasst."
        assert fields["question"] == "Und wo?"

    @pytest.mark.parametrize("number", ["", "x", "0", "\x00", "9" * 5000, "²"])
    def test_a_template_that_is_none(self, staff, pin, number):
        response = self.insert(staff, pin, number, reason="Schon da")
        assert response.status_code == 200
        assert fields_of(response)["reason"] == "Schon da"

    def test_questions_have_their_own(self, staff, pin):
        number = ReasonTemplate.objects.filter(use="ask").values_list("pk", flat=True)[
            0
        ]
        said = {"insert": "ask", "question_template": number}
        fields = fields_of(staff.post(page_of(pin), said))
        assert fields["question"]
        assert fields["reason"] == ""
