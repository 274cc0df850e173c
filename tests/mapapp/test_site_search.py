"""The search of the site: everything public in one page, and nothing else."""

import pytest

from councils.models import Sitting
from pins.workflow import Visibility
from tests.cms import make_trees, publish_news
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_event,
    make_goal,
    make_item,
    make_measure,
    make_pin,
    make_sitting,
)
from tests.pages import fields_of, links_of, text_of


@pytest.fixture
def city(db):
    make_trees()
    body = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=body)
    return body


def test_everything_public_is_found_in_its_section(client, city):
    pin = make_pin(title="Bäume an der Straße")
    make_event(title_de="Spaziergang zu den Bäumen")
    make_goal("1.1", title_de="Mehr Bäume")
    make_measure("M 7", title_de="Hundert Bäume")
    publish_news("Bäume gepflanzt", slug="baeume")
    sitting = make_sitting(city, days=-3, state=Sitting.State.HELD)
    make_consultation(city, pin, item=make_item(sitting, "Bäume an der Straße"))
    make_item(sitting, "Verschiedenes", resolution_text="Der Baum bleibt stehen.")

    response = client.get("/search/?q=Baum")

    hrefs = {link.get("href") for link in links_of(response)}
    page = text_of(response)
    for title in (
        "Spaziergang zu den Bäumen",
        "1.1 Mehr Bäume",
        "M 7 Hundert Bäume",
        "Bäume gepflanzt",
        "Verschiedenes",
    ):
        assert title in page
    assert f"/pins/{pin.reference}" in hrefs
    assert sitting.get_absolute_url() in hrefs


def test_what_is_not_public_is_not_found(client, city):
    unseen = make_pin(title="Geheimer Baum", visibility=Visibility.SUBMITTED)
    make_event(title_de="Geheimer Baum", state="draft")
    make_goal("1.1", title_de="Geheimer Baum", is_public=False)
    make_measure("M 7", title_de="Geheimer Baum", is_public=False)
    publish_news("Geheimer Baum", slug="baum", live=False)
    held = make_sitting(city, days=-3, state=Sitting.State.HELD)
    make_consultation(city, unseen, item=make_item(held, "Geheimer Baum"))
    make_item(held, "Geheimer Baum", is_public=False)
    coming = make_sitting(city, days=9, state=Sitting.State.INVITED)
    make_item(coming, "Verschiedenes", resolution_text="Geheimer Baum")

    response = client.get("/search/?q=Geheimer+Baum")

    assert response.context["sections"] == []


def test_places_and_numbers_are_found_by_name(client, city):
    measure = make_measure("M 12")

    assert "/districts/hohenecken/" in hrefs(client.get("/search/?q=Hohen"))
    assert measure.get_absolute_url() in hrefs(client.get("/search/?q=M+12"))


def hrefs(response):
    return {link.get("href") for link in links_of(response)}


def test_more_is_shown_of_one_section(client, city):
    for number in range(7):
        make_event(days=number + 1, title_de=f"Baumfest {number}")

    few = client.get("/search/?q=Baumfest")
    all_of_them = client.get("/search/?q=Baumfest&in=events")

    assert "/search/?q=Baumfest&in=events" in hrefs(few)
    assert "Baumfest 0" not in text_of(few)
    assert "Baumfest 0" in text_of(all_of_them)


def test_garbage_finds_nothing_and_breaks_nothing(client, city):
    for words in ("", " ", "((", "'", '"', "%_\\", "-" * 60 + "x", "&|!", "\U0001f333"):
        assert client.get("/search/", {"q": words}).status_code == 200, words


@pytest.mark.parametrize("section", ["nothing", "pins,events", "\x00", "<script>"])
@pytest.mark.parametrize("words", ["Baum", ""])
def test_a_section_that_is_none_is_said(client, city, section, words):
    response = client.get("/en/search/", {"q": words, "in": section})

    assert response.status_code == 400
    assert "There is no such section of the search." in text_of(response)
    assert fields_of(response)["q"] == words


def test_no_section_is_all_of_them(client, city):
    make_event(title_de="Baumfest")

    assert "Baumfest" in text_of(client.get("/search/?q=Baumfest&in="))


@pytest.mark.parametrize("words", ["\x00", "x" * 101])
def test_what_cannot_be_words_is_said_at_the_field(client, db, words):
    response = client.get("/search/", {"q": words})

    assert response.status_code == 400
    assert response.context["form"].errors["q"]


def test_queries_are_bounded(client, city, django_assert_max_num_queries):
    for number in range(12):
        make_event(days=number + 1, title_de=f"Baumfest {number}")
        make_pin(title=f"Baum {number}")
        make_measure(f"M {number}", title_de="Baum")
        publish_news(f"Baum {number}")

    with django_assert_max_num_queries(25):
        client.get("/search/?q=Baum")


def test_the_field_is_in_the_header(client, city):
    html = client.get("/").content.decode()

    assert html.count('action="/search/"') == 2
    assert client.post("/search/").status_code == 405
