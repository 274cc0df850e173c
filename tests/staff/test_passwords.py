"""Changing a password, and choosing a new one by mail."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from staff.passwords import PAUSE, SENT, send_links
from tests.factories import make_moderator, make_user
from tests.pages import text_of
from tests.staff.accounts import (
    CODE,
    GOOD,
    LOGIN,
    do_jobs,
    enter,
    jobs,
    link_in,
    make_protected,
)
from trust.audit import type_of
from trust.models import AuditEntry

ASK = "/accounts/password/reset/"
CHANGE = "/accounts/password/"


def link_for(client, mailoutbox, address="anna@example.org"):
    client.post(ASK, {"email": address})
    do_jobs()
    return link_in(mailoutbox[-1].body)


def choose(client, link, password=GOOD):
    page = client.get(link)
    return client.post(page["Location"], {"password1": password})


class TestByMail:
    def test_the_whole_way(self, client, db, mailoutbox):
        make_user("anna", email="anna@example.org")
        link = link_for(client, mailoutbox)
        page = client.get(link)
        assert link.split("/")[-2] not in page["Location"]

        response = client.post(page["Location"], {"password1": GOOD})

        assert client.get(response["Location"]).status_code == 200
        assert enter(client, "anna", GOOD).status_code == 302
        assert "anna" in mailoutbox[0].body

    def test_the_link_works_once(self, client, db, mailoutbox):
        make_user("anna", email="anna@example.org")
        link = link_for(client, mailoutbox)
        choose(client, link)

        page = Client().get(link)

        assert page.context["token_fail"]

    def test_and_for_two_hours(self, client, db, mailoutbox, settings):
        make_user("anna", email="anna@example.org")
        link = link_for(client, mailoutbox)
        settings.PASSWORD_RESET_TIMEOUT = -1

        assert client.get(link).context["token_fail"]

    def test_sessions_end(self, client, db, mailoutbox):
        make_moderator("anna")
        stranger = Client()
        enter(stranger, "anna")
        assert stranger.get("/moderation/").status_code == 200
        from django.contrib.auth.models import User

        User.objects.update(email="anna@example.org")

        choose(client, link_for(client, mailoutbox))

        assert stranger.get("/moderation/")["Location"].startswith(LOGIN)
        assert AuditEntry.objects.filter(action="change password").exists()

    def test_the_second_factor_is_asked_for_all_the_same(self, client, db, mailoutbox):
        make_protected("anna", email="anna@example.org")
        choose(client, link_for(client, mailoutbox))

        assert enter(client, "anna", GOOD)["Location"] == CODE

    def test_one_mail_in_five_minutes(self, client, db, mailoutbox):
        user = make_user("anna", email="anna@example.org")
        for _number in range(3):
            client.post(ASK, {"email": "ANNA@example.org"})
        do_jobs()
        assert len(mailoutbox) == 1
        entry = AuditEntry.objects.get(action=SENT)
        assert entry.at > timezone.now() - PAUSE

        long_ago = timezone.now() + PAUSE + datetime.timedelta(seconds=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.utils.timezone.now", lambda: long_ago)
            assert send_links([user.pk], "en") == 1

    def test_nor_in_the_year_of_a_clock_that_was_ahead(self, db):
        user = make_user("anna", email="anna@example.org")
        AuditEntry.objects.create(
            action=SENT,
            object_type=type_of(User._meta),
            object_id=str(user.pk),
            at=timezone.now() + datetime.timedelta(days=365),
        )

        assert send_links([user.pk], "en") == 1

    def test_who_asks_for_many_accounts_waits(self, client, db, settings):
        settings.LIMITS = {"password": 2}
        make_user("berta", email="berta@example.org")
        for name in ("anna", "nobody"):
            asked = client.post(ASK, {"email": f"{name}@example.org"})
            assert asked.status_code == 302
        before = len(jobs())

        stopped = client.post(ASK, {"email": "berta@example.org"})

        assert stopped.status_code == 429
        assert 0 < int(stopped["Retry-After"]) <= 3600
        assert "berta@example.org" in stopped.content.decode()
        assert len(jobs()) == before
        elsewhere = Client(REMOTE_ADDR="192.0.2.9")
        assert elsewhere.post(ASK, {"email": "berta@example.org"}).status_code == 302

    def test_nobody_gets_one_whose_account_has_ended(self, client, db, mailoutbox):
        user = make_user("anna", email="anna@example.org", is_active=False)
        client.post(ASK, {"email": "anna@example.org"})
        do_jobs()
        assert mailoutbox == []
        assert send_links([user.pk, 0], "de") == 0

    @pytest.mark.parametrize("address", ["", "anna", "a\x00@b.de", "x" * 300 + "@b.de"])
    def test_garbage(self, client, db, address):
        response = client.post(ASK, {"email": address})

        assert response.status_code == 422
        assert response.context["form"].errors["email"]
        assert not jobs()

    @pytest.mark.parametrize(
        "link",
        ["x/y", "zzzzzzzzzzzzzzzzzzzzz/set-password", "1/set-password", "1/a/b%00c"],
    )
    def test_garbled_links(self, client, db, link):
        response = client.get(f"{ASK}{link}/")
        assert response.context["token_fail"]

    def test_in_english(self, client, db, mailoutbox):
        make_user("anna", email="anna@example.org")
        client.post(f"/en{ASK}", {"email": "anna@example.org"})
        do_jobs()
        assert mailoutbox[0].subject == "Choose a new password"
        assert "/en/accounts/" in mailoutbox[0].body


class TestRules:
    @pytest.mark.parametrize(
        "password",
        ["short one", "1234567890123", "password1234", "anna.muster@example"],
    )
    def test_weak_ones(self, client, db, mailoutbox, password):
        make_user("anna", email="anna.muster@example.org")
        link = link_for(client, mailoutbox, "anna.muster@example.org")

        response = choose(client, link, password)

        assert response.status_code == 200
        assert response.context["form"].errors["password1"]

    @pytest.mark.parametrize("password", ["p" * 8 + "q" * 120, "ÄÖÜ ß 漢字 und 🙂🙂"])
    def test_long_ones_and_all_letters(self, client, db, mailoutbox, password):
        make_user("anna", email="anna@example.org")
        choose(client, link_for(client, mailoutbox), password)

        assert enter(client, "anna", password).status_code == 302

    def test_blanks_at_the_ends_count(self, client, db, mailoutbox):
        make_user("anna", email="anna@example.org")
        choose(client, link_for(client, mailoutbox), f" {GOOD} ")

        assert enter(client, "anna", GOOD).status_code == 200
        assert enter(client, "anna", f" {GOOD} ").status_code == 302


class TestChanging:
    def test_others_end_and_one_goes_on(self, client, db, mailoutbox):
        make_user("anna", email="anna@example.org")
        elsewhere = Client()
        enter(elsewhere, "anna")
        enter(client, "anna")

        response = client.post(CHANGE, {"oldpassword": "anna", "password1": GOOD})

        assert response["Location"] == "/accounts/"
        assert client.get("/accounts/").status_code == 200
        assert elsewhere.get("/accounts/")["Location"].startswith(LOGIN)
        do_jobs()
        assert [mail.to for mail in mailoutbox] == [["anna@example.org"]]

    def test_it_takes_the_present_one(self, client, db):
        client.force_login(make_user("anna"))

        response = client.post(CHANGE, {"oldpassword": "x", "password1": GOOD})

        assert response.context["form"].errors["oldpassword"]
        assert "falsch" in text_of(response) or "wrong" in text_of(response)

    def test_and_a_good_one(self, client, db):
        client.force_login(make_user("anna"))

        response = client.post(CHANGE, {"oldpassword": "anna", "password1": "kurz"})

        assert response.context["form"].errors["password1"]

    def test_without_one_a_mail_helps(self, client, db):
        user = make_user("anna")
        user.set_unusable_password()
        user.save()
        client.force_login(user)

        assert client.get(CHANGE)["Location"] == ASK

    def test_one_has_to_sign_in(self, client, db):
        assert client.get(CHANGE)["Location"].startswith(LOGIN)
