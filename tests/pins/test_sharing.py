"""Handing a pin on: its address, QR codes, and what its author is told about both."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from django.utils.timezone import localtime

from pins.models import Pin
from pins.own_link import hash_token
from pins.sharing import qr_svg
from pins.workflow import Visibility
from tests.factories import make_district, make_pin
from tests.pages import text_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")


def make(**fields):
    pin = make_pin(token_hash=hash_token("secret"), **fields)
    return Pin.objects.get(pk=pin.pk)


def own_page(client, pin, prefix=""):
    return client.get(f"{prefix}/pins/{pin.reference}/edit/secret?new=1")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_code_of_a_public_page(client, prefix):
    pin = make()
    response = client.get(f"{prefix}/pins/{pin.reference}/qr.svg")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert not response.cookies
    address = f"http://testserver{prefix}/pins/{pin.reference}"
    assert response.content == qr_svg(address)


def test_a_code_is_a_drawing_without_style_and_script():
    root = ET.fromstring(qr_svg("http://testserver/pins/KL-2026-00001"))  # noqa: S314 -- our own

    assert root.tag == f"{SVG}svg"
    assert {child.tag for child in root} == {f"{SVG}path"}
    assert not any("style" in child.attrib for child in root)


def test_other_addresses_give_other_codes():
    assert qr_svg("http://testserver/a") != qr_svg("http://testserver/b")


@pytest.mark.parametrize(
    "visibility", [v for v in Visibility if v != Visibility.PUBLISHED]
)
def test_what_is_not_public_has_no_code(client, visibility):
    pin = make(visibility=visibility)
    assert client.get(f"/pins/{pin.reference}/qr.svg").status_code == 404


@pytest.mark.parametrize("reference", ["KL-2026-99999", "x", "edit"])
def test_what_is_not_there_has_no_code(client, reference):
    assert client.get(f"/pins/{reference}/qr.svg").status_code == 404


def test_only_reading(client):
    pin = make()
    assert client.post(f"/pins/{pin.reference}/qr.svg").status_code == 405
    assert client.head(f"/pins/{pin.reference}/qr.svg").status_code == 200


def test_the_own_page_draws_the_code_of_the_own_link_itself(client):
    pin = make(visibility=Visibility.SUBMITTED)
    page = own_page(client, pin).content.decode()

    (uri,) = re.findall(r'src="data:image/svg\+xml;charset=utf-8,([^"]*)"', page)
    drawn = unquote(uri).replace("'", '"')
    expected = qr_svg(f"http://testserver/pins/{pin.reference}/edit/secret").decode()
    assert drawn.split(" d=")[-1] == expected.split(" d=")[-1].rstrip()


def test_before_publication_the_link_is_named_but_said_to_lead_nowhere(client):
    pin = make(visibility=Visibility.SUBMITTED)
    response = own_page(client, pin, "/en")

    shown = text_of(response)
    assert f"http://testserver/en/pins/{pin.reference} " in shown
    assert "Until then the link leads nowhere." in shown
    assert "qr.svg" not in response.content.decode()


def test_once_published_it_is_for_everyone(client):
    pin = make()
    response = own_page(client, pin, "/en")

    assert "Until then" not in text_of(response)
    assert f"/en/pins/{pin.reference}/qr.svg" in response.content.decode()


@pytest.mark.parametrize(
    "visibility", [Visibility.REJECTED, Visibility.HIDDEN, Visibility.WITHDRAWN]
)
def test_what_nobody_can_see_is_not_shared(client, visibility):
    response = own_page(client, make(visibility=visibility), "/en")
    assert "Tell others" not in text_of(response)


def test_by_when_something_happens(client, settings):
    pin = make(visibility=Visibility.SUBMITTED)
    shown = text_of(own_page(client, pin, "/en"))
    assert f"By {_day(pin.created_at + settings.REVIEW_PERIOD)} at the latest" in shown
    assert "Within 30 days after publication" in shown

    settings.ANSWER_PERIOD /= 30
    assert "Within one day after" in text_of(own_page(client, pin, "/en"))


def _day(moment):
    local = localtime(moment)
    return f"{local.day} {local:%B %Y}"


def test_who_asked_for_a_rough_place_is_told_what_is_seen(client):
    words = "everyone sees only a square of 100 metres"
    assert words in text_of(own_page(client, make(is_rough=True), "/en"))


def test_without_asking_nothing_is_said_of_it(client):
    assert "square of 100" not in text_of(own_page(client, make(), "/en"))


def test_the_public_page_offers_link_and_code(client):
    pin = make()
    page = client.get(f"/pins/{pin.reference}").content.decode()

    assert f'data-copy="http://testserver/pins/{pin.reference}"' in page
    assert f'data-share="http://testserver/pins/{pin.reference}"' in page
    assert f'src="/pins/{pin.reference}/qr.svg"' in page
