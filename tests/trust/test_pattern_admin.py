"""The list of banned patterns in the admin; who changed what is in the audit log."""

import pytest
from django.test import Client

from tests.factories import make_user
from trust.models import AuditEntry, BannedPattern

pytestmark = pytest.mark.django_db
LIST = "/admin/trust/bannedpattern/"
PATTERN = {"pattern": " Casino*Bonus ", "action": "refuse", "is_active": "on"}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return client


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_made_changed_and_taken_away(admin):
    assert admin.post(f"{LIST}add/", PATTERN).status_code == 302
    pattern = BannedPattern.objects.get()
    assert str(pattern) == pattern.pattern == "casino*bonus"
    assert pattern.created_by is not None
    changed = PATTERN | {"action": "flag"}
    assert admin.post(f"{LIST}{pattern.pk}/change/", changed).status_code == 302
    assert admin.post(f"{LIST}{pattern.pk}/delete/", {"post": "yes"}).status_code == 302

    assert acts() == ["ban pattern", "change pattern", "lift pattern"]
    entry = AuditEntry.objects.get(action="change pattern")
    assert (entry.before["action"], entry.after["action"]) == ("refuse", "flag")
    assert not BannedPattern.objects.exists()


def test_several_taken_away_at_once(admin):
    rows = [BannedPattern.objects.create(pattern=word) for word in ("eins", "zwei")]
    sent = {
        "action": "delete_selected",
        "_selected_action": [row.pk for row in rows],
        "post": "yes",
    }

    assert admin.post(LIST, sent).status_code == 302
    assert acts() == ["lift pattern", "lift pattern"]
    assert not BannedPattern.objects.exists()


@pytest.mark.parametrize("pattern", ["", "ab", "***", "x" * 201])
def test_what_is_refused_is_said(admin, pattern):
    response = admin.post(f"{LIST}add/", PATTERN | {"pattern": pattern})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not BannedPattern.objects.exists()


def test_not_for_everybody(client):
    client.force_login(make_user("staff", is_staff=True))

    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}add/", PATTERN).status_code == 403
