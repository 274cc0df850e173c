"""Supporting a pin: once per browser, taken back, and counted whatever else happens."""

import contextlib
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from pins.actions import change_status, hide_pin, publish_pin
from pins.models import Pin, PublicPin, Support
from pins.models.support import support_key
from pins.supports import (
    NoSuchPin,
    is_supported,
    make_secret,
    read_secret,
    support_pin,
    withdraw_support,
)
from pins.workflow import MoveNotAllowed, Role, Status, Visibility
from tests.factories import (
    broken_constraint,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.locks import wait_until_somebody_waits_for_this_transaction
from tests.pages import fields_of, links_of, text_of

COOKIE = "supporter"
JSON = {"accept": "application/json"}
NOT_PUBLISHED = [v for v in Visibility if v != Visibility.PUBLISHED]


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin()


def count():
    return PublicPin.objects.get().support_count


def merge(pin):
    """Make the pin a duplicate; return its survivor."""
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


class TestActions:
    def test_each_browser_counts_once(self, pin):
        one, other = make_secret(), make_secret()

        counts = [
            support_pin(reference=pin.reference, secret=secret)
            for secret in (one, one, other)
        ]

        assert counts == [1, 1, 2]
        assert count() == Support.objects.count() == 2

    def test_it_is_taken_back_once(self, pin):
        one, other = make_secret(), make_secret()
        for secret in (one, other):
            support_pin(reference=pin.reference, secret=secret)

        counts = [
            withdraw_support(reference=pin.reference, secret=secret)
            for secret in (one, one, make_secret(), None)
        ]

        assert counts == [1, 1, 1, 1]
        shown = PublicPin.objects.get()
        assert not is_supported(pin=shown, secret=one)
        assert is_supported(pin=shown, secret=other)

    def test_what_is_kept_tells_nothing_of_other_pins(self, pin):
        secret, other = make_secret(), make_pin()
        for each in (pin, other):
            support_pin(reference=each.reference, secret=secret)

        keys = set(Support.objects.values_list("key", flat=True))

        assert len(keys) == 2
        assert not any(secret in key for key in keys)

    @pytest.mark.parametrize("visibility", NOT_PUBLISHED)
    def test_only_what_is_published_can_be_supported(self, pin, visibility):
        unseen = make_pin(visibility=visibility)

        with pytest.raises(NoSuchPin):
            support_pin(reference=unseen.reference, secret=make_secret())
        with pytest.raises(NoSuchPin):
            withdraw_support(reference=unseen.reference, secret=make_secret())

        assert not Support.objects.exists()

    def test_a_duplicate_gets_no_more(self, pin):
        merge(pin)

        with pytest.raises(MoveNotAllowed):
            support_pin(reference=pin.reference, secret=make_secret())

        assert not Support.objects.exists()

    def test_the_count_is_right_when_a_pin_comes_back(self, pin):
        moderator, one = make_moderator(), make_secret()
        support_pin(reference=pin.reference, secret=one)
        support_pin(reference=pin.reference, secret=make_secret())
        hide_pin(pin=pin, actor=moderator, reason="Es nennt Namen.")
        Support.objects.filter(key=support_key(one, pin.reference)).delete()

        publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

        assert count() == 1
        assert support_pin(reference=pin.reference, secret=one) == 2

    def test_a_deleted_pin_takes_its_supports_along(self, pin):
        support_pin(reference=pin.reference, secret=make_secret())

        pin.delete()

        assert not Support.objects.exists()
        assert not PublicPin.objects.exists()

    @pytest.mark.parametrize(
        ("key", "constraint"),
        [
            ("0" * 64, "support_once_per_browser"),
            ("G" * 64, "support_key_is_a_hash"),
            ("", "support_key_is_a_hash"),
        ],
    )
    def test_the_database_refuses_what_would_count_wrongly(self, pin, key, constraint):
        Support.objects.create(pin=pin, key="0" * 64)

        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Support.objects.create(pin=pin, key=key)

        assert broken_constraint(refused.value) == constraint


@pytest.mark.parametrize(
    "value",
    [None, "", "x", "a" * 42, "a" * 44, "a" * 42 + "\n", "ä" * 43, "a" * 42 + " "],
)
def test_a_cookie_of_another_make_is_none(value):
    assert read_secret(value) is None


def test_an_own_secret_is_read_back():
    assert read_secret(secret := make_secret()) == secret
    assert make_secret() != secret


def run_together(*jobs):
    """Run the jobs at the same moment in threads of their own; return what failed."""
    together, failures = threading.Barrier(len(jobs), timeout=10), []

    def run(job):
        try:
            together.wait()
            job()
        except Exception as failure:  # noqa: BLE001 – shown by the caller's assertion
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return failures


@pytest.mark.django_db(transaction=True)
def test_browsers_at_the_same_moment_are_all_counted():
    make_district(16)
    pin = make_pin()
    secrets = [make_secret() for _ in range(4)]

    failures = run_together(
        *(
            lambda secret=secret: support_pin(reference=pin.reference, secret=secret)
            for secret in [*secrets, secrets[0]]
        )
    )

    assert failures == []
    assert count() == Support.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_hiding_and_supporting_at_the_same_moment_agree():
    make_district(16)
    pin, moderator = make_pin(), make_moderator()

    def support():
        with contextlib.suppress(NoSuchPin):
            support_pin(reference=pin.reference, secret=make_secret())

    def hide():
        hide_pin(pin=pin, actor=moderator, reason="Es nennt Namen.")

    failures = run_together(support, hide, support)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)

    assert failures == []
    assert count() == Support.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_pin_is_held_while_somebody_supports_it():
    """Whoever shows it again counts anew, and must not miss what is being written."""
    make_district(16)
    pin = make_pin()
    supported = threading.Event()

    def hide():
        supported.wait(timeout=10)
        Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.HIDDEN)
        connection.close()

    thread = threading.Thread(target=hide)
    thread.start()
    with transaction.atomic():
        support_pin(reference=pin.reference, secret=make_secret())
        supported.set()
        wait_until_somebody_waits_for_this_transaction()
    thread.join(timeout=20)

    assert Pin.objects.get().visibility == Visibility.HIDDEN


def url(pin, prefix=""):
    return f"{prefix}/pins/{pin.reference}/support"


class TestPages:
    def test_support_by_form_and_take_it_back(self, client, pin):
        page = client.get(url(pin))
        assert page.status_code == 200
        assert pin.title in text_of(page)
        assert COOKIE not in page.cookies

        response = client.post(url(pin), {"action": "support"})

        assert response.status_code == 303
        assert response["Location"] == f"/pins/{pin.reference}#supported"
        assert count() == 1
        assert "withdraw" in client.get(url(pin)).content.decode()

        response = client.post(url(pin), {"action": "withdraw"})

        assert response["Location"] == f"/pins/{pin.reference}#support-withdrawn"
        assert count() == 0
        assert COOKIE not in response.cookies

    def test_the_parts_the_form_leads_to_are_on_the_page(self, client, pin):
        html = client.get(f"/pins/{pin.reference}").content.decode()

        assert 'id="supported"' in html
        assert 'id="support-withdrawn"' in html
        assert f'href="{url(pin)}"' in html

    def test_the_language_stays(self, client, pin):
        response = client.post(url(pin, "/en"), {"action": "support"})

        assert response["Location"] == f"/en/pins/{pin.reference}#supported"

    def test_in_place_it_answers_with_the_new_state(self, client, pin):
        response = client.post(url(pin, "/en"), {"action": "support"}, headers=JSON)

        assert response.status_code == 200
        assert response.json() == {
            "supported": True,
            "count": 1,
            "label": "1 supporter",
        }
        response = client.post(url(pin, "/en"), {"action": "withdraw"}, headers=JSON)
        assert response.json()["supported"] is False
        assert response.json()["count"] == 0

    def test_sent_again_by_the_same_browser_it_counts_once(self, client, pin):
        for _ in range(3):
            client.post(url(pin), {"action": "support"})
        assert count() == 1

        Client().post(url(pin), {"action": "support"})
        assert count() == 2

    @pytest.mark.parametrize("https", [False, True])
    def test_the_cookie(self, client, pin, settings, https):
        settings.HTTPS = https

        response = client.post(url(pin), {"action": "support"})

        cookie = response.cookies[COOKIE]
        assert read_secret(cookie.value) == cookie.value
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert bool(cookie["secure"]) == https
        assert cookie["max-age"] == 730 * 24 * 60 * 60

    def test_one_secret_serves_all_pins(self, client, pin):
        first = client.post(url(pin), {"action": "support"}).cookies[COOKIE].value
        second = client.post(url(make_pin()), {"action": "support"})

        assert second.cookies[COOKIE].value == first

    @pytest.mark.parametrize("garbage", ["x", "\x00", "a" * 5000, "ä" * 43])
    def test_a_garbled_cookie_is_replaced(self, client, pin, garbage):
        client.cookies[COOKIE] = garbage
        assert client.get(url(pin)).status_code == 200

        response = client.post(url(pin), {"action": "support"})

        assert response.status_code == 303
        assert read_secret(response.cookies[COOKIE].value)
        assert count() == 1

    @pytest.mark.parametrize("action", [None, "", "SUPPORT", "delete", "\x00"])
    @pytest.mark.parametrize("headers", [{}, JSON])
    def test_an_action_that_is_none(self, client, pin, action, headers):
        data = {} if action is None else {"action": action}

        response = client.post(url(pin), data, headers=headers)

        assert response.status_code == 400
        assert COOKIE not in response.cookies
        assert count() == 0
        if headers:
            assert response.json()["error"]
        else:
            assert pin.title in text_of(response)

    @pytest.mark.parametrize("visibility", NOT_PUBLISHED)
    def test_what_is_not_public_is_not_there(self, client, pin, visibility):
        unseen = make_pin(visibility=visibility)
        for reference in (unseen.reference, "KL-1999-00001"):
            page = f"/pins/{reference}/support"
            assert client.get(page).status_code == 404
            assert client.get(f"{page}.json").status_code == 404
            assert client.post(page, {"action": "support"}).status_code == 404
        assert not Support.objects.exists()

    def test_what_was_hidden_a_moment_ago_is_not_there(self, client, pin, monkeypatch):
        def support_too_late(**wanted):
            hide_pin(pin=pin, actor=make_moderator(), reason="Ein Name")
            return support_pin(**wanted)

        monkeypatch.setattr("pins.views.support.support_pin", support_too_late)

        assert client.post(url(pin), {"action": "support"}).status_code == 404
        assert not Support.objects.exists()

    def test_a_duplicate_leads_to_its_survivor(self, client, pin):
        survivor = merge(pin)

        page = client.get(url(pin))
        assert survivor.get_absolute_url() in [a.get("href") for a in links_of(page)]
        assert "action" not in fields_of(page)
        response = client.post(url(pin), {"action": "support"})
        assert response.status_code == 409
        assert survivor.reference in text_of(response)
        answer = client.post(url(pin), {"action": "support"}, headers=JSON)
        assert answer.status_code == 409
        assert not Support.objects.exists()

    def test_the_state_is_told_without_a_cookie(self, client, pin):
        state = f"/pins/{pin.reference}/support.json"

        before = client.get(state)
        client.post(url(pin), {"action": "support"})
        after = client.get(state)

        assert not before.cookies
        assert not after.cookies
        assert before.json()["supported"] is False
        assert after.json()["supported"] is True
        assert after.json()["count"] == 1
        assert "no-store" in after["Cache-Control"]
        assert Client().get(state).json()["supported"] is False

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_no_other_method(self, client, pin, method):
        assert getattr(client, method)(url(pin)).status_code == 405

    def test_the_state_is_only_read(self, client, pin):
        assert client.post(f"{url(pin)}.json").status_code == 405
