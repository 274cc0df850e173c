"""The form for a comment, and the author's own page of it."""

import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from pins.actions import change_status, hide_pin
from pins.comments import publish_comment, reject_comment, submit_comment
from pins.models import Comment, PublicPin
from pins.workflow import Role, Status, Visibility
from tests.factories import make_district, make_moderator, make_pin, make_user
from tests.pages import assert_refused, fields_of, links_of, text_of
from trust.guard import OPENED, PROOF, TRAP

SCRIPT = "<script>alert(1)</script>"
REASON = "Er beleidigt jemanden."


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin()


def url(pin, prefix=""):
    return f"{prefix}/pins/{pin.reference}/comment"


def data(**fields):
    return {"idempotency_key": str(uuid4()), "text": "Das sehe ich genauso."} | fields


def send(client, pin, **fields):
    """Send the form; return the address of the author's own page."""
    response = client.post(url(pin), data(**fields))
    assert response.status_code == 302, text_of(response)
    return response["Location"].removesuffix("?new=1")


def merge(pin):
    survivor = make_pin(title="Der andere Beitrag")
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=make_user("anna"),
        roles={Role.BODY},
        body=None,
        duplicate_of=survivor,
    )
    return survivor


class TestForm:
    def test_it_asks_for_words_and_nothing_else(self, client, pin):
        response = client.get(url(pin))

        assert response.status_code == 200
        assert pin.title in text_of(response)
        assert set(fields_of(response)) == {
            "csrfmiddlewaretoken",
            "idempotency_key",
            "text",
            # What tells people from programs; nobody sees it.
            OPENED,
            PROOF,
            TRAP,
            # The search of the site's header.
            "q",
        }
        assert "private" in response["Cache-Control"]

    @pytest.mark.parametrize(("prefix", "language"), [("", "de"), ("/en", "en")])
    def test_sent_it_waits_and_leads_to_the_own_page(
        self, client, pin, prefix, language
    ):
        response = client.post(url(pin, prefix), data(text=" Gut!\r\nSehr gut! "))

        comment = Comment.objects.get()
        assert comment.text == "Gut!\nSehr gut!"
        assert comment.language == language
        assert comment.visibility == Visibility.SUBMITTED
        own = response["Location"]
        assert own.startswith(
            f"{prefix}/pins/{pin.reference}/comments/{comment.pk}/edit/"
        )
        page = client.get(own)
        assert page.status_code == 200
        assert f"http://testserver{own.removesuffix('?new=1')}" in text_of(page)

    def test_the_same_form_sent_twice_makes_one(self, client, pin):
        form = data()
        first, second = (client.post(url(pin), form) for _ in range(2))

        assert first["Location"] == second["Location"]
        assert Comment.objects.count() == 1

    def test_the_same_form_with_other_words_is_shown_again(self, client, pin):
        form = data()
        client.post(url(pin), form)

        response = client.post(url(pin), form | {"text": "Etwas ganz anderes."})

        assert response.status_code == 409
        fields = fields_of(response)
        assert fields["text"] == "Etwas ganz anderes."
        assert fields["idempotency_key"] != form["idempotency_key"]
        assert client.post(url(pin), fields).status_code == 302
        assert Comment.objects.count() == 2

    @pytest.mark.parametrize(
        "text",
        ["", "   ", "ab", "a" * 2001, "a\x00bc", "\u200b" * 5, "Wort \x1b Wort"],
    )
    def test_words_that_are_refused(self, client, pin, text):
        response = client.post(url(pin), data(text=text))

        assert_refused(response, "text")
        assert not Comment.objects.exists()
        if "\x00" not in text:
            assert fields_of(response)["text"].strip() == text.strip()

    @pytest.mark.parametrize("text", ["abc", "a" * 2000, "🌳" * 2000, "a\r\n" * 600])
    def test_words_at_the_limits(self, client, pin, text):
        send(client, pin, text=text)
        assert Comment.objects.count() == 1

    @pytest.mark.parametrize("key", [None, "", "x", "\x00"])
    def test_without_its_key_nothing_typed_is_lost(self, client, pin, key):
        form = data()
        del form["idempotency_key"]
        if key is not None:
            form["idempotency_key"] = key

        response = client.post(url(pin), form)

        assert response.status_code == 422
        fields = fields_of(response)
        assert fields["text"] == form["text"]
        assert client.post(url(pin), fields).status_code == 302

    def test_a_stale_form_comes_back_with_its_words(self, pin):
        response = Client(enforce_csrf_checks=True).post(url(pin), data(text="Gut so."))

        assert response.status_code == 403
        assert fields_of(response)["text"] == "Gut so."
        assert not Comment.objects.exists()

    @pytest.mark.parametrize(
        "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
    )
    def test_what_is_not_public_is_not_there(self, client, pin, visibility):
        unseen = make_pin(visibility=visibility)
        strict = Client(enforce_csrf_checks=True)
        for reference in (unseen.reference, "KL-1999-00001"):
            page = f"/pins/{reference}/comment"
            assert client.get(page).status_code == 404
            assert client.post(page, data()).status_code == 404
            assert strict.post(page, data()).status_code == 404
        assert not Comment.objects.exists()

    def test_what_was_hidden_a_moment_ago_is_not_there(self, client, pin, monkeypatch):
        def submit_too_late(**fields):
            hide_pin(pin=pin, actor=make_moderator(), reason=REASON)
            return submit_comment(**fields)

        monkeypatch.setattr("pins.views.comments.submit_comment", submit_too_late)

        assert client.post(url(pin), data()).status_code == 404
        assert not Comment.objects.exists()

    def test_a_duplicate_leads_to_its_survivor_and_keeps_the_words(self, client, pin):
        survivor = merge(pin)

        page = client.get(url(pin))
        assert survivor.get_absolute_url() in [a.get("href") for a in links_of(page)]
        assert "text" not in fields_of(page)
        response = client.post(url(pin), data(text="Bitte bald."))
        assert response.status_code == 409
        assert "Bitte bald." in text_of(response)
        assert survivor.reference in text_of(response)
        assert not Comment.objects.exists()

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_no_other_method(self, client, pin, method):
        assert getattr(client, method)(url(pin)).status_code == 405


class TestOwnPage:
    def test_words_can_be_changed_while_they_wait(self, client, pin):
        own = send(client, pin)

        refused = client.post(own, {"action": "edit", "text": "x"})
        assert refused.status_code == 422
        assert fields_of(refused)["text"] == "x"
        response = client.post(own, {"action": "edit", "text": "Besser gesagt."})

        assert response["Location"] == f"{own}?done=edit"
        assert Comment.objects.get().text == "Besser gesagt."

    def test_once_decided_they_stay_and_what_was_typed_is_shown(self, client, pin):
        own = send(client, pin)
        comment = Comment.objects.get()
        publish_comment(
            comment=comment, actor=make_moderator(), read=comment.words_digest
        )

        response = client.post(own, {"action": "edit", "text": "Zu spät gesagt."})

        assert response.status_code == 409
        assert fields_of(response)["text"] == "Zu spät gesagt."
        assert Comment.objects.get().text == comment.text

    def test_it_is_withdrawn_once(self, client, pin):
        own = send(client, pin)

        assert client.post(own, {"action": "withdraw"}).status_code == 302
        assert Comment.objects.get().visibility == Visibility.WITHDRAWN
        assert client.post(own, {"action": "withdraw"}).status_code == 409
        assert client.get(own).status_code == 200

    def test_a_published_one_disappears_when_it_is_withdrawn(self, client, pin):
        own = send(client, pin)
        comment = Comment.objects.get()
        publish_comment(
            comment=comment, actor=make_moderator(), read=comment.words_digest
        )
        assert comment.text in text_of(client.get(f"/pins/{pin.reference}"))

        client.post(own, {"action": "withdraw"})

        assert comment.text not in text_of(client.get(f"/pins/{pin.reference}"))
        assert PublicPin.objects.get().comment_count == 0

    def test_the_reason_of_a_refusal_is_told(self, client, pin):
        own = send(client, pin)
        reject_comment(
            comment=Comment.objects.get(), actor=make_moderator(), reason=REASON
        )

        assert REASON in text_of(client.get(own))

    def test_the_page_tells_no_more_of_a_pin_that_is_hidden(self, client, pin):
        own = send(client, pin)
        comment, moderator = Comment.objects.get(), make_moderator()
        publish_comment(comment=comment, actor=moderator, read=comment.words_digest)
        hide_pin(pin=pin, actor=moderator, reason="Es nennt Namen.")

        response = client.get(own)

        assert response.status_code == 200
        assert pin.title not in text_of(response)
        assert comment.text in text_of(response)

    @pytest.mark.parametrize("action", [None, "", "publish", "\x00"])
    def test_an_action_that_is_none(self, client, pin, action):
        own = send(client, pin)
        form = {} if action is None else {"action": action}

        assert client.post(own, form).status_code == 400
        assert Comment.objects.get().visibility == Visibility.SUBMITTED

    def test_whoever_has_not_the_link_finds_nothing(self, client, pin):
        own = send(client, pin)
        comment, other = Comment.objects.get(), make_pin()
        token = own.rpartition("/")[2]
        for wrong in (
            f"/pins/{pin.reference}/comments/{comment.pk}/edit/{'0' * 64}",
            f"/pins/{pin.reference}/comments/{comment.pk}/edit/{token[:-1]}",
            f"/pins/{pin.reference}/comments/{comment.pk}/edit/ä",
            f"/pins/{pin.reference}/comments/{comment.pk + 1}/edit/{token}",
            f"/pins/{pin.reference}/comments/{'9' * 40}/edit/{token}",
            f"/pins/{pin.reference}/comments/x/edit/{token}",
            f"/pins/{other.reference}/comments/{comment.pk}/edit/{token}",
            f"/pins/KL-1999-00001/comments/{comment.pk}/edit/{token}",
        ):
            assert client.get(wrong).status_code == 404, wrong
            assert client.post(wrong, {"action": "withdraw"}).status_code == 404
        assert Comment.objects.get().visibility == Visibility.SUBMITTED

    def test_the_link_ends(self, client, pin, settings):
        own = send(client, pin)
        long_ago = timezone.now() - settings.OWN_LINK_LIFETIME
        Comment.objects.update(created_at=long_ago - datetime.timedelta(seconds=1))

        assert client.get(own).status_code == 410
        assert client.post(own, {"action": "withdraw"}).status_code == 410

    def test_no_cache_and_no_search_engine_keeps_it(self, client, pin):
        response = client.get(send(client, pin))

        assert "no-store" in response["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in response.content.decode()

    def test_strange_words_stay_words(self, client, pin):
        own = send(client, pin, text=SCRIPT)
        html = client.get(own).content.decode()
        assert SCRIPT not in html
        client.post(own, {"action": "withdraw"})
        html = client.get(own).content.decode()
        assert SCRIPT not in html
        assert "&lt;script&gt;" in html
