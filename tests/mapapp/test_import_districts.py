"""`manage.py import_districts`: from a file to districts, with the pins following."""

import datetime
import io

import geopandas
import pytest
from django.core.management import CommandError, call_command
from shapely import Point

from districts.models import District, today
from pins.models import Pin, PublicPin
from tests.districts.layers import shape_of, stretched
from tests.factories import make_body, make_district, make_pin
from tests.geometries import district_square, point_in

pytestmark = pytest.mark.django_db

NAMES = {16: "Stadtteil 16", 17: "Stadtteil 17"}


@pytest.fixture(autouse=True)
def districts():
    return [make_district(16), make_district(17)]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes shapes by number, in the planners' CRS."""

    def write(shapes, name="districts.gpkg", crs="EPSG:25832", **columns):
        numbers = list(shapes)
        table = geopandas.GeoDataFrame(
            {"number": numbers, "name": [NAMES.get(n, f"Neu {n}") for n in numbers]}
            | columns,
            geometry=list(shapes.values()),
            crs="EPSG:4326",
        )
        table.to_crs(crs).to_file(tmp_path / name)
        return str(tmp_path / name)

    return write


def run(*arguments):
    output = io.StringIO()
    call_command("import_districts", *arguments, stdout=output)
    return output.getvalue()


def squares(**changes):
    present = {number: shape_of(district_square(number)) for number in (16, 17)}
    return present | {int(key.lstrip("n")): shape for key, shape in changes.items()}


def grown():
    """Let 16 take over the western half of 17."""
    east = shape_of(district_square(17)).difference(stretched(16, east=0.5))
    return squares(n16=stretched(16, east=0.5), n17=east)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson"])
def test_a_file_that_changes_nothing(write, name):
    crs = "EPSG:4326" if name.endswith("geojson") else "EPSG:25832"

    output = run(write(squares(), name, crs))

    assert output.splitlines() == [
        f"2 features in {crs}; valid from {today()}.",
        "Created: 0",
        "Updated: 0",
        "Closed: 0",
        "Kept: 0",
        "Unchanged: 2",
        "0 contributions are in another district or version of it now.",
    ]
    assert District.objects.count() == 2


def test_pins_follow_a_new_boundary(write):
    staying, moving = (
        make_pin(location=point_in(16)),
        make_pin(location=point_in(17, 0.2)),
    )
    path = write(grown())

    output = run(path)

    assert "Updated: 2" in output
    # What stays in its district stays with the row of it.
    assert "1 contributions are in another district or version of it now." in output
    assert set(Pin.objects.values_list("district__number", flat=True)) == {16}
    shown = PublicPin.objects.in_bulk()
    assert shown[moving.pk].body_slug == shown[staying.pk].body_slug == "ortsbeirat-16"
    assert District.objects.current().get(number=16).source == "districts.gpkg"


def test_pins_follow_with_as_many_queries_however_many_they_are(
    write, django_assert_max_num_queries
):
    for number in (16, 17) * 5:
        make_pin(location=point_in(number, 0.2))
    path = write(grown())

    with django_assert_max_num_queries(50):
        output = run(path)

    assert "5 contributions are in another district or version of it now." in output


def test_pins_wait_for_a_day_ahead(write):
    pin = make_pin(location=point_in(17, 0.2))
    day = today() + datetime.timedelta(days=30)
    path = write(grown())

    output = run(path, "--valid-from", day.isoformat(), "--source", "Amt")

    assert f"valid from {day}." in output
    assert "0 contributions are in another district or version of it now." in output
    pin.refresh_from_db()
    assert pin.district.number == 17
    assert District.objects.current(day).get(number=16).source == "Amt"


def test_a_dry_run_reports_and_writes_nothing(write):
    pin = make_pin(location=point_in(17, 0.2))
    path = write(grown())

    output = run(path, "--dry-run")

    assert "1 contributions are in another district or version of it now." in output
    assert output.endswith("Dry run: nothing was written.\n")
    assert District.objects.count() == 2
    pin.refresh_from_db()
    assert pin.district.number == 17


def test_every_option_is_passed_on(write, tmp_path):
    make_body("Neuer Rat", slug="rat")
    make_body("Anderer Rat", slug="anderer")
    path = write(
        {16: shape_of(district_square(16)), 18: shape_of(district_square(18))},
        "a.shp",
        nr=[16, 18],
        text=["Stadtteil 16", "Neudorf"],
        art=[None, "kernstadt"],
        kurz=[None, "dorf"],
        rat=[None, "anderer"],
    )
    (tmp_path / "a.prj").unlink()

    output = run(
        path,
        *["--crs", "EPSG:25832", "--layer", "a", "--close-missing"],
        *["--number-field", "nr", "--name-field", "text", "--kind-field", "art"],
        *["--slug-field", "kurz", "--body-field", "rat"],
        *["--default-kind", "ortsbezirk", "--default-body", "rat"],
    )

    assert "  18 Neudorf (Anderer Rat)" in output
    assert "  17 Stadtteil 17" in output
    new = District.objects.get(number=18)
    assert (new.name, new.kind, new.slug) == ("Neudorf", "kernstadt", "dorf")


def test_districts_may_be_kept(write):
    output = run(write({16: stretched(16, north=1)}), "--keep-missing")

    assert "Kept: 1\n  17 Stadtteil 17\n" in output


def test_remarks_are_printed(write):
    path = write(squares(n16=stretched(16, east=1e-4), n99=Point(7.8, 49.4)))

    output = run(path, "--tolerance", "300", "--skip-rejected")

    assert "Rejected: 1\n  Feature 3, number 99: it has no area but Point." in output
    assert "Overlaps: 1\n  16 Stadtteil 16 and 17 Stadtteil 17 overlap by 197" in output


def test_long_lists_are_cut(write):
    # Forty points beside the districts.
    path = write(squares(**{f"n{n}": Point(7.8, 49.4) for n in range(100, 140)}))

    output = run(path, "--skip-rejected")

    assert "Rejected: 40" in output
    assert "  … and 10 more" in output


def test_a_refused_import_writes_nothing_and_says_why(write):
    with pytest.raises(CommandError, match="Refused, nothing was written:\n  17 Stad"):
        run(write({16: stretched(16, north=1)}))
    assert District.objects.count() == 2


def test_a_bad_file_is_explained(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        run(str(tmp_path / "nothing.gpkg"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--valid-from", "tomorrow"),
        ("--valid-from", "2027-02-30"),
        ("--tolerance", "nan"),
        ("--tolerance", "-1"),
        ("--tolerance", "inf"),
        ("--tolerance", "many"),
        ("--default-kind", "village"),
    ],
)
def test_bad_options_are_explained(option, value):
    with pytest.raises(CommandError, match=f"{option}.*{value}"):
        run("a.gpkg", f"{option}={value}")


def test_close_and_keep_exclude_each_other():
    with pytest.raises(CommandError, match="not allowed with"):
        run("a.gpkg", "--close-missing", "--keep-missing")


def test_the_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        call_command("import_districts", "--help")

    assert "manage.py import_districts ortsbezirke.gpkg --dry-run" in (
        capsys.readouterr().out
    )
