"""Cards with numbers of their own, posters, and where their codes lead."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError

from councils.papers.pdf import NotSet
from insek.cards import printing
from insek.cards.numbers import print_cards
from insek.cards.printing import form_url, page_url
from insek.models import CardPrint, Event, PinOrigin
from pins.models import Pin
from tests.councils.pdf_structure import alternatives, kinds, metadata, opened, words
from tests.factories import (
    broken_constraint,
    form_data,
    make_district,
    make_editor,
    make_event,
    make_theme,
)
from tests.pages import text_of

PRINTS, POSTER = "/planning/input/prints/", "/planning/input/poster.pdf"


@pytest.fixture
def district(db):
    make_theme()
    return make_district(16, name="Hohenecken")


@pytest.fixture
def office(client, district):
    client.force_login(make_editor())
    return client


def wanted(event=None, **fields):
    values = {"count": "5", "size": "a6", "language": "de"} | fields
    return values | ({"event": str(event.pk)} if event else {})


def test_cards_are_tagged_and_numbered(office):
    event = make_event(title_de="Markt <b>#1</b> & $x$ *")
    response = office.post(PRINTS, wanted(event, district="hohenecken"), follow=True)
    cards = CardPrint.objects.get()
    assert f"/planning/input/prints/{cards.pk}.pdf" in response.content.decode()

    file = office.get(f"{PRINTS}{cards.pk}.pdf")

    pdf = opened(file.content)
    assert len(pdf.pages) == 2
    assert "pdfuaid:part" in metadata(pdf)
    assert str(pdf.Root.Lang) == "de-DE"
    assert kinds(pdf).count("H1") == 5
    assert all(f"event={event.pk}" in words for words in alternatives(pdf))
    text = words(pdf)
    assert f"E{event.pk}-0005" in text
    assert "Markt <b>#1</b> & $x$ *" in text
    assert "Hohenecken" in text


def test_no_number_is_given_twice(office):
    event = make_event()
    office.post(PRINTS, wanted(event))
    office.post(PRINTS, wanted(event, size="a5", count="200"))
    office.post(PRINTS, wanted(district="hohenecken"))
    firsts = CardPrint.objects.order_by("pk").values_list("prefix", "first")
    assert list(firsts) == [(f"E{event.pk}", 1), (f"E{event.pk}", 6), ("D16", 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"count": ""},
        {"count": "0"},
        {"count": "201"},
        {"count": "1e9"},
        {"count": "9" * 30},
        {"size": "a0"},
        {"language": "fr"},
        {"district": "atlantis"},
        {"event": "99999"},
        {"event": "9" * 30},
        {"event": "\0"},
        {"event": ""},
    ],
)
def test_what_cannot_be_printed(office, change):
    response = office.post(PRINTS, wanted(make_event()) | change)
    assert response.status_code == 422
    assert not CardPrint.objects.exists()


@pytest.mark.parametrize("paper", ["a3", "a4"])
def test_a_poster_in_english(office, paper):
    event = make_event(title_en="Workshop " + "with a long name " * 8)
    query = {
        "event": event.pk,
        "paper": paper,
        "language": "en",
        "target": "page",
        "district": "hohenecken",
    }
    response = office.get(POSTER, query)

    assert response["Content-Type"] == "application/pdf"
    pdf = opened(response.content)
    assert len(pdf.pages) == 1
    assert str(pdf.Root.Lang) == "en-GB"
    (alternative,) = alternatives(pdf)
    assert f"/en/insek/events/{event.pk}/" in alternative
    assert office.head(POSTER, query).status_code == 200


def test_a_word_wider_than_a_poster_is_broken(office):
    title = "Stadtteilentwicklungskonferenzvorbereitungsworkshop Hohenecken"
    event = make_event(title_de=title)
    query = {"event": event.pk, "paper": "a4", "language": "de", "target": "form"}

    response = office.get(POSTER, query)

    pdf = opened(response.content)
    assert len(pdf.pages) == 1
    assert title not in words(pdf)
    assert "Stadtteilentwicklungskonferenz" in words(pdf)


@pytest.mark.parametrize(
    "change", [{"paper": "a9"}, {"target": "x"}, {"event": "0"}, {"language": ""}]
)
def test_a_poster_of_nothing(office, change):
    query = {"paper": "a4", "language": "de", "target": "form"} | change
    response = office.get(POSTER, query)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")


@pytest.fixture
def printed(monkeypatch):
    """Take what would be set: setting it takes seconds."""
    found = {}

    def take(_template, data, _files):
        found.update(data)
        return b"%PDF"

    monkeypatch.setattr(printing, "set_pdf", take)
    return found


def test_a_poster_of_a_district_has_no_day(office, printed):
    query = {"paper": "a4", "language": "de", "target": "form"}
    assert office.get(POSTER, query | {"district": "hohenecken"}).status_code == 200
    assert printed["facts"] == []
    assert "Hohenecken" in printed["heading"]
    assert printed["address"].endswith("/pins/new?district=hohenecken")


def test_a_poster_of_an_event_leads_to_its_form_alone(office, printed):
    event = make_event()
    query = {"paper": "a4", "language": "de", "target": "form", "event": event.pk}
    assert office.get(POSTER, query).status_code == 200
    assert printed["address"].endswith(f"/pins/new?event={event.pk}")


def test_without_event_and_district_codes_lead_to_the_whole_city(client, district):
    for address in (form_url(None, None), page_url(None, None)):
        assert "?" not in address
        assert client.get(urlsplit(address).path).status_code == 200


def test_where_nothing_can_be_set_the_office_is_told(office, monkeypatch):
    def fail(*_args):
        raise NotSet

    monkeypatch.setattr(printing, "set_pdf", fail)
    query = {
        "paper": "a4",
        "language": "de",
        "target": "form",
        "event": make_event().pk,
    }
    response = office.get(POSTER, query)
    assert response.status_code == 503
    assert "noch einmal" in text_of(response)


def test_cards_are_those_of_something(office):
    with pytest.raises(IntegrityError) as error:
        print_cards(
            event=None,
            district=None,
            count=1,
            size="a6",
            language="de",
            actor=make_editor("zweite"),
        )
    assert broken_constraint(error.value) == "card_print_of_something"


def test_a_draft_has_no_poster(office):
    event = make_event(state=Event.State.DRAFT)
    query = {"event": event.pk, "paper": "a4", "language": "de", "target": "form"}
    assert office.get(POSTER, query).status_code == 400


def test_the_code_of_a_card_leads_to_the_form_of_its_event(client, district):
    event = make_event()
    address = urlsplit(form_url(event, district))
    query = parse_qs(address.query)
    assert query == {"event": [str(event.pk)], "district": ["hohenecken"]}

    page = client.get(f"{address.path}?{address.query}")
    assert event.title_de in page.content.decode()
    client.post("/pins/new", form_data(event=str(event.pk)))

    pin = Pin.objects.get()
    assert pin.source == "online"
    assert PinOrigin.objects.get(pin=pin).event == event
    assert client.get(urlsplit(page_url(None, district)).path).status_code == 200


@pytest.mark.parametrize("kind", ["draft", "cancelled", "unknown", "words", "huge"])
def test_what_names_no_event_is_no_reason_to_refuse(client, district, kind):
    states = {"draft": Event.State.DRAFT, "cancelled": Event.State.CANCELLED}
    state = states.get(kind, Event.State.PUBLIC)
    reason = "Sturm" if kind == "cancelled" else ""
    event = make_event(state=state, cancelled_because=reason)
    named = {"unknown": "999999", "words": "abc²", "huge": "9" * 40}
    words_sent = named.get(kind, str(event.pk))

    page = client.get(f"/pins/new?event={words_sent}")
    assert event.title_de not in page.content.decode()
    assert client.post("/pins/new", form_data(event=words_sent)).status_code == 302

    assert Pin.objects.count() == 1
    assert not PinOrigin.objects.exists()


def test_the_same_form_sent_twice_has_one_origin(client, district):
    data = form_data(event=str(make_event().pk))
    client.post("/pins/new", data)
    client.post("/pins/new", data)
    assert PinOrigin.objects.count() == 1


def test_a_print_that_is_not_there(office, district):
    assert office.get(f"{PRINTS}99.pdf").status_code == 404
    cards = print_cards(
        event=None,
        district=district,
        count=1,
        size="a5",
        language="en",
        actor=make_editor("zweite"),
    )
    assert office.head(f"{PRINTS}{cards.pk}.pdf").status_code == 200
    assert len(opened(office.get(f"{PRINTS}{cards.pk}.pdf").content).pages) == 1
