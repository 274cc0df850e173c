"""The audit log: who may read it, what is found, and that reading out is an entry, too."""

import datetime
import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from councils.models import Membership
from exports.models import Webhook
from insek.events.registering import Guest, register
from tests.factories import (
    make_body,
    make_contact,
    make_district,
    make_editor,
    make_event,
    make_moderator,
    make_operator,
    make_pin,
    make_user,
    make_webhook,
)
from trust.audit import record
from trust.models import AuditEntry

LOG, TABLE = "/operation/audit/", "/operation/audit/entries.csv"


@pytest.fixture(autouse=True)
def hohenecken(db):
    return make_district(16, body=make_body("Ortsbeirat West"))


@pytest.fixture
def officer():
    """Return the data protection officer: may read the log and nothing else."""
    user = make_user("datenschutz", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    return user


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("path", [LOG, TABLE])
def test_who_may_read_it(client, officer, path):
    assert client.get(path).status_code == 302
    client.force_login(make_moderator())
    assert client.get(path).status_code == 403
    for user in (officer, make_operator()):
        client.force_login(user)
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 405


def test_filters(client, officer):
    anna, pin = make_user("anna"), make_pin()
    new = record("hide contribution", actor=anna, target=pin, after={"to": "hidden"})
    old = timezone.now() - datetime.timedelta(days=400)
    AuditEntry.objects.create(action="erase contacts", at=old)
    client.force_login(officer)

    def found(query):
        page = client.get(f"{LOG}?{query}")
        assert page.status_code == 200
        return [entry.action for entry in page.context["page"]]

    assert found("") == ["hide contribution", "erase contacts"]
    assert found("who=ANNA") == found("what=hide") == ["hide contribution"]
    assert found(f"thing=pins.pin:{pin.pk}") == ["hide contribution"]
    assert found("thing=pins.pin") == ["hide contribution"]
    assert found("thing=pins.pin:999999") == []
    assert found(f"since={timezone.localdate(new.at)}") == ["hide contribution"]
    assert found(f"until={timezone.localdate(old)}") == ["erase contacts"]
    for wrong in ("since=gestern", f"what={'x' * 61}", "until=9999-99-99"):
        assert client.get(f"{LOG}?{wrong}").status_code == 422
        assert client.get(f"{TABLE}?{wrong}").status_code == 400


def test_many_entries_come_page_by_page(client, django_assert_max_num_queries):
    AuditEntry.objects.bulk_create(
        AuditEntry(action=f"act {number}") for number in range(150)
    )
    client.force_login(make_operator())

    with django_assert_max_num_queries(10):
        first = client.get(LOG)
    second = client.get(f"{LOG}?page=2")

    assert len(first.context["page"]) == 100
    assert len(second.context["page"]) == 50
    assert client.get(f"{LOG}?page=x").status_code == 200


def test_the_table_is_harmless_and_itself_an_entry(client, officer):
    record("=1+1", actor=make_user("=cmd"), before={"a": 1})
    client.force_login(officer)

    answer = client.get(f"{TABLE}?what=1")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()

    assert lines[0].startswith("at;actor;action")
    assert "'=cmd;'=1+1" in lines[1]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor) == ("export the audit log", officer)
    assert entry.after == {"filters": ["what"], "entries": 1}


def test_the_admin_shows_it_and_changes_nothing(client):
    entry = record("hide contribution", actor=None)
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    page = reverse("admin:trust_auditentry_change", args=[entry.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"action": "x"}).status_code == 403
    assert client.get(reverse("admin:trust_auditentry_add")).status_code == 403
    delete = reverse("admin:trust_auditentry_delete", args=[entry.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_webhooks_are_kept(client):
    hook = make_webhook()
    client.force_login(make_operator())
    path = f"/operation/webhooks/{hook.pk}"

    client.post(f"{path}/act", {"action": "off"})
    client.post(f"{path}/act", {"action": "unknown"})
    client.post(f"{path}/delete")

    assert not Webhook.objects.exists()
    assert actions() == ["webhook: off", "delete webhook"]


def test_who_looks_at_guests_is_kept(client):
    event = make_event(takes_registrations=True)
    editor = make_editor()
    client.force_login(editor)
    client.get(f"/planning/events/{event.pk}/")
    assert actions() == []

    register(event=event, guest=Guest("kim@example.org", "de"))
    client.get(f"/planning/events/{event.pk}/")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.after) == (editor, {"rows": 1})
    assert "kim" not in json.dumps(entry.after)


def test_who_looks_at_addresses_in_the_admin_is_kept(client):
    contact = make_contact(make_pin())
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    page = reverse("admin:pins_contact_change", args=[contact.pk])

    client.get(page)
    client.get(reverse("admin:pins_contact_change", args=[0]))
    client.post(
        reverse("admin:pins_contact_delete", args=[contact.pk]), {"post": "yes"}
    )

    assert actions() == ["read contact in the admin", "erase contact in the admin"]
    assert "kim@" not in str(list(AuditEntry.objects.values()))


def test_seats_in_bodies_are_kept(client, hohenecken):
    body = make_body("Ortsbeirat Ost")
    member = make_user("lou")
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    seat = {"user": member.pk, "body": body.pk, "role": "member"}
    seat |= {"valid_from": "2026-01-01"}

    client.post(reverse("admin:councils_membership_add"), seat)
    made = Membership.objects.get()
    change = reverse("admin:councils_membership_change", args=[made.pk])
    client.post(change, seat | {"role": "chair"})

    assert actions() == [
        "add membership in the admin",
        "change membership in the admin",
    ]
