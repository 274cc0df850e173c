"""Every format of the exports, read by a program that knows it."""

import csv
import datetime
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import geopandas
import openpyxl
import pandas as pd
import pyogrio

from exports.files.shapefile import SHORT_NAMES

KML = {"kml": "http://www.opengis.net/kml/2.2"}
MOMENTS = ["created_at", "published_at", "status_changed_at"]
COUNTS = ["district_number", "support_count", "comment_count"]
PLACES = ["lon", "lat", "ostwert", "nordwert"]
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Found:
    """A pin as a file has it; the point is missing in tables."""

    properties: dict[str, Any]
    point: tuple[float, float] | None = None

    @property
    def reference(self) -> str:
        return str(self.properties["reference"])


def read_pins(url: str, body: bytes, folder: Path) -> list[Found]:
    """Return the pins of a file in its order; `url` may have a query."""
    path, _, query = url.partition("?")
    extension = path.partition("pins.")[2]
    if "rfc4180" in query:
        return _programs_csv(body, folder)
    return READERS[extension](body, folder)


def _feature(feature: dict[str, Any]) -> Found:
    x, y = feature["geometry"]["coordinates"]
    properties = dict(feature["properties"])
    for name in MOMENTS:
        properties[name] = datetime.datetime.fromisoformat(properties[name])
    return Found(properties, (x, y))


def _geojson(body: bytes, _folder: Path) -> list[Found]:
    return [_feature(feature) for feature in json.loads(body)["features"]]


def _lines(body: bytes, _folder: Path) -> list[Found]:
    lines = body.decode().split("\n")
    assert lines.pop() == ""
    return [_feature(json.loads(line.removeprefix("\x1e"))) for line in lines]


def _frame(frame: geopandas.GeoDataFrame) -> list[Found]:
    points = [(point.x, point.y) for point in frame.geometry]
    rows = frame.drop(columns="geometry").to_dict("records")
    found = []
    for row, point in zip(rows, points, strict=True):
        plain = {name: None if pd.isna(value) else value for name, value in row.items()}
        for name in MOMENTS:
            plain[name] = pd.Timestamp(plain[name]).to_pydatetime()
        found.append(Found(plain, point))
    return found


def _by_gdal(name: str) -> Callable[[bytes, Path], list[Found]]:
    def read(body: bytes, folder: Path) -> list[Found]:
        path = folder / name
        path.write_bytes(body)
        return _frame(pyogrio.read_dataframe(path))

    return read


def _parquet(body: bytes, _folder: Path) -> list[Found]:
    return _frame(geopandas.read_parquet(io.BytesIO(body)))


def _shapefile(body: bytes, folder: Path) -> list[Found]:
    path = folder / "pins.shp.zip"
    path.write_bytes(body)
    long_names = {short: name for name, short in SHORT_NAMES.items()}
    return _frame(pyogrio.read_dataframe(path).rename(columns=long_names))


def _kml(body: bytes, _folder: Path) -> list[Found]:
    found = []
    root = ElementTree.fromstring(body)  # noqa: S314 -- our own file
    for placemark in root.iterfind(".//kml:Placemark", KML):
        data = placemark.iterfind(".//kml:SimpleData", KML)
        texts = {datum.attrib["name"]: datum.text or "" for datum in data}
        x, y = placemark.findtext(".//kml:coordinates", "", KML).split(",")
        found.append(Found(_typed(texts, ".", _iso), (float(x), float(y))))
    return found


def _typed(
    texts: dict[str, str], point: str, moment: Callable[[str], datetime.datetime]
) -> dict[str, Any]:
    """Return the values that the texts of a file without types stand for."""
    names = ["public_answer", "goal", "measure"]
    values: dict[str, Any] = {name: texts.get(name) or None for name in names}
    for name, text in texts.items():
        if name in MOMENTS:
            values[name] = moment(text)
        elif name in COUNTS:
            values[name] = int(text)
        elif name in PLACES:
            values[name] = float(text.replace(point, "."))
        elif name not in names:
            values[name] = text
    return values


def _iso(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _local(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=BERLIN)


def _excel_csv(body: bytes, _folder: Path) -> list[Found]:
    text = io.StringIO(body.decode("utf-8-sig"), newline="")
    rows = csv.DictReader(text, delimiter=";")
    return [Found(_typed(row, ",", _local)) for row in rows]


def _programs_csv(body: bytes, _folder: Path) -> list[Found]:
    rows = csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True)
    return [Found(_typed(row, ".", _iso)) for row in rows]


def _workbook(body: bytes, _folder: Path) -> list[Found]:
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    head, *rows = sheet.iter_rows()
    names = [str(cell.value) for cell in head]
    assert all(cell.data_type != "f" for row in rows for cell in row)
    found = []
    for row in rows:
        values: dict[str, Any] = {
            name: cell.value for name, cell in zip(names, row, strict=True)
        }
        for name in MOMENTS:
            values[name] = values[name].replace(tzinfo=BERLIN)
        found.append(Found(values))
    return found


def _page(body: bytes, _folder: Path) -> list[Found]:
    data = re.search(
        rb'<script type="application/json" id="pins">(.*?)</script>', body, re.DOTALL
    )
    assert data is not None
    return [_feature(feature) for feature in json.loads(data[1])]


READERS: dict[str, Callable[[bytes, Path], list[Found]]] = {
    "geojson": _geojson,
    "geojsonl": _lines,
    "gpkg": _by_gdal("pins.gpkg"),
    "fgb": _by_gdal("pins.fgb"),
    "parquet": _parquet,
    "shp.zip": _shapefile,
    "kml": _kml,
    "csv": _excel_csv,
    "xlsx": _workbook,
    "html": _page,
}
