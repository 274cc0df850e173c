"""Who wrote a comment for a body, or added a photo, is told what becomes of a report."""

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.models import Comment, ReportCase
from pins.models.report import Outcome
from pins.reporting.complaining import complain, decide_complaint
from pins.reporting.deciding import Decision, decide, digest_of, hide_for_now
from pins.reporting.letters import Letter, write_letter
from pins.reporting.subjects import subject_of
from pins.tasks import send_report_letter
from tests.factories import (
    make_body,
    make_comment,
    make_contact,
    make_district,
    make_moderator,
    make_pin,
    make_report,
    make_user,
)
from tests.photos import make_photo

WHY = "Er nennt jemanden mit Namen."


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def chair():
    return make_user("chair", email="vorsitz@example.org")


@pytest.fixture
def comment(moderator, chair):
    body = make_body("Ortsbeirat Hohenecken")
    return make_comment(make_pin(), actor=chair, body=body)


@pytest.fixture
def case(comment):
    report = make_report(
        comment.pin, comment=comment, email="kim@example.org", explanation="Zeile zwei."
    )
    return report.case


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    # The connection of the test is not the job's to give back.
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


def decided(case, moderator, outcome=Outcome.HIDDEN):
    ground = "terms" if outcome == Outcome.HIDDEN else ""
    return decide(
        case=case,
        actor=moderator,
        decision=Decision(outcome, WHY, ground, "Keine Namen" if ground else ""),
        read=digest_of(case, subject_of(case)),
    )


def sent():
    """Do what waits in the outbox; return the mails by their readers."""
    mail.outbox.clear()
    jobs = ProcrastinateJob.objects.filter(task_name="pins.tasks.send_report_letter")
    for args in jobs.order_by("pk").values_list("args", flat=True):
        send_report_letter(**args)
    return {message.to[0]: message for message in mail.outbox}


def test_the_author_gets_the_statement_that_authors_of_contributions_get(
    case, comment, moderator
):
    decided(case, moderator)

    mails = sent()

    assert set(mails) == {"kim@example.org", "vorsitz@example.org"}
    told = mails["vorsitz@example.org"]
    assert comment.pin.reference in told.subject
    for words in (WHY, "Ortsbeirat Hohenecken", "Keine Namen", "Art. 21"):
        assert words in told.body
    # There is no page of an own link to complain on, and nothing of who reported.
    for words in ("eigenen Link", "kim@example.org", "Zeile zwei", comment.text):
        assert words not in told.body


def test_what_stays_as_it_is_disturbs_nobody(case, moderator):
    decided(case, moderator, Outcome.KEPT)

    assert set(sent()) == {"kim@example.org"}


def test_a_changed_decision_is_told_as_well(case, moderator):
    decided(case, moderator, Outcome.KEPT)
    complaint = complain(case=case, report=case.reports.get(), text="Doch.")
    decide_complaint(
        complaint=complaint,
        actor=make_moderator("zweite"),
        is_granted=True,
        reason="Stimmt.",
        ground="terms",
    )

    told = sent()["vorsitz@example.org"]

    assert "Stimmt." in told.body
    assert not Comment.objects.public().exists()


def test_hidden_until_it_is_decided(case, comment, moderator):
    hide_for_now(case=case, actor=moderator)

    told = sent()["vorsitz@example.org"]

    assert comment.pin.reference in told.subject
    assert "Ortsbeirat Hohenecken" in told.body
    decided(case, moderator, Outcome.KEPT)
    assert WHY in sent()["vorsitz@example.org"].body
    # The first of the two comes no more, where it is late.
    assert write_letter(Letter.HIDDEN, case.pk, None) is None


def test_a_photo_hidden_until_it_is_decided(moderator):
    pin = make_pin()
    make_contact(pin, "autor@example.org", language="en")
    case = make_report(pin, photo=make_photo(pin)).case
    hide_for_now(case=case, actor=moderator)

    told = sent()["autor@example.org"]

    assert pin.reference in told.subject
    assert "photo of your contribution" in told.body
    assert "until that is decided" in told.body.lower()


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_nobody_without_an_address_or_whose_account_has_ended(
    case, chair, moderator, change
):
    type(chair).objects.filter(pk=chair.pk).update(**change)
    hide_for_now(case=case, actor=moderator)
    decided(case, moderator)

    assert set(sent()) == {"kim@example.org"}


def test_residents_leave_no_address_with_a_comment(moderator):
    comment = make_comment(make_pin())
    make_contact(comment.pin, "autor@example.org")
    case = make_report(comment.pin, comment=comment).case
    hide_for_now(case=case, actor=moderator)
    decided(case, moderator)

    assert sent() == {}


def test_a_comment_that_is_gone_meanwhile(case, moderator, comment):
    decided(case, moderator)
    comment.delete()

    assert set(sent()) == {"kim@example.org"}
    assert ReportCase.objects.get().comment is None
