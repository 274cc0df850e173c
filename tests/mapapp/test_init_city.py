"""Making a database into that of a city, and what cannot be made into one."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from districts.models import Body, District
from layers.models import Theme
from mapapp import city_districts
from tests.factories import make_district, make_theme

pytestmark = pytest.mark.django_db
TOWN = settings.ROOT / "tests" / "wiesenquell"
Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Leave the pages of the CMS out, which take long; return what they would be called."""
    asked: dict[str, Any] = {}

    def plant(**names: Any) -> list[str]:
        asked.update(names)
        return []

    monkeypatch.setattr("mapapp.city.plant", plant)
    return asked


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes the town's files with changes in the one and in the other."""

    def write(
        *changes: tuple[str, str],
        properties: Callable[[int], dict[str, Any]] | None = None,
    ) -> Path:
        text = (TOWN / "city.toml").read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "city.toml").write_text(text, "utf-8")
        content = json.loads((TOWN / "ortsteile.geojson").read_text())
        for at, feature in enumerate(content["features"], 1):
            feature["properties"] |= properties(at) if properties else {}
        (tmp_path / "ortsteile.geojson").write_text(json.dumps(content))
        return tmp_path

    return write


def init(folder: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("init_city", str(folder), *options, stdout=said)
    return said.getvalue()


def refused(folder: Path) -> str:
    with pytest.raises(CommandError) as error:
        init(folder)
    assert not District.objects.exists()
    return str(error.value)


def test_a_dry_run_writes_nothing(write: Write) -> None:
    said = init(write(), "--dry-run")

    assert "3 districts added" in said
    assert "Dry run: nothing was written." in said
    assert not Body.objects.exists()


def test_the_site_of_another_city_is_pointed_out(
    write: Write, no_pages: dict[str, Any]
) -> None:
    folder = write()

    said = init(folder)

    assert f"still that of {settings.CITY.name}" in said
    assert f"MAPAPP_CITY={folder / 'city.toml'}" in said
    assert no_pages["city_name"] == "Wiesenquell"
    assert no_pages["languages"] == ("de", "en")


def test_a_file_with_faults_is_refused(write: Write) -> None:
    said = refused(write(('"WQ"', '"wq"')))

    assert "line 7, city.reference_prefix" in said


def test_another_city_is_refused_even_where_its_bodies_are_called_alike(
    write: Write,
) -> None:
    body = Body.objects.create(
        slug="hauptausschuss", name="Ausschuss", kind="committee"
    )
    make_district(16, body=body)

    with pytest.raises(CommandError, match="The database is of another city"):
        init(write())
    assert Body.objects.get().name == "Ausschuss"
    assert not Theme.objects.exists()


def test_new_boundaries_are_left_to_their_own_command(write: Write) -> None:
    init(write())
    District.objects.filter(slug="seedorf").update(name="Seedorf/Mühle")

    assert "0 districts added." in init(write(("[3]", '["Seedorf"]')))
    assert District.objects.filter(name="Seedorf/Mühle").exists()


def test_what_an_office_has_edited_stays_and_is_named(write: Write) -> None:
    make_theme("water", title_de="Gewässer")

    said = init(write())

    assert "1 themes added: Wege." in said
    assert (
        "Stays as it is: Gewässer (title_de: 'Gewässer', in the file 'Wasser')." in said
    )


def test_the_files_own_fields_go_before_lists(write: Write) -> None:
    fields = 'name_field = "ortsteil"\n'
    more = 'number_field = "nr"\nslug_field = "kurz"\nkind_field = "art"\nbody_field = "rat"\n'

    init(
        write(
            (fields, fields + more),
            ('districts = ["Nordend"]', "districts = []"),
            ("districts = [3]", "districts = [30]"),
            ('district = "seedorf"', 'district = "teil-3"'),
            properties=lambda at: {
                "nr": f"0{at}0",
                "kurz": f"teil-{at}",
                "art": "ortsbezirk",
                "rat": "gemeinderat" if at == 1 else None,
            },
        )
    )

    districts = District.objects.with_body()
    assert [(one.number, one.slug, one.kind, one.body_slug) for one in districts] == [
        (10, "teil-1", "ortsbezirk", "gemeinderat"),
        (20, "teil-2", "ortsbezirk", "hauptausschuss"),
        (30, "teil-3", "ortsbezirk", "ortsteilrat-seedorf"),
    ]


REFUSALS = [
    (('file = "ortsteile', 'file = "fehlt'), "There is no file"),
    (
        ('name_field = "ortsteil"', 'name_field = "name"'),
        r"boundaries\.name_field: .* has no field 'name'",
    ),
    (
        ('"EPSG:25833"\nvalid', '"EPSG:4326"\nvalid'),
        "outside|refused, nothing was written",
    ),
    (('"EPSG:25833"\nvalid', '"EPSG:999999"\nvalid'), "CRS EPSG:999999 is not known"),
    (
        ('districts = ["Nordend"]', 'districts = ["Nordende"]'),
        r"bodies\[1\]\.districts: th",
    ),
    (
        ("districts = [3]", 'districts = ["Nordend"]'),
        r"bodies\[2\]\.districts: 'Nordend'",
    ),
    (('default_body = "hauptausschuss"\n', ""), "it is new and needs a body"),
    (("= 2020-01-01", "= 2999-01-01"), "valid_from is 2999-01-01: until then"),
    (
        ('icon = "bike"', 'icon = "no-such-icon"'),
        "theme paths: icon: .*Nothing was written",
    ),
    (('"#155E75"', '"#FFFF00"'), "theme water: colour: "),
    (
        ('district = "seedorf"', 'district = "see"'),
        r"inhabitants\[1\]: there is no distr",
    ),
]


@pytest.mark.parametrize(("change", "said"), REFUSALS, ids=[one[1] for one in REFUSALS])
def test_what_cannot_be_taken_is_refused_whole(
    write: Write, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        init(write(change))
    assert not Body.objects.exists()
    assert not Theme.objects.exists()


def test_so_many_districts_are_no_city(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_districts, "MOST", 2)

    assert "has 3 districts; 2 is the most." in refused(write())
