"""KML: well formed, read by GDAL, and with a balloon that no script gets into."""

from html.parser import HTMLParser
from xml.etree import ElementTree

import pyogrio
import pytest

from tests.exports.readers import KML
from tests.factories import make_pin


def tree(body: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(body)  # noqa: S314 -- our own file


class Balloon(HTMLParser):
    """Notes what a balloon shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def balloon(download):
    """Return the elements and the text that a balloon shows."""

    def read() -> tuple[list[str], str]:
        root = tree(download("/exports/pins.kml"))
        shown = root.findtext(".//kml:BalloonStyle/kml:text", "", KML)
        assert shown == "$[description]"
        description = root.findtext(".//kml:Placemark/kml:description", "", KML)
        parser = Balloon()
        parser.feed(description)
        return parser.tags, "|".join(parser.texts)

    return read


def test_no_word_of_a_resident_is_markup_in_a_balloon(balloon, city):
    make_pin(
        title='<script>alert("1")</script>',
        text="<img src=x onerror=y>\nZweite & Zeile",
    )

    tags, text = balloon()

    assert tags == ["h3", "p", "br", "p", "a"]
    assert '<script>alert("1")</script>|<img src=x onerror=y>|Zweite & Zeile' in text


def test_what_xml_cannot_hold_is_left_out(download, city):
    make_pin(
        title="Vorn\x0b hinten", text="Eins\x01zwei\x1fdrei\uffff und vier\r\nfünf"
    )

    (data,) = tree(download("/exports/pins.kml")).iterfind(".//kml:SchemaData", KML)

    texts = {datum.attrib["name"]: datum.text for datum in data}
    assert texts["title"] == "Vorn hinten"
    assert texts["body"] == "Einszweidrei und vier\r\nfünf"


def test_gdal_reads_it_as_points_in_wgs84(download, five, tmp_path):
    path = tmp_path / "pins.kml"
    path.write_bytes(download("/exports/pins.kml"))

    frame = pyogrio.read_dataframe(path)

    assert frame.crs.to_epsg() == 4326
    assert set(frame.geom_type) == {"Point"}
    assert set(frame["Name"]) == {pin.title for pin in five}


def test_it_is_named_after_the_site_and_the_district(download, five, settings):
    settings.SITE_NAME = "Karte & <mehr>"

    root = tree(download("/districts/dansenberg/pins.kml"))

    assert (
        root.findtext("kml:Document/kml:name", "", KML) == "Karte & <mehr>: Dansenberg"
    )
    assert settings.LICENCE_URL in root.findtext(
        "kml:Document/kml:description", "", KML
    )
