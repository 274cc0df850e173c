"""What was reported is published as yearly totals, and as nothing else."""

import datetime

import pytest
from django.utils import timezone

from insek.models import NumbersSnapshot
from insek.numbers.figures import Places, figures_of
from insek.numbers.snapshots import latest
from insek.numbers.tallies import Tallies
from pins.models import Complaint, Report, ReportCase
from pins.models.report import Reason
from pins.reporting.figures import LEAST_DECISIONS, yearly_figures
from tests.factories import (
    make_district,
    make_moderator,
    make_pin,
    make_report,
    make_user,
)
from tests.pages import text_of

# Half past midnight on New Year's Day in the city, the year before by the database's clock.
NEW_YEAR = datetime.datetime(2024, 12, 31, 23, 30, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


def reported(moment, reason=Reason.INSULT):
    report = make_report(make_pin(), reason=reason, created_at=moment)
    ReportCase.objects.filter(pk=report.case_id).update(opened_at=moment)
    return report


def decide(report, moderator, *, days, outcome="kept"):
    moment = report.created_at + days * DAY
    ReportCase.objects.filter(pk=report.case_id).update(
        outcome=outcome,
        ground="" if outcome == "kept" else "law",
        reason="Grund",
        first_decided_at=moment,
        decided_at=moment,
        decided_by=moderator,
    )


def complained(report, moderator, *, is_granted=None):
    answer = {"decided_by": make_user("zweite"), "decided_at": report.created_at + DAY}
    Complaint.objects.create(
        case=report.case,
        report=report,
        first_decided_by=moderator,
        first_outcome="kept",
        created_at=report.created_at,
        is_granted=is_granted,
        **({} if is_granted is None else answer),
    )


def years():
    return yearly_figures(timezone.now())


def test_nothing_reported_is_nothing_to_show(moderator, client):
    assert years() == []
    for figure in figures_of(
        Tallies(latest().data), Places(), ["report", "report-reason"]
    ):
        assert figure.rows == []


def test_by_years_of_the_city(moderator):
    first, second = reported(NEW_YEAR), reported(NEW_YEAR - 2 * DAY)
    decide(first, moderator, days=2, outcome="hidden")
    complained(first, moderator)

    before, after = years()

    assert (before["year"], before["outcomes"]) == (2024, {"": 1})
    assert (after["year"], after["outcomes"]) == (2025, {"hidden": 1})
    assert after["reasons"] == {second.reason: 1}
    assert (after["complaints"], after["granted"], after["refused"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("is_granted", "counted"), [(True, (1, 1, 0)), (False, (1, 0, 1))]
)
def test_how_complaints_ended(moderator, is_granted, counted):
    report = reported(NEW_YEAR)
    decide(report, moderator, days=1)
    complained(report, moderator, is_granted=is_granted)

    (year,) = years()

    assert (year["complaints"], year["granted"], year["refused"]) == counted


def test_a_median_of_few_is_not_told(moderator):
    for days in range(1, LEAST_DECISIONS):
        decide(reported(NEW_YEAR), moderator, days=days)
    assert years()[0]["median_days"] is None

    decide(reported(NEW_YEAR), moderator, days=9)
    assert years()[0]["median_days"] == 3.0


def test_this_month_is_not_told_yet(moderator):
    start = timezone.localtime().replace(day=1, hour=0, minute=0, second=0)
    decide(reported(start - DAY), moderator, days=3, outcome="hidden")
    reported(timezone.now())

    years = yearly_figures(start.replace(microsecond=0))

    assert sum(sum(year["reasons"].values()) for year in years) == 1
    # Decided this month: so far it is open.
    assert years[0]["outcomes"] == {"": 1}


def test_what_was_named_seldom_stands_with_the_others(moderator):
    for reason, number in ((Reason.INSULT, 3), (Reason.PLACE, 2), (Reason.OTHER, 1)):
        for _ in range(number):
            reported(NEW_YEAR, reason)

    (figure,) = figures_of(Tallies(latest().data), Places(), ["report-reason"])

    counts = {row.code: row.values for row in figure.rows}
    assert counts["insult"] == (3,)
    assert counts["place"] == (0,)
    assert counts["other"] == (3,)


def test_page_and_files_show_totals_alone(moderator, client):
    Report.objects.filter(pk=reported(NEW_YEAR).pk).update(
        name="Kim Muster", explanation="Geheimes"
    )

    page = client.get("/en/insek/numbers/")
    table = client.get("/insek/numbers/report.csv").content.decode()
    reasons = client.get("/insek/numbers/report-reason.csv").content.decode()

    assert "2025" in text_of(page)
    head, row = table.splitlines()
    assert head.startswith("code,label_de,label_en,reports,things,hidden")
    assert row.startswith("2025,2025,2025,1,1,0,0,0,0,1,")
    assert row.endswith(",0")
    assert reasons.splitlines()[0].endswith("reports_2025")
    for secret in ("Kim Muster", "Geheimes", "KL-20"):
        assert secret not in page.content.decode() + table + reasons


def test_numbers_that_were_counted_before_there_were_any(moderator):
    snapshot = latest()
    old = {name: value for name, value in snapshot.data.items() if name != "reports"}
    NumbersSnapshot.objects.update(data=old)
    assert Tallies(old).reports == []
    NumbersSnapshot.objects.update(computed_at=timezone.now() - DAY)

    assert "reports" in latest().data
