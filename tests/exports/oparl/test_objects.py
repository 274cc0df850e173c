"""What OParl's objects say, and of what they say nothing."""

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from councils.models import Consultation, Matter, Sitting
from districts.models import Body
from insek.models import Submission
from pins.actions import hide_pin
from pins.models import Pin
from pins.workflow import Visibility
from tests.exports.oparl.harvester import Harvester
from tests.exports.oparl.schema import check
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
    make_theme,
    make_user,
)
from tests.geometries import point_in

State = Sitting.State
START = datetime.datetime(2027, 7, 1, 16, 0, tzinfo=datetime.UTC)
HOST = "http://testserver"
API = f"{HOST}/oparl/v1"
NEVER = "Noch nicht öffentlich"
Content = dict[str, Any]


@pytest.fixture
def body(db: None) -> Body:
    body = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility", title_de="Mobilität")
    return body


def get(client: Client, path: str, status: int = 200) -> Content:
    """Return an object, which must be one of its type at its own address."""
    response = client.get(f"/oparl/v1/{path}")
    assert response.status_code == status, path
    content: Content = response.json()
    if status == 200:
        check(content)
        assert content["id"] == f"{API}/{path}"
    return content


def held(body: Body, **fields: Any) -> Sitting:
    return make_sitting(body, state=State.HELD, start=START, **fields)


class TestSystemAndCity:
    def test_harvesters_begin_at_the_system(self, client, db, settings):
        settings.LICENCE_URL = "https://creativecommons.org/publicdomain/zero/1.0/"

        system = get(client, "")

        assert system["oparlVersion"] == "https://schema.oparl.org/1.1/"
        assert system["body"] == f"{API}/bodies"
        assert system["license"] == settings.LICENCE_URL
        assert system["web"] == f"{HOST}/exports/"

    def test_the_city_has_all_lists(self, client, db):
        council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)

        city = get(client, "body/1")

        assert city["ags"] == "07312000"
        assert city["name"] == "Stadt Kaiserslautern"
        assert city["system"] == f"{API}/"
        assert city["mainOrganization"] == f"{API}/organization/{council.pk}"
        assert city["legislativeTerm"] == []
        assert "website" not in city

    def test_changed_settings_are_a_change(self, client, db, settings):
        before = get(client, "")
        settings.SITE_NAME = "Mitmachen"

        after = get(client, "")

        assert after["name"] == "Mitmachen"
        assert after["modified"] > before["modified"]
        assert after["created"] == before["created"]

    def test_without_a_change_nothing_changes(self, client, db):
        assert get(client, "") == get(client, "")

    def test_nobody_is_given_out_as_a_person(self, client, body):
        user = make_member(body)
        User.objects.filter(pk=user.pk).update(last_name=NEVER)

        assert client.get("/oparl/v1/persons").json()["data"] == []
        assert NEVER not in str(Harvester(client).take_all().objects)

    @pytest.mark.parametrize(
        ("kind", "classification"),
        [
            ("district_council", "Ortsbeirat"),
            ("committee", "Ausschuss"),
            ("council", "Parlament"),
            ("advisory_board", "Beirat"),
        ],
    )
    def test_bodies_are_organizations(self, client, db, kind, classification):
        body = make_body("Das Gremium", kind=kind, mail="gremium@example.org")

        found = get(client, f"organization/{body.pk}")

        assert found["name"] == "Das Gremium"
        assert found["organizationType"] == "Gremium"
        assert found["classification"] == classification
        assert found["meeting"] == f"{API}/organization/{body.pk}/meetings"
        assert found["web"] == f"{HOST}/sittings/?body=das-gremium"
        assert "gremium@example.org" not in str(found)


class TestMeeting:
    def test_announced(self, client, body):
        sitting = make_sitting(
            body,
            start=START,
            end=START + datetime.timedelta(hours=2),
            place="Bürgerhaus, Saal 1",
            ris_url="https://ris.example.org/si?id=7",
        )

        found = get(client, f"meeting/{sitting.pk}")

        assert found["name"] == "Sitzung: Ortsbeirat Hohenecken"
        assert found["meetingState"] == "terminiert"
        assert found["cancelled"] is False
        assert found["start"] == "2027-07-01T18:00:00+02:00"
        assert found["end"] == "2027-07-01T20:00:00+02:00"
        assert found["location"]["description"] == "Bürgerhaus, Saal 1"
        assert found["organization"] == [f"{API}/organization/{body.pk}"]
        assert found["mitmachkarte:risUrl"] == "https://ris.example.org/si?id=7"
        assert found["web"] == f"{HOST}/sittings/{sitting.pk}/"

    def test_the_place_leads_back(self, client, body):
        sitting = make_sitting(body)

        place = get(client, f"location/sitting-{sitting.pk}")

        assert place["meetings"] == [f"{API}/meeting/{sitting.pk}"]
        within = get(client, f"meeting/{sitting.pk}")["location"]
        assert within == {k: v for k, v in place.items() if k != "meetings"}

    @pytest.mark.parametrize(
        ("state", "said", "items"),
        [
            (State.PLANNED, "terminiert", 0),
            (State.INVITED, "eingeladen", 1),
            (State.HELD, "durchgeführt", 1),
        ],
    )
    def test_the_agenda_is_public_from_the_invitation_on(
        self, client, body, state, said, items
    ):
        sitting = make_sitting(body, state=state)
        public = make_item(sitting, "Einwohnerfragestunde")
        make_item(sitting, NEVER, is_public=False)

        found = get(client, f"meeting/{sitting.pk}")

        assert found["meetingState"] == said
        assert len(found.get("agendaItem", [])) == items
        assert NEVER not in str(found)
        get(client, f"agendaitem/{public.pk}", status=200 if items else 404)

    @pytest.mark.parametrize(
        ("invited", "said", "items"),
        [(None, "terminiert", 0), (START, "eingeladen", 1)],
    )
    def test_cancelled_it_stays_and_says_so(self, client, body, invited, said, items):
        sitting = make_sitting(body, state=State.CANCELLED, invited_at=invited)
        make_item(sitting)

        found = get(client, f"meeting/{sitting.pk}")

        assert found["cancelled"] is True
        assert found["meetingState"] == said
        assert found["mitmachkarte:cancelledBecause"] == "Der Saal ist gesperrt."
        assert len(found.get("agendaItem", [])) == items

    def test_a_non_public_item_is_never_there(self, client, body):
        sitting = held(body)
        item = make_item(sitting, NEVER, is_public=False, resolution_text=NEVER)
        make_consultation(body, make_pin(), item=item, reason=NEVER)

        harvester = Harvester(client).take_all()

        assert NEVER not in str(harvester.objects)
        get(client, f"agendaitem/{item.pk}", status=404)
        kinds = {
            content["type"].rpartition("/")[2] for content in harvester.objects.values()
        }
        assert kinds == {"Body", "Location", "Meeting", "Organization"}


class TestAgendaItem:
    def test_results_are_public_once_it_has_been_held(self, client, body):
        sitting = make_sitting(body, state=State.INVITED, start=START)
        votes = {"votes_for": 5, "votes_against": 0, "votes_abstained": 1}
        item = make_item(sitting, "Haushalt", result="Einverstanden", **votes)
        item.resolution_text = "Der Ortsbeirat stimmt zu."
        item.save()

        before = get(client, f"agendaitem/{item.pk}")
        sitting.state = State.HELD
        sitting.save()
        after = get(client, f"agendaitem/{item.pk}")

        assert "result" not in before
        assert (before["number"], before["order"], before["public"]) == ("1", 1, True)
        assert before["meeting"] == f"{API}/meeting/{sitting.pk}"
        assert after["result"] == "Einverstanden"
        assert after["resolutionText"] == "Der Ortsbeirat stimmt zu."
        assert after["mitmachkarte:votes"] == {"for": 5, "against": 0, "abstained": 1}
        assert after["modified"] > before["modified"]

    def test_the_outcome_of_a_matter(self, client, body):
        item = make_item(held(body), "Zebrastreifen")
        consultation = make_consultation(
            body,
            make_pin(),
            item=item,
            outcome="not_endorsed",
            reason="Es gibt einen.",
            decided_at=timezone.now(),
        )

        found = get(client, f"agendaitem/{item.pk}")

        assert found["result"] == "Nicht befürwortet"
        assert found["mitmachkarte:reason"] == "Es gibt einen."
        assert found["consultation"] == f"{API}/consultation/{consultation.pk}"
        assert "mitmachkarte:votes" not in found


class TestPaper:
    def test_a_contribution_before_two_bodies(self, client, body):
        council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
        pin = make_pin(
            location=point_in(16), place_note="Am Rathaus", title="Zebrastreifen"
        )
        first = make_consultation(
            body, pin, item=make_item(held(body, invited_at=START), pin.title)
        )
        invited = make_sitting(
            council,
            state=State.INVITED,
            start=START,
            invited_at=START - datetime.timedelta(days=7),
        )
        second = make_consultation(
            council,
            pin,
            role=Consultation.Role.DECISION,
            item=make_item(invited, pin.title),
        )
        make_consultation(make_body("Beirat"), pin)

        paper = get(client, f"paper/{first.matter_id}")

        assert paper["name"] == "Zebrastreifen"
        assert paper["reference"] == pin.reference
        assert paper["paperType"] == "Bürgeranregung"
        assert paper["keyword"] == ["Mobilität"]
        assert paper["body"] == f"{API}/body/1"
        # Of the first invitation.
        assert paper["date"] == "2027-06-24"
        assert paper["web"] == f"{HOST}/pins/{pin.reference}"
        ids = [content["id"] for content in paper["consultation"]]
        assert ids == [f"{API}/consultation/{c.pk}" for c in (first, second)]
        roles = [
            (content["role"], content["authoritative"])
            for content in paper["consultation"]
        ]
        assert roles == [("Anhörung", False), ("Entscheidung", True)]

    def test_its_places_are_those_of_the_public_contributions(self, client, body):
        pin = make_pin(location=point_in(16), place_note="Am Rathaus")
        item = make_item(held(body), pin.title)
        matter = make_consultation(body, pin, item=item).matter_id

        place = get(client, f"location/pin-{pin.reference}")

        feature = place["geojson"]
        assert feature["type"] == "Feature"
        lon, lat = feature["geometry"]["coordinates"]
        assert (lon, lat) == (
            pytest.approx(pin.location.x, abs=1e-6),
            pytest.approx(pin.location.y, abs=1e-6),
        )
        assert feature["properties"]["reference"] == pin.reference
        assert place["description"] == "Am Rathaus"
        assert (place["subLocality"], place["locality"]) == (
            "Hohenecken",
            "Kaiserslautern",
        )
        assert place["papers"] == [f"{API}/paper/{matter}"]
        within = get(client, f"paper/{matter}")["location"]
        assert [content["id"] for content in within] == [place["id"]]

    def test_a_consultation_leads_to_all_it_is_about(self, client, body):
        item = make_item(held(body), "Zebrastreifen")
        consultation = make_consultation(body, make_pin(), item=item)

        found = get(client, f"consultation/{consultation.pk}")

        assert found["paper"] == f"{API}/paper/{consultation.matter_id}"
        assert found["agendaItem"] == f"{API}/agendaitem/{item.pk}"
        assert found["meeting"] == f"{API}/meeting/{item.sitting_id}"
        assert found["organization"] == [f"{API}/organization/{body.pk}"]

    def test_several_contributions_have_no_number_of_their_own(self, client, body):
        pins = make_pin(title="Radweg im Wald"), make_pin(title="Radweg am Bach")
        item = make_item(held(body), "Zwei Radwege")
        matter = make_consultation(body, *pins, item=item).matter_id

        paper = get(client, f"paper/{matter}")

        assert paper["name"] == "Zwei Radwege"
        assert len(paper["location"]) == 2
        assert "reference" not in paper
        assert "web" not in paper

    def test_of_an_unseen_one_nothing_is_said(self, client, body):
        unseen = make_pin(title=NEVER, visibility="submitted", place_note=NEVER)
        seen = make_pin(title="Radweg am Bach")
        item = make_item(held(body), NEVER)
        matter = make_consultation(body, unseen, seen, item=item).matter_id

        harvester = Harvester(client).take_all()

        assert NEVER not in str(harvester.objects)
        assert unseen.reference not in str(harvester.objects)
        paper = harvester.objects[f"{API}/paper/{matter}"]
        assert paper["name"] == "Radweg am Bach"
        assert "reference" not in paper

    def test_without_a_seen_one_there_is_an_item_and_no_paper(self, client, body):
        unseen = make_pin(title=NEVER, visibility="submitted")
        item = make_item(held(body), NEVER, resolution_text=NEVER)
        consultation = make_consultation(body, unseen, item=item, reason=NEVER)

        found = get(client, f"agendaitem/{item.pk}")

        assert found["name"] == "Beitrag wird nicht mehr gezeigt"
        assert "consultation" not in found
        assert NEVER not in str(Harvester(client).take_all().objects)
        get(client, f"paper/{consultation.matter_id}", status=404)
        get(client, f"consultation/{consultation.pk}", status=404)

    def test_a_draft_on_the_concept(self, client, body):
        draft = make_submission(body)

        paper = get(client, f"paper/{draft.matter_id}")

        assert paper["paperType"] == "Beschlussvorlage"
        assert paper["mitmachkarte:text"] == "Die Ziele werden beschlossen."
        assert paper["web"] == f"{HOST}/insek/submissions/{draft.pk}/"
        assert paper["mainFile"]["accessUrl"] == (
            f"{HOST}/insek/submissions/{draft.pk}/draft.pdf"
        )
        file = get(client, f"file/draft-{draft.pk}")
        assert file["paper"] == [f"{API}/paper/{draft.matter_id}"]
        answer = client.get(file["accessUrl"].removeprefix(HOST))
        assert len(answer.getvalue()) == file["size"]

    def test_a_draft_without_a_file_or_a_public_item(self, client, body):
        bare = make_submission(body, document=False)
        hidden = make_submission(body, is_public=False)

        assert "mainFile" not in get(client, f"paper/{bare.matter_id}")
        get(client, f"paper/{hidden.matter_id}", status=404)
        get(client, f"file/draft-{hidden.pk}", status=404)


def make_submission(
    body: Body, *, document: bool = True, is_public: bool = True
) -> Submission:
    text = "Die Ziele werden beschlossen."
    matter = Matter.objects.create(title="Ziele", text=text)
    user = make_user(f"planer-{matter.pk}")
    draft = Submission.objects.create(
        kind="goals", matter=matter, text=text, created_by=user
    )
    Matter.objects.filter(pk=matter.pk).update(path=draft.get_absolute_url())
    if document:
        draft.document.save("vorlage.pdf", ContentFile(b"%PDF-1.7 Vorlage"))
    start = START + datetime.timedelta(days=Sitting.objects.count())
    sitting = make_sitting(body, state=State.HELD, start=start)
    make_consultation(
        body, matter=matter, item=make_item(sitting, "Ziele", is_public=is_public)
    )
    return draft


class TestFile:
    @pytest.fixture
    def sitting(self, body: Body) -> Sitting:
        sitting = held(body, invited_at=START - datetime.timedelta(days=7))
        sitting.invitation.save("e.pdf", ContentFile(b"%PDF-1.7 Einladung"))
        sitting.minutes.save("n.pdf", ContentFile(b"%PDF-1.7 Niederschrift"))
        return sitting

    def test_invitation_and_minutes(self, client, sitting):
        invitation = get(client, f"file/invitation-{sitting.pk}")
        minutes = get(client, f"file/minutes-{sitting.pk}")

        assert invitation["name"] == "Einladung"
        assert (
            invitation["fileName"] == "einladung-ortsbeirat-hohenecken-2027-07-01.pdf"
        )
        assert invitation["mimeType"] == "application/pdf"
        assert invitation["date"] == "2027-06-24"
        assert invitation["size"] == len(b"%PDF-1.7 Einladung")
        assert invitation["meeting"] == [f"{API}/meeting/{sitting.pk}"]
        assert minutes["name"] == "Niederschrift"
        assert "date" not in minutes
        for file in (invitation, minutes):
            answer = client.get(file["accessUrl"].removeprefix(HOST))
            assert answer.status_code == 200
            assert len(answer.getvalue()) == file["size"]

    def test_they_stand_within_the_meeting(self, client, sitting):
        meeting = get(client, f"meeting/{sitting.pk}")

        assert meeting["invitation"]["id"] == f"{API}/file/invitation-{sitting.pk}"
        assert meeting["resultsProtocol"]["id"] == f"{API}/file/minutes-{sitting.pk}"
        assert "meeting" not in meeting["invitation"]

    @pytest.mark.parametrize(
        ("state", "papers"), [(State.PLANNED, []), (State.INVITED, ["invitation"])]
    )
    def test_each_from_its_time_on(self, client, sitting, state, papers):
        Sitting.objects.filter(pk=sitting.pk).update(
            state=state, invited_at=START if papers else None
        )

        for paper in ("invitation", "minutes"):
            status = 200 if paper in papers else 404
            get(client, f"file/{paper}-{sitting.pk}", status=status)

    def test_a_file_that_is_lost_is_not_offered(self, client, sitting):
        default_storage.delete(sitting.minutes.name)

        assert "resultsProtocol" not in get(client, f"meeting/{sitting.pk}")

    def test_another_file_of_the_same_size_is_a_change(self, client, sitting):
        before = get(client, f"meeting/{sitting.pk}")
        sitting.invitation.save("e.pdf", ContentFile(b"%PDF-1.7 einladung"))

        after = get(client, f"meeting/{sitting.pk}")

        assert after["modified"] > before["modified"]
        assert after["invitation"]["modified"] > before["invitation"]["modified"]

    def test_an_invitation_of_an_unknown_day(self, client, sitting):
        Sitting.objects.filter(pk=sitting.pk).update(invited_at=None)

        assert "date" not in get(client, f"file/invitation-{sitting.pk}")


STAGES: dict[str, dict[str, Any]] = {
    "planned": {"state": State.PLANNED},
    "invited": {"state": State.INVITED},
    "held": {"state": State.HELD},
    "cancelled": {"state": State.CANCELLED, "invited_at": None},
    "cancelled after the invitation": {"state": State.CANCELLED},
}


def test_whatever_the_visibility_and_the_state_nothing_leaks(client, body):
    """Each kind of contribution on a public and a non-public item of each sitting."""
    shown = set()
    for day, (stage, fields) in enumerate(STAGES.items(), start=1):
        sitting = make_sitting(body, days=day, **fields)
        for visibility in Visibility:
            for is_public in (True, False):
                title = f"{stage}, {visibility.value}, {is_public} wahr"
                item = make_item(sitting, title, is_public=is_public)
                pin = make_pin(title=title, visibility=visibility)
                make_consultation(body, pin, item=item)
                if is_public and visibility == Visibility.PUBLISHED:
                    shown.add(title)
    expected = {t for t in shown if not t.startswith(("planned", "cancelled,"))}

    objects = Harvester(client).take_all().objects.values()

    papers = {one["name"] for one in objects if one["type"].endswith("/Paper")}
    assert papers == expected
    assert (
        set(re.findall(r"[a-z ]+, [a-z]+, (?:True|False) wahr", str(objects)))
        == expected
    )


def test_script_in_a_title_stays_text(client, body):
    item = make_item(held(body), '<script>alert(1)</script> & "„“')

    found = get(client, f"agendaitem/{item.pk}")

    assert found["name"] == '<script>alert(1)</script> & "„“'


def test_a_contribution_hidden_by_moderation_is_gone_with_the_next_request(
    client, body
):
    pin = make_pin(title="Beleidigung")
    consultation = make_consultation(body, pin, item=make_item(held(body), pin.title))
    assert get(client, f"paper/{consultation.matter_id}")["name"] == "Beleidigung"

    hide_pin(
        pin=Pin.objects.get(pk=pin.pk), actor=make_moderator(), reason="Er beleidigt."
    )

    for path in (
        f"paper/{consultation.matter_id}",
        f"consultation/{consultation.pk}",
        f"location/pin-{pin.reference}",
    ):
        assert get(client, path)["deleted"] is True
    assert "Beleidigung" not in str(Harvester(client).take_all().objects)
