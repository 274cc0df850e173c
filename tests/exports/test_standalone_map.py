"""The standalone map as a text: everything inside, and no text of a resident as markup."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ImproperlyConfigured

from exports.standalone.frame import leaflet
from exports.standalone.pins import PinPage
from tests.factories import make_pin, make_theme

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"'`${alert(1)}`",
    "{{ 7*7 }} {% raw %}",
    "the-pins-go-here",
    "<img src=x onerror=alert(1)>",
    "\u2028\u2029\\u003cb\\u003e",
]


class Elements(HTMLParser):
    """Notes every element of a page with its attributes, and the text of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.found and self.found[-1][0] == "script":
            self.texts.append(data)


def parse(body: bytes) -> Elements:
    elements = Elements()
    elements.feed(body.decode())
    return elements


def embedded_pins(body: bytes) -> list[dict[str, str]]:
    text = re.search(
        rb'<script type="application/json" id="pins">(.*?)</script>', body, re.DOTALL
    )
    assert text is not None
    return [feature["properties"] for feature in json.loads(text[1])]


def test_nothing_is_loaded_from_anywhere(download, five):
    elements = parse(download("/exports/pins.html"))

    for tag, attributes in elements.found:
        if tag == "a":
            continue
        assert "src" not in attributes, tag
        assert attributes.get("href", "data:,") == "data:,", tag
    styles = re.findall(r"url\((?!data:|#default#VML)[^)]*\)", " ".join(elements.texts))
    assert styles == []


def test_the_page_forbids_itself_every_request(download, pin):
    body = download("/exports/pins.html").decode()

    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', body)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'unsafe-inline'")
    assert "http" not in policy[1]


@pytest.mark.parametrize("said", HOSTILE)
def test_no_text_becomes_markup_or_code(download, city, said):
    clean = download("/exports/pins.html")
    make_pin(title=said.ljust(5), text=said.ljust(20))

    body = download("/exports/pins.html")

    (pin,) = embedded_pins(body)
    assert (pin["title"], pin["body"]) == (said.ljust(5), said.ljust(20))
    tags = [tag for tag, _ in parse(clean).found]
    assert [tag for tag, _ in parse(body).found] == tags


def test_the_address_cannot_name_the_place_of_the_pins(download, pin):
    places = ["the-pins-go-here"]
    page = PinPage(title="", source_url="")
    places.append(page.pins)

    for place in places:
        words = f'{pin.title.split()[-1]} -"{place}"'
        body = download("/exports/pins.html", q=words)
        assert [found["reference"] for found in embedded_pins(body)] == [pin.reference]


def test_names_of_staff_are_no_markup_either(download, pin, settings):
    settings.SITE_NAME = '<b>"Karte"</b> & mehr'
    make_theme("odd", title_de="</script><b>Thema</b>")

    body = download("/exports/pins.html").decode()

    assert "<title>&lt;b&gt;&#34;Karte&#34;&lt;/b&gt; &amp; mehr</title>" in body
    assert "<b>" not in body.split("</head>")[1]


def test_it_says_what_it_is_whence_and_on_what_terms(download, pin, settings):
    body = download("/districts/hohenecken/pins.html?kind=problem").decode()

    assert f"<title>{settings.SITE_NAME}: Hohenecken</title>" in body
    assert settings.LICENCE_URL in body
    assert "http://testserver/districts/hohenecken/pins.html?kind=problem" in body


def test_there_is_a_layer_for_each_theme_and_one_for_the_districts(download, five):
    body = download("/exports/pins.html").decode()

    assert len(re.findall(r"= pinLayer\(", body)) == 2
    assert "Mobilit\\u00e4t" in body
    assert "Hohenecken" in body
    assert "Dansenberg" in body


def test_it_speaks_the_language_asked_for(download, pin):
    german = download("/exports/pins.html").decode()
    english = download("/exports/pins.html?lang=en").decode()

    assert '<html lang="de">' in german
    assert '<html lang="en">' in english
    assert "Mobility" in english
    assert "Mobility" not in german


@pytest.mark.parametrize("url", ["/exports/pins.html", "/insek/numbers/map.html"])
def test_readers_may_enlarge_it(download, pin, url):
    (viewport,) = re.findall('<meta name="viewport"[^>]*>', download(url).decode())

    assert "scal" not in viewport.replace("initial-scale=1", "")


def test_it_works_before_there_are_districts(download, db):
    body = download("/exports/pins.html")

    assert embedded_pins(body) == []
    assert b"fitBounds" not in body.rsplit(b"<script>", 1)[1]


def test_without_leaflet_it_says_what_to_do(settings, tmp_path, monkeypatch):
    settings.ROOT = tmp_path
    leaflet.cache_clear()

    with pytest.raises(ImproperlyConfigured, match=r"run \./run once"):
        leaflet()
