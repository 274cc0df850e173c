"""What everybody may do follows the phases, everywhere."""

import datetime
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from insek.models import Phase
from insek.phases import calendar_of, keep_phase
from pins.actions import submit_pin
from pins.comments import publish_official_comment, submit_comment
from pins.models import Comment, ParticipationPeriod, Photo, Pin, Support
from pins.participation import OpenActs, ParticipationClosed, open_acts
from pins.supports import make_secret, support_pin, withdraw_support
from pins.workflow import Source
from tests.factories import (
    form_data,
    make_body,
    make_district,
    make_draft,
    make_member,
    make_phase,
    make_pin,
    make_theme,
)
from tests.locks import wait_until_somebody_waits_for_a_table
from tests.pages import text_of
from tests.photos import upload

READ_ONLY = {"may_pin": False, "may_comment": False, "may_support": False}


@pytest.fixture
def closed(db):
    """Evaluation today: nothing may be done; everything again in 20 days."""
    make_district(16, name="Westdorf")
    make_phase(title_de="Auswertung", length=20, **READ_ONLY)
    return make_phase(days=20, length=None, title_de="Neue Runde")


def test_without_any_phase_everything_is_open(db):
    assert open_acts() == OpenActs(pin=True, comment=True, support=True)


def test_what_one_of_several_phases_allows_is_allowed(db):
    make_phase(**READ_ONLY | {"may_comment": True})
    make_phase(days=-1, length=2, **READ_ONLY | {"may_support": True})

    assert open_acts() == OpenActs(pin=False, comment=True, support=True)


@pytest.mark.parametrize(("days", "length"), [(1, 5), (-5, 5)])
def test_a_phase_that_does_not_cover_today_opens_nothing(db, days, length):
    make_phase(days=days, length=length)

    assert open_acts().is_read_only


def test_first_and_last_day_count(db):
    make_phase(days=0, length=1)

    assert open_acts().pin


def test_rights_follow_a_phase_that_is_changed_and_deleted(db):
    phase = make_phase()
    Phase.objects.update(may_pin=False)
    assert not open_acts().pin

    phase.delete()

    assert open_acts().pin
    assert not ParticipationPeriod.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_no_old_rights_remain():
    first, second = make_phase(), make_phase()
    second.may_pin = False
    other = threading.Thread(target=_keep_and_close, args=[second])
    with transaction.atomic():
        first.may_pin = False
        keep_phase(phase=first, read="")
        other.start()
        wait_until_somebody_waits_for_a_table(Phase)
    other.join(timeout=60)

    assert ParticipationPeriod.objects.count() == 2
    assert not open_acts().pin


def _keep_and_close(phase):
    try:
        keep_phase(phase=phase, read="")
    finally:
        connection.close()


class TestActions:
    def test_no_pin_from_the_web(self, closed):
        with pytest.raises(ParticipationClosed):
            submit_pin(draft=make_draft(), idempotency_key=uuid4())

        assert not Pin.objects.exists()

    @pytest.mark.parametrize("source", [Source.STAND, Source.CARD])
    def test_pins_that_staff_type_in(self, closed, source):
        submit_pin(draft=make_draft(source=source), idempotency_key=uuid4())

        assert Pin.objects.get().source == source

    def test_a_form_that_was_sent_in_time_gets_its_answer_again(self, db):
        make_district(16)
        make_phase()
        draft, key = make_draft(), uuid4()
        pin, token = submit_pin(draft=draft, idempotency_key=key)
        Phase.objects.update(may_pin=False)

        assert submit_pin(draft=draft, idempotency_key=key) == (pin, token)

    def test_no_comment_but_an_official_one(self, closed):
        pin = make_pin()
        said: dict[str, Any] = {
            "reference": pin.reference,
            "text": "So ist es.",
            "language": "de",
            "idempotency_key": uuid4(),
        }
        with pytest.raises(ParticipationClosed):
            submit_comment(**said)

        publish_official_comment(
            **said, actor=make_member(make_body("Ortsbeirat X")), body=None
        )

        assert Comment.objects.get().actor

    def test_a_support_can_be_taken_back_but_not_given(self, db):
        make_district(16)
        pin, secret = make_pin(), make_secret()
        support_pin(reference=pin.reference, secret=secret)
        make_phase(**READ_ONLY)

        # Given before: once more is no new one.
        assert support_pin(reference=pin.reference, secret=secret) == 1
        assert withdraw_support(reference=pin.reference, secret=secret) == 0
        with pytest.raises(ParticipationClosed):
            support_pin(reference=pin.reference, secret=secret)


class TestPages:
    def test_the_form_says_why_and_until_when(self, client, closed):
        response = client.get("/pins/new")

        opening = closed.starts_on.strftime("%Y")
        assert response.status_code == 200
        assert "Auswertung" in text_of(response)
        assert "Neue Runde" in text_of(response)
        assert opening in text_of(response)
        assert b'name="title"' not in response.content

    def test_what_was_sent_is_shown_to_be_copied_and_nothing_is_kept(
        self, client, closed
    ):
        make_theme()
        data = form_data()

        response = client.post("/pins/new", data | {"photos": upload()})

        assert response.status_code == 409
        assert data["title"] in text_of(response)
        assert data["text"] in text_of(response)
        assert not Pin.objects.exists()
        assert not Photo.objects.exists()

    def test_nobody_mends_a_form_that_cannot_be_sent(self, client, closed):
        response = client.post("/pins/new", form_data(text="kurz"))

        assert response.status_code == 409
        assert "kurz" in text_of(response)

    def test_a_comment_keeps_its_words(self, client, closed):
        pin = make_pin()
        address = f"/pins/{pin.reference}/comment"
        data = {"text": "Das sehe ich auch so.", "idempotency_key": str(uuid4())}

        assert b"<textarea" not in client.get(address).content
        response = client.post(address, data)

        assert response.status_code == 409
        assert data["text"] in text_of(response)
        assert not Comment.objects.exists()

    def test_support_is_refused_as_json_and_as_a_page(self, client, closed):
        pin = make_pin()
        address = f"/pins/{pin.reference}/support"

        page = client.post(address, {"action": "support"})
        data = client.post(
            address, {"action": "support"}, headers={"Accept": "application/json"}
        )

        assert page.status_code == data.status_code == 409
        assert data.json()["error"]
        assert not Support.objects.exists()

    @pytest.mark.parametrize("path", ["/", "/districts/westdorf/", "/nowhere", "/en/"])
    def test_nothing_offers_the_form(self, client, closed, path):
        content = client.get(path).content.decode()

        assert 'href="/pins/new"' not in content
        assert 'href="/en/pins/new"' not in content

    def test_a_pin_offers_no_support_and_no_comment(self, client, closed):
        pin = make_pin()
        content = client.get(pin.get_absolute_url()).content.decode()

        assert f"/pins/{pin.reference}/comment" not in content
        assert content.count("data-participation-closed") == 2

    def test_in_an_open_phase_everything_is_offered(self, client, db):
        make_district(16, name="Westdorf")
        make_phase()
        pin = make_pin()
        content = client.get(pin.get_absolute_url()).content.decode()

        assert f"/pins/{pin.reference}/comment" in content
        assert "data-participation-closed" not in content
        assert 'href="/pins/new"' in client.get("/").content.decode()

    def test_ones_own_pin_stays_ones_own(self, client, closed):
        Phase.objects.all().delete()
        draft = make_draft()
        pin, token = submit_pin(draft=draft, idempotency_key=uuid4())
        make_phase(**READ_ONLY)
        own = f"/pins/{pin.reference}/edit/{token}"

        edited = client.post(
            own, {"action": "edit", "title": "Zwei Bänke", "text": draft.text}
        )
        withdrawn = client.post(own, {"action": "withdraw"})

        assert (edited.status_code, withdrawn.status_code) == (302, 302)


class TestTimeline:
    def test_past_present_and_coming_in_order(self, client, db):
        make_phase(days=30, title_de="Später")
        make_phase(days=-90, length=30, title_de="Früher", **READ_ONLY)
        make_phase(title_de="<b>Jetzt</b>")

        response = client.get("/insek/phases/")

        text = text_of(response)
        assert text.index("Früher") < text.index("<b>Jetzt</b>") < text.index("Später")
        assert response.content.count(b'aria-current="step"') == 1

    def test_without_phases(self, client, db):
        assert client.get("/insek/phases/").status_code == 200

    @pytest.mark.parametrize("number", [1, 12])
    def test_it_costs_the_same_with_many_phases(
        self, client, db, number, django_assert_num_queries
    ):
        for n in range(number):
            make_phase(days=n)
        with django_assert_num_queries(4):
            client.get("/insek/phases/")


class TestCalendarOfActs:
    TODAY = datetime.date(2027, 3, 1)
    NOTHING = OpenActs(pin=False, comment=False, support=False)
    EVERYTHING = OpenActs(pin=True, comment=True, support=True)

    def phase(self, first, last, **acts):
        allowed = READ_ONLY | {f"may_{act}": True for act in acts}
        return Phase(starts_on=first, ends_on=last, **allowed)

    def test_without_phases_everything_for_ever(self):
        (span,) = calendar_of([], self.TODAY)

        assert (span.first, span.last, span.acts) == (
            self.TODAY,
            None,
            self.EVERYTHING,
        )

    def test_gaps_and_overlaps(self):
        spans = calendar_of(
            [
                self.phase(
                    datetime.date(2027, 2, 1), datetime.date(2027, 3, 10), pin=True
                ),
                self.phase(
                    datetime.date(2027, 3, 5), datetime.date(2027, 3, 20), support=True
                ),
                self.phase(datetime.date(2027, 4, 1), None, pin=True),
            ],
            self.TODAY,
        )

        pin = OpenActs(pin=True, comment=False, support=False)
        both = OpenActs(pin=True, comment=False, support=True)
        support = OpenActs(pin=False, comment=False, support=True)
        assert [(s.first.isoformat()[5:], s.acts) for s in spans] == [
            ("03-01", pin),
            ("03-05", both),
            ("03-11", support),
            ("03-21", self.NOTHING),
            ("04-01", pin),
        ]
        assert [s.last and s.last.isoformat()[5:] for s in spans] == [
            "03-04",
            "03-10",
            "03-20",
            "03-31",
            None,
        ]

    def test_equal_days_are_one_span(self):
        spans = calendar_of(
            [
                self.phase(
                    datetime.date(2027, 2, 1), datetime.date(2027, 3, 10), pin=True
                ),
                self.phase(datetime.date(2027, 3, 11), None, pin=True),
            ],
            self.TODAY,
        )

        assert len(spans) == 1

    def test_as_the_database_sees_it(self, db):
        make_phase(length=12, **READ_ONLY | {"may_pin": True})
        phases = list(Phase.objects.all())

        spans = calendar_of(phases, timezone.localdate())

        assert spans[0].acts == open_acts()
