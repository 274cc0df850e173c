"""The city the product starts with, and what loading it again leaves alone."""

import datetime
import io
from dataclasses import asdict

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import Count

from districts.models import Body, District, Responsibility
from geo.coverage import check_coverage
from geo.shapes import from_wkb
from insek.models import FieldOfAction
from layers.forms import ThemeForm
from layers.models import Theme
from mapapp.city import CityRefusedError, load_city
from tests.factories import broken_constraint, make_district, make_theme
from tests.geometries import square

pytestmark = pytest.mark.django_db


def counts():
    return [model.objects.count() for model in (Body, Theme, District, Responsibility)]


def test_the_whole_city_is_loaded():
    report = load_city()
    connection.check_constraints()

    assert counts() == [11, 4, 18, 18]
    assert len(report.bodies) == 11
    assert report.themes == [
        "Mobilität",
        "Energie",
        "Stadtentwicklung",
        "Digitalisierung",
    ]
    assert report.districts[15] == "16 Hohenecken (Ortsbeirat Hohenecken)"
    assert set(District.objects.values_list("valid_from", "valid_to")) == {
        (datetime.date(2004, 7, 1), None)
    }


def test_the_adopted_fields_of_action_take_up_the_themes():
    load_city()

    fields = FieldOfAction.objects.values_list("number", "title_de", "themes__slug")
    assert list(fields) == [
        (1, "Vielfältige Wohn- und Lebenswelten", "development"),
        (2, "Innovatives Arbeits- und Forschungsumfeld", "digital"),
        (3, "Nachhaltige und angepasste Klimaräume", "energy"),
        (4, "Umweltgerechte Bewegungsräume", "mobility"),
    ]


def test_who_answers_for_what():
    load_city()

    outer = District.objects.filter(kind=District.Kind.OUTER).with_body()
    assert [row.number for row in outer] == list(range(10, 19))
    assert all(row.body_slug == f"ortsbeirat-{row.slug}" for row in outer)
    core = District.objects.filter(kind=District.Kind.CORE).with_body()
    assert [row.number for row in core] == list(range(1, 10))
    assert {row.body_slug for row in core} == {"haupt-und-finanzausschuss"}
    kinds = Body.objects.values_list("kind").annotate(Count("pk")).order_by("kind")
    assert list(kinds) == [("committee", 1), ("council", 1), ("district_council", 9)]


def test_the_boundaries_cover_the_city_without_a_fault():
    load_city()

    districts = District.objects.with_area()
    shapes = {str(row): from_wkb(bytes(row.geometry.wkb)) for row in districts}
    found = check_coverage(shapes, srid=25832)
    assert (found.overlaps, found.gaps) == ((), ())
    # The official figure.
    assert sum(row.area_km2 for row in districts) == pytest.approx(139.7, abs=0.1)


def test_once_more_adds_nothing(django_assert_max_num_queries):
    load_city()
    before = counts()

    with django_assert_max_num_queries(80):
        report = load_city()

    assert (report.bodies, report.themes, report.districts) == ([], [], [])
    assert counts() == before


def test_what_an_office_has_edited_stays():
    load_city()
    Theme.objects.filter(slug="energy").update(title_de="Wärme", is_active=False)
    Body.objects.filter(slug="stadtrat").update(mail="rat@example.org")
    District.objects.filter(number=16).update(name="Hohenecken/Espensteig")

    load_city()

    assert Theme.objects.get(slug="energy").title_de == "Wärme"
    assert Body.objects.get(slug="stadtrat").mail == "rat@example.org"
    assert District.objects.get(number=16).name == "Hohenecken/Espensteig"


def test_what_is_missing_is_added_to_what_is_there():
    make_theme("energy")

    assert load_city().themes == ["Mobilität", "Stadtentwicklung", "Digitalisierung"]


def test_a_city_with_its_own_districts_keeps_them():
    make_district(101, geometry=square(7.765625, 49.4375))

    report = load_city()

    assert report.districts == []
    assert District.objects.get().number == 101


def test_a_database_of_another_city_is_refused():
    make_district(101)
    before = counts()

    with pytest.raises(
        CityRefusedError, match=r"another city: of its 1 districts .*0%"
    ):
        load_city()
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("load_city")
    assert counts() == before


def test_the_themes_pass_the_checks_of_the_admin():
    for row in settings.CITY.themes:
        form = ThemeForm({**asdict(row), "is_active": True})
        assert form.is_valid(), form.errors


def test_the_command_says_what_it_did():
    first, second = io.StringIO(), io.StringIO()
    call_command("load_city", stdout=first)
    call_command("load_city", stdout=second)

    assert "11 bodies added: Ortsbeirat Erzhütten/Wiesenthalerhof, " in first.getvalue()
    assert second.getvalue().splitlines() == [
        "0 bodies added.",
        "0 themes added.",
        "0 districts added.",
        "0 populations added.",
        "0 fields added.",
        "0 pages added.",
    ]


def test_known_numbers_of_inhabitants_come_with_their_day_and_others_stay_unknown():
    load_city()
    siegelbach = District.objects.get(number=17)
    District.objects.filter(number=16).update(population=4_000)

    report = load_city()

    assert siegelbach.population == 2_935
    assert siegelbach.population_on == datetime.date(2020, 12, 31)
    assert siegelbach.population_source
    unknown = District.objects.filter(population=None).values_list("number", flat=True)
    assert list(unknown) == [*range(1, 10), 11, 12]
    assert report.populations == []
    assert District.objects.get(number=16).population == 4_000


def test_inhabitants_are_missing_from_a_city_loaded_before_they_were_known():
    load_city()
    District.objects.update(population=None, population_on=None, population_source="")

    assert len(load_city().populations) == 7


@pytest.mark.parametrize(
    "fields",
    [
        {"population": 10, "population_on": None},
        {"population": None, "population_on": datetime.date(2026, 1, 1)},
        {"population": 0, "population_on": datetime.date(2026, 1, 1)},
    ],
)
def test_a_number_of_inhabitants_and_its_day_come_together(fields):
    make_district(16)

    with pytest.raises(IntegrityError) as error:
        District.objects.update(**fields)
    assert broken_constraint(error.value) == "district_population_has_a_day"


def chain_of(slug):
    """Return the slugs of a body and of those before which its matters come next."""
    found = []
    body = Body.objects.filter(slug=slug).first()
    while body is not None:
        found.append(body.slug)
        body = body.next_body
    return found


CHAIN = ["ortsbeirat-hohenecken", "haupt-und-finanzausschuss", "stadtrat"]


def test_each_body_advises_the_next_and_has_its_votes():
    load_city()
    assert chain_of("ortsbeirat-hohenecken") == CHAIN
    assert Body.objects.get(slug="ortsbeirat-hohenecken").seats == 16


def test_bodies_from_before_learn_chain_and_votes_once():
    load_city()
    Body.objects.update(next_body=None, seats=None)
    load_city()
    assert chain_of("ortsbeirat-hohenecken") == CHAIN
    assert Body.objects.get(slug="ortsbeirat-hohenecken").seats == 16

    Body.objects.filter(slug=CHAIN[0]).update(next_body=None, seats=12)
    load_city()
    assert chain_of("ortsbeirat-hohenecken") == CHAIN[:1]
    assert Body.objects.get(slug="ortsbeirat-hohenecken").seats == 12
