"""The city's own colours, and what shows how a place is written where there is none."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.test import Client

from districts.examples import example_degrees, example_metres
from mapapp.cityfile import Look
from mapapp.look import own_colours


@pytest.mark.parametrize(
    ("look", "rules"),
    [
        (Look("", "", ""), ""),
        (Look("", "#1D6B33", ""), "html:root{--city-blue:#1D6B33;}\n"),
        (
            Look("#14401F", "", "#7BC043"),
            (
                "html:root{--city-deep:#14401F;--city-sky:#7BC043;}\n"
                "@media (prefers-color-scheme:dark){html:root{--header-ground:"
                "color-mix(in srgb,#14401F 60%,black)}}\n"
            ),
        ),
    ],
)
def test_only_colours_that_are_named_are_changed(
    settings: LazySettings, look: Look, rules: str
) -> None:
    settings.CITY = replace(settings.CITY, look=look)

    assert own_colours() == rules


@pytest.mark.django_db
def test_a_city_without_districts_has_examples_all_the_same(client: Client) -> None:
    assert example_degrees() == {"lon": "10.0000", "lat": "51.0000"}
    assert example_metres()["srid"] == "25832"
    page = client.get("/exports/").content.decode()
    assert "?kind=problem&amp;sort=newest</code>" in page
