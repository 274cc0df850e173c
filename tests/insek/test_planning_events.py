"""The office plans phases and events."""

import datetime
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from openpyxl import load_workbook

from insek.events.keeping import delete_unused
from insek.events.registering import Guest, cancel, confirm, register
from insek.forms.events import EventForm
from insek.forms.phases import PhaseForm
from insek.models import (
    Event,
    EventDocument,
    EventPhoto,
    InterestGroup,
    Invitation,
    Phase,
    PinOrigin,
    Registration,
)
from layers.places import StreetRow, replace_places
from tests.factories import (
    make_district,
    make_editor,
    make_event,
    make_phase,
    make_pin,
    make_planner,
    make_user,
)
from tests.geometries import point_in
from tests.pages import fields_of, text_of
from tests.photos import upload

PDF = b"%PDF-1.7 test"
# On the page itself; the menu of planners leads there, too.
LINKING = 'kern-btn--secondary" href="/planning/trace/"'


@pytest.fixture
def office(client, db):
    client.force_login(make_editor())
    return client


def tomorrow(days=1):
    return (timezone.localdate() + datetime.timedelta(days=days)).isoformat()


def phase_data(**fields):
    return {
        "title_de": "Auswertung",
        "starts_on": tomorrow(),
        "ends_on": tomorrow(9),
        "may_comment": "on",
    } | fields


def event_data(**fields):
    return {
        "format": "workshop",
        "title_de": "Werkstatt",
        "day": tomorrow(),
        "start": "18:00",
        "end": "20:00",
        "place": "Rathaus",
    } | fields


class TestRights:
    PATHS = (
        "phases/new",
        "phases/1/",
        "phases/1/delete",
        "events/",
        "events/new",
        "events/1/",
        "events/1/edit",
        "events/1/publish",
        "events/1/cancel",
        "events/1/duplicate",
        "events/1/delete",
        "events/1/results",
        "events/1/registrations.csv",
        "events/1/registrations/1/cancel",
        "events/1/invite",
        "events/1/invitations/1/revoke",
        "groups/",
        "groups/new",
        "groups/1/",
        "groups/1/delete",
    )

    @pytest.mark.parametrize("path", PATHS)
    def test_only_the_office(self, client, db, path):
        path = f"/planning/{path}"
        assert client.get(path).status_code == 302
        for user in (make_user(), make_planner()):
            client.force_login(user)
            assert client.get(path).status_code == 403
            assert client.post(path).status_code == 403

    @pytest.mark.parametrize("path", [path for path in PATHS if "/1" in path])
    def test_what_is_not_there(self, office, path):
        assert office.post(f"/planning/{path}").status_code in {404, 405}


@pytest.mark.parametrize(
    ("kind", "form"), [("phases", PhaseForm), ("events", EventForm)]
)
def test_what_is_deleted_while_it_is_changed(office, monkeypatch, kind, form):
    row, data = (
        (make_phase(), phase_data())
        if kind == "phases"
        else (make_event(state="draft"), event_data())
    )
    read_all = form.full_clean

    def delete_meanwhile(self):
        read_all(self)
        type(row).objects.all().delete()

    monkeypatch.setattr(form, "full_clean", delete_meanwhile)
    path = f"/planning/{kind}/{row.pk}/{'edit' if kind == 'events' else ''}"

    assert office.post(path, data).status_code == 404
    assert not type(row).objects.exists()


class TestPhases:
    def test_planning_changing_deleting(self, office):
        office.post("/planning/phases/new", phase_data())
        phase = Phase.objects.get()
        address = f"/planning/phases/{phase.pk}/"
        form = fields_of(office.get(address))

        office.post(address, phase_data(title_de="Prüfung", read=form["read"]))
        listed = text_of(office.get("/planning/events/"))
        asked = office.get(f"{address}delete")
        office.post(f"{address}delete")

        assert "Prüfung" in listed
        assert asked.status_code == 200
        assert not Phase.objects.exists()

    def test_a_preview_saves_nothing(self, office):
        make_phase()
        response = office.post(
            "/planning/phases/new", phase_data(action="preview", may_pin="on")
        )

        assert response.status_code == 200
        assert response.context["spans"]
        assert response.context["form"]["title_de"].value() == "Auswertung"
        assert Phase.objects.count() == 1

    def test_one_that_ends_after_midnight(self, office):
        office.post("/planning/events/new", event_data(end="00:30"))
        event = Event.objects.get()
        address = f"/planning/events/{event.pk}/edit"
        typed = fields_of(office.get(address))
        names = ("day", "start", "end", "last_day", "read")

        saved = office.post(
            address, event_data(place="Schule") | {name: typed[name] for name in names}
        )

        assert saved.status_code == 302
        kept = Event.objects.get()
        assert (kept.place, kept.ends_at) == ("Schule", event.ends_at)
        begin, end = map(timezone.localtime, (kept.starts_at, kept.ends_at))
        assert (end.date() - begin.date()).days == 1
        assert f"{end:%H:%M}" == "00:30"

    @pytest.mark.parametrize(
        "fields",
        [
            {"title_de": ""},
            {"title_de": "x" * 121},
            {"title_de": "x\0"},
            {"starts_on": "31.02.2027"},
            {"ends_on": "2020-01-01"},
            {"text_de": "x" * 2001},
        ],
    )
    def test_what_the_form_refuses(self, office, fields):
        response = office.post("/planning/phases/new", phase_data(**fields))

        assert response.status_code == 422
        assert not Phase.objects.exists()

    def test_two_at_once(self, office):
        phase = make_phase()
        address = f"/planning/phases/{phase.pk}/"
        read = fields_of(office.get(address))["read"]
        Phase.objects.update(title_de="Von jemand anderem")

        refused = office.post(address, phase_data(read=read))
        again = office.post(
            address, phase_data(read=refused.context["form"]["read"].value())
        )

        assert refused.status_code == 409
        assert refused.context["form"]["title_de"].value() == "Auswertung"
        assert again.status_code == 302


class TestEvents:
    def test_draft_public_cancelled(self, office):
        office.post("/planning/events/new", event_data())
        event = Event.objects.get()
        address = f"/planning/events/{event.pk}/"
        drafted = event.state

        office.post(f"{address}publish")
        without_reason = office.post(f"{address}cancel", {"reason": ""})
        office.post(f"{address}cancel", {"reason": "Der Saal ist gesperrt."})
        event.refresh_from_db()

        assert drafted == Event.State.DRAFT
        assert without_reason.status_code == 422
        assert event.state == Event.State.CANCELLED
        assert office.post(f"{address}publish").status_code == 409
        assert office.get(address).status_code == 200
        assert timezone.localtime(event.starts_at).hour == 18

    @pytest.mark.parametrize("name", ["draft", "public"])
    def test_planners_find_the_way_from_what_is_public_to_linking(
        self, client, db, name
    ):
        event = make_event(state=Event.State(name))
        address = f"/planning/events/{event.pk}/"
        client.force_login(make_editor())
        of_the_office = client.get(address).text
        planner = make_planner()
        planner.user_permissions.add(Permission.objects.get(codename="edit_process"))
        client.force_login(planner)

        assert LINKING not in of_the_office
        assert (LINKING in client.get(address).text) == (name == "public")

    def test_a_place_by_coordinates_stays_and_goes(self, office):
        make_district(16)
        place = point_in(16)
        office.post(
            "/planning/events/new", event_data(lon=str(place.x), lat=str(place.y))
        )
        event = Event.objects.get()
        address = f"/planning/events/{event.pk}/edit"
        typed = fields_of(office.get(address))
        assert event.location

        office.post(address, event_data(lon=typed["lon"], lat=typed["lat"]))
        kept = Event.objects.get().location
        office.post(address, event_data(lon="", lat=""))

        assert kept
        assert Event.objects.get().location is None

    @pytest.mark.parametrize(
        "fields",
        [
            {"title_de": ""},
            {"format": "x"},
            {"day": "x"},
            {"day": "9999-12-31"},
            {"day": "9999-12-31", "end": "01:00"},
            {"start": "25:00"},
            {"end": "17:00"},
            {"lon": "0", "lat": "0"},
            {"lon": "x", "lat": "y"},
            {"online_url": "javascript:alert(1)"},
            {"online_url": "ftp://example.org/room"},
            {"is_by_invitation": "on"},
            {"capacity": "12"},
            {"takes_registrations": "on", "capacity": "0"},
            {"takes_registrations": "on", "capacity": "9" * 30},
            {"takes_registrations": "on", "closing_day": "2999-01-01"},
            # The clocks go forward: this time does not exist.
            {"day": "2027-03-28", "start": "02:30"},
            {"phase": "99999999999999999999"},
            {"place": "x\0"},
        ],
    )
    def test_what_the_form_refuses(self, office, fields):
        make_district(16)
        data = event_data(**fields)
        response = office.post("/planning/events/new", data)

        assert response.status_code == 422
        assert response.context["form"]["place"].value() == data["place"]
        assert not Event.objects.exists()

    def test_two_at_once(self, office):
        event = make_event()
        address = f"/planning/events/{event.pk}/edit"
        read = fields_of(office.get(address))["read"]
        Event.objects.update(title_de="Von jemand anderem")

        response = office.post(address, event_data(read=read))

        assert response.status_code == 409
        assert Event.objects.get().title_de == "Von jemand anderem"

    def test_two_who_invite_other_groups_at_once(self, office):
        event = make_event()
        board = InterestGroup.objects.create(name_de="Seniorenbeirat")
        club = InterestGroup.objects.create(name_de="Radclub")
        address = f"/planning/events/{event.pk}/edit"
        read = fields_of(office.get(address))["read"]
        event.groups.set([board])

        refused = office.post(address, event_data(read=read, groups=[club.pk]))
        kept = list(event.groups.all())
        again = refused.context["form"]["read"].value()
        saved = office.post(address, event_data(read=again, groups=[club.pk]))

        assert (refused.status_code, kept) == (409, [board])
        assert refused.context["form"]["groups"].value() == [str(club.pk)]
        assert saved.status_code == 302
        assert list(event.groups.all()) == [club]

    def test_another_address_takes_the_place_of_the_point(self, office):
        make_district(16)
        here, there = point_in(16, 0.3), point_in(16, 0.6)
        replace_places(
            streets=[StreetRow("Brunnenweg", there.x, there.y)], addresses=[]
        )
        event = make_event(location=here)
        address = f"/planning/events/{event.pk}/edit"
        typed = fields_of(office.get(address))
        names = ("lon", "lat", "read")

        saved = office.post(
            address,
            event_data(address="Brunnenweg") | {name: typed[name] for name in names},
        )

        assert saved.status_code == 302
        moved = Event.objects.get().location
        assert moved is not None
        assert moved.coords == pytest.approx(there.coords)

    def test_registration_closes_with_the_day_before(self, office):
        office.post(
            "/planning/events/new",
            event_data(
                day=tomorrow(2), takes_registrations="on", closing_day=tomorrow()
            ),
        )

        closing = timezone.localtime(Event.objects.get().registration_ends_at)
        assert closing.date().isoformat() == tomorrow()
        assert (closing.hour, closing.minute) == (23, 59)

    @pytest.mark.parametrize(
        ("state", "days"), [("draft", 7), ("public", -3), ("cancelled", 7)]
    )
    def test_what_cannot_be_cancelled(self, office, state, days):
        reason = "Der Saal ist gesperrt." if state == "cancelled" else ""
        event = make_event(days=days, state=state, cancelled_because=reason)

        response = office.post(
            f"/planning/events/{event.pk}/cancel", {"reason": "Anderes"}
        )

        assert response.status_code == 409
        assert response.context["form"]["reason"].value() == "Anderes"
        before, because = event.state, event.cancelled_because
        event.refresh_from_db()
        assert (event.state, event.cancelled_because) == (before, because)

    def test_publishing_twice_is_once(self, office):
        event = make_event(state=Event.State.DRAFT)
        address = f"/planning/events/{event.pk}/publish"
        office.post(address)
        modified_at = Event.objects.get().modified_at

        assert office.post(address).status_code == 302
        found = Event.objects.get()
        assert (found.state, found.modified_at) == (Event.State.PUBLIC, modified_at)

    def test_saved_as_it_was_nothing_is_moved(self, office):
        # The form has one day for both times.
        noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
        event = make_event(starts_at=noon + datetime.timedelta(days=3))
        address = f"/planning/events/{event.pk}/edit"
        typed = fields_of(office.get(address))
        names = ("title_de", "title_en", "day", "start", "end", "place", "read")
        data = {name: typed[name] for name in names} | {"format": event.format}

        assert office.post(address, data).status_code == 302
        assert Event.objects.get().sequence == 0

    def test_a_copy_is_a_draft_without_results(self, office):
        event = make_event(days=-9, result_de="Viel", takes_registrations=True)
        event.groups.add(InterestGroup.objects.create(name_de="Seniorenbeirat"))

        office.post(f"/planning/events/{event.pk}/duplicate")

        made = Event.objects.exclude(pk=event.pk).get()
        assert (made.state, made.result_de) == (Event.State.DRAFT, "")
        assert made.groups.count() == 1

    def test_only_drafts_are_deleted(self, office):
        public, draft = make_event(), make_event(state=Event.State.DRAFT)

        assert office.get(f"/planning/events/{draft.pk}/delete").status_code == 200
        assert office.post(f"/planning/events/{draft.pk}/delete").status_code == 302
        assert office.post(f"/planning/events/{public.pk}/delete").status_code == 409
        assert list(Event.objects.all()) == [public]

    def test_a_draft_that_contributions_came_from_stays(self, office):
        make_district(16)
        draft = make_event(state=Event.State.DRAFT)
        PinOrigin.objects.create(pin=make_pin(), event=draft)

        response = office.post(f"/planning/events/{draft.pk}/delete")

        assert response.status_code == 409
        assert Event.objects.exists()

    @pytest.mark.parametrize("number", [1, 12])
    def test_it_costs_the_same_with_many_events(
        self, office, number, django_assert_max_num_queries
    ):
        for n in range(number):
            make_event(days=n)
            make_event(days=-n - 1)
            make_phase(days=n)
        with django_assert_max_num_queries(12):
            office.get("/planning/events/")


class TestGuests:
    @pytest.fixture
    def event(self, db):
        return make_event(takes_registrations=True, is_by_invitation=False)

    def come(self, event, email, name=""):
        register(event=event, guest=Guest(email, "de", name=name))
        found = Registration.objects.get(email=email)
        return confirm(registration=found)

    def test_the_list_for_the_door_is_harmless(self, office, event):
        self.come(event, "kim@example.org", '=HYPERLINK("https://evil.example")')
        address = f"/planning/events/{event.pk}/registrations"

        csv = office.get(f"{address}.csv").content.decode("utf-8-sig")
        xlsx = office.get(f"{address}.xlsx").content
        cell = load_workbook(BytesIO(xlsx)).worksheets[0]["A2"]

        assert "\"'=HYPERLINK" in csv
        assert "kim@example.org" in csv
        assert cell.data_type == "s"
        assert office.get(f"{address}.exe").status_code == 404

    def test_the_office_cancels_somebody(self, office, event):
        found = self.come(event, "kim@example.org")
        address = f"/planning/events/{event.pk}/registrations/{found.pk}/cancel"

        assert office.get(address).status_code == 200
        office.post(address)
        office.post(address)

        found.refresh_from_db()
        assert found.state == Registration.State.CANCELLED

    def test_who_was_erased_while_the_office_looked(self, office, event, monkeypatch):
        found = self.come(event, "kim@example.org")

        def erased_before(**given):
            Registration.objects.all().delete()
            return cancel(**given)

        monkeypatch.setattr("insek.views.planning_guests.cancel", erased_before)
        response = office.post(
            f"/planning/events/{event.pk}/registrations/{found.pk}/cancel", follow=True
        )

        assert "nicht mehr" in text_of(response)
        assert response.status_code == 200

    def test_inviting_and_taking_back(self, office, event):
        Event.objects.update(is_by_invitation=True)
        address = f"/planning/events/{event.pk}/"
        data = {"email": "kim@example.org", "language": "de"}

        assert office.post(f"{address}invite", {"email": "x"}).status_code == 422
        office.post(f"{address}invite", data)
        office.post(f"{address}invite", data)
        found = Invitation.objects.get()
        office.post(f"{address}invitations/{found.pk}/revoke")
        found.refresh_from_db()

        assert found.revoked_at
        assert "kim@example.org" in text_of(office.get(address))
        Event.objects.update(takes_registrations=False)
        assert office.post(f"{address}invite", data).status_code == 409

    def test_groups(self, office, event):
        office.post(
            "/planning/groups/new",
            {"kind": "advisory_board", "name_de": "Seniorenbeirat"},
        )
        group = InterestGroup.objects.get()
        twice = office.post(
            "/planning/groups/new",
            {"kind": "interest_group", "name_de": "Seniorenbeirat"},
        )
        event.groups.add(group)
        address = f"/planning/groups/{group.pk}/"
        form = fields_of(office.get(address))
        assert form["name_de"] == "Seniorenbeirat"
        assert "Seniorenbeirat" in text_of(office.get("/planning/groups/"))
        assert "Seniorenbeirat" in text_of(office.get(f"{address}delete"))

        office.post(f"{address}delete")
        assert InterestGroup.objects.exists()
        event.groups.clear()
        office.post(f"{address}delete")

        assert twice.status_code == 422
        assert not InterestGroup.objects.exists()
        # Another tab had it deleted already.
        assert delete_unused(group=group)


class TestResults:
    @pytest.fixture
    def address(self, office):
        return f"/planning/events/{make_event(days=-3).pk}/results"

    def test_words(self, office, address):
        office.post(address, {"action": "result", "result_de": "Viele Ideen."})

        assert Event.objects.get().result_de == "Viele Ideen."
        assert "Viele Ideen." in office.get(address).content.decode()

    def test_a_document_comes_and_goes(self, office, address):
        data = {
            "action": "document",
            "document-title_de": "Protokoll",
            "document-file": upload(PDF, "x.pdf"),
        }
        office.post(address, data)
        found = EventDocument.objects.get()

        office.post(address, {"action": "remove-document", "id": str(found.pk)})
        office.post(address, {"action": "remove-document", "id": "x"})

        assert not EventDocument.objects.exists()

    def test_a_photo_needs_words(self, office, address):
        data = {"action": "photo", "photo-photo": upload(), "photo-alt_de": ""}
        refused = office.post(address, data)
        data = data | {"photo-photo": upload(), "photo-alt_de": "Ein Saal"}
        kept = office.post(address, data)
        found = EventPhoto.objects.get()

        office.post(address, {"action": "remove-photo", "id": str(found.pk)})

        assert (refused.status_code, kept.status_code) == (422, 302)
        assert not EventPhoto.objects.exists()

    @pytest.mark.parametrize(
        "data",
        [
            {
                "action": "document",
                "document-title_de": "x",
                "document-file": upload(b"MZ", "x.pdf"),
            },
            {"action": "document", "document-title_de": "x"},
            {
                "action": "photo",
                "photo-alt_de": "x",
                "photo-photo": upload(b"MZ", "x.jpg"),
            },
            {"action": "result", "result_de": "x\0"},
        ],
    )
    def test_what_the_forms_refuse(self, office, address, data):
        assert office.post(address, data).status_code == 422
        assert not EventDocument.objects.exists()
        assert not EventPhoto.objects.exists()

    def test_a_button_that_is_none(self, office, address):
        assert office.post(address, {"action": "x"}).status_code == 400
