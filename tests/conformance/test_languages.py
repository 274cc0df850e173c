"""No page says in one language what the catalogue has another word for.

What people, bodies and staff wrote stays as it is; it says its language, so that a screen
reader does, too. Every page is asked for, by whoever sees it, which takes a minute.
"""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.every_page import VISITS, address_in
from tests.factories import make_body, make_district, make_theme
from tests.languages import foreign_to, nodes_of
from tests.scene import Scene, make_scene

pytestmark = pytest.mark.conformance

# Names and data that are a text of the other language by chance, or in quotation.
CHANCE = {
    "de": {"endorsed", "hearing", "received", "Contributions"},
    "en": {"Adresse", "An", "Art", "Ausschuss", "Danke", "Phase", "karten.csv"},
}
# Checked cards keep what was wrong with a row in the words of whoever sent the sheet.
KEPT = "/planning/input/cards/{sheet}/"
# What is stored stands there as it is, with its language beside it.
STORED = "/data"
# Hardly a German sentence does without one of them.
GERMAN = re.compile(r"\b(und|der|das|nicht|ist|für|wird|werden|eine|kein|oder)\b")


@pytest.fixture
def scene(db: None) -> Scene:
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_theme("energy", title_de="Energie", title_en="Energy")
    return make_scene()


def page(scene: Scene, who: str, address: str) -> str:
    client = Client()
    user = getattr(scene, who, None)
    if isinstance(user, User):
        client.force_login(user)
    response = client.get(address)
    return str(b"".join(response).decode())


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_page_is_in_one_language(scene: Scene, language: str) -> None:
    foreign, found = foreign_to(language), {}
    visits = [visit for several in VISITS.values() for visit in several]
    for who, paths in visits:
        for path in set(paths) - {KEPT}:
            html = page(scene, who, address_in(language, path, scene.names))
            texts = set(foreign.in_page(html, language)) - CHANCE[language]
            if texts:
                found[path] = texts
    assert found == {}


def test_what_is_german_on_public_english_pages_says_so(scene: Scene) -> None:
    found = {}
    (visit,) = VISITS["public"]
    for path in visit[1]:
        if path.endswith(STORED):
            continue
        html = page(scene, "", address_in("en", path, scene.names))
        # A name in quotation marks cannot be marked within an attribute.
        nodes = [re.sub("“[^”]*”", "", node) for node in nodes_of(html, "en")]
        if texts := [node for node in nodes if GERMAN.search(node)]:
            found[path] = texts
    assert found == {}
