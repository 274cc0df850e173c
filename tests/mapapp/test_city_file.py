"""What the file of a city may say, and how it is told what is wrong with it."""

from pathlib import Path

import pytest
from django.conf import settings

from mapapp.cityfile import CityFileError, choose_city, read_city
from tests.mapapp.test_settings import REQUIRED, start

TOWN = settings.ROOT / "tests" / "wiesenquell" / "city.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Write the town's file with one change; return its path."""
    text = TOWN.read_text("utf-8")
    assert old in text
    path = tmp_path / "city.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(CityFileError) as error:
        read_city(path)
    first, *lines = str(error.value).splitlines()
    assert first == f"{path}:"
    return [line.strip() for line in lines]


def test_a_file_without_faults_is_read() -> None:
    city = read_city(TOWN)

    assert (city.name, city.languages, city.planning_srid) == (
        "Wiesenquell",
        ("de", "en"),
        25833,
    )
    assert [body.seats for body in city.bodies] == [5, None, 9, 18]
    assert city.bodies[1].districts == (3,)
    assert [theme.position for theme in city.themes] == [1, 2]
    assert city.folder == TOWN.parent


def test_what_may_be_left_out_has_a_value(tmp_path: Path) -> None:
    path = changed(tmp_path, 'site_name = "Wiesenquell macht mit"\n', "")
    text = path.read_text("utf-8")
    for word in ("languages", "time_zone", "planning_srid"):
        line = next(line for line in text.splitlines() if line.startswith(word))
        text = text.replace(f"{line}\n", "")
    head, _licence, rest = text.partition("[licence]")
    path.write_text(head + rest[rest.index("[imprint]") :], "utf-8")

    city = read_city(path)

    assert city.site_name == "Mitmachkarte Wiesenquell"
    assert (city.languages, city.time_zone) == (("de", "en"), "Europe/Berlin")
    assert city.planning_srid == 25832
    assert "by-2-0" in city.licence_url


# What is changed in the file, and what is said of it.
FAULTS = [
    (
        'name = "Wiesenquell"\n',
        "name = 7\n",
        "line 4, city.name: this has to be a text in",
    ),
    (
        'name = "Wiesenquell"\n',
        'name = " "\n',
        "line 4, city.name: this has to be a text",
    ),
    (
        'name = "Wiesenquell"\n',
        'name = "a\\u0007"\n',
        "line 4, city.name: this has to be a",
    ),
    (
        'name = "Wiesenquell"\n',
        f'name = "{"x" * 61}"\n',
        "line 4, city.name: 61 characters;",
    ),
    ('name = "Wiesenquell"\n', "", "line 3, city.name: this is missing."),
    ("12999999", "1299", "city.municipality_key: '1299' is not in the form of"),
    ('"WQ"', '"wq-"', "city.reference_prefix: 'wq-' is not in the form of AB."),
    ('["de", "en"]', '["fr"]', 'city.languages: this is ["de"] or ["de", "en"]'),
    ('["de", "en"]', '"de"', "city.languages: this has to be a list of texts"),
    (
        "Europe/Berlin",
        "Europe/Wiesen",
        "city.time_zone: 'Europe/Wiesen' is none such as",
    ),
    ("= 25833", "= 4326", "city.planning_srid: 4326 is none of 25831, 25832, 25833"),
    ("= 25833", '= "x"', "city.planning_srid: this has to be a whole number from 1 to"),
    ("[mail]", "[post]", "line 13, post: there is no key of this name here."),
    ("[publisher]\n", "[publishers]\n", "publisher: this is missing."),
    ("[city]\n", "basemap = 1\n[city]\n", "basemap: this has to be a table"),
    ('lines = ["', 'lines = [3, "', "imprint.lines: this has to be a list of texts"),
    ("#14401F", "#eeeeee", "look.deep: white cannot be read on #eeeeee"),
    ("#7BC043", "green", "look.accent: 'green' is not in the form of #0A5C36."),
    (
        "EPSG:25833",
        "25833",
        "boundaries.crs: '25833' is not in the form of EPSG:25832.",
    ),
    ("= 2020-01-01", '= "2020-01-01"', "boundaries.valid_from: this has to be a day"),
    ("valid_from = 2020-01-01\n", "", "boundaries.valid_from: this is missing."),
    ('"hauptausschuss"\n\n', '"rat"\n\n', "default_body: there is no body 'rat'."),
    (
        'next_body = "gemeinderat"',
        'next_body = "x"',
        "bodies[3].next_body: there is no",
    ),
    (
        '"Gemeinderat"',
        '"Gemeinderat"\nnext_body = "hauptausschuss"',
        "come back to this",
    ),
    ('kind = "committee"', 'kind = "club"', "bodies[3].kind: 'club' is none of:"),
    ("seats = 5", "seats = 0", "bodies[1].seats: this has to be a whole number from 1"),
    (
        "districts = [3]",
        "districts = 3",
        "bodies[2].districts: this has to be a list of",
    ),
    ('slug = "paths"', 'slug = "water"', "themes[2].slug: 'water' stands here twice."),
    (
        'slug = "paths"',
        'slug = "Wege!"',
        "themes[2].slug: 'Wege!' is not in the form of",
    ),
    ('themes = ["water"]', 'themes = ["x"]', "fields_of_action[1].themes: there is no"),
    (
        "number = 812",
        "number = 0",
        "inhabitants[1].number: this has to be a whole number",
    ),
    ("[[themes]]", "[[thema]]", "thema: there is no key of this name here."),
]


@pytest.mark.parametrize(
    ("old", "new", "said"), FAULTS, ids=[f[2][:40] for f in FAULTS]
)
def test_each_fault_is_told_with_line_and_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    found = faults(changed(tmp_path, old, new))

    assert any(said in line for line in found), found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, '"WQ"', '"wq"')
    path.write_text(path.read_text("utf-8").replace("seats = 9", "seats = -9"), "utf-8")

    assert [line.split(":")[0] for line in faults(path)] == [
        "line 7, city.reference_prefix",
        "line 63, bodies[3].seats",
    ]


def test_a_city_without_bodies_and_themes_is_none(tmp_path: Path) -> None:
    text = TOWN.read_text("utf-8")
    path = tmp_path / "city.toml"
    head = text.partition("[[bodies]]")[0].replace("default_body", "# default_body")
    path.write_text(f"themes = 1\n{head}", "utf-8")

    assert faults(path) == [
        "bodies: a city needs one body at least: [[bodies]].",
        "line 1, themes: a city needs one theme at least: [[themes]].",
        "line 1, themes: this has to be a list of tables: [[themes]] before each.",
    ]


def test_what_is_no_toml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match=r"is not TOML in UTF-8: .*line 4"):
        read_city(changed(tmp_path, '"Wiesenquell"', '"Wiesenquell'))


def test_what_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match=r"cannot be read: No such file"):
        read_city(tmp_path / "city.toml")


def test_the_city_is_named_or_the_only_one(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match=r"MAPAPP_CITY=.* There are: none\."):
        choose_city(tmp_path, "")
    for name in ("a", "b"):
        folder = tmp_path / "cities" / name
        folder.mkdir(parents=True)
        (folder / "city.toml").touch()
        if name == "a":
            assert choose_city(tmp_path, "") == folder / "city.toml"

    with pytest.raises(
        CityFileError, match=r"There are: cities/a/city\.toml, cities/b"
    ):
        choose_city(tmp_path, "")
    assert choose_city(tmp_path, "cities/b") == tmp_path / "cities" / "b" / "city.toml"
    assert choose_city(tmp_path, "cities/b/city.toml").parent.name == "b"


def test_a_city_that_cannot_be_read_stops_the_start() -> None:
    done = start(**REQUIRED, MAPAPP_CITY="cities/nowhere.toml")

    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert "cities/nowhere.toml cannot be read" in done.stderr


def test_a_city_may_speak_german_alone(tmp_path: Path) -> None:
    assert read_city(changed(tmp_path, '["de", "en"]', '["de"]')).languages == ("de",)
