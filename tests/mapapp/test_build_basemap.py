"""The command that builds the basemap: where it puts it, what it says, what it refuses."""

import io

import pytest
from django.core.management import CommandError, call_command

from layers.basemap.archive import Archive
from layers.models import Street
from tests.factories import make_district
from tests.osm import Town, make_town


@pytest.fixture
def extract(tmp_path, settings):
    settings.BASEMAP_PATH = tmp_path / "served" / "basemap.pmtiles"
    settings.CITY_NAME = "Walddorf"
    return make_town().write(tmp_path / "town.osm")


def run(*words):
    output = io.StringIO()
    call_command("build_basemap", *map(str, words), stdout=output, no_color=True)
    return output.getvalue()


@pytest.mark.django_db
def test_the_map_is_where_the_settings_say(extract, settings):
    make_district(16)

    said = run(extract, "--date", "2026-11-01", "--margin", "250")

    built = Archive(settings.BASEMAP_PATH)
    assert (built.metadata["name"], built.metadata["data_date"]) == (
        "Walddorf",
        "2026-11-01",
    )
    assert Street.objects.count() == 2
    assert "streets 3" in said
    assert "2 streets, 3 addresses" in said
    assert said.rstrip().endswith("data of 2026-11-01.")


@pytest.mark.django_db
def test_a_margin_makes_the_map_wider(extract, settings):
    make_district(16)
    widths = []
    for margin in (0, 2000):
        run(extract, "--margin", margin)
        west, _south, east, _north = Archive(settings.BASEMAP_PATH).bounds
        widths.append(east - west)

    assert widths[0] == pytest.approx(1 / 64, abs=1e-3)
    assert widths[1] == pytest.approx(1 / 64 + 4000 / 72_500, abs=2e-3)


@pytest.mark.django_db
def test_what_is_wrong_is_said_in_a_sentence(tmp_path, extract):
    with pytest.raises(CommandError, match="no districts"):
        run(extract)

    make_district(16)
    with pytest.raises(CommandError, match="There is no file"):
        run(tmp_path / "missing.osm.pbf")
    with pytest.raises(CommandError, match="no street of Walddorf"):
        run(Town().write(tmp_path / "empty.osm"))


@pytest.mark.django_db
def test_whoever_interrupts_keeps_the_old_one(extract, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("mapapp.management.commands.build_basemap.build", interrupt)

    with pytest.raises(CommandError, match="old basemap stays") as caught:
        run(extract)

    assert caught.value.returncode == 130


def test_a_margin_of_the_settings_that_is_none(extract, settings):
    settings.BASEMAP_MARGIN_METRES = -1

    with pytest.raises(CommandError, match="'-1' is no number of metres"):
        run(extract)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--margin", "-1"),
        ("--margin", "far"),
        ("--margin", "nan"),
        ("--margin", "1e9"),
        ("--date", "yesterday"),
        ("--date", "2026-13-01"),
    ],
)
def test_options_that_are_none(extract, option, value):
    with pytest.raises(CommandError, match=value):
        run(extract, f"{option}={value}")
