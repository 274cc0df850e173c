"""Building the basemap: from an extract to the file that is served and the places found."""

import datetime
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from django.contrib.gis.db.models import Union
from django.db import connection, transaction

from districts.models import District
from geo.osm import extracts, geojson
from geo.osm.features import Edge, Feature, things
from geo.osm.places import Places
from geo.osm.surroundings import with_margin
from geo.shapes import Shape, from_wkb
from layers.basemap.errors import BasemapError
from layers.basemap.progress import Progress
from layers.basemap.tiling import make_tiles, program
from layers.basemap.writing import Description, write_archive
from layers.places import AddressRow, Counts, StreetRow, replace_places

ADDRESS_KEYS = ("addr:street", "addr:housenumber", "addr:postcode")


@dataclass(frozen=True)
class Plan:
    """What is to be built: from which extract, to which file, how far around the city.

    `srid` is the EPSG code of a metric CRS that `margin_metres` is measured in;
    `data_date` (ISO) is for an extract that does not say how old it is.
    """

    extract: Path
    target: Path
    margin_metres: float
    srid: int
    name: str
    data_date: str = ""


@dataclass(frozen=True)
class Built:
    """What came of it."""

    tiles: int
    bytes: int
    features: dict[str, int]
    places: Counts
    data_date: str


def build(plan: Plan, progress: Progress) -> Built:
    """Build the basemap and exchange it, with streets and addresses, for the old one.

    Everything is made in a folder beside the target and exchanged at the end, so that
    whatever fails leaves the old basemap and the old places in use.

    Raises BasemapError where it cannot be built.
    """
    if not extracts.can_read():
        message = "osmium is not installed. ./run basemap installs it."
        raise BasemapError(message)
    program()
    city = _city()
    try:
        plan.target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".basemap-", dir=plan.target.parent
        ) as folder:
            return _build(plan, city, Path(folder), progress)
    except extracts.ExtractError as error:
        raise BasemapError(str(error)) from error
    except OSError as error:
        message = f"The basemap cannot be written: {error}."
        raise BasemapError(message) from error


def _build(plan: Plan, city: Shape, folder: Path, progress: Progress) -> Built:
    data_date = _day(extracts.timestamp_of(plan.extract)) or plan.data_date
    area = with_margin(city, plan.margin_metres, srid=plan.srid)
    clip = folder / "city.osm.pbf"
    with progress.step("Looking for the city in the extract") as report:
        chosen = extracts.choose(plan.extract, area.bounds, report)
        if not chosen.ways:
            raise _foreign(plan)
    with progress.step("Cutting it out") as report:
        extracts.copy(plan.extract, clip, chosen, report)
    places = Places(Edge(city))
    survey = _Survey()
    with (
        progress.step("Sorting streets, houses and land into layers"),
        (folder / "features.geojsonl").open("w", encoding="utf-8") as output,
    ):
        geojson.write(survey.of(_features(clip, Edge(area), places)), output)
    streets = list(places.streets())
    if not streets:
        raise _foreign(plan)
    with progress.step("Cutting tiles") as report:
        make_tiles(folder / "features.geojsonl", folder / "tiles.mbtiles", report)
    archive = folder / "basemap.pmtiles"
    description = Description(plan.name, area.bounds, survey.first_zooms, data_date)
    with progress.step("Writing the file"):
        tiles = write_archive(folder / "tiles.mbtiles", archive, description)
        # The folder is for the builder alone, the file for the server as well.
        archive.chmod(0o644)
    size = archive.stat().st_size
    with progress.step("Exchanging streets, addresses and the map"):
        counts = _exchange(places, archive, plan.target)
    return Built(tiles, size, survey.counts, counts, data_date)


@transaction.atomic
def _exchange(places: Places, archive: Path, target: Path) -> Counts:
    """Put the new places and the new file in use, both or neither."""
    counts = replace_places(
        streets=(StreetRow(*astuple(street)) for street in places.streets()),
        addresses=(AddressRow(*astuple(found)) for found in places.addresses),
    )
    with connection.cursor() as cursor:
        # What the commit would find wrong shall be found before the file is exchanged.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    archive.replace(target)
    return counts


def _features(clip: Path, edge: Edge, places: Places) -> Iterator[Feature]:
    """Return what is on the map, and collect the places on the way.

    A house number is shown once, though the house and every shop in it may have it.
    """
    numbers: set[tuple[str, ...]] = set()
    for thing in things(clip):
        places.add(thing)
        number = tuple(thing.tags.get(key, "") for key in ADDRESS_KEYS)
        for feature in thing.features(edge):
            is_number = feature.meaning.layer == "addresses" and number[0] != ""
            if not (is_number and number in numbers):
                yield feature
            if is_number:
                numbers.add(number)


class _Survey:
    """Counts the features of each layer, and finds the first zoom of each."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.first_zooms: dict[str, int] = {}

    def of(self, features: Iterator[Feature]) -> Iterator[Feature]:
        for feature in features:
            layer, zoom = feature.meaning.layer, feature.meaning.zoom
            self.counts[layer] = self.counts.get(layer, 0) + 1
            self.first_zooms[layer] = min(zoom, self.first_zooms.get(layer, zoom))
            yield feature


def _city() -> Shape:
    area = District.objects.current().aggregate(area=Union("geometry"))["area"]
    if area is None:
        message = (
            "There are no districts yet, and with them no city to build a map of. "
            "Load them first: manage.py load_city, or import_districts FILE."
        )
        raise BasemapError(message)
    return from_wkb(bytes(area.wkb))


def _foreign(plan: Plan) -> BasemapError:
    return BasemapError(
        f"{plan.extract} holds no street of {plan.name}: it is an extract of another "
        "region. The old basemap stays in use."
    )


def _day(timestamp: str) -> str:
    """Return the day of a moment such as 2026-11-27T21:20:59Z, or "" for anything else."""
    try:
        return datetime.datetime.fromisoformat(timestamp).date().isoformat()
    except ValueError:
        return ""
