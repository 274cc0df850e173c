"""Who harvests OParl once, and then only what changed, has the same as who takes it all."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client

from councils import agenda_order, agendas, results
from councils.models import AgendaItem, Consultation, Matter, MatterPin, Sitting
from councils.results import Result
from councils.sitting_files import Paper, keep_papers, remove_paper
from districts.models import Body
from exports import tasks
from exports.models import OparlMark, OparlObject
from exports.oparl.keeping import bring_up_to_date, mark_everything
from insek.models import Submission
from layers.models import Theme
from pins.actions import hide_pin, withdraw_pin
from pins.models import Pin
from pins.supports import make_secret, support_pin
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
)
from tests.geometries import point_in

State = Sitting.State
API = "http://testserver/oparl/v1"


@dataclass
class City:
    """A body with a sitting in each state, and two contributions before it."""

    body: Body
    council: Body
    clerk: User
    planned: Sitting
    invited: Sitting
    today: Sitting
    question_time: AgendaItem
    item: AgendaItem
    pin: Pin
    second: Pin
    lonely: Pin
    matter: Matter
    draft: Submission


@pytest.fixture
def city(db: None) -> City:
    body = make_body("Ortsbeirat Hohenecken")
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility", title_de="Mobilität")
    clerk = make_member(body, "clara", role="clerk")
    planned = make_sitting(body, days=30)
    invited = make_sitting(body, days=7, state=State.INVITED)
    today = make_sitting(body, days=-0.001, state=State.INVITED)
    pins = [
        make_pin(title=title)
        for title in ("Zebrastreifen", "Radweg am Bach", "Der alte Baum")
    ]
    question_time = make_item(invited, "Einwohnerfragestunde")
    item = make_item(invited, "Zebrastreifen und Radweg")
    consultation = make_consultation(body, *pins[:2], item=item)
    make_item(planned, "Haushalt")
    agreed = make_item(today, "Spielplatz")
    text = "Die Ziele werden beschlossen."
    matter = Matter.objects.create(title="Ziele", text=text)
    make_consultation(
        body,
        matter=matter,
        item=agreed,
        outcome=Consultation.Outcome.ENDORSED,
    )
    draft = Submission.objects.create(
        kind="goals", matter=matter, text=text, created_by=clerk
    )
    draft.document.save("vorlage.pdf", ContentFile(b"%PDF-1.7"))
    invited.invitation.save("einladung.pdf", ContentFile(b"%PDF-1.7"))
    return City(
        body=body,
        council=council,
        clerk=clerk,
        planned=planned,
        invited=invited,
        today=today,
        question_time=question_time,
        item=item,
        pin=pins[0],
        second=pins[1],
        lonely=pins[2],
        matter=consultation.matter,
        draft=draft,
    )


def new_time(sitting: Sitting) -> agendas.SittingData:
    start = sitting.start + datetime.timedelta(days=1)
    return agendas.SittingData(start=start, end=None, place="Turnhalle")


def pdf(text: str = "%PDF-1.7 neu") -> ContentFile[bytes]:
    return ContentFile(text.encode(), name="neu.pdf")


def close(city: City) -> Sitting:
    city.today.refresh_from_db()
    results.record_result(
        item=city.today.items.get(),
        version=0,
        result=Result(outcome="endorsed", resolution_text="Zustimmung."),
    )
    return results.close_sitting(sitting=city.today, actor=city.clerk)


# What happens in a city, and which types of objects are then given out otherwise.
CHANGES: dict[str, tuple[Callable[[City], Any], str]] = {
    "a sitting is planned": (
        lambda c: agendas.plan_sitting(body=c.body, data=new_time(c.planned)),
        "Location Meeting",
    ),
    "a sitting is moved": (
        lambda c: agendas.change_sitting(sitting=c.planned, data=new_time(c.planned)),
        "Location Meeting",
    ),
    "a sitting is cancelled": (
        lambda c: agendas.cancel_sitting(
            sitting=c.invited, reason="Der Saal ist gesperrt.", actor=c.clerk
        ),
        "Meeting",
    ),
    "a sitting is removed": (
        lambda c: Sitting.objects.get(pk=c.invited.pk).delete(),
        "AgendaItem Consultation File Location Meeting Paper",
    ),
    "the agenda is published": (
        lambda c: agendas.publish_agenda(sitting=c.planned, actor=c.clerk),
        "AgendaItem Meeting",
    ),
    "the sitting is closed": (close, "AgendaItem Meeting"),
    "an item is added": (
        lambda c: agendas.add_item(sitting=c.invited, title="Verschiedenes"),
        "AgendaItem Meeting",
    ),
    "an item is called otherwise": (
        lambda c: agendas.change_item(
            item=c.item, title="Verkehr", is_public=True, actor=c.clerk
        ),
        "AgendaItem Meeting Paper",
    ),
    "an item is no longer public": (
        lambda c: agendas.change_item(
            item=c.item, title="Verkehr", is_public=False, actor=c.clerk
        ),
        "AgendaItem Consultation Location Meeting Paper",
    ),
    "an item is taken off": (
        lambda c: agendas.take_off(item=c.item, actor=c.clerk),
        "AgendaItem Consultation Location Meeting Paper",
    ),
    "the agenda is put into another order": (
        lambda c: agenda_order.move_item(item=c.item, by=-1),
        "AgendaItem Meeting",
    ),
    "a contribution comes onto the agenda": (
        lambda c: agendas.put_on_agenda(
            sitting=c.invited, pins=[c.lonely], actor=c.clerk
        ),
        "AgendaItem Consultation Location Meeting Paper",
    ),
    "a body deals with it in another role": (
        lambda c: Consultation.objects.filter(item=c.item).update(
            role="decision", is_authoritative=True
        ),
        "Consultation Paper",
    ),
    "the minutes are there": (
        lambda c: keep_papers(sitting=close(c), minutes=pdf()),
        "AgendaItem File Meeting",
    ),
    "another invitation is there": (
        lambda c: keep_papers(sitting=c.invited, invitation=pdf("%PDF-1.8")),
        "File Meeting",
    ),
    "the invitation is taken away": (
        lambda c: remove_paper(sitting=c.invited, paper=Paper.INVITATION),
        "File Meeting",
    ),
    "one of two contributions is hidden": (
        lambda c: hide_pin(pin=c.pin, actor=make_moderator(), reason="Beleidigt."),
        "AgendaItem Location Meeting Paper",
    ),
    "both contributions are withdrawn": (
        lambda c: [withdraw_pin(pin=pin) for pin in (c.pin, c.second)],
        "AgendaItem Consultation Location Meeting Paper",
    ),
    "a contribution moves": (
        lambda c: Pin.objects.filter(pk=c.pin.pk).update(
            location=point_in(16, 0.25, 0.75)
        ),
        "Location Paper",
    ),
    "a contribution leaves the matter": (
        lambda c: MatterPin.objects.filter(pin=c.second).delete(),
        "Location Paper",
    ),
    "a contribution changes the matter": (
        lambda c: MatterPin.objects.filter(pin=c.second).update(matter=c.draft.matter),
        "Location Paper",
    ),
    "a theme is called otherwise": (
        lambda c: Theme.objects.update(title_de="Verkehr"),
        "Paper",
    ),
    "a body is called otherwise": (
        lambda c: Body.objects.filter(pk=c.body.pk).update(name="Ortsbeirat 16"),
        "Meeting Organization",
    ),
    "there is another body": (lambda c: make_body("Seniorenbeirat"), "Organization"),
    "a body is no more": (lambda c: c.council.delete(), "Body Organization"),
    "the draft is worded otherwise": (
        lambda c: Matter.objects.filter(pk=c.draft.matter_id).update(text="Anders."),
        "Paper",
    ),
    "the draft has another file": (
        lambda c: c.draft.document.save("andere.pdf", pdf()),
        "File Paper",
    ),
    "somebody supports a contribution": (
        lambda c: support_pin(reference=c.pin.reference, secret=make_secret()),
        "",
    ),
    "nothing": (lambda c: None, ""),
}


def taken(client: Client) -> dict[str, Any]:
    return Harvester(client).take_all().objects


def changed_kinds(version: int) -> str:
    rows = OparlObject.objects.filter(version__gt=version)
    return " ".join(sorted(set(rows.values_list("kind", flat=True))))


@pytest.mark.parametrize("name", CHANGES)
def test_a_harvest_of_what_changed_is_as_good_as_a_new_one(client, city, name):
    change, kinds = CHANGES[name]
    harvester = Harvester(client).take_all()
    version = OparlObject.objects.latest_version()

    change(city)
    harvester.take_changes(harvester.latest())

    assert harvester.objects == taken(client)
    assert changed_kinds(version) == kinds
    assert_nothing_was_missed(client)


def assert_nothing_was_missed(client: Client) -> None:
    """What was made anew in parts is what it would be as a whole."""
    version = OparlObject.objects.latest_version()
    mark_everything()
    bring_up_to_date()
    assert changed_kinds(version) == ""


def test_all_of_it_one_after_another(client, city):
    harvester = Harvester(client).take_all()
    for name in (
        "a contribution comes onto the agenda",
        "one of two contributions is hidden",
        "a body is called otherwise",
        "the minutes are there",
        "an item is taken off",
        "a sitting is removed",
        "a theme is called otherwise",
    ):
        CHANGES[name][0](city)
        harvester.take_changes(harvester.latest())

        assert harvester.objects == taken(client), name


def test_what_was_taken_away_stays_as_the_mark_of_that(client, city):
    address = f"/oparl/v1/agendaitem/{city.item.pk}"
    before = client.get(address).json()
    agendas.take_off(item=city.item, actor=city.clerk)

    after = client.get(address).json()

    check(after)
    assert after["deleted"] is True
    assert after["created"] == before["created"]
    assert after["modified"] > before["modified"]
    row = OparlObject.objects.get(kind="AgendaItem", key=str(city.item.pk))
    assert (row.content, row.stamp) == ({}, "")


def test_what_comes_back_is_no_longer_deleted(client, city):
    address = f"/oparl/v1/agendaitem/{city.item.pk}"
    before = client.get(address).json()

    def is_public(value: bool) -> dict[str, Any]:
        AgendaItem.objects.filter(pk=city.item.pk).update(is_public=value)
        answer: dict[str, Any] = client.get(address).json()
        return answer

    away, back = is_public(False), is_public(True)

    assert away["deleted"] is True
    assert back["modified"] > away["modified"] > before["modified"]
    assert back | {"modified": ""} == before | {"modified": ""}


def test_what_nobody_could_read_leaves_no_mark(client, city):
    client.get("/oparl/v1/agendaitems")
    item = agendas.add_item(sitting=city.invited, title="Ein Irrtum")
    agendas.take_off(item=item, actor=city.clerk)

    assert client.get(f"/oparl/v1/agendaitem/{item.pk}").status_code == 404


def test_what_is_within_changes_what_it_is_within(client, city):
    address = f"/oparl/v1/meeting/{city.invited.pk}"
    before = client.get(address).json()
    AgendaItem.objects.filter(pk=city.question_time.pk).update(title="Fragen")

    after = client.get(address).json()

    assert after["agendaItem"][0]["modified"] > before["agendaItem"][0]["modified"]
    assert after["agendaItem"][1] == before["agendaItem"][1]
    assert after["modified"] >= after["agendaItem"][0]["modified"]


def test_no_moment_lies_before_one_that_was_given_out(client, city):
    """Two changes in a second, of the same object and then of another one."""
    harvester = Harvester(client).take_all()
    for place in ("Turnhalle", "Mensa", "Aula"):
        Sitting.objects.filter(pk=city.invited.pk).update(place=place)
        harvester.take_changes(harvester.latest())
    Sitting.objects.filter(pk=city.planned.pk).update(place="Kirche")

    harvester.take_changes(harvester.latest())

    meeting = harvester.objects[f"{API}/meeting/{city.planned.pk}"]
    assert meeting["location"]["description"] == "Kirche"


def test_an_answer_waits_for_nobody_where_nothing_changed(client, city):
    client.get("/oparl/v1/meetings")

    assert not OparlMark.objects.exists()
    version = OparlObject.objects.latest_version()
    client.get("/oparl/v1/papers")
    assert OparlObject.objects.latest_version() == version


def test_what_rows_call_themselves(city):
    bring_up_to_date()
    row = OparlObject.objects.get(kind="Meeting", key=str(city.planned.pk))

    assert str(row) == f"Meeting {city.planned.pk}"
    assert str(OparlMark(unit="sitting-7")) == "sitting-7"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"kind": "Person"}, "oparlobject_kind_known"),
        (
            {"is_deleted": True, "content": {"name": "x"}},
            "oparlobject_keeps_nothing_of_what_was_taken_away",
        ),
        (
            {"is_deleted": True, "content": {}, "stamp": "x.pdf"},
            "oparlobject_keeps_nothing_of_what_was_taken_away",
        ),
    ],
)
def test_the_record_keeps_its_rules(city, values, name):
    bring_up_to_date()
    row = OparlObject.objects.filter(kind="Meeting")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.update(**values)


def test_an_object_is_kept_once(city):
    bring_up_to_date()
    row = OparlObject.objects.get(kind="Meeting", key=str(city.planned.pk))
    row.pk = None

    with pytest.raises(IntegrityError, match="oparlobject_once"), transaction.atomic():
        row.save(force_insert=True)


def test_a_city_that_runs_already_gives_out_all_of_it(client, city):
    """The migration marks everything, since no trigger has seen it come."""
    bring_up_to_date()
    before = taken(client)
    OparlObject.objects.all().delete()
    mark_everything()

    after = taken(client)

    assert set(after) == set(before)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs run on the connection of the test, which must stay open."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


def test_a_job_notes_what_has_changed_while_nobody_asks(city, worker):
    tasks.keep_oparl(timestamp=0)

    assert not OparlMark.objects.exists()
    assert OparlObject.objects.filter(kind="AgendaItem", is_deleted=False).count() == 3


def test_a_job_notices_what_no_trigger_could(client, city, worker):
    meeting = f"/oparl/v1/meeting/{city.invited.pk}"
    assert "invitation" in client.get(meeting).json()
    default_storage.delete(city.invited.invitation.name)

    tasks.look_through_oparl(timestamp=0)

    assert "invitation" not in client.get(meeting).json()
    file = client.get(f"/oparl/v1/file/invitation-{city.invited.pk}")
    assert file.json()["deleted"] is True
    assert OparlObject.objects.filter(kind__in=["System", "Body"]).count() == 2


def test_what_went_without_a_mark_is_noticed_with_the_next_look_at_all(client, city):
    bring_up_to_date()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "DELETE FROM councils_agendaitem WHERE sitting_id = %s AND id = %s",
            [city.invited.pk, city.question_time.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    mark_everything()

    found = client.get(f"/oparl/v1/agendaitem/{city.question_time.pk}").json()
    assert found["deleted"] is True
