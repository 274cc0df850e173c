"""Invitations are the only way to an account."""

import datetime

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from councils.models import Membership
from staff.invitations import (
    AlreadyKnown,
    NotUsable,
    Seat,
    erase_invitations,
    send_again,
    take_up,
    withdraw,
)
from staff.models import Invitation
from tests.factories import make_body, make_user
from tests.pages import text_of
from tests.staff.accounts import (
    GOOD,
    SET_UP,
    do_jobs,
    invite,
    link_in,
    make_manager,
)
from trust.models import AuditEntry


def page_of(invitation):
    return f"/accounts/invitation/{invitation.token}/"


def expire(invitation):
    Invitation.objects.filter(pk=invitation.pk).update(
        expires_at=timezone.now() - datetime.timedelta(minutes=1)
    )


class TestNoOtherWay:
    @pytest.mark.parametrize("path", ["/admin/auth/user/add/", "/cms/users/new/"])
    def test_who_would_add_an_account_is_led_to_the_invitation(self, client, db, path):
        client.force_login(make_manager())
        data = {
            "username": "lou",
            "email": "lou@example.org",
            "first_name": "Lou",
            "last_name": "Muster",
            "usable_password": "true",
            "password1": GOOD,
            "password2": GOOD,
        }

        for response in (client.get(path), client.post(path, data)):
            assert response.status_code == 302
            assert response["Location"] == "/operation/accounts/invite"
        assert not User.objects.filter(username="lou").exists()

    def test_others_are_not(self, client, db):
        assert "/login/" in client.get("/admin/auth/user/add/")["Location"]
        client.force_login(make_user("anna"))
        for path in ("/admin/auth/user/add/", "/cms/users/new/"):
            response = client.get(path)
            assert response.get("Location", "") != "/operation/accounts/invite"

    def test_in_the_admin_accounts_are_found_and_mended_but_not_erased(
        self, client, db
    ):
        manager, anna = make_manager(), make_user("anna", email="a@example.org")
        client.force_login(manager)
        page = f"/admin/auth/user/{anna.pk}/change/"

        listed = client.get("/admin/auth/user/", {"q": "anna"})
        assert "anna" in text_of(listed)
        assert "user/add/" not in listed.content.decode()
        data = {
            "username": "anna",
            "first_name": "Anna",
            "email": "a@example.org",
            "is_active": "on",
            "date_joined_0": "2026-01-02",
            "date_joined_1": "10:00",
        }
        assert client.post(page, data).status_code == 302
        anna.refresh_from_db()
        assert anna.first_name == "Anna"
        entry = AuditEntry.objects.get(action="change user in the admin")
        assert (entry.actor, entry.object_id) == (manager, str(anna.pk))
        assert client.post(f"/admin/auth/user/{anna.pk}/delete/").status_code == 403
        assert User.objects.filter(pk=anna.pk).exists()


class TestTakingUp:
    def test_the_whole_way(self, client, db, mailoutbox, settings):
        settings.SECOND_FACTOR = True
        body = make_body("Ortsbeirat Dansenberg")
        today = timezone.localdate()
        group = Group.objects.create(name="moderation team")
        invite(groups=[group], seat=Seat(body, "clerk", today, None))
        do_jobs()
        link = link_in(mailoutbox[0].body)
        assert mailoutbox[0].to == ["kim@example.org"]
        assert "Dansenberg" in text_of(client.get(link))

        response = client.post(link, {"password1": GOOD})

        user = User.objects.get(email="kim@example.org")
        assert user.username == "kim.muster"
        assert user.get_full_name() == "Kim Müster"
        assert list(user.groups.all()) == [group]
        assert list(user.memberships.values_list("body", "role")) == [
            (body.pk, "clerk")
        ]
        # Signed in, and on the way to the second factor.
        assert client.get(response["Location"])["Location"] == SET_UP
        assert not user.is_staff

    def test_by_address_one_signs_in_afterwards(self, client, db):
        client.post(page_of(invite()), {"password1": GOOD})
        again = Client().post(
            "/accounts/login/", {"username": "KIM@example.org", "password": GOOD}
        )
        assert again.status_code == 302

    @pytest.mark.parametrize("password", ["", "kurz", "kim@example.or", "password1234"])
    def test_a_weak_password(self, client, db, password):
        response = client.post(page_of(invite()), {"password1": password})

        assert response.status_code == 422
        assert response.context["form"].errors["password1"]
        assert not User.objects.filter(email="kim@example.org").exists()

    def test_whoever_is_signed_in_is_told(self, client, db):
        invitation = invite()
        client.force_login(make_user("anna"))

        assert client.get(page_of(invitation)).status_code == 409
        assert client.post(page_of(invitation), {"password1": GOOD}).status_code == 409
        assert Invitation.objects.usable().exists()

    def test_names_that_are_taken(self, db):
        make_user("kim.muster")
        make_user("Kim.Muster.2")
        assert take_up(token=invite().token, password=GOOD).username == "kim.muster.3"

    def test_names_without_letters_of_ascii(self, db):
        invitation = invite(first_name="漢", last_name="字")
        assert take_up(token=invitation.token, password=GOOD).username == "account"


class TestLinksThatLeadNowhere:
    @pytest.fixture
    def gone(self, db):
        """Links that were used, withdrawn, have expired, were replaced, never were."""
        actor = make_manager()
        used, withdrawn = invite("a@example.org"), invite("b@example.org")
        expired, replaced = invite("c@example.org"), invite("d@example.org")
        take_up(token=used.token, password=GOOD)
        withdraw(invitation=withdrawn, actor=actor)
        expire(expired)
        old = page_of(replaced)
        send_again(invitation=replaced, actor=actor)
        return [
            *map(page_of, (used, withdrawn, expired)),
            old,
            "/accounts/invitation/x/",
        ]

    def test_all_are_answered_in_one_way(self, client, gone):
        answers = [client.get(link) for link in gone]
        answers += [client.post(link, {"password1": GOOD}) for link in gone]

        assert {answer.status_code for answer in answers} == {410}
        assert len({text_of(answer) for answer in answers}) == 1

    def test_and_make_no_account(self, client, gone):
        before = User.objects.count()
        for link in gone:
            client.post(link, {"password1": GOOD})
        assert User.objects.count() == before

    def test_two_tabs_make_one_account(self, db):
        token = invite().token
        take_up(token=token, password=GOOD)
        with pytest.raises(NotUsable):
            take_up(token=token, password=GOOD)

    def test_an_address_that_got_an_account_meanwhile(self, client, db):
        invitation = invite()
        make_user("kim", email="KIM@example.org")
        with pytest.raises(AlreadyKnown):
            take_up(token=invitation.token, password=GOOD)
        response = client.post(page_of(invitation), {"password1": GOOD})
        assert response.status_code == 410


class TestInviting:
    def test_the_second_replaces_the_first(self, db):
        actor = make_manager()
        first = invite(actor=actor)
        second = invite("KIM@example.org", actor)

        first.refresh_from_db()
        assert first.withdrawn_at is not None
        assert list(Invitation.objects.usable()) == [second]

    def test_not_who_has_an_account(self, db):
        make_user("kim", email="Kim@example.org")
        with pytest.raises(AlreadyKnown):
            invite()

    def test_sending_again_gives_new_days(self, db, mailoutbox):
        actor = make_manager()
        invitation = invite(actor=actor)
        expire(invitation)

        send_again(invitation=invitation, actor=actor)

        assert Invitation.objects.usable().exists()
        do_jobs()
        assert len(mailoutbox) == 2
        assert mailoutbox[0].body != ""

    def test_none_is_sent_that_was_withdrawn_meanwhile(self, db, mailoutbox):
        actor = make_manager()
        withdraw(invitation=invite(actor=actor), actor=actor)
        do_jobs()
        assert mailoutbox == []

    @pytest.mark.parametrize("act", [send_again, withdraw])
    def test_what_was_taken_up_is_over(self, db, act):
        actor = make_manager()
        invitation = invite(actor=actor)
        take_up(token=invitation.token, password=GOOD)
        with pytest.raises(NotUsable):
            act(invitation=invitation, actor=actor)

    def test_all_is_in_the_audit_log_without_addresses(self, db):
        actor = make_manager()
        invitation = invite(actor=actor)
        send_again(invitation=invitation, actor=actor)
        withdraw(invitation=invitation, actor=actor)

        entries = AuditEntry.objects.order_by("pk")
        assert [entry.action for entry in entries] == [
            "invite",
            "send invitation again",
            "withdraw invitation",
        ]
        assert "example.org" not in str(list(entries.values()))

    def test_only_the_hash_of_the_link_is_kept(self, db):
        invitation = invite()
        assert invitation.token != invitation.token_hash
        assert str(invitation) == "Kim Müster"


class TestErasing:
    def test_what_leads_nowhere_goes(self, db):
        actor = make_manager()
        for number in range(4):
            invite(f"{number}@example.org", actor)
        one, two, three, _four = Invitation.objects.order_by("pk")
        take_up(token=one.token, password=GOOD)
        withdraw(invitation=two, actor=actor)
        expire(three)

        assert erase_invitations(dry_run=True) == 3
        assert Invitation.objects.count() == 4

        assert erase_invitations(dry_run=False) == 3
        assert Invitation.objects.count() == 1
        assert User.objects.filter(email="0@example.org").exists()


class TestDatabase:
    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"seat": "chair"}, "invitation_seat_complete"),
            (
                {"accepted_at": timezone.now(), "withdrawn_at": timezone.now()},
                "invitation_taken_up_or_withdrawn",
            ),
        ],
    )
    def test_what_cannot_be(self, db, fields, constraint):
        invitation = invite()
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**fields)

    def test_a_seat_ends_after_its_start(self, db):
        day = timezone.localdate()
        invitation = invite(seat=Seat(make_body(), "chair", day))
        with (
            pytest.raises(IntegrityError, match="invitation_seat_ends_after_its_start"),
            transaction.atomic(),
        ):
            Invitation.objects.filter(pk=invitation.pk).update(seat_to=day)

    def test_one_open_for_each_address(self, db):
        actor = make_manager()
        invite("kim@example.org", actor)
        other = invite("lou@example.org", actor)
        with (
            pytest.raises(IntegrityError, match="invitation_one_open_per_address"),
            transaction.atomic(),
        ):
            Invitation.objects.filter(pk=other.pk).update(email="KIM@example.org")

    def test_a_seat_until_a_day_ends_by_itself(self, db):
        today = timezone.localdate()
        soon = today + datetime.timedelta(days=10)
        invitation = invite(seat=Seat(make_body(), "member", today, soon))
        user = take_up(token=invitation.token, password=GOOD)

        assert Membership.objects.current(soon).filter(user=user).count() == 0
        assert Membership.objects.current(today).filter(user=user).count() == 1
