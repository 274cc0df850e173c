"""The page about open data."""

import pytest

from pins.workflow import Kind
from tests.exports.conftest import EXTENSIONS, PLACES
from tests.open_data import PROPERTIES


def rows_of(response):
    return [row for _title, rows in response.context["groups"] for row in rows]


def test_it_lists_the_files_and_what_stands_in_them(client, city):
    response = client.get("/exports/")

    context = response.context
    rows = {row.extension: row for row in rows_of(response)}
    assert sorted(rows) == sorted(EXTENSIONS)
    assert all(
        row.url == f"/exports/pins.{extension}" for extension, row in rows.items()
    )
    assert [row.name for row in context["fields"]] == PROPERTIES + PLACES
    assert all(row.description and row.type for row in context["fields"])
    assert [district.name for district in context["districts"]] == [
        "Dansenberg",
        "Hohenecken",
    ]


def test_its_links_keep_the_filters_and_work(client, city):
    query = {"theme": ["energy", "mobility"], "kind": Kind.IDEA}

    for row in rows_of(client.get("/exports/", query)):
        assert row.url.endswith("?theme=energy&theme=mobility&kind=idea")
        response = client.get(row.url)
        assert response.status_code == 200
        assert response["Content-Type"] == row.media_type
        response.getvalue()


def test_in_english_the_map_is_offered_in_english(client, city):
    response = client.get("/en/exports/", {"kind": "idea"})

    urls = {row.extension: row.url for row in rows_of(response)}
    assert urls["html"] == "/exports/pins.html?kind=idea&lang=en"
    assert urls["csv"] == "/exports/pins.csv?kind=idea"


def test_without_filters_the_english_map_still_is(client, city):
    urls = {row.extension: row.url for row in rows_of(client.get("/en/exports/"))}

    assert urls["html"] == "/exports/pins.html?lang=en"


@pytest.mark.parametrize("path", ["/exports/", "/en/exports/"])
def test_an_unknown_filter_is_named(client, city, path):
    response = client.get(path, {"theme": "traffic"})

    assert response.status_code == 400
    assert "traffic" in response.content.decode()
    assert rows_of(response)[1].url == "/exports/pins.geojson"


def test_it_costs_few_queries(client, city, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        client.get("/exports/")


def test_the_addresses_for_qgis_are_those_of_the_services(client, city, settings):
    response = client.get("/exports/")

    base = settings.BASE_URL
    assert response.context["tiles_url"] == f"{base}/tiles/pins/{{z}}/{{x}}/{{y}}.pbf"
    for name in ("ogc_url", "qgis_url", "style_url", "measures_url"):
        answer = client.get(response.context[name].removeprefix(base))
        assert answer.status_code == 200, name


def test_the_choice_is_open_where_a_filter_is_wrong(client, city):
    assert (
        '<details class="choose" open>'
        in client.get("/exports/", {"theme": "traffic"}).content.decode()
    )
    assert '<details class="choose">' in client.get("/exports/").content.decode()


def test_its_form_keeps_what_the_map_was_asked_for(client, city):
    query = {"q": "Rad", "near": "7.75,49.38", "sort": "support"}

    page = client.get("/exports/", query).content.decode()

    assert '<input type="hidden" name="near" value="7.75,49.38">' in page
    assert '<input type="hidden" name="sort" value="support">' in page
    assert 'value="Rad"' in page
    assert 'name="body"' not in page


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/", 'href="/exports/"'),
        ("/?theme=energy&q=Rad", 'href="/exports/?theme=energy&amp;q=Rad"'),
        ("/districts/hohenecken/", 'href="/exports/?district=hohenecken"'),
        (
            "/districts/hohenecken/?kind=idea",
            'href="/exports/?kind=idea&amp;district=hohenecken"',
        ),
        ("/districts/hohenecken/?kind=x", 'href="/exports/?district=hohenecken"'),
    ],
)
def test_map_and_district_lead_to_the_files_of_what_they_show(client, city, path, link):
    page = client.get(path).content.decode()

    assert link in page.split('class="downloads"')[1]
