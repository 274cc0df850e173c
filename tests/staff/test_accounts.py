"""Accounts as the operator sees them."""

import datetime
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone

from councils.models import Membership
from staff.models import Invitation
from tests.factories import make_body, make_member, make_moderator, make_user
from tests.pages import assert_refused, fields_of, text_of
from tests.staff.accounts import (
    ACCOUNT,
    CODE,
    LOGIN,
    SET_UP,
    code_of,
    do_jobs,
    enter,
    invite,
    make_manager,
    make_protected,
)
from trust.models import AuditEntry

LIST = "/operation/accounts/"
INVITE = f"{LIST}invite"


@pytest.fixture
def manager(client, db):
    user = make_manager()
    client.force_login(user)
    return user


def make_plain_manager(username="leitung"):
    user = make_user(username)
    user.user_permissions.add(Permission.objects.get(codename="manage_accounts"))
    return user


def page_of(user):
    return f"{LIST}{user.pk}/"


def answers(**fields):
    values = {
        "key": str(uuid4()),
        "email": "kim@example.org",
        "first_name": "Kim",
        "last_name": "Muster",
        "body": "",
        "seat": "",
        "seat_from": "",
        "seat_to": "",
    }
    return values | fields


class TestAccess:
    @pytest.mark.parametrize(
        "path",
        ["", "invite", "1/", "1/end", "1/act", "invitations/1/act", "1/seats/1/end"],
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_not_for_others(self, client, db, path, method):
        # What was typed is held in a page until its sender has signed in.
        asked = {"get": 302, "post": 401}[method]
        assert getattr(client, method)(LIST + path).status_code == asked
        client.force_login(make_moderator())
        assert getattr(client, method)(LIST + path).status_code == 403

    def test_for_who_has_the_right(self, client, db):
        client.force_login(make_plain_manager())
        assert client.get(LIST).status_code == 200

    @pytest.mark.parametrize(
        "path", ["99999/", "99999/act", "99999/end", "invitations/99999/act"]
    )
    def test_what_does_not_exist(self, client, manager, path):
        assert client.post(LIST + path).status_code == 404

    @pytest.mark.parametrize("path", ["1/act", "invitations/1/act", "1/seats/1/end"])
    def test_acts_take_buttons(self, client, manager, path):
        assert client.get(LIST + path).status_code == 405


class TestList:
    def test_seats_factor_and_last_sign_in(self, client, manager):
        make_member(make_body("Ortsbeirat Dansenberg"), "anna")
        make_protected("kim")
        invite("lou@example.org", manager)

        text = text_of(client.get(LIST))

        for word in ("anna", "Ortsbeirat Dansenberg", "kim", "lou@example.org"):
            assert word in text

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("anna", {"anna"}),
            ("Dansenberg", {"anna"}),
            ("muster kim", {"kim"}),
            ("%", set()),
            ("a\x00nna", {"anna"}),
        ],
    )
    def test_search(self, client, manager, words, found):
        make_member(make_body("Ortsbeirat Dansenberg"), "anna")
        make_user("kim", first_name="Kim", last_name="Muster")

        page = client.get(LIST, {"q": words}).context["page"]

        assert {user.username for user in page} == found

    def test_a_former_seat_does_not_find(self, client, manager):
        today = timezone.localdate()
        make_member(make_body("Ortsbeirat Dansenberg"), "anna", valid_to=today)
        assert not client.get(LIST, {"q": "Dansenberg"}).context["page"].object_list

    @pytest.mark.parametrize("page", ["0", "9999", "x", "-1"])
    def test_pages(self, client, manager, page):
        for number in range(55):
            make_user(f"user{number}")
        assert client.get(LIST, {"page": page}).status_code == 200
        assert client.get(LIST).context["page"].paginator.num_pages == 2

    def test_as_many_queries_for_many(
        self, client, manager, django_assert_max_num_queries
    ):
        for number in range(20):
            make_member(make_body(f"Body {number}"), f"user{number}")
            invite(f"{number}@example.org", manager)
        with django_assert_max_num_queries(18):
            client.get(LIST)


class TestInviting:
    def test_with_a_role_and_a_seat(self, client, manager, mailoutbox):
        body, group = make_body(), Group.objects.create(name="team")
        sent = answers(
            groups=[group.pk], body=body.pk, seat="chair", seat_to="2099-12-31"
        )

        response = client.post(INVITE, sent)

        assert response["Location"] == LIST
        invitation = Invitation.objects.get()
        assert (invitation.body, invitation.seat) == (body, "chair")
        assert invitation.seat_from == timezone.localdate()
        assert list(invitation.groups.all()) == [group]
        do_jobs()
        assert mailoutbox[0].to == ["kim@example.org"]

    def test_with_a_role_alone(self, client, manager):
        group = Group.objects.create(name="team")
        assert client.post(INVITE, answers(groups=[group.pk])).status_code == 302
        assert Invitation.objects.get().body is None

    def test_sent_twice_it_invites_once(self, client, manager):
        sent = answers(body=make_body().pk, seat="chair")
        for _time in range(2):
            assert client.post(INVITE, sent).status_code == 302
        assert Invitation.objects.count() == 1

    def test_sent_twice_after_it_was_taken_up(self, client, manager):
        sent = answers(body=make_body().pk, seat="chair")
        client.post(INVITE, sent)
        make_user("kim", email="kim@example.org")
        assert client.post(INVITE, sent).status_code == 302

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"email": "kim"}, "email"),
            ({"email": ""}, "email"),
            ({"first_name": " "}, "first_name"),
            ({"last_name": "x" * 151}, "last_name"),
            ({"last_name": "a\x07b"}, "last_name"),
            ({"body": "99999"}, "body"),
            ({"body": "x"}, "body"),
            ({"seat": ""}, "seat"),
            ({"seat": "king"}, "seat"),
            ({"body": ""}, "body"),
            ({"seat_from": "morgen"}, "seat_from"),
            ({"seat_from": "2099-01-02", "seat_to": "2099-01-02"}, "seat_to"),
            ({"seat_from": "2020-01-02", "seat_to": "2020-02-02"}, "seat_to"),
            ({"groups": ["x"]}, "groups"),
            ({"groups": ["99999"]}, "groups"),
        ],
    )
    def test_what_the_form_refuses(self, client, manager, wrong, field):
        sent = answers(body=make_body().pk, seat="chair") | wrong

        response = client.post(INVITE, sent)

        assert response.status_code == 422
        assert field in response.context["form"].errors
        assert fields_of(response)["email"] == sent["email"]
        assert not Invitation.objects.exists()

    def test_neither_role_nor_seat(self, client, manager):
        response = client.post(INVITE, answers())
        assert response.context["form"].non_field_errors()

    def test_a_garbled_key(self, client, manager):
        sent = answers(key="x", body=make_body().pk, seat="chair")
        assert client.post(INVITE, sent).status_code == 422

    def test_who_has_an_account(self, client, manager):
        make_user("kim", email="kim@example.org")
        response = client.post(INVITE, answers(body=make_body().pk, seat="chair"))
        assert_refused(response, "email")

    def test_the_page_itself(self, client, manager):
        assert client.get(INVITE).status_code == 200

    @pytest.mark.parametrize("action", ["send", "withdraw", "", "x"])
    def test_buttons_of_an_open_one(self, client, manager, action):
        invitation = invite(actor=manager)

        response = client.post(
            f"{LIST}invitations/{invitation.pk}/act", {"action": action}, follow=True
        )

        assert response.status_code == 200
        assert Invitation.objects.usable().exists() is (action != "withdraw")

    def test_a_second_press_in_another_tab(self, client, manager):
        invitation = invite(actor=manager)
        url = f"{LIST}invitations/{invitation.pk}/act"
        client.post(url, {"action": "withdraw"})
        assert client.post(url, {"action": "send"}).status_code == 302
        assert not Invitation.objects.usable().exists()


class TestSeats:
    def test_given_and_ended(self, client, manager):
        user, body = make_user("anna"), make_body("Ortsbeirat Dansenberg")
        member = Client()
        member.force_login(user)
        assert member.get(f"/desk/{body.slug}/").status_code == 404

        client.post(page_of(user), answers(body=body.pk, seat="clerk"))
        assert member.get(f"/desk/{body.slug}/").status_code == 200

        seat = Membership.objects.get()
        client.post(f"{page_of(user)}seats/{seat.pk}/end")
        assert member.get(f"/desk/{body.slug}/").status_code == 404
        actions = AuditEntry.objects.values_list("action", flat=True)
        assert {"give seat", "end seat"} <= set(actions)

    def test_one_that_began_earlier_stays_in_history(self, client, manager):
        user = make_member(make_body(), "anna")
        seat = user.memberships.get()
        for _time in range(2):
            client.post(f"{page_of(user)}seats/{seat.pk}/end")
        seat.refresh_from_db()
        assert seat.valid_to == timezone.localdate()

    def test_one_that_is_gone(self, client, manager):
        user = make_user("anna")
        assert client.post(f"{page_of(user)}seats/7/end").status_code == 302

    def test_not_two_at_once(self, client, manager):
        body = make_body()
        user = make_member(body, "anna")
        response = client.post(page_of(user), answers(body=body.pk, seat="chair"))
        assert_refused(response, "body")

    def test_a_seat_needs_a_body(self, client, manager):
        response = client.post(page_of(make_user("anna")), answers())
        assert_refused(response, "body", "seat")

    def test_an_account_without_a_right_can_do_nothing(self, client, db):
        body = make_body()
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        user = make_member(body, "anna", valid_to=yesterday)
        client.force_login(user)
        for path in (f"/desk/{body.slug}/", "/moderation/", "/planning/concept/", LIST):
            assert client.get(path).status_code in {403, 404}, path
        assert client.get("/accounts/start/")["Location"] == "/"


class TestRoles:
    def test_given_and_taken(self, client, manager):
        user = make_user("anna")
        moderator = Group.objects.get(name="moderator")
        member = Client()
        member.force_login(user)

        client.post(f"{page_of(user)}roles", {"groups": [moderator.pk]})
        assert member.get("/moderation/").status_code == 200
        page = client.get(page_of(user))
        assert page.context["roles_form"].initial["groups"][0] == moderator

        client.post(f"{page_of(user)}roles", {})
        assert member.get("/moderation/").status_code == 403
        assert AuditEntry.objects.filter(action="give roles").count() == 2

    @pytest.mark.parametrize("value", ["x", "99999", "\x00"])
    def test_garbage(self, client, manager, value):
        user = make_user("anna")
        client.post(f"{page_of(user)}roles", {"groups": [value]})
        assert not user.groups.exists()

    def test_not_to_who_stands_above(self, client, db):
        above = make_manager()
        client.force_login(make_plain_manager())
        assert client.post(f"{page_of(above)}roles", {}).status_code == 403


class TestEnding:
    def test_all_ends_at_once(self, client, manager):
        user = make_member(make_body(), "anna")
        user.is_staff = True
        user.save()
        user.groups.add(Group.objects.create(name="team"))
        member = Client()
        enter(member, "anna")
        assert member.get("/desk/").status_code in {200, 302}
        assert client.get(f"{page_of(user)}end").status_code == 200

        response = client.post(f"{page_of(user)}end")

        assert response["Location"] == page_of(user)
        assert member.get(ACCOUNT)["Location"].startswith(LOGIN)
        assert enter(Client(), "anna").status_code == 200
        user.refresh_from_db()
        assert not user.groups.exists()
        assert {user.is_active, user.is_staff} == {False}
        assert not user.memberships.current().exists()
        assert AuditEntry.objects.filter(action="end account").exists()

    def test_reopened_it_has_no_rights(self, client, manager):
        user = make_member(make_body(), "anna")
        client.post(f"{page_of(user)}end")

        client.post(f"{page_of(user)}act", {"action": "reopen"})

        member = Client()
        assert enter(member, "anna").status_code == 302
        assert member.get("/accounts/start/")["Location"] == "/"

    def test_nobody_ends_their_own(self, client, manager):
        assert client.post(f"{page_of(manager)}end").status_code == 403
        manager.refresh_from_db()
        assert manager.is_active

    @pytest.mark.parametrize("path", ["end", "act"])
    def test_nor_that_of_who_stands_above(self, client, db, path):
        above = make_manager()
        client.force_login(make_plain_manager())
        for action in ("reset", "sessions"):
            response = client.post(page_of(above) + path, {"action": action})
            assert response.status_code == 403


class TestHelping:
    def test_a_lost_second_factor(self, client, manager, mailoutbox, settings):
        settings.SECOND_FACTOR = True
        user = make_protected("anna", email="anna@example.org")
        member = Client()
        enter(member, "anna")
        member.post(CODE, {"code": code_of()})
        assert member.get(ACCOUNT).status_code == 200
        settings.SECOND_FACTOR = False

        client.post(f"{page_of(user)}act", {"action": "reset"})

        settings.SECOND_FACTOR = True
        assert not Authenticator.objects.filter(user=user).exists()
        assert member.get(ACCOUNT)["Location"].startswith(LOGIN)
        assert enter(member, "anna").status_code == 302
        assert member.get(ACCOUNT)["Location"] == SET_UP
        do_jobs()
        assert mailoutbox[0].to == ["anna@example.org"]
        assert AuditEntry.objects.get(action="reset second factor").before == {
            "kinds": ["totp"]
        }

    def test_signing_out_everywhere(self, client, manager):
        user = make_user("anna")
        member = Client()
        enter(member, "anna")

        client.post(f"{page_of(user)}act", {"action": "sessions"})

        assert member.get(ACCOUNT)["Location"].startswith(LOGIN)

    @pytest.mark.parametrize("action", ["", "x", "reset\x00"])
    def test_no_button(self, client, manager, action):
        user = make_user("anna")
        response = client.post(f"{page_of(user)}act", {"action": action})
        assert response["Location"] == page_of(user)
        assert User.objects.filter(pk=user.pk, is_active=True).exists()

    def test_an_account_without_an_address_gets_no_mail(
        self, client, manager, mailoutbox
    ):
        user = make_protected("anna")
        client.post(f"{page_of(user)}act", {"action": "reset"})
        do_jobs()
        assert mailoutbox == []

    def test_the_menu_leads_there(self, client, manager):
        assert f'href="{LIST}"' in client.get("/").content.decode()
