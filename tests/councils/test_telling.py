"""What those who follow a contribution are told of sittings, whatever its status does."""

import datetime

import pytest
from django.utils import timezone

from councils import telling
from councils.agendas import (
    SittingData,
    cancel_sitting,
    change_item,
    change_sitting,
    publish_agenda,
    put_on_agenda,
    put_proposal_on_agenda,
    take_off,
)
from councils.matters import gather, propose, waive_hearing
from councils.models import Consultation, Sitting
from councils.results import Result, close_sitting, record_result
from districts.models import Body
from pins.actions import hide_pin
from pins.models import News
from pins.telling.news import Words
from pins.workflow import Status
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_follow,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
)
from tests.mails import mail_server, parts_of, tell

Outcome = Consultation.Outcome


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def chair(west):
    return make_member(west)


@pytest.fixture
def pin(west):
    return make_pin()


def scheduled(body, chair, pin, **fields):
    sitting = make_sitting(body, place="Rathaus, Saal 1")
    item = put_on_agenda(sitting=sitting, pins=[pin], actor=chair, **fields)
    publish_agenda(sitting=sitting, actor=chair)
    return sitting, item


def hold(sitting, item, chair, outcome, **fields):
    Sitting.objects.filter(pk=sitting.pk).update(start=sitting.created_at)
    sitting.refresh_from_db()
    item.refresh_from_db()
    result = Result(outcome=outcome, **fields)
    record_result(item=item, version=item.version, result=result)
    close_sitting(sitting=sitting, actor=chair)


def news(language="en"):
    """Return what was written down: the event, the sentence, the details and the path."""
    return [
        (row.event, row.texts[language]["what"], row.texts[language], row.path)
        for row in News.objects.order_by("pk")
    ]


def test_on_the_agenda(west, chair, pin):
    sitting, _item = scheduled(west, chair, pin)

    ((event, what, words, path),) = news()
    assert (event, what) == ("status_changed", "On the agenda: Ortsbeirat West")
    assert words["facts"][0].endswith(", Rathaus, Saal 1")
    assert str(timezone.localtime(sitting.start).year) in words["facts"][0]
    assert path == f"/sittings/{sitting.pk}/"


def test_in_both_languages_with_their_dates(west, chair, pin):
    scheduled(west, chair, pin)

    ((_event, _what, german, _path),) = news("de")
    assert "Uhr" in german["facts"][0]
    assert "Uhr" not in news("en")[0][2]["facts"][0]


def test_the_agenda_of_a_planned_sitting_is_no_news(west, chair, pin):
    sitting = make_sitting(west)
    put_on_agenda(sitting=sitting, pins=[pin], actor=chair)
    _move(sitting)

    assert news() == []


def test_what_is_not_public_is_no_news(west, chair, pin):
    sitting, item = scheduled(west, chair, pin, is_public=False)
    _move(sitting)
    hold(sitting, item, chair, Outcome.ENDORSED)

    assert news() == []


def test_the_result_with_votes_and_reason(west, chair, pin):
    sitting, item = scheduled(west, chair, pin)

    hold(
        sitting,
        item,
        chair,
        Outcome.NOT_ENDORSED,
        reason="Zu teuer.",
        votes_for=4,
        votes_against=9,
        votes_abstained=2,
    )

    event, what, words, _path = news()[-1]
    assert (event, what) == ("status_changed", "Ortsbeirat West: Not endorsed")
    assert words["facts"][1] == "Votes: 4 for, 9 against, 2 abstained"
    assert words["note"] == "Zu teuer."


def test_who_decides_adopts(west, chair, pin):
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    clerk = make_member(council)
    sitting, item = scheduled(west, chair, pin)
    hold(sitting, item, chair, Outcome.ENDORSED)
    proposal = propose(matter=Consultation.objects.get().matter, body=council)
    later = make_sitting(council)
    item = put_proposal_on_agenda(sitting=later, consultation=proposal, actor=clerk)
    publish_agenda(sitting=later, actor=clerk)
    hold(later, item, clerk, Outcome.ENDORSED)

    assert news()[-1][:2] == ("status_changed", "Stadtrat: Adopted")


def test_the_resolution_where_no_reason_is_given(west, chair, pin):
    sitting, item = scheduled(west, chair, pin)
    hold(sitting, item, chair, Outcome.ENDORSED, resolution_text="Der Rat empfiehlt.")

    assert news()[-1][2]["note"] == "Der Rat empfiehlt."


def test_the_advice_of_a_later_body_is_news_without_another_status(west, chair, pin):
    sitting, item = scheduled(west, chair, pin)
    hold(sitting, item, chair, Outcome.ENDORSED)
    committee = make_body("Hauptausschuss", kind=Body.Kind.COMMITTEE)
    matter = Consultation.objects.get().matter
    proposal = propose(matter=matter, body=committee)
    later = make_sitting(committee)
    clerk = make_member(committee)
    item = put_proposal_on_agenda(sitting=later, consultation=proposal, actor=clerk)
    publish_agenda(sitting=later, actor=clerk)
    hold(later, item, clerk, Outcome.NOTED)

    pin.refresh_from_db()
    assert pin.status == Status.ENDORSED
    told = [(event, what) for event, what, _words, _path in news()[2:]]
    assert told == [
        ("sitting", "On the agenda: Hauptausschuss"),
        ("sitting", "Hauptausschuss: Noted"),
    ]


def _move(sitting, **changes):
    sitting.refresh_from_db()
    data = SittingData(
        start=sitting.start + datetime.timedelta(days=1),
        end=None,
        place=sitting.place,
    )
    return change_sitting(sitting=sitting, data=data)


def test_another_day(west, chair, pin):
    sitting, _item = scheduled(west, chair, pin)

    _move(sitting)

    event, what, words, path = news()[-1]
    assert (event, what) == ("sitting", "The sitting was moved: Ortsbeirat West")
    assert [fact.split(":")[0] for fact in words["facts"]] == ["Before", "Now"]
    assert path == f"/sittings/{sitting.pk}/"


def test_another_end_is_no_news(west, chair, pin):
    sitting, _item = scheduled(west, chair, pin)
    end = sitting.start + datetime.timedelta(hours=2)
    change_sitting(sitting=sitting, data=SittingData(sitting.start, end, sitting.place))

    assert len(news()) == 1


def test_cancelled(west, chair, pin):
    sitting, _item = scheduled(west, chair, pin)

    cancel_sitting(sitting=sitting, reason="Der Saal ist gesperrt.", actor=chair)

    _event, what, words, _path = news()[-1]
    assert what == "The sitting is cancelled: Ortsbeirat West"
    assert words["note"] == "Der Saal ist gesperrt."


def test_a_hearing_that_is_waived(west, chair, pin):
    """Once everybody can read that a body deals with it, and not before."""
    east = make_body("Ortsbeirat Ost")
    make_district(17, body=east)
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    matter = gather(pins=[pin, make_pin(district=17)])
    proposal = propose(matter=matter, body=council)
    waive_hearing(matter=matter, body=east, actor=chair, reason="Es eilt.")
    assert news() == []

    clerk = make_member(council)
    sitting = make_sitting(council)
    put_proposal_on_agenda(sitting=sitting, consultation=proposal, actor=clerk)
    publish_agenda(sitting=sitting, actor=clerk)
    waive_hearing(matter=matter, body=west, actor=chair, reason="Auch hier.")

    assert [(what, words["note"], path) for _e, what, words, path in news()[-2:]] == [
        ("Decided without the hearing: Ortsbeirat West", "Auch hier.", "")
    ] * 2


@pytest.mark.parametrize("way", ["taken off", "not public any more"])
def test_off_the_agenda(west, chair, pin, way):
    _sitting, item = scheduled(west, chair, pin)

    if way == "taken off":
        take_off(item=item, actor=chair)
    else:
        change_item(item=item, title=item.title, is_public=False, actor=chair)

    assert news()[-1][1] == "No longer on the agenda: Ortsbeirat West"


def test_off_the_agenda_of_a_later_body(west, chair):
    """The status stays what the body before made of it; who follows it is told."""
    committee = make_body("Ausschuss", kind=Body.Kind.COMMITTEE)
    pin = make_pin(status=Status.ENDORSED)
    sitting = make_sitting(committee)
    proposal = make_consultation(committee, pin)
    item = put_proposal_on_agenda(sitting=sitting, consultation=proposal, actor=chair)
    publish_agenda(sitting=sitting, actor=chair)

    take_off(item=item, actor=chair)

    event, what, _words, _path = news()[-1]
    assert (event, what) == ("sitting", "No longer on the agenda: Ausschuss")
    pin.refresh_from_db()
    assert pin.status == Status.ENDORSED


def test_of_a_duplicate_nobody_is_told(west, pin):
    duplicate = make_pin(status=Status.DUPLICATE, duplicate_of=pin)
    words = Words(what="News", facts=[], note="")
    found = telling.Telling({"de": words, "en": words}, "")

    telling.tell(duplicate, found)
    assert news() == []

    telling.tell(pin, found)
    assert [row[1] for row in news()] == ["News"]


def test_of_a_hidden_pin_nothing_is_written_down(west, chair, pin):
    sitting, item = scheduled(west, chair, pin)
    hide_pin(pin=pin, actor=make_moderator(), reason="Namen.")
    News.objects.all().delete()

    _move(sitting)
    hold(sitting, item, chair, Outcome.ENDORSED)

    assert news() == []


@pytest.mark.django_db(transaction=True)
def test_from_the_sitting_to_the_mailbox(settings):
    west = make_body("Ortsbeirat West")
    make_district(16, body=west)
    chair, pin = make_member(west), make_pin()
    make_follow(pin_id=pin.pk, language="en")
    sitting, item = scheduled(west, chair, pin)
    hold(
        sitting,
        item,
        chair,
        Outcome.ENDORSED,
        votes_for=9,
        votes_against=4,
        votes_abstained=2,
    )

    with mail_server(settings) as sink:
        assert tell() == 1

    ((_to, message),) = sink.mails
    for text in parts_of(message).values():
        assert "On the agenda: Ortsbeirat West" in text
        assert "Ortsbeirat West: Endorsed" in text
        assert "9 for, 4 against, 2 abstained" in text
        assert f"http://testserver/en/sittings/{sitting.pk}/" in text
