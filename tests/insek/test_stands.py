"""The form of a stand: written fast, kept once, closed in time, its link a secret."""

import datetime
import logging
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from insek import stands
from insek.forms.stand import StandPinForm
from insek.models import Event, PinOrigin, Stand
from mapapp.logs import WithoutPersons
from pins.actions import publish_pin
from pins.models import Contact, Pin
from pins.workflow import Visibility
from tests.factories import (
    make_district,
    make_draft,
    make_editor,
    make_event,
    make_moderator,
    make_phase,
    make_planner,
    make_stand,
    make_theme,
)
from tests.geometries import point_in
from tests.pages import fields_of

HOUR = datetime.timedelta(hours=1)
TEXT = "Am Brunnen fehlt eine Bank im Schatten. Man muss stehen."


@pytest.fixture
def stand(db):
    make_district(16, name="Hohenecken")
    make_theme()
    return make_stand()


def url(stand):
    return f"/insek/stand/{stand.token}/"


def said(**fields):
    values = {
        "idempotency_key": str(uuid4()),
        "kind": "idea",
        "theme": "mobility",
        "text": TEXT,
        "where": "event",
    } | fields
    return {name: value for name, value in values.items() if value is not None}


def test_what_was_said_is_kept_with_its_origin(client, stand):
    response = client.post(url(stand), said())

    pin = Pin.objects.get()
    assert (pin.source, pin.visibility) == ("stand", "submitted")
    assert pin.title == "Am Brunnen fehlt eine Bank im Schatten"
    assert pin.location == stand.event.location
    origin = PinOrigin.objects.get(pin=pin)
    assert (origin.event, origin.stand) == (stand.event, stand)
    page = client.get(response["Location"])
    assert pin.reference in page.content.decode()
    fields = fields_of(page)
    # Empty again, with kind and theme kept.
    assert (fields["text"], fields["kind"], fields["theme"]) == ("", "idea", "mobility")


def test_the_same_form_twice_is_one_contribution(client, stand):
    form = said()
    first, second = client.post(url(stand), form), client.post(url(stand), form)

    assert first["Location"] == second["Location"]
    assert Pin.objects.count() == 1
    again = client.post(url(stand), form | {"text": TEXT + " Wirklich."})
    assert again.status_code == 409
    assert fields_of(again)["idempotency_key"] != form["idempotency_key"]
    assert "Wirklich." in again.content.decode()


def test_a_link_takes_so_many_within_an_hour(client, stand, settings):
    settings.LIMITS = {"stand": 2}
    for _ in range(2):
        assert client.post(url(stand), said()).status_code == 302
    form = said(text=TEXT + " Wirklich.")

    # From whatever tablet.
    stopped = Client(REMOTE_ADDR="192.0.2.9").post(url(stand), form)

    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 3600
    assert "Wirklich." in stopped.content.decode()
    # Kept on the tablet it is sent again as what it is.
    assert fields_of(stopped)["idempotency_key"] == form["idempotency_key"]
    assert Pin.objects.count() == 2
    # Everybody else goes on: other stands, and the form of the website.
    other = make_stand(actor=stand.created_by)
    assert client.post(url(other), said()).status_code == 302


def test_mails_to_one_mailbox_have_a_limit_at_stands_too(client, stand, settings):
    settings.LIMITS = {"pin-mailbox": 1}
    address = {"email": "kim@example.org", "consent": "on"}
    assert client.post(url(stand), said(**address)).status_code == 302

    assert client.post(url(stand), said(**address)).status_code == 429
    assert client.post(url(stand), said()).status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": None}, "kind"),
        ({"kind": "x"}, "kind"),
        ({"theme": "x"}, "theme"),
        ({"text": "kurz"}, "text"),
        ({"text": "a\0" + TEXT}, "text"),
        ({"title": "x" * 121}, "title"),
        ({"where": "moon"}, "where"),
        ({"where": "elsewhere"}, "district"),
        ({"where": "elsewhere", "lon": "9.9", "lat": "49"}, "lon"),
        ({"email": "nobody"}, "email"),
        ({"email": "kim@example.org"}, "consent"),
    ],
)
def test_what_is_refused_comes_back_with_everything_typed(client, stand, change, field):
    response = client.post(url(stand), said(place_note="Am Brunnen", **change))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert fields_of(response)["place_note"] == "Am Brunnen"
    assert not Pin.objects.exists()


def test_an_address_is_kept_with_the_consent_only(client, stand):
    client.post(url(stand), said(email="kim@example.org", consent="on"))
    assert Contact.objects.get().email == "kim@example.org"


def test_elsewhere_counts_where_it_is_chosen(client, stand):
    make_district(15)
    there = point_in(15)
    place = {"lon": str(there.x), "lat": str(there.y)}
    client.post(url(stand), said(where="elsewhere", **place))
    # What was set on the map before the choice changed back.
    client.post(url(stand), said(where="event", **place))
    assert [pin.district.number for pin in Pin.objects.order_by("pk")] == [15, 16]


def test_an_event_without_a_place_asks_for_one(client, stand):
    other = make_stand(make_event(location=None), actor=make_editor())
    response = client.post(url(other), said())
    assert response.status_code == 422
    response = client.post(
        url(other), said(where=None, district="hohenecken", place_note="Am Bach")
    )
    assert response.status_code == 302


def test_no_phase_closes_a_stand(client, stand):
    make_phase(may_pin=False)
    assert client.post(url(stand), said()).status_code == 302


def test_counter_list_and_undo(client, stand):
    for _ in range(12):
        client.post(url(stand), said())
    page = client.get(url(stand))
    assert page.context["count"] == 12
    assert len(page.context["latest"]) == 10
    pin = Pin.objects.latest("pk")
    undo = {"action": "undo", "reference": pin.reference}

    assert client.post(url(stand), undo).status_code == 302
    assert client.post(url(stand), undo).status_code == 302

    pin.refresh_from_db()
    assert pin.visibility == Visibility.WITHDRAWN
    assert client.get(url(stand)).context["count"] == 11


@pytest.mark.parametrize("why", ["late", "decided"])
def test_too_late_to_take_it_back(client, stand, why):
    client.post(url(stand), said())
    pin = Pin.objects.get()
    if why == "late":
        Pin.objects.update(created_at=timezone.now() - stands.UNDO_TIME)
    else:
        publish_pin(pin=pin, actor=make_moderator(), read=pin.words_digest)
    before = pin.visibility

    undo = {"action": "undo", "reference": pin.reference}
    assert client.post(url(stand), undo).status_code == 409

    assert Pin.objects.filter(visibility__in=[before, "published"]).count() == 1


@pytest.mark.parametrize("reference", ["", "KL-2026-99999", "\0", "x" * 500])
def test_only_what_came_from_this_stand_is_taken_back(client, stand, reference):
    other = make_stand(actor=make_editor())
    client.post(url(other), said())
    theirs = Pin.objects.get().reference
    for name in (reference, theirs):
        data = {"action": "undo", "reference": name}
        assert client.post(url(stand), data).status_code == 404
    assert not Pin.objects.filter(visibility="withdrawn").exists()


CLOSED = {
    "early": ({"valid_from": HOUR}, 403),
    "over": ({"valid_until": -25 * HOUR, "valid_from": -30 * HOUR}, 410),
    "revoked": ({"revoked_at": -HOUR}, 410),
}


@pytest.mark.parametrize("why", [*CLOSED, "cancelled", "unknown"])
def test_a_closed_stand_says_why_and_loses_nothing(client, stand, why):
    changes, status = CLOSED.get(why, ({}, 404 if why == "unknown" else 410))
    now = timezone.now()
    changed = {name: now + shift for name, shift in changes.items()}
    Stand.objects.filter(pk=stand.pk).update(**changed)
    if why == "cancelled":
        Event.objects.update(state=Event.State.CANCELLED, cancelled_because="Sturm")
    if why == "unknown":
        stands.renew_link(stand=Stand.objects.get())
    address = url(stand)

    assert client.get(address).status_code == status
    response = client.post(address, said(title="Eine <Bank>"))

    assert response.status_code == status
    fields = fields_of(response)
    assert (fields["text"], fields["title"]) == (TEXT, "Eine <Bank>")
    assert not Pin.objects.exists()


def test_what_waited_for_a_network_is_taken_after_the_end(client, stand):
    Stand.objects.update(
        valid_until=timezone.now() - HOUR, valid_from=timezone.now() - 9 * HOUR
    )
    assert client.get(url(stand)).status_code == 410
    assert client.post(url(stand), said()).status_code == 302


def test_a_form_without_its_key_comes_back_with_a_new_one(client, stand):
    response = client.post(url(stand), said(idempotency_key=None))
    assert response.status_code == 422
    assert fields_of(response)["text"] == TEXT
    assert fields_of(response)["idempotency_key"]


def test_the_link_is_a_secret(client, stand, caplog):
    response = client.get(url(stand))
    assert response["Referrer-Policy"] == "strict-origin"
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert stand.token_hash != stand.token
    record = logging.LogRecord("x", 40, "", 0, "Not Found: %s", (url(stand),), None)
    WithoutPersons().filter(record)
    assert stand.token not in record.getMessage()
    # The office's own pages keep their numbers in the log.
    kept = logging.LogRecord("x", 40, "", 0, "/planning/input/stands/5/", (), None)
    WithoutPersons().filter(kept)
    assert kept.getMessage() == "/planning/input/stands/5/"


def test_a_token_for_what_was_kept(client, stand):
    assert client.get(f"{url(stand)}token.json").json()["token"]
    assert client.get("/insek/stand/wrong/token.json").status_code == 404
    assert client.put(url(stand)).status_code == 405


def test_an_old_token_of_the_page_loses_nothing(stand):
    response = Client(enforce_csrf_checks=True).post(url(stand), said())
    assert response.status_code == 403
    assert fields_of(response)["text"] == TEXT
    assert not Pin.objects.exists()


def test_the_page_asks_a_fixed_number_of_queries(
    client, stand, django_assert_max_num_queries
):
    for _ in range(10):
        client.post(url(stand), said())
    with django_assert_max_num_queries(14):
        client.get(url(stand))


def test_an_old_token_of_a_wrong_link_loses_nothing(stand):
    browser = Client(enforce_csrf_checks=True)
    response = browser.post("/insek/stand/wrong/", said())
    assert response.status_code == 404
    assert fields_of(response)["text"] == TEXT


def test_a_stand_closed_while_a_form_is_read_takes_nothing(client, stand, monkeypatch):
    def close_before(**given):
        stands.close_stand(stand=stand)
        return stands.take_down(**given)

    monkeypatch.setattr("insek.views.stand.take_down", close_before)
    response = client.post(url(stand), said())

    assert response.status_code == 410
    assert fields_of(response)["text"] == TEXT
    assert not Pin.objects.exists()


def test_a_closed_stand_takes_nothing_back(client, stand):
    client.post(url(stand), said())
    stands.close_stand(stand=stand)

    undo = {"action": "undo", "reference": Pin.objects.get().reference}
    assert client.post(url(stand), undo).status_code == 410

    assert Pin.objects.get().visibility == Visibility.SUBMITTED


def test_what_was_not_said_at_a_stand_is_none_of_its_contributions(stand):
    with pytest.raises(ValueError, match="at a stand"):
        stands.take_down(stand=stand, draft=make_draft(), idempotency_key=uuid4())
    with pytest.raises(ValueError, match="invalid form"):
        StandPinForm(stand, said(text="")).draft()
    assert not Pin.objects.exists()


# --- The office -----------------------------------------------------------------------


@pytest.fixture
def office(client, stand):
    client.force_login(make_editor())
    return client


def test_the_office_opens_a_stand_and_gets_its_link(office, stand):
    response = office.post(
        "/planning/input/stands/new",
        {"event": stand.event.pk, "label": "  Kirmes   1 "},
        follow=True,
    )
    opened = Stand.objects.get(label="Kirmes 1")
    page = response.content.decode()
    assert opened.token in page
    assert "data:image/svg+xml" in page
    assert opened.valid_from == stand.event.starts_at - HOUR
    assert opened.valid_until == stand.event.ends_at + 2 * HOUR


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"event": "x", "label": "Kirmes"},
        {"label": ""},
        {"label": "a\0b"},
        {"label": "x" * 81},
        {"valid_from": "soon"},
        {"valid_from": "2030-01-02T10:00", "valid_until": "2030-01-01T10:00"},
        {"valid_from": "2020-01-01T10:00", "valid_until": "2020-01-02T10:00"},
        {"valid_from": "2030-01-01T10:00", "valid_until": "2031-01-01T10:00"},
    ],
)
def test_what_makes_no_stand(office, stand, data):
    full = {"event": stand.event.pk, "label": "Kirmes"} | data if data else {}
    assert office.post("/planning/input/stands/new", full).status_code == 422
    assert Stand.objects.count() == 1


def test_closing_reopening_and_a_new_link(office, stand):
    page, old = f"/planning/input/stands/{stand.pk}/", url(stand)
    office.post(page, {"action": "close"})
    assert office.get(old).status_code == 410
    office.post(page, {"action": "reopen"})
    assert office.get(old).status_code == 200
    office.post(page, {"action": "renew"})
    assert office.get(old).status_code == 404
    stand.refresh_from_db()
    assert office.get(url(stand)).status_code == 200
    assert office.post(page, {"action": "burn"}).status_code == 400
    other = f"/planning/input/stands/{stand.pk + 1}/"
    assert office.post(other, {}).status_code == 404


def test_the_list_counts_what_was_collected(
    office, stand, django_assert_max_num_queries
):
    office.post(url(stand), said())
    for number in range(5):
        make_stand(stand.event, label=f"S{number}", actor=stand.created_by)
    with django_assert_max_num_queries(12):
        page = office.get("/planning/input/")
    assert {s.label: s.collected for s in page.context["page"]}[stand.label] == 1


@pytest.mark.parametrize("path", ["", "stands/new", "prints/", "poster.pdf"])
def test_only_the_office_comes_in(client, stand, path):
    assert client.get(f"/planning/input/{path}").status_code == 302
    client.force_login(make_planner())
    assert client.get(f"/planning/input/{path}").status_code == 403
