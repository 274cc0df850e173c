"""The filters' form: what it offers, and how many there are of each."""

import re

import pytest

from pins.workflow import Status
from tests.factories import make_district, make_pin, make_theme


@pytest.fixture
def city(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility", title_de="Mobilität")


def options(response, name: str) -> list[str]:
    """Return the words that a select of the page offers."""
    page = response.content.decode()
    found = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    assert found is not None
    return re.findall(r"<option[^>]*>([^<]*)</option>", found[0])


def chips(response) -> list[str]:
    page = response.content.decode()
    return re.findall(r'<label class="chip".*?<span>(.*?)</span>', page, re.DOTALL)


def test_each_choice_says_how_many_there_are(client, city):
    energy = make_theme("energy", title_de="Energie")
    make_pin(kind="idea", theme=energy)
    make_pin(kind="problem", status=Status.DONE)

    response = client.get("/", {"kind": "idea"})

    assert options(response, "kind")[1:3] == ["Idee (1)", "Problem (1)"]
    assert "Umgesetzt (0)" in options(response, "status")
    assert "Hohenecken (1)" in options(response, "district")
    assert chips(response) == ["Energie (1)", "Mobilität (0)"]


def test_what_cannot_be_counted_has_no_number(client, city):
    response = client.get("/", {"kind": "nonsense"})

    assert response.status_code == 400
    assert "Idee" in options(response, "kind")


def test_nearest_first_is_offered_only_with_a_place(client, city):
    make_pin()

    without = client.get("/")
    with_place = client.get("/", {"sort": "nearest", "near": "7.7578,49.3828"})

    assert len(options(without, "sort")) == 3
    assert len(options(with_place, "sort")) == 4
    assert '<input type="hidden" name="near" disabled>' in without.content.decode()
    assert 'name="near" value="7.7578,49.3828"' in with_place.content.decode()


def test_a_place_that_is_none_is_not_kept(client, city):
    response = client.get("/", {"near": '"><script>'})

    assert response.status_code == 400
    assert '<input type="hidden" name="near" disabled>' in response.content.decode()
    assert "<script>" not in response.content.decode()


def test_the_district_page_offers_no_other_district(client, city):
    make_district(15, name="Dansenberg")

    page = client.get("/districts/hohenecken/").content.decode()

    assert 'name="district"' not in page
    assert 'data-district-page="/districts/SLUG/"' in page
