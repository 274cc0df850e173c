"""Who guesses is kept out for a while, and learns nothing about who there is."""

import datetime

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.utils import timezone

from staff.lockout import counted_by, erase_attempts, hashed_name
from tests.factories import make_user
from tests.pages import text_of
from tests.staff.accounts import (
    CODE,
    LOGIN,
    code_of,
    do_jobs,
    enter,
    jobs,
    make_protected,
    wrong_code,
)

RESET = "/accounts/password/reset/"


def guess(client, name, times=5, **extra):
    for _number in range(times):
        response = client.post(LOGIN, {"username": name, "password": "x"}, **extra)
    return response


def let_time_pass():
    AccessAttempt.objects.update(
        attempt_time=timezone.now() - datetime.timedelta(minutes=16)
    )


class TestLockOut:
    def test_five_wrong_passwords_keep_out(self, client, db):
        make_user("anna")
        assert guess(client, "anna", 4).status_code == 200

        response = guess(client, "anna", 1)

        assert response.status_code == 429
        assert response["Retry-After"] == "900"
        assert "15 Min" in text_of(response) or "15 min" in text_of(response)
        assert enter(client, "anna").status_code == 429

    def test_it_ends(self, client, db):
        make_user("anna")
        guess(client, "anna")
        let_time_pass()

        assert enter(client, "anna").status_code == 302

    def test_knocking_does_not_prolong_it(self, client, db):
        make_user("anna")
        guess(client, "anna")
        begun = AccessAttempt.objects.get().attempt_time

        guess(client, "anna", 3)

        assert AccessAttempt.objects.get().attempt_time == begun

    def test_signing_in_wipes_it(self, client, db):
        make_user("anna")
        guess(client, "anna", 4)
        enter(client, "anna")
        client.post("/accounts/logout/")

        assert guess(client, "anna", 4).status_code == 200

    def test_a_password_alone_does_not(self, client, db):
        """Else whoever knows it could try codes for ever."""
        make_protected("anna")
        guess(client, "anna", 4)
        enter(client, "anna")

        assert AccessAttempt.objects.exists()

    def test_other_addresses_and_names_are_not_kept_out(self, client, db):
        make_user("anna")
        make_user("kim")
        guess(client, "anna")

        assert enter(client, "kim").status_code == 302
        client.post("/accounts/logout/")
        elsewhere = client.post(
            LOGIN,
            {"username": "anna", "password": "anna"},
            REMOTE_ADDR="203.0.113.9",
        )
        assert elsewhere.status_code == 302

    def test_all_names_of_an_account_are_one(self, client, db):
        make_user("anna", email="anna@example.org")
        guess(client, "anna", 2)
        guess(client, "ANNA@example.org", 2)

        assert guess(client, "Anna", 1).status_code == 429

    @pytest.mark.parametrize("name", ["nobody", "nobody@example.org"])
    def test_unknown_names_are_kept_out_alike(self, client, db, name):
        assert guess(client, name, 4).status_code == 200
        assert guess(client, name, 1).status_code == 429

    def test_wrong_codes_count_from_every_address(self, client, db):
        user = make_protected("anna")
        for number in range(5):
            client.post("/accounts/logout/")
            enter(client, "anna")
            place = {"REMOTE_ADDR": f"203.0.113.{number}"}
            response = client.post(CODE, {"code": wrong_code()}, **place)

        assert response.status_code == 429
        assert client.post(CODE, {"code": code_of()}).status_code == 429

        let_time_pass()
        assert client.post(CODE, {"code": code_of()}).status_code == 302
        assert user.pk

    def test_a_right_code_wipes_the_wrong_ones(self, client, db):
        make_protected("anna")
        enter(client, "anna")
        for _number in range(4):
            client.post(CODE, {"code": wrong_code()})

        client.post(CODE, {"code": code_of()})

        assert not AccessAttempt.objects.exists()

    def test_confirming_that_it_is_oneself_counts_too(self, client, db):
        client.force_login(make_user("anna"))
        for _number in range(5):
            response = client.post("/accounts/again/", {"password": "x"})
        assert response.status_code == 429


class TestWhatIsKept:
    def test_neither_name_nor_address_nor_what_was_typed(self, client, db):
        make_user("anna", email="anna@example.org")
        post = {"username": "anna", "password": "mein-Passwort", "next": "/desk/"}
        client.post(LOGIN + "?next=/desk/", post, REMOTE_ADDR="198.51.100.7")

        kept = " ".join(map(str, AccessAttempt.objects.values_list().get()))

        for secret in ("anna", "mein-Passwort", "198.51", "/desk/", "127.0.0.1"):
            assert secret not in kept

    def test_the_hash_is_another_the_next_day(self, rf, db, monkeypatch):
        request = rf.post(LOGIN)
        today = hashed_name(request, {"username": "anna"})
        tomorrow = timezone.now() + datetime.timedelta(days=1)
        monkeypatch.setattr("staff.lockout.timezone.now", lambda: tomorrow)

        assert hashed_name(request, {"username": "anna"}) != today

    def test_a_nul_is_no_name(self, rf, db):
        assert hashed_name(rf.post(LOGIN), {"username": "a\x00"})
        assert hashed_name(rf.post(LOGIN), None)

    def test_counts_of_codes_know_no_address(self, client, db):
        make_protected("anna")
        enter(client, "anna")
        client.post(CODE, {"code": wrong_code()})

        assert counted_by(AccessAttempt.objects.get()) == ["username"]

    def test_what_keeps_nobody_out_is_erased(self, client, db):
        guess(client, "nobody", 2)
        assert erase_attempts(dry_run=False) == 0
        yesterday = timezone.now() - datetime.timedelta(days=1, minutes=1)
        AccessAttempt.objects.update(attempt_time=yesterday)
        assert erase_attempts(dry_run=True) == 1

        assert erase_attempts(dry_run=False) == 1

        assert not AccessAttempt.objects.exists()


class TestNoEnumeration:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("anna", "nobody"), ("anna@example.org", "nobody@example.org")],
    )
    def test_wrong_passwords_are_answered_in_one_way(self, client, db, one, other):
        make_user("anna", email="anna@example.org")
        make_user("gone", email="gone@example.org", is_active=False)
        answers = [
            client.post(LOGIN, {"username": name, "password": "x"})
            for name in (one, other, "gone")
        ]

        assert len({answer.status_code for answer in answers}) == 1
        texts = {
            text_of(a).replace(n, "")
            for a, n in zip(answers, (one, other, "gone"), strict=True)
        }
        assert len(texts) == 1

    def test_an_ended_account_with_its_password_as_well(self, client, db):
        make_user("gone", is_active=False)

        ended = enter(client, "gone")
        unknown = enter(client, "nobody")

        assert ended.status_code == unknown.status_code == 200
        assert text_of(ended) == text_of(unknown)

    def test_and_take_the_same_work(self, client, db, monkeypatch):
        make_user("anna", email="anna@example.org")
        work = []
        hasher = hashers.MD5PasswordHasher
        encode = hasher.encode

        def noted(*args, **kwargs):
            work.append(1)
            return encode(*args, **kwargs)

        monkeypatch.setattr(hasher, "encode", noted)
        counts = []
        for name in ("anna", "nobody", "anna@example.org", "nobody@example.org"):
            work.clear()
            client.post(LOGIN, {"username": name, "password": "x"})
            counts.append(len(work))

        assert counts[0] == counts[1] > 0
        assert counts[2] == counts[3] > 0

    def test_asking_for_a_password_too(self, client, db, mailoutbox):
        make_user("anna", email="anna@example.org")
        answers = []
        for address in ("anna@example.org", "nobody@example.org"):
            answers.append(client.post(RESET, {"email": address}))
            assert len(jobs()) == len(answers)

        assert {answer["Location"] for answer in answers} == {f"{RESET}sent/"}
        assert client.get(f"{RESET}sent/").status_code == 200
        assert "example.org" not in str([job.args for job in jobs()])
        do_jobs()
        assert [mail.to for mail in mailoutbox] == [["anna@example.org"]]
