"""Forms of people without an account: what they are told when too much comes from there."""

import pytest
from django.core import mail

from pins.models import Comment, Follow, Pin, Support
from tests.factories import (
    form_data,
    make_comment,
    make_district,
    make_event,
    make_moderator,
    make_pin,
    make_theme,
)
from tests.forms import proven, read
from tests.pages import fields_of, text_of
from tests.photos import upload
from trust.guard import TRAP
from trust.models import BannedPattern, Reason, Suspicion
from trust.suspicions import bring_suspicions, suspicion_of

pytestmark = pytest.mark.django_db
NEW = "/pins/new"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility")


def ban(pattern: str) -> None:
    BannedPattern.objects.create(pattern=pattern, action="refuse")


class TestPin:
    def test_a_resident_passes_without_a_mark(self, client):
        response = client.post(NEW, form_data() | proven())

        assert response.status_code == 302
        assert suspicion_of(Pin.objects.get()) is None

    def test_what_is_strange_is_kept_for_the_moderators(self, client):
        sent = form_data()
        client.post(NEW, sent)
        client.post(NEW, sent)

        [row] = Suspicion.objects.all()
        assert set(row.reasons) == {Reason.NO_PROOF, Reason.TOO_FAST}
        assert str(row) == f"pins.pin {Pin.objects.get().pk}"

    def test_the_limit_keeps_what_was_typed(self, client, settings):
        settings.LIMITS = {"pin": 0}
        sent = form_data(title="Ein ganz neuer Weg")
        response = client.post(NEW, sent)

        assert response.status_code == 429
        assert int(response.headers["Retry-After"]) > 0
        kept = fields_of(response)
        assert (kept["title"], kept["text"]) == (sent["title"], sent["text"])
        # It stays the same form: sent later, it makes one pin.
        assert kept["idempotency_key"] == sent["idempotency_key"]
        settings.LIMITS = {}
        assert client.post(NEW, kept).status_code == 302

    def test_photos_have_a_limit_of_their_own(self, client, settings):
        settings.LIMITS = {"photo": 0}
        response = client.post(f"/en{NEW}", form_data() | {"photos": upload()})

        assert response.status_code == 429
        assert "cannot keep your photos" in text_of(response)
        assert client.post(NEW, form_data()).status_code == 302

    def test_photos_wait_while_the_words_have_to(self, client, settings):
        settings.LIMITS = {"pin": 0}
        response = client.post(NEW, form_data() | {"photos": upload()})

        assert response.status_code == 429
        assert "/pins/new/photos/" in response.content.decode()

    def test_a_banned_pattern_is_said(self, client):
        ban("casino")
        response = client.post(NEW, form_data(title="Ein Casino") | proven())

        assert response.status_code == 422
        assert fields_of(response)["title"] == "Ein Casino"
        assert not Pin.objects.exists()

    def test_the_trap_cannot_be_reached(self, client):
        page = client.get(NEW).content.decode()

        [trap] = [tag for tag in page.split("<") if f'name="{TRAP}"' in tag]
        assert " hidden " in trap
        assert 'tabindex="-1"' in trap


class TestComment:
    def url(self) -> str:
        return f"/pins/{make_pin().reference}/comment"

    def sent(self, client, url: str) -> dict[str, str]:
        return fields_of(client.get(url)) | {"text": "Das finde ich auch."}

    def test_what_is_strange_is_kept(self, client):
        url = self.url()
        client.post(url, self.sent(client, url) | proven())
        assert not Suspicion.objects.exists()

        client.post(url, self.sent(client, url) | read())

        assert suspicion_of(Comment.objects.latest("pk")) is not None

    def test_the_limit_keeps_what_was_typed(self, client, settings):
        settings.LIMITS = {"comment": 0}
        url = self.url()
        response = client.post(url, self.sent(client, url))

        assert response.status_code == 429
        assert fields_of(response)["text"] == "Das finde ich auch."


class TestSupport:
    @pytest.mark.parametrize("accept", ["text/html", "application/json"])
    def test_the_limit(self, client, settings, accept):
        settings.LIMITS = {"support": 1}
        url = f"/pins/{make_pin().reference}/support"
        answers = []
        for _ in range(2):
            client.cookies.clear()
            answers.append(
                client.post(url, {"action": "support"}, headers={"Accept": accept})
            )

        assert answers[0].status_code in {200, 303}
        assert answers[1].status_code == 429
        assert int(answers[1].headers["Retry-After"]) > 0
        assert Support.objects.count() == 1
        # Taking it back is always possible.
        assert client.post(url, {"action": "withdraw"}).status_code == 303


class TestFollow:
    def url(self) -> str:
        return f"/follow/?pin={make_pin().reference}"

    def test_the_limit_keeps_what_was_typed(self, client, settings):
        settings.LIMITS = {"follow-unproven": 0}
        url = self.url()
        response = client.post(url, read(email="lou@example.org"))

        assert response.status_code == 429
        assert fields_of(response)["email"] == "lou@example.org"
        assert client.post(url, proven(email="lou@example.org")).status_code == 302

    def test_a_program_is_asked_again_and_a_person_passes(self, client):
        url = self.url()
        again = client.post(url, {"email": "lou@example.org", TRAP: "x"})

        assert again.status_code == 422
        assert not Follow.objects.exists()
        assert client.post(url, fields_of(again)).status_code == 302


class TestRegistering:
    def test_not_for_hundreds_of_addresses(self, client, settings):
        event = make_event(takes_registrations=True)
        settings.LIMITS = {"register": 2}
        url = f"/insek/events/{event.pk}/register"
        answers = [
            client.post(url, proven(email=f"{n}@example.org", persons="1")).status_code
            for n in range(3)
        ]

        assert answers == [302, 302, 429]


class TestBarrier:
    def test_the_limit_keeps_what_was_typed(self, client, settings):
        settings.LIMITS = {"barrier-unproven": 0}
        page = fields_of(client.get("/about/barrier/"))
        sent = page | read(text="Ich komme nicht weiter.")
        response = client.post("/about/barrier/", sent)

        assert response.status_code == 429
        assert fields_of(response)["text"] == "Ich komme nicht weiter."
        assert mail.outbox == []


class TestModeration:
    def test_moderators_see_why(self, client):
        pin, comment = make_pin(visibility="submitted"), make_comment(make_pin())
        client.force_login(make_moderator())
        for subject, kind in ((pin, "pins.pin"), (comment, "pins.comment")):
            Suspicion.objects.create(
                object_type=kind, object_id=subject.pk, reasons=["links", "gone"]
            )

        for page in (
            f"/en/moderation/{pin.reference}/",
            f"/en/moderation/comments/{comment.pk}/",
        ):
            assert "Many links" in text_of(client.get(page)), page

    def test_a_list_asks_once(self, django_assert_num_queries):
        pins = [make_pin() for _ in range(3)]
        Suspicion.objects.create(
            object_type="pins.pin", object_id=pins[1].pk, reasons=["trap"]
        )

        with django_assert_num_queries(1):
            bring_suspicions(pins)
            found = [suspicion_of(pin) is not None for pin in pins]

        assert found == [False, True, False]
