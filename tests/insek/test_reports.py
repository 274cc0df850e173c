"""Monthly reports: what stands in them, that each is made once, and who gets it."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from councils.models import Consultation, Sitting
from councils.papers.pdf import NotSet
from districts.models import Body
from insek.models import BodyReport, Measure
from insek.reports import contents, keeping
from insek.reports.contents import read_contents
from insek.reports.keeping import (
    Wanted,
    ask_for,
    due_reports,
    make_report,
    missing_reports,
    send_report,
)
from insek.reports.mails import write_report_mail
from insek.reports.months import Month
from insek.reports.paper import _sections, make_pdf
from pins.handovers import hand_over
from pins.workflow import Status, Visibility
from tests.councils.pdf_structure import kinds, metadata, opened, words
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_link,
    make_measure,
    make_member,
    make_milestone,
    make_pin,
    make_planner,
    make_sitting,
    make_user,
)
from tests.geometries import district_square, point_in
from tests.pages import text_of

pytestmark = pytest.mark.django_db
LAST = Month.last
PLANNING = "/planning/reports/"
DESK = "/desk/ortsbeirat-west/reports/"


@pytest.fixture
def west():
    body = make_body("Ortsbeirat West")
    make_district(16, name="Westdorf", body=body)
    make_district(17, name="Ostdorf", body=make_body("Ortsbeirat Ost"))
    return body


@pytest.fixture
def no_typst(monkeypatch):
    """Setting a file takes seconds, and most tests do not look at it."""
    monkeypatch.setattr(keeping, "make_pdf", lambda contents: b"%PDF-1.7 report")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def in_last_month(day=10):
    return LAST().start + datetime.timedelta(days=day)


def long_ago():
    return timezone.now() - datetime.timedelta(days=400)


def reader(body, username="anna", **fields):
    user = make_member(body, username, **fields)
    user.email = f"{username}@example.org"
    user.save()
    return user


def jobs(name):
    return ProcrastinateJob.objects.filter(task_name=f"insek.tasks.{name}")


# --- Months -----------------------------------------------------------------------------


def test_a_month_has_its_days_in_the_city():
    october = Month.read("2026-10")

    assert (october.before.code, october.after.code) == ("2026-09", "2026-11")
    # Summer time ends within it.
    assert october.start.isoformat() == "2026-10-01T00:00:00+02:00"
    assert october.end.isoformat() == "2026-11-01T00:00:00+01:00"
    assert Month.read("2026-12").after.code == "2027-01"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "x", "2026-1-1", "\0"])
def test_what_is_no_month(text):
    with pytest.raises(ValueError, match=r"."):
        Month.read(text)


# --- Contents ---------------------------------------------------------------------------


def test_what_came_in_is_what_was_published_in_the_month(west):
    mine = make_pin(published_at=in_last_month(), title="Ein Beitrag dazu")
    make_pin(published_at=LAST().end, title="Erst im nächsten Monat")
    make_pin(published_at=LAST().start - datetime.timedelta(seconds=1))
    make_pin(district=17, published_at=in_last_month())
    make_pin(published_at=in_last_month(), visibility=Visibility.HIDDEN)

    contents = read_contents(west, LAST())

    assert [pin.reference for pin in contents.came_in] == [mine.reference]
    assert contents.numbers.came_in == 1


def test_what_is_overdue_stands_first(west, settings):
    settings.ACCEPT_PERIOD = datetime.timedelta(days=14)
    on_an_agenda = make_pin(published_at=long_ago(), status=Status.SCHEDULED)
    late = make_pin(published_at=timezone.now() - datetime.timedelta(days=30))
    make_pin(published_at=long_ago(), status=Status.DONE)

    contents = read_contents(west, LAST())

    assert [pin.pk for pin in contents.open] == [late.pk, on_an_agenda.pk]
    assert (contents.numbers.open, contents.numbers.overdue) == (2, 1)


def test_what_was_dealt_with_and_only_in_public(west):
    pin = make_pin(published_at=long_ago())
    sitting = make_sitting(west, state=Sitting.State.HELD, start=in_last_month())
    item = make_item(sitting, "Ein Zebrastreifen")
    make_consultation(
        west,
        pin,
        item=item,
        outcome=Consultation.Outcome.ENDORSED,
        decided_at=in_last_month(),
    )
    make_item(sitting, "Grundstück", result="verkauft", is_public=False)
    make_item(sitting, "Ohne Ergebnis")
    make_sitting(west, state=Sitting.State.HELD, start=LAST().end)

    contents = read_contents(west, LAST())

    ((found, items),) = contents.sittings
    assert found == sitting
    assert [entry.title for entry in items] == ["Ein Zebrastreifen"]
    assert contents.numbers.decided == 1


def test_what_went_to_another_body(west):
    pin = make_pin(published_at=long_ago())
    east = Body.objects.get(slug="ortsbeirat-ost")
    hand_over(
        pin=pin, to_body=east, actor=make_user(), from_body=west, reason="Liegt dort."
    )
    contents = read_contents(west, Month.of(timezone.localdate()))

    assert [one.pin_id for one in contents.handovers] == [pin.pk]
    assert read_contents(west, LAST()).handovers == []


def test_the_numbers_count_what_the_lists_have_no_room_for(west, monkeypatch):
    monkeypatch.setattr(contents, "MOST_ROWS", 2)
    east = Body.objects.get(slug="ortsbeirat-ost")
    for number in range(3):
        pin = make_pin(published_at=long_ago())
        hand_over(
            pin=pin,
            to_body=east,
            actor=make_user(f"u{number}"),
            from_body=west,
            reason="Liegt dort.",
        )
        make_measure(f"M {number + 1}", geometry=point_in(16))

    found = read_contents(west, Month.of(timezone.localdate()))

    assert (len(found.handovers), len(found.measures)) == (2, 2)
    assert (found.numbers.handed_over, found.numbers.measures) == (3, 3)
    parts = [part for s in _sections(found) for part in s["parts"] if part["more"]]
    assert len(parts) == 2


def test_measures_in_the_districts_or_for_what_was_said_there(west):
    here = make_measure("M 1", geometry=point_in(16))
    linked = make_measure("M 2")
    make_link(linked, pin=make_pin(published_at=long_ago()))
    make_measure("M 3", geometry=point_in(17))
    make_measure("M 4", geometry=point_in(16), is_public=False)
    make_measure("M 5", geometry=point_in(16), state=Measure.State.DONE, progress=100)
    make_measure("M 6", geometry=district_square(17))
    make_milestone(here, title_de="Fertig geplant", done_on=LAST().first)
    make_milestone(here, title_de="Zu spät", due_on=LAST().first)

    lines = read_contents(west, LAST()).measures

    assert [line.measure.pk for line in lines] == [here.pk, linked.pk]
    assert [one.title_de for one in lines[0].done] == ["Fertig geplant"]
    assert [one.title_de for one in lines[0].overdue] == ["Zu spät"]


def test_the_council_is_told_of_the_whole_city_by_district(west):
    make_pin(published_at=in_last_month())
    make_pin(district=17, published_at=in_last_month())
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)

    contents = read_contents(council, LAST())

    assert [(line.name, line.came_in) for line in contents.districts] == [
        ("Westdorf", 1),
        ("Ostdorf", 1),
    ]
    assert contents.numbers.came_in == 2
    assert not contents.has_districts


def test_queries_do_not_grow_with_the_contributions(
    west, django_assert_max_num_queries
):
    for number in range(5):
        make_pin(published_at=in_last_month())
        measure = make_measure(f"M {number + 1}", geometry=point_in(16))
        make_milestone(measure)

    with django_assert_max_num_queries(14):
        read_contents(west, LAST())


# --- The file ---------------------------------------------------------------------------


def test_the_report_is_a_tagged_pdf(west):
    hostile = '#image("/etc/passwd") *$x$* <script>'
    make_pin(published_at=in_last_month(), title=hostile)

    pdf = opened(make_pdf(read_contents(west, LAST())))

    assert "pdfuaid" in metadata(pdf)
    assert {"H1", "H2", "Table", "TH"} <= set(kinds(pdf))
    said = words(pdf).replace(" ", "")
    assert "OrtsbeiratWest" in said
    assert "/etc/passwd" in said


def test_a_body_without_anything_gets_a_short_report(west):
    pdf = opened(make_pdf(read_contents(west, LAST())))

    assert len(pdf.pages) == 1


# --- Making -----------------------------------------------------------------------------


def test_a_report_is_made_and_sent_once(west, no_typst):
    reader(west)
    wanted = Wanted(west, LAST())

    report = make_report(wanted=wanted)

    assert report is not None
    with report.file.open() as file:
        assert file.read() == b"%PDF-1.7 report"
    assert report.sent_to == 1
    assert make_report(wanted=wanted) is None
    assert BodyReport.objects.count() == 1
    assert jobs("send_report").count() == 1


def test_a_month_that_is_not_over_has_no_report(west, no_typst):
    with pytest.raises(ValueError, match="not over"):
        make_report(wanted=Wanted(west, LAST().after))


def test_where_it_cannot_be_set_nothing_is_kept(west, monkeypatch, tmp_path):
    def fail(contents):
        raise NotSet

    monkeypatch.setattr(keeping, "make_pdf", fail)
    with pytest.raises(NotSet):
        make_report(wanted=Wanted(west, LAST()))

    assert not BodyReport.objects.exists()
    assert not list(tmp_path.rglob("*.pdf"))


def test_where_it_cannot_be_sent_no_file_is_left(west, no_typst, monkeypatch, tmp_path):
    def fail(*, report):
        raise ConnectionError

    monkeypatch.setattr(keeping, "send_report", fail)
    with pytest.raises(ConnectionError):
        make_report(wanted=Wanted(west, LAST()))

    assert not BodyReport.objects.exists()
    assert not list(tmp_path.rglob("*.pdf"))


def test_the_schedule_makes_the_last_month_of_all_bodies_but_boards(west):
    make_body("Seniorenbeirat", kind=Body.Kind.ADVISORY_BOARD)

    assert {(one.body.name, one.month) for one in due_reports()} == {
        ("Ortsbeirat West", LAST()),
        ("Ortsbeirat Ost", LAST()),
    }


def test_what_was_missed_is_made_up_for(west, no_typst):
    make_report(wanted=Wanted(west, LAST().before.before.before))

    missed = [one.month for one in due_reports() if one.body == west]

    assert missed == [LAST().before.before, LAST().before, LAST()]


def test_what_a_planner_made_of_old_is_no_schedule(west, no_typst):
    old = LAST().before.before.before
    make_report(wanted=Wanted(west, old), actor=make_planner())

    assert [one.month for one in due_reports() if one.body == west] == [LAST()]


def test_asked_for_twice_it_is_one_job(west):
    ask_for(Wanted(west, LAST()))
    ask_for(Wanted(west, LAST()))

    assert jobs("make_report").count() == 1


def test_the_job_is_known_by_its_name():
    assert {"insek.tasks.make_report", "insek.tasks.send_report"} <= set(app.tasks)


# --- Mails ------------------------------------------------------------------------------


def test_the_mail_has_the_report_with_it(west, no_typst):
    anna = reader(west)
    report = make_report(wanted=Wanted(west, LAST()))
    assert report

    mail = write_report_mail(report, anna.pk)

    assert mail
    assert mail.to == ["anna@example.org"]
    assert "Ortsbeirat West" in mail.subject
    ((name, content, kind),) = mail.attachments
    assert (content, kind) == (b"%PDF-1.7 report", "application/pdf")
    assert name == f"bericht-ortsbeirat-west-{LAST().code}.pdf"
    assert DESK in str(mail.body)


def test_a_large_report_stays_at_the_desk(west, no_typst, monkeypatch):
    anna = reader(west)
    report = make_report(wanted=Wanted(west, LAST()))
    assert report
    monkeypatch.setattr("insek.reports.mails.MOST_BYTES", 3)

    mail = write_report_mail(report, anna.pk)

    assert mail
    assert mail.attachments == []


def test_who_has_left_or_has_no_address_gets_none(west, no_typst):
    gone = reader(west, "gone", valid_to=timezone.localdate() + datetime.timedelta(1))
    make_member(west, "silent")
    inactive = reader(west, "inactive")
    inactive.is_active = False
    inactive.save()
    report = make_report(wanted=Wanted(west, LAST()))
    assert report

    assert report.sent_to == 1
    gone.memberships.update(valid_to=timezone.localdate())
    assert write_report_mail(report, gone.pk) is None


# --- The desk ---------------------------------------------------------------------------


@pytest.fixture
def report(west, no_typst):
    return make_report(wanted=Wanted(west, LAST()))


def test_a_member_reads_the_reports_at_the_desk(client, report):
    client.force_login(reader(report.body))

    page = client.get(DESK)
    file = client.get(f"{DESK}{LAST().code}.pdf")

    assert page.status_code == 200
    assert f"{DESK}{LAST().code}.pdf" in page.text
    assert file.getvalue() == b"%PDF-1.7 report"
    assert file["Content-Type"] == "application/pdf"
    assert "attachment" in file["Content-Disposition"]
    assert "no-cache" in file["Cache-Control"]


def test_before_the_first_report_the_desk_says_so(client, west):
    client.force_login(reader(west))

    assert client.get(DESK).status_code == 200


@pytest.mark.parametrize("path", ["", "FILE"])
def test_reports_of_another_body_do_not_exist(client, report, path):
    path = path.replace("FILE", f"{LAST().code}.pdf")
    client.force_login(reader(Body.objects.get(slug="ortsbeirat-ost")))
    assert client.get(f"{DESK}{path}").status_code == 404

    client.logout()
    assert client.get(f"{DESK}{path}").status_code == 302


@pytest.mark.parametrize("month", ["2019-01", "x", "2026-13", "9999999-01", "%00"])
def test_a_report_that_is_not_there(client, report, month):
    client.force_login(reader(report.body))

    assert client.get(f"{DESK}{month}.pdf").status_code == 404


def test_a_file_that_is_gone_is_not_there(client, report):
    report.file.storage.delete(report.file.name)
    client.force_login(reader(report.body))

    assert client.get(f"{DESK}{LAST().code}.pdf").status_code == 404


# --- Planners ---------------------------------------------------------------------------


def test_planners_see_what_is_made_and_what_is_missing(client, report):
    client.force_login(make_planner())

    page = client.get(PLANNING)

    assert page.status_code == 200
    assert f"{DESK}{LAST().code}.pdf" in page.text
    assert "Ortsbeirat Ost" in text_of(page)
    assert client.get(f"{PLANNING}?month={LAST().before.code}").status_code == 200


@pytest.mark.parametrize("month", ["x", "", "2999-01", "%00", "1"])
def test_a_month_that_planners_cannot_choose(client, report, month):
    client.force_login(make_planner())

    assert client.get(f"{PLANNING}?month={month}").status_code == 400


def test_a_planner_makes_one_or_all_that_are_missing(client, report):
    client.force_login(make_planner())
    month = LAST().code

    client.post(f"{PLANNING}make", {"month": month, "body": "ortsbeirat-ost"})
    assert jobs("make_report").count() == 1
    client.post(f"{PLANNING}make", {"month": LAST().before.code})
    assert jobs("make_report").count() == 3
    assert len(missing_reports(LAST())) == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"month": "x"},
        {"month": "2999-01"},
        {"month": "LAST", "body": "nowhere"},
        {"month": "LAST", "body": "ortsbeirat-west"},
    ],
)
def test_what_cannot_be_made_is_said(client, report, data):
    client.force_login(make_planner())
    data = {name: LAST().code if v == "LAST" else v for name, v in data.items()}

    response = client.post(f"{PLANNING}make", data, follow=True)

    assert response.status_code == 200
    assert [m.level_tag for m in response.context["messages"]] == ["error"]
    assert not jobs("make_report").exists()


def test_a_planner_sends_again_but_not_twice_in_a_moment(client, report):
    reader(report.body)
    client.force_login(make_planner())

    client.post(f"{PLANNING}{report.pk}/send")
    assert not jobs("send_report").exists()
    BodyReport.objects.update(sent_at=long_ago())
    client.post(f"{PLANNING}{report.pk}/send")
    client.post(f"{PLANNING}{report.pk}/send")

    assert jobs("send_report").count() == 1
    report.refresh_from_db()
    assert report.sent_to == 1


def test_what_a_planner_makes_is_not_sent_by_itself(west, no_typst):
    reader(west)

    report = make_report(wanted=Wanted(west, LAST()), actor=make_planner())
    assert report

    assert report.sent_at is None
    assert send_report(report=report).sent_to == 1


@pytest.mark.parametrize("path", ["", "make", "1/send"])
def test_only_planners_have_that_page(client, report, path):
    send = client.post if path else client.get
    # What is sent is held until somebody has signed in.
    assert send(f"{PLANNING}{path}").status_code == (401 if path else 302)
    client.force_login(reader(report.body))
    assert send(f"{PLANNING}{path}").status_code == 403


def test_wrong_methods_and_reports_that_are_not_there(client, report):
    client.force_login(make_planner())

    assert client.post(PLANNING).status_code == 405
    assert client.get(f"{PLANNING}make").status_code == 405
    assert client.get(f"{PLANNING}{report.pk}/send").status_code == 405
    assert client.post(f"{PLANNING}999999/send").status_code == 404


# --- The command ------------------------------------------------------------------------


def run(*arguments):
    out = io.StringIO()
    call_command("make_reports", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_would_make(west):
    reader(west)

    said = run("--month", LAST().code, "--dry-run")

    assert f"{LAST().code} Ortsbeirat West: for 1 member" in said
    assert not BodyReport.objects.exists()


def test_the_command_makes_what_is_due(west, no_typst):
    assert run().count("made, mailed to 0") == 2
    assert run() == "No report is missing.\n"


def test_the_command_says_where_a_file_could_not_be_set(west, monkeypatch):
    def fail(contents):
        raise NotSet("no font")

    monkeypatch.setattr(keeping, "make_pdf", fail)
    with pytest.raises(CommandError, match=r"Ortsbeirat \w+: no font"):
        run()
    assert not BodyReport.objects.exists()


def test_what_was_made_while_the_command_ran_is_not_made_again(
    west, no_typst, monkeypatch
):
    command = "insek.management.commands.make_reports"
    twice = [Wanted(west, LAST())] * 2
    monkeypatch.setattr(f"{command}.due_reports", lambda: twice)

    assert run().count("made, mailed") == 1
    assert BodyReport.objects.count() == 1


@pytest.mark.parametrize("month", ["2999-01", "x"])
def test_the_command_refuses_a_month(month):
    with pytest.raises(CommandError):
        run("--month", month)
