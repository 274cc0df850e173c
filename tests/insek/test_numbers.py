"""What is counted, when it is counted anew, and what page and files make of it."""

import csv
import datetime
import io

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from districts.models import District
from insek.models import Measure, NumbersSnapshot
from insek.numbers import key_numbers, snapshots
from insek.numbers.charts import Range, ranges
from insek.numbers.counting import Periods
from insek.numbers.figures import FIGURES, Places, figures_of
from insek.numbers.snapshots import latest
from insek.numbers.tables import Column, Shown
from insek.numbers.tallies import Period, Tallies
from pins.actions import change_status
from pins.models import Pin
from pins.workflow import Kind, Role, Source, Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_measure,
    make_pin,
    make_planner,
    make_theme,
    make_user,
)

pytestmark = pytest.mark.django_db

PAGE = "/insek/numbers/"
# Tables alone, and empty where nothing has been reported (`test_report_figures`).
OF_REPORTS = {"report", "report-reason"}


@pytest.fixture
def city():
    make_district(15, name="Dansenberg", body=make_body("Ortsbeirat Dansenberg"))
    make_district(16, name="Hohenecken", body=make_body("Ortsbeirat Hohenecken"))
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_theme("energy", title_de="Energie", title_en="Energy", position=1)
    District.objects.filter(number=16).update(
        population=2_000, population_on="2020-12-31", population_source="Stadt"
    )


@pytest.fixture
def five(city):
    """Five published contributions, one of them a duplicate, and two nobody sees."""
    now = timezone.now()
    make_pin(kind=Kind.IDEA)
    make_pin(kind=Kind.KEEP, status=Status.ENDORSED, source=Source.STAND)
    make_pin(district=15, status=Status.DONE, source=Source.CARD)
    make_pin(
        published_at=now - datetime.timedelta(days=800), status=Status.NOT_ENDORSED
    )
    survivor = Pin.objects.order_by("pk")[0]
    make_pin(status=Status.DUPLICATE, duplicate_of=survivor)
    make_pin(visibility=Visibility.SUBMITTED)
    make_pin(visibility=Visibility.HIDDEN)


def tallies(period=Period.ALL, district=""):
    return Tallies(latest().data, period, district)


def figure(key, **chosen):
    return figures_of(tallies(**chosen), Places(), [key])[0]


def by_code(found):
    return {row.code: row.values for row in found.rows}


def test_only_what_is_published_counts(five):
    counted = tallies()

    assert counted.total == 5
    assert counted.of("kind") == {"idea": 1, "keep": 1, "problem": 3}
    assert counted.of("source") == {"online": 3, "stand": 1, "card": 1}
    assert counted.of("status")[Status.DUPLICATE] == 1
    assert counted.districts == {"hohenecken": 4, "dansenberg": 1}


def test_outcomes_are_those_of_all_but_duplicates(five):
    Pin.objects.filter(status=Status.DONE).update(goal="1.1 Ziel", measure="M 1")
    Pin.objects.filter(status=Status.DUPLICATE).update(measure="M 1")

    rows = by_code(figure("outcome"))

    assert rows["decided"] == (3, 75.0)
    assert rows["goal"] == (1, 25.0)
    assert rows["measure"] == (1, 25.0)
    assert rows["under_way"] == (1, 25.0)


def test_a_period_begins_with_a_month_of_the_city(five):
    assert tallies(Period.TWELVE_MONTHS).total == 4
    assert tallies(Period.ALL).total == 5
    assert Periods.on(datetime.date(2026, 11, 28)) == Periods(
        year=datetime.date(2026, 1, 1), twelve_months=datetime.date(2025, 12, 1)
    )
    assert Periods.on(datetime.date(2026, 12, 1)).twelve_months == datetime.date(
        2026, 1, 1
    )


def test_a_night_in_the_city_belongs_to_its_month(city):
    # Half past midnight in the city, the evening before by the database's clock.
    moment = datetime.datetime(2026, 4, 30, 22, 30, tzinfo=datetime.UTC)
    make_pin(published_at=moment)

    assert next(iter(tallies().months)) == "2026-05"


def test_months_without_any_are_there_too(five):
    months = tallies().months

    assert len(months) > 24
    assert next(iter(months.values())) == 1
    assert list(months.values())[1] == 0
    assert sum(months.values()) == 5


def test_of_a_district_only_its_own_count(five):
    assert tallies(district="dansenberg").total == 1
    assert by_code(figure("district", district="dansenberg")).keys() == {"dansenberg"}


def test_districts_by_area_and_by_people_where_their_number_is_known(five):
    found = figure("district")
    per_1000 = dict(
        zip([row.code for row in found.rows], found.column("per_1000"), strict=True)
    )
    area = District.objects.with_area().get(number=16).area_km2

    assert per_1000 == {"hohenecken": 2.0, "dansenberg": None}
    assert found.column("per_km2")[1] == pytest.approx(4 / area, abs=0.01)


def test_the_time_to_an_answer_in_quartiles_by_body(city):
    for days in (1, 2, 3, 4, 5):
        pin = make_pin(published_at=timezone.now() - datetime.timedelta(days=days))
        answer_now(pin)
    make_pin(district=15)

    rows = by_code(figure("answer-time"))

    assert rows["ortsbeirat-hohenecken"] == (5, 2.0, 3.0, 4.0)
    assert rows["all"] == (5, 2.0, 3.0, 4.0)
    assert "ortsbeirat-dansenberg" not in rows
    assert by_code(figure("answer-time", district="hohenecken")) == {
        "hohenecken": (5, 2.0, 3.0, 4.0)
    }


def answer_now(pin):
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=make_user(f"clerk-{pin.pk}"),
        roles={Role.BODY},
        body=None,
        public_note="Wir sehen es uns an.",
    )


def test_the_time_to_an_answer_is_drawn_on_one_scale(client, city):
    for days in (2, 4):
        answer_now(
            make_pin(published_at=timezone.now() - datetime.timedelta(days=days))
        )

    chart = ranges(figure("answer-time"))

    assert chart is not None
    assert [mark.label for mark in chart.marks] == [
        "Ganze Stadt",
        "Ortsbeirat Hohenecken",
    ]
    # From 2.5 days past 3 to 3.5, which is all there is room for.
    for mark in chart.marks:
        assert isinstance(mark, Range)
        assert (mark.start, mark.middle, mark.width) == ("71.43%", "85.71%", "28.57%")
    assert 'class="chart__middle" x1="85.71%"' in client.get(PAGE).text


def test_counting_twice_at_the_same_time_keeps_the_first(five):
    first = snapshots.recount()
    assert snapshots.recount().computed_at == first.computed_at


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        (Shown.COUNT, 1234, "1.234"),
        (Shown.DECIMAL, 2.25, "2,2"),
        (Shown.PER_CENT, 12.4, "12 %"),
        (Shown.DATE, datetime.date(2026, 5, 3), "Mai 2026"),
        (Shown.TEXT, "Stadt", "Stadt"),
        (Shown.COUNT, None, "unbekannt"),
    ],
)
def test_values_as_people_read_them(shown, value, text):
    assert Column("x", "x", shown).show(value) == text


def test_few_contributions_are_counted_at_once(five):
    latest()
    make_pin()

    assert tallies().total == 6
    assert not ProcrastinateJob.objects.exists()


def test_without_a_change_nothing_is_counted_again(five, django_assert_num_queries):
    latest()
    before = latest()

    with django_assert_num_queries(2):
        assert latest().computed_at == before.computed_at


@pytest.mark.parametrize(
    # After a clock that was a year ahead, too.
    "ago",
    [snapshots.REST, -datetime.timedelta(days=365)],
)
def test_of_many_the_numbers_of_before_are_shown_while_one_job_counts(
    five, monkeypatch, ago
):
    monkeypatch.setattr(snapshots, "FEW", 3)
    latest()
    NumbersSnapshot.objects.update(computed_at=timezone.now() - ago)
    make_pin()

    assert [tallies().total, tallies().total] == [5, 5]
    jobs = ProcrastinateJob.objects.filter(task_name="insek.tasks.count_numbers")
    assert jobs.count() == 1

    snapshots.recount()
    assert tallies().total == 6


def test_many_are_not_counted_again_within_a_minute(five, monkeypatch):
    monkeypatch.setattr(snapshots, "FEW", 3)
    latest()
    make_pin()

    assert tallies().total == 5
    assert not ProcrastinateJob.objects.exists()


def test_a_new_month_is_counted_anew(five):
    snapshot = latest()
    snapshot.data["day"] = "2026-01-31"
    snapshot.save()

    assert latest().data["day"] == timezone.localdate().isoformat()


def test_the_key_numbers(five):
    make_measure("M 1", state=Measure.State.IN_PROGRESS)
    make_measure("M 2", state=Measure.State.IN_PROGRESS, is_public=False)
    make_measure("M 3")

    keys = key_numbers()

    assert (keys.pins, keys.districts, keys.measures) == (5, 2, 1)
    assert keys.answered_share == 0


def test_key_numbers_of_a_city_where_nothing_was_said(city):
    keys = key_numbers()

    assert (keys.pins, keys.districts, keys.answered_share) == (0, 0, None)


# --- The page ---------------------------------------------------------------------------


def test_the_page_shows_each_figure_as_chart_table_and_file(client, five):
    text = client.get(PAGE).text

    for key in FIGURES:
        assert f'id="{key}"' in text
        assert f"{PAGE}{key}.csv" in text
    assert text.count('<svg class="chart"') == len(FIGURES) - len(OF_REPORTS)
    assert "<desc" in text
    assert " style=" not in text


@pytest.mark.parametrize(
    "query",
    ["?period=year", "?district=hohenecken", "?period=12-months&district=dansenberg"],
)
def test_the_page_of_a_period_and_a_district(client, five, query):
    response = client.get(PAGE + query)

    assert response.status_code == 200
    assert f"theme.csv?{query[1:].replace('&', '&amp;')}" in response.text


@pytest.mark.parametrize(
    "query", ["?period=x", "?district=nowhere", "?period=%00", "?district=" + "9" * 500]
)
def test_what_does_not_exist_is_refused(client, five, query):
    response = client.get(PAGE + query)

    assert response.status_code == 400
    assert 'role="alert"' in response.text


def test_the_page_of_a_city_where_nothing_was_said(client, city):
    assert client.get(PAGE).status_code == 200
    assert client.get(PAGE + "?district=hohenecken").status_code == 200


def test_the_page_only_reads(client, city):
    assert client.post(PAGE).status_code == 405


def test_who_has_the_page_already_gets_304(client, five):
    etag = client.get(PAGE)["ETag"]

    assert client.get(PAGE, headers={"if-none-match": etag}).status_code == 304
    make_pin()
    assert client.get(PAGE, headers={"if-none-match": etag}).status_code == 200
    make_measure(state=Measure.State.IN_PROGRESS)
    changed = client.get(PAGE, headers={"if-none-match": client.get(PAGE)["ETag"]})
    assert changed.status_code == 304


def test_the_page_of_somebody_signed_in_is_kept_by_nobody(client, five):
    client.force_login(make_planner())

    assert "ETag" not in client.get(PAGE)


def test_the_page_asks_little_of_the_database(
    client, five, django_assert_max_num_queries
):
    client.get(PAGE)
    client.get(PAGE)

    with django_assert_max_num_queries(9):
        client.get(PAGE)


# --- Files ------------------------------------------------------------------------------


def rows_of(response):
    assert response["Content-Type"].startswith("text/csv; charset=utf-8")
    text = response.content.decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("key", FIGURES)
def test_each_figure_as_a_table(client, five, key):
    response = client.get(f"{PAGE}{key}.csv")

    assert rows_of(response) or key in {"answer-time", *OF_REPORTS}
    assert f'filename="insek-{key}.csv"' in response["Content-Disposition"]
    etag = response["ETag"]
    again = client.get(f"{PAGE}{key}.csv", headers={"if-none-match": etag})
    assert again.status_code == 304


def test_a_table_has_codes_and_names_in_both_languages(client, five):
    mobility = rows_of(client.get(f"{PAGE}theme.csv"))[0]

    assert mobility == {
        "code": "mobility",
        "label_de": "Mobilität",
        "label_en": "Mobility",
        "contributions": "5",
        "share_percent": "100.0",
    }


def test_what_is_unknown_is_empty(client, five):
    districts = {row["code"]: row for row in rows_of(client.get(f"{PAGE}district.csv"))}

    assert districts["dansenberg"]["population"] == ""
    assert districts["dansenberg"]["per_1000"] == ""
    assert districts["hohenecken"]["population_on"] == "2020-12-31"


def test_a_name_is_no_formula(client, city):
    District.objects.filter(number=16).update(name='=HYPERLINK("x";"y")')

    rows = rows_of(client.get(f"{PAGE}district.csv"))

    assert '\'=HYPERLINK("x";"y")' in {row["label_de"] for row in rows}


def test_a_german_excel_opens_a_table_with_a_double_click(client, five):
    link = f"{PAGE}district.csv?dialect=excel-de"
    assert f'href="{link}"' in client.get(PAGE).text

    text = client.get(link).content.decode()

    assert text.startswith("\ufeffcode;label_de;label_en;")
    rows = list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))
    hohenecken = next(row for row in rows if row["code"] == "hohenecken")
    plain = next(
        row
        for row in rows_of(client.get(f"{PAGE}district.csv"))
        if row["code"] == "hohenecken"
    )
    assert (
        hohenecken["per_km2"] == plain["per_km2"].replace(".", ",") != plain["per_km2"]
    )
    assert hohenecken["population_on"] == "31.12.2020"


def test_there_are_two_dialects(client, five):
    response = client.get(f"{PAGE}theme.csv?dialect=excel")

    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["dialect"]


def test_a_table_of_a_period(client, five):
    rows = rows_of(client.get(f"{PAGE}theme.csv?period=12-months"))

    assert rows[0]["contributions"] == "4"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing.csv", 404),
        ("theme.csv?period=x", 400),
        ("theme.csv?district=nowhere", 400),
        ("map.html?period=x", 400),
        ("map.html?lang=xx", 400),
    ],
)
def test_files_that_make_no_sense(client, five, path, status):
    response = client.get(PAGE + path)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


def test_the_map_as_a_file_loads_nothing_and_runs_no_text(client, five):
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    District.objects.filter(number=16).update(name=hostile)

    response = client.get(f"{PAGE}map.html")
    text = response.text

    assert (
        'attachment; filename="insek-districts.html"' in response["Content-Disposition"]
    )
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
    assert "<script src" not in text
    assert '<link rel="stylesheet' not in text
    assert "default-src 'none'" in text


def test_the_map_as_a_file_in_english(client, five):
    response = client.get(f"{PAGE}map.html?lang=en&period=year")

    assert response["Content-Language"] == "en"
    assert '<html lang="en">' in response.text
    assert "map.html?lang=en" in client.get("/en/insek/numbers/").text
