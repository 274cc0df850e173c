"""The log: what the operator needs, and no link that opens somebody's pin."""

import io
import logging
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from pins.notifications import stop_url
from pins.own_link import hash_token, make_token
from pins.telling.follow_links import confirm_url, manage_url
from pins.telling.follow_links import stop_url as follow_stop_url
from tests.factories import make_contact, make_district, make_follow, make_pin

TOKEN = make_token(uuid4())


@pytest.fixture
def log(monkeypatch):
    written = io.StringIO()
    (console,) = [h for h in logging.getLogger().handlers if h.name == "console"]
    monkeypatch.setattr(console, "stream", written)
    return written


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin(token_hash=hash_token(TOKEN))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_links_to_what_somebody_follows_stay_out_of_it(log, pin, prefix):
    follow = make_follow(pin_id=pin.pk)
    for url in (
        confirm_url(follow),
        manage_url(follow.mailbox),
        follow_stop_url(follow.mailbox),
    ):
        path = prefix + url.removeprefix("http://testserver")
        assert Client().options(path).status_code == 405
        assert Client().get(path + "x/y").status_code == 404
        (token,) = [part for part in path.split("/") if ":" in part]
        assert token not in log.getvalue()

    assert "/follow/" in log.getvalue()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("kind", ["registrations", "invitations"])
def test_links_to_registrations_and_invitations_stay_out_of_it(log, db, prefix, kind):
    path = f"{prefix}/insek/{kind}/{TOKEN}/"
    assert Client().get(path).status_code == 410
    assert Client().options(path).status_code == 405
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert Client().get(f"{path}x/y/").status_code == 404

    assert TOKEN not in log.getvalue()
    assert f"{prefix}/insek/{kind}/…" in log.getvalue()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("checks", [False, True])
def test_own_links_stay_out_of_it(log, pin, prefix, checks):
    url = prefix + reverse("pins:own", args=[pin.reference, TOKEN])
    client = Client(enforce_csrf_checks=checks)

    assert client.post(url, {"action": "edit"}).status_code in {403, 422}
    assert client.options(url).status_code == 405

    assert f"{prefix}/pins/{pin.reference}/edit/…" in log.getvalue()
    assert TOKEN not in log.getvalue()


def test_links_that_end_mails_too(log, pin):
    url = stop_url(make_contact(pin)).removeprefix("http://testserver")

    Client(enforce_csrf_checks=True).post(url)

    assert "/pins/updates/…/stop" in log.getvalue()
    assert url not in log.getvalue()


def test_other_addresses_stand_in_it(log, client, db):
    client.get("/nowhere/at-all")

    assert "/nowhere/at-all" in log.getvalue()
