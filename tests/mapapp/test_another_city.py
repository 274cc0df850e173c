"""A town that nobody has heard of takes the site over, and nothing of the first city is left.

Wiesenquell (tests/wiesenquell) lies in another zone of UTM, has three districts without
numbers, two local councils and words of its own.
"""

import io
import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pikepdf
import pytest
from django.conf import LazySettings, settings
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override

from districts.models import Body, District
from insek.cards import columns
from insek.cards.printing import make_poster
from insek.pages.models import HomePage
from layers.models import Theme
from mapapp.cityfile import read_city
from pins.models import Pin
from pins.notifications import write_contact_confirmation
from pins.workflow import Visibility
from tests.factories import (
    make_comment,
    make_contact,
    make_goal,
    make_measure,
    make_milestone,
    make_pin,
)
from tests.geometries import point_in, tile_url
from tests.mapapp.test_public_side import PUBLIC, SHOWN, make_events, make_sitting_7
from tests.mapapp.test_settings import read
from tests.photos import make_photo

pytestmark = pytest.mark.django_db
FOLDER: Path = settings.ROOT / "tests" / "wiesenquell"
FIRST_CITY: Path = settings.ROOT / "cities" / "kaiserslautern"
# In Nordend, and beside the three districts.
INSIDE = Point(13.39536, 53.27443, srid=4326)
OUTSIDE = Point(13.43, 53.27443, srid=4326)
BOX = (13.38, 53.247, 13.442, 53.284)
# What the settings make of a city's file.
NAMES = (
    *("CITY_NAME", "SITE_NAME", "REFERENCE_PREFIX", "PLANNING_SRID", "TIME_ZONE"),
    *("OPEN311_JURISDICTION", "LICENCE_NAME", "LICENCE_URL", "MUNICIPALITY_KEY"),
    *("PUBLISHER", "PUBLISHER_URL", "DATA_CONTACT", "CONTRIBUTOR_ID", "OIDC_NAME"),
    *("DEFAULT_FROM_EMAIL", "LANGUAGE_CODE", "MFA_TOTP_ISSUER", "WAGTAIL_SITE_NAME"),
)


@cache
def what_settings_say() -> dict[str, Any]:
    """Return the settings as a process of its own reads them for the town."""
    found: dict[str, Any] = read(*NAMES, MAPAPP_CITY=str(FOLDER))
    return found


@pytest.fixture
def town(settings: LazySettings) -> str:
    """Let the site be the town's, in a database without a city; return what was said."""
    for name, value in what_settings_say().items():
        setattr(settings, name, value)
    settings.CITY = read_city(FOLDER / "city.toml")
    said = io.StringIO()
    call_command("init_city", str(FOLDER), stdout=said)
    return said.getvalue()


@pytest.fixture
def pin(town: str) -> Pin:
    """Make something of everything that the town's site shows; return a contribution."""
    body = Body.objects.get(slug="ortsteilrat-nordend")
    theme = Theme.objects.get(slug="water")
    pin = make_pin(theme=theme, location=INSIDE)
    waiting = make_pin(theme=theme, location=INSIDE, visibility=Visibility.SUBMITTED)
    make_contact(pin, email="anna@wiesenquell.example")
    make_comment(pin, pk=7_000_007)
    make_photo(pin, name=SHOWN)
    make_sitting_7(body, pin, waiting)
    make_events(pin, waiting)
    goal = make_goal("1.1")
    make_milestone(make_measure("M 1", goal, geometry=INSIDE))
    return pin


def test_words_and_pictures_of_its_own_go_first(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "static").mkdir()

    found = read("LOCALE_PATHS", "STATICFILES_DIRS", MAPAPP_CITY=str(tmp_path))

    for name, folder in (("LOCALE_PATHS", "locale"), ("STATICFILES_DIRS", "static")):
        assert found[name] == [str(tmp_path / folder), str(settings.ROOT / folder)]


def test_the_settings_are_those_of_the_town() -> None:
    assert what_settings_say() == {
        "CITY_NAME": "Wiesenquell",
        "SITE_NAME": "Wiesenquell macht mit",
        "REFERENCE_PREFIX": "WQ",
        "PLANNING_SRID": 25833,
        "TIME_ZONE": "Europe/Berlin",
        "OPEN311_JURISDICTION": "wiesenquell.example",
        "LICENCE_NAME": "CC0",
        "LICENCE_URL": "https://creativecommons.org/publicdomain/zero/1.0/",
        "MUNICIPALITY_KEY": "12999999",
        "PUBLISHER": "Gemeinde Wiesenquell",
        "PUBLISHER_URL": "https://wiesenquell.example",
        "DATA_CONTACT": "daten@wiesenquell.example",
        "CONTRIBUTOR_ID": "",
        "OIDC_NAME": "Wiesenquell",
        "DEFAULT_FROM_EMAIL": "Rathaus Wiesenquell <mitmachkarte@localhost>",
        "LANGUAGE_CODE": "de",
        "MFA_TOTP_ISSUER": "Wiesenquell macht mit",
        "WAGTAIL_SITE_NAME": "Wiesenquell macht mit",
    }


def test_the_town_takes_the_site_over(client: Client, town: str, pin: Pin) -> None:
    """One test, because making the town takes longer than all that is asked of it."""
    check_what_was_said(town)
    check_places(client)
    check_data(client)
    check_mails_and_papers(pin)
    for language in ("", "/en"):
        check_pages(client, language)


def check_what_was_said(town: str) -> None:
    assert "4 bodies added: Ortsteilrat Nordend, Ortsteilrat Seedorf, " in town
    assert "3 districts added: 1 Altstadt (Hauptausschuss), 2 Nordend (" in town
    assert "1 populations added: 3 Seedorf." in town
    assert "INSEK Wiesenquell" in town
    assert "MAPAPP_CITY" not in town
    districts = District.objects.with_body()
    assert [(one.slug, one.kind, one.body_slug) for one in districts] == [
        ("altstadt", "kernstadt", "hauptausschuss"),
        ("nordend", "ortsbezirk", "ortsteilrat-nordend"),
        ("seedorf", "ortsbezirk", "ortsteilrat-seedorf"),
    ]
    Body.objects.filter(slug="gemeinderat").update(name="Gemeindevertretung")

    again = io.StringIO()
    call_command("init_city", str(FOLDER / "city.toml"), stdout=again)

    assert again.getvalue().count("\n0 ") == 6
    assert (
        "Stays as it is: Gemeindevertretung (name: 'Gemeindevertretung', in the file "
        "'Gemeinderat')." in again.getvalue()
    )
    assert HomePage.objects.count() == 2


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return str(response.getvalue().decode())


def check_pages(client: Client, language: str) -> None:
    home = page(client, f"{language}/")
    assert "<title>" in home
    assert "Wiesenquell macht mit</title>" in home
    assert "Wiesenquell" in re.findall(r"<h1[^>]*>(.*?)</h1>", home, re.DOTALL)[0]
    assert 'content="#14401F"' in home
    assert "#14401F" in page(client, "/themes.css")
    assert "Nordend" in page(client, f"{language}/pins/new")
    district = page(client, f"{language}/districts/nordend/")
    assert "Ortsteilrat Nordend" in district
    imprint = page(client, f"{language}/about/imprint/")
    assert "Gemeinde Wiesenquell<br>Am Anger 1<br>00000 Wiesenquell" in imprint
    assert ("Wiesenquell, free" if language else "Wiesenquell, frei") in imprint
    assert "INSEK Wiesenquell" in page(client, "/insek/")


def check_places(client: Client) -> None:
    def said_of(lon: float, lat: float) -> str:
        return str(client.get(f"/districts/at.json?lon={lon}&lat={lat}").content)

    assert "Nordend" in said_of(INSIDE.x, INSIDE.y)
    assert "Nordend" not in said_of(OUTSIDE.x, OUTSIDE.y)
    assert "Nordend" not in said_of(7.77, 49.44)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_pin(theme=Theme.objects.all()[0], location=OUTSIDE)


def check_data(client: Client) -> None:
    def data(address: str) -> Any:
        return json.loads(page(client, address))

    shapes = data("/map/districts.geojson")["features"]
    assert [shape["properties"]["name"] for shape in shapes] == [
        *("Altstadt", "Nordend", "Seedorf")
    ]
    collection = data("/ogc/v1/collections/districts")
    assert is_within(collection["extent"]["spatial"]["bbox"][0])
    utm = "http://www.opengis.net/def/crs/EPSG/0/25833"
    assert collection["storageCrs"] == utm
    assert utm in collection["crs"]
    (feature,) = data(f"/ogc/v1/collections/pins/items?crs={utm}")["features"]
    place = INSIDE.clone()
    place.transform(25833)
    east, north = feature["geometry"]["coordinates"]
    assert (east, north) == pytest.approx((place.x, place.y), abs=0.05)
    assert is_within(data("/tiles/districts/tiles.json")["bounds"])
    assert client.get(tile_url(INSIDE, 14)).status_code == 200
    assert data("/oparl/v1/")["name"] == "Wiesenquell macht mit"
    assert data("/oparl/v1/bodies")["data"][0]["ags"] == "12999999"
    assert data("/open311/v2/services.json")[0]["service_code"] == "water"
    assert data("/manifest.webmanifest")["theme_color"] == "#14401F"
    catalogue = page(client, "/catalog.ttl")
    assert "Gemeinde Wiesenquell" in catalogue
    assert "municipalityKey/12999999" in catalogue
    assert "contributorID" not in catalogue
    assert "Wiesenquell macht mit" in page(client, "/feeds/pins.atom")


def is_within(bounds: list[float]) -> bool:
    west, south, east, north = BOX
    return (
        west <= bounds[0] < bounds[2] <= east
        and south <= bounds[1] < bounds[3] <= north
    )


def check_mails_and_papers(pin: Pin) -> None:
    message = write_contact_confirmation(pin.contact)
    assert pin.reference.startswith("WQ-")
    assert message.from_email == "Rathaus Wiesenquell <mitmachkarte@localhost>"
    assert "Wiesenquell macht mit" in message.subject
    assert pin.reference in message.body
    with override("de"):
        hints = {head: hint for head, _needed, hint in columns.hints()}
    assert re.search(r"EPSG:25833\D+39\d{4}\b", hints["Ostwert"])
    assert b"53.2" in columns.template_csv()
    poster = make_poster(
        event=None, district=None, paper="a4", language="de", to_form=True
    )
    with pikepdf.open(io.BytesIO(poster)) as paper:
        assert "Wiesenquell" in str(paper.docinfo["/Author"])


def moved(address: str, pin: Pin) -> str:
    """Return an address of the table for the first city as it is in the town."""
    for zoom in (0, 11, 16):
        first, here = tile_url(point_in(16), zoom), tile_url(INSIDE, zoom)
        for kind in ("pins", "districts", "overlays/cycle-route"):
            address = address.replace(
                first.replace("pins", kind), here.replace("pins", kind)
            )
    for first, here in {
        "ortsbeirat-hohenecken": "ortsteilrat-nordend",
        "hohenecken": "nordend",
        "Hohen": "Nord",
        "KL-": "WQ-",
        "mobility": "water",
        "energy": "paths",
        "7.7578125": "13.39536",
        "49.3828125": "53.27443",
        "7.75,49.38": "13.39536,53.27443",
        "7.7,49.3,7.8,49.5": "13.3,53.2,13.5,53.3",
        "BBOX(7, 49, 8, 50)": "BBOX(13, 53, 14, 54)",
        "EPSG/0/25832": "EPSG/0/25833",
        "?crs=25832": "?crs=25833",
        "organization/7": f"organization/{Body.objects.get(name='Ortsteilrat Nordend').pk}",
        "feld-2": "quellen",
        "goals/2.1": "goals/1.1",
    }.items():
        address = address.replace(first, here)
    return address.format(pin.reference)


def first_citys_words() -> list[bytes]:
    """Return what no answer of the town may hold: names, keys and codes of the first."""
    city = read_city(FIRST_CITY / "city.toml")
    features = json.loads(city.boundaries.file.read_text())["features"]
    names = [one["properties"]["name"] for one in features]
    bodies = [body.name for body in city.bodies if body.kind == "district_council"]
    srid = city.planning_srid
    codes = [
        *(city.municipality_key, f"{city.reference_prefix}-20"),
        *(f"EPSG:{srid}", f"EPSG::{srid}", f"EPSG/0/{srid}"),
    ]
    words = ["autern", *names, *bodies, *codes, city.contributor]
    return [word.encode() for word in words]


def test_nothing_of_the_first_city_is_in_any_answer(client: Client, pin: Pin) -> None:
    words = first_citys_words()
    found, answers, pages = {}, 0, 0
    for address in sorted(
        {moved(one, pin) for many in PUBLIC.values() for one in many}
    ):
        response = client.get(address)
        content = response.getvalue()
        assert response.status_code < 500, address
        answers += response.status_code == 200
        pages += response.status_code == 200 and b"Wiesenquell" in content
        said = f"{response.headers}".encode() + unpacked(content)
        if left := [word.decode() for word in words if word in said]:
            found[address] = left
    assert found == {}
    assert answers > 150
    assert pages > 60


def unpacked(content: bytes) -> bytes:
    """Return an answer with what is in it, where it is an archive."""
    if not is_zipfile(io.BytesIO(content)):
        return content
    with ZipFile(io.BytesIO(content)) as archive:
        return b"".join(map(archive.read, archive.namelist()))


# Where it is named: its own folder, docs, tests, benches, drills and the read-me.
PACKAGES = [
    *("geo", "trust", "districts", "layers", "pins", "councils", "insek", "exports"),
    *("staff", "operation", "mapapp", "installer", "templates", "static/js"),
    *("static/css", "static/images", "deploy"),
]
CODE = {".py", ".html", ".js", ".css", ".txt", ".typ", ".svg"}


def test_no_code_names_the_first_city() -> None:
    files = [
        file
        for package in PACKAGES
        for file in (settings.ROOT / package).rglob("*")
        if file.suffix in CODE
    ]
    assert len(files) > 500
    named = re.compile(r"lautern|hohenecken|\bKL-|07312", re.IGNORECASE)
    assert [file for file in files if named.search(file.read_text("utf-8"))] == []
