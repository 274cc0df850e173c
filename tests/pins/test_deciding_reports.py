"""Moderators decide on what was reported, others look again, and both sides are told."""

import datetime
from uuid import UUID

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.actions import withdraw_pin
from pins.models import (
    Comment,
    Complaint,
    Contact,
    Photo,
    Pin,
    PublicPin,
    Report,
    ReportCase,
)
from pins.models.report import Outcome, Reason
from pins.own_link import hash_token, make_token
from pins.reporting.complaining import complain, decide_complaint
from pins.reporting.deciding import Decision, decide, digest_of, hide_for_now
from pins.reporting.erasing import erase_report_contacts, erase_report_words
from pins.reporting.letters import Letter, write_letter
from pins.reporting.subjects import subject_of
from pins.reporting.waiting import waiting_reports
from pins.tasks import send_report_letter
from pins.workflow import MoveNotAllowed, Visibility
from tests.factories import (
    broken_constraint,
    make_comment,
    make_contact,
    make_district,
    make_moderator,
    make_pin,
    make_planner,
    make_report,
    make_user,
)
from tests.pages import assert_refused, fields_of, text_of
from tests.photos import make_photo
from trust.models import AuditEntry

QUEUE = "/moderation/reports/"
WHY = "Er nennt jemanden mit Namen."
DAY = datetime.timedelta(days=1)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def staff(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def second(moderator):
    """Another moderator, signed in elsewhere."""
    other = Client()
    other.force_login(make_moderator("zweite"))
    return other


@pytest.fixture
def pin(moderator):
    key = UUID("0b0c0d0e-0000-4000-8000-000000000001")
    made = make_pin(idempotency_key=key)
    made.token_hash = hash_token(make_token(key))
    made.save()
    return made


@pytest.fixture
def report(pin):
    return make_report(pin, email="kim@example.org", explanation="Zeile zwei.")


def page_of(case):
    return f"{QUEUE}{case.pk}/"


def post(client, case, outcome="hidden", **fields):
    """Send the form of a decision as the page shows it at this moment."""
    values = {
        "action": "decide",
        "read": digest_of(case, subject_of(case)),
        "outcome": outcome,
        "reason": WHY,
        "ground": "terms",
        "rule": "Keine Namen",
    }
    return client.post(page_of(case), values | fields)


def decided(case, actor, outcome=Outcome.HIDDEN):
    ground = "terms" if outcome in {Outcome.HIDDEN, Outcome.CHANGED} else ""
    rule = "Keine Namen" if ground else ""
    return decide(
        case=case,
        actor=actor,
        decision=Decision(outcome, WHY, ground, rule),
        read=digest_of(case, subject_of(case)),
    )


def is_public(case):
    subject = subject_of(case)
    return subject is not None and subject.is_public


def own_page(report):
    return f"/pins/reports/{report.pk}/{make_token(report.idempotency_key)}"


def authors_page(pin, case):
    token = make_token(pin.idempotency_key)
    return f"/pins/{pin.reference}/edit/{token}/decisions/{case.pk}"


def letters():
    """Write what stands in the outbox, as the worker would."""
    sent = []
    jobs = ProcrastinateJob.objects.filter(task_name="pins.tasks.send_report_letter")
    for args in jobs.order_by("id").values_list("args", flat=True):
        letter = Letter(args["letter"])
        message = write_letter(letter, args["row_id"], args["complaint_id"])
        if message is not None:
            sent.append(message)
    return sent


class TestList:
    def test_reports_of_one_thing_are_one_entry(self, staff, pin, report):
        make_report(pin, reason="other")
        make_report(make_pin(title="Etwas anderes Ganzes"))

        shown = text_of(staff.get(QUEUE))

        assert shown.count(pin.title) == 1
        assert "Etwas anderes Ganzes" in shown
        assert waiting_reports().count == 2

    def test_each_reason_is_named_once(self, staff, pin, report):
        make_report(pin, reason=report.reason)
        other = next(r for r in Reason if r != report.reason)
        make_report(pin, reason=other)

        page = staff.get("/moderation/reports/").content.decode()

        assert f">{report.get_reason_display()}; {other.label}<" in page

    def test_each_state(self, staff, moderator, pin, report):
        comment, photo = make_comment(pin, text="Ein Kommentar."), make_photo(pin)
        make_report(pin, comment=comment)
        erased = make_report(pin, photo=photo)
        Photo.objects.all().delete()
        decided(report.case, moderator)
        complain(case=report.case, report=None, text="Nein.")

        for state in ("waiting", "complaints", "decided"):
            page = staff.get(QUEUE, {"state": state})
            assert page.status_code == 200
            assert (pin.title in text_of(page)) == (state != "waiting")
        waiting = staff.get(QUEUE).content.decode()
        assert "Ein Kommentar." in waiting
        assert page_of(erased.case) in waiting
        assert staff.get(page_of(erased.case)).status_code == 200

    def test_an_unknown_state(self, staff, report):
        response = staff.get(QUEUE, {"state": "x"})

        assert response.status_code == 400
        assert report.case.pin.title in text_of(response)

    def test_what_is_overdue_says_so(self, staff, report):
        assert "deadline--over" not in staff.get(QUEUE).content.decode()
        ReportCase.objects.update(opened_at=timezone.now() - 4 * DAY)
        assert "deadline--over" in staff.get(QUEUE).content.decode()

    def test_queries_do_not_grow(self, staff, report, django_assert_max_num_queries):
        for _ in range(8):
            make_report(make_pin())
        with django_assert_max_num_queries(20):
            staff.get(QUEUE)

    def test_without_any_it_says_so(self, staff):
        assert waiting_reports().oldest is None
        assert "empty" in staff.get(QUEUE).content.decode()


class TestAccess:
    def test_only_moderators(self, client, report):
        for address in (QUEUE, page_of(report.case)):
            assert client.get(address).status_code == 302
        for user in (make_user("anna", is_staff=True), make_planner()):
            client.force_login(user)
            for address in (QUEUE, page_of(report.case)):
                assert client.get(address).status_code == 403
            assert post(client, report.case).status_code == 403
        report.case.refresh_from_db()
        assert not report.case.is_decided

    @pytest.mark.parametrize("number", ["0", "999999", "9" * 40, "x", "-1"])
    def test_what_there_is_not(self, staff, number):
        assert staff.get(f"{QUEUE}{number}/").status_code == 404

    def test_methods(self, staff, report):
        assert staff.post(QUEUE).status_code == 405
        assert staff.delete(page_of(report.case)).status_code == 405

    @pytest.mark.parametrize("action", ["", "x"])
    def test_what_is_no_button(self, staff, report, action):
        response = staff.post(page_of(report.case), {"action": action})
        assert response.status_code == 400

    def test_strange_words_stay_words(self, staff, pin):
        one = make_report(pin, explanation=SCRIPT, name=SCRIPT)

        html = staff.get(page_of(one.case)).content.decode()

        assert SCRIPT not in html
        assert "&lt;script&gt;" in html


class TestDeciding:
    def test_hiding(self, staff, moderator, pin, report):
        assert post(staff, report.case).status_code == 302

        pin.refresh_from_db()
        assert pin.visibility == Visibility.HIDDEN
        assert pin.visibility_changes.get().reason == WHY
        report.case.refresh_from_db()
        assert (report.case.outcome, report.case.ground) == ("hidden", "terms")
        entry = AuditEntry.objects.get()
        assert (entry.actor, entry.after["outcome"]) == (moderator, "hidden")
        assert WHY not in str(entry.after)

    def test_hiding_a_comment(self, staff, pin):
        comment = make_comment(pin)
        post(staff, make_report(pin, comment=comment).case)

        comment.refresh_from_db()
        assert comment.visibility == Visibility.HIDDEN

    def test_hiding_a_photo_alone(self, staff, pin):
        photo = make_photo(pin)
        post(staff, make_report(pin, photo=photo).case)

        photo.refresh_from_db()
        assert photo.is_hidden
        assert PublicPin.objects.get(pk=pin.pk).photos == []

    def test_keeping(self, staff, pin, report):
        post(staff, report.case, "kept", ground="", rule="")

        pin.refresh_from_db()
        assert pin.is_published
        report.case.refresh_from_db()
        assert (report.case.outcome, report.case.rule) == ("kept", "")

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"outcome": ""}, ["outcome"]),
            ({"outcome": "gone"}, ["outcome"]),
            ({"reason": " "}, ["reason"]),
            ({"reason": "x" * 4_001}, ["reason"]),
            ({"ground": ""}, ["ground"]),
            ({"ground": "x"}, ["ground"]),
            ({"rule": ""}, ["rule"]),
            ({"rule": "x" * 201}, ["rule"]),
            ({"outcome": "changed", "ground": "", "rule": ""}, ["ground", "rule"]),
        ],
    )
    def test_what_it_refuses(self, staff, report, fields, wrong):
        fields = {"outcome": "hidden"} | fields
        response = post(staff, report.case, **fields)

        assert_refused(response, *wrong)
        assert fields_of(response).get("rule", "") == fields.get("rule", "Keine Namen")
        report.case.refresh_from_db()
        assert not report.case.is_decided

    def test_hidden_at_once_and_shown_again(self, staff, pin, report):
        make_contact(pin)
        response = staff.post(page_of(report.case), {"action": "hide-now"})

        assert response.url == page_of(report.case)
        pin.refresh_from_db()
        assert pin.visibility == Visibility.HIDDEN
        author = Client().get(authors_page(pin, report.case))
        assert author.status_code == 200
        assert staff.post(response.url, {"action": "hide-now"}).status_code == 409
        assert post(staff, report.case, "kept").status_code == 302
        pin.refresh_from_db()
        assert pin.is_published
        assert [m.to for m in letters()] == [["kim@example.org"], ["kim@example.org"]]

    def test_a_comment_and_a_photo_are_shown_again(self, staff, moderator, pin):
        comment, photo = make_comment(pin), make_photo(pin)
        for one in (make_report(pin, comment=comment), make_report(pin, photo=photo)):
            hide_for_now(case=one.case, actor=moderator)
            assert not is_public(one.case)
            decided(one.case, moderator, Outcome.CHANGED)
            assert is_public(one.case)

    def test_what_stays_hidden(self, staff, moderator, pin, report):
        hide_for_now(case=report.case, actor=moderator)

        decided(report.case, moderator)

        assert pin.visibility_changes.count() == 1

    def test_erased_meanwhile(self, staff, pin):
        case = make_report(pin, photo=make_photo(pin)).case
        Photo.objects.all().delete()
        case.refresh_from_db()

        assert post(staff, case, "gone", ground="").status_code == 302
        assert AuditEntry.objects.get().before == {"visible": False}

    def test_withdrawn_meanwhile(self, staff, pin, report):
        withdraw_pin(pin=pin)

        assert post(staff, report.case, "hidden").status_code == 422
        assert post(staff, report.case, "gone", ground="").status_code == 302
        assert Client().get(authors_page(pin, report.case)).status_code == 404

    def test_two_at_once(self, staff, second, report):
        read = digest_of(report.case, subject_of(report.case))
        post(staff, report.case, "kept")

        response = post(second, report.case, "hidden", read=read)

        assert response.status_code == 409
        report.case.refresh_from_db()
        assert report.case.outcome == "kept"
        assert (
            second.post(page_of(report.case), {"action": "hide-now"}).status_code == 409
        )

    def test_reported_once_more_meanwhile(self, staff, pin, report):
        read = fields_of(staff.get(page_of(report.case)))["read"]
        make_report(pin, reason="other", explanation="Und noch etwas.")

        response = post(staff, report.case, read=read)

        assert response.status_code == 409
        assert "Und noch etwas." in text_of(response)
        assert fields_of(response)["rule"] == "Keine Namen"

    @pytest.mark.parametrize(
        "decision",
        [
            Decision("hidden", " ", "law", "§ 185"),
            Decision("hidden", WHY),
            Decision("gone", WHY),
        ],
    )
    def test_what_no_form_would_send(self, moderator, report, decision):
        read = digest_of(report.case, subject_of(report.case))
        with pytest.raises(MoveNotAllowed):
            decide(case=report.case, actor=moderator, decision=decision, read=read)
        assert Pin.objects.get().is_published


class TestTelling:
    def test_both_read_the_reasons(self, moderator, pin, report):
        decided(report.case, moderator)

        for address in (own_page(report), authors_page(pin, report.case)):
            shown = text_of(Client().get(address))
            assert WHY in shown
            assert "Keine Namen" in shown
        token = make_token(pin.idempotency_key)
        own = Client().get(f"/pins/{pin.reference}/edit/{token}")
        assert authors_page(pin, report.case) in own.content.decode()

    def test_the_author_learns_nothing_of_who_reported(self, moderator, pin, report):
        Report.objects.update(name="Kim Muster")
        decided(report.case, moderator)

        html = Client().get(authors_page(pin, report.case)).content.decode()

        for secret in ("Kim Muster", "kim@example.org", "Zeile zwei", report.number):
            assert secret not in html

    def test_mails(self, moderator, pin, report):
        make_contact(pin, "autor@example.org")
        decided(report.case, moderator)

        to_reporter, to_author = letters()

        assert to_reporter.to == ["kim@example.org"]
        assert report.number in to_reporter.subject
        assert own_page(report) in to_reporter.body
        assert to_author.to == ["autor@example.org"]
        assert pin.reference in to_author.subject
        for message in (to_reporter, to_author):
            assert WHY in message.body
            assert message.content_subtype == "plain"
            assert "\n" not in message.subject
        for secret in (
            "kim@example.org",
            "Zeile zwei",
            make_token(pin.idempotency_key),
        ):
            assert secret not in to_author.body

    def test_the_outbox_sends_them(self, moderator, report, monkeypatch):
        # The connection of the test is not the job's to give back.
        monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
        args = {"letter": "receipt", "row_id": report.pk, "complaint_id": None}

        send_report_letter(**args)
        Report.objects.update(email="")
        send_report_letter(**args)

        assert [message.to for message in mail.outbox] == [["kim@example.org"]]

    def test_a_receipt_without_what_was_written(self, client, pin):
        client.post(
            f"/en/pins/{pin.reference}/report",
            {
                "idempotency_key": "0b0c0d0e-0000-4000-8000-000000000002",
                "reason": "other",
                "explanation": "Buy this!",
                "name": "Buy that!",
                "email": "kim@example.org",
                "in_good_faith": "on",
            },
        )

        (receipt,) = letters()

        assert own_page(Report.objects.get()) in receipt.body
        assert "Buy" not in receipt.body + receipt.subject
        assert pin.title not in receipt.body

    def test_so_many_receipts_go_to_one_address(self, client, pin):
        for number in range(7):
            client.post(
                f"/pins/{make_pin().reference}/report",
                {
                    "idempotency_key": f"0b0c0d0e-0000-4000-8000-00000000001{number}",
                    "reason": "insult",
                    "email": "kim@example.org",
                    "in_good_faith": "on",
                },
            )

        assert Report.objects.count() == 7
        assert len(letters()) == 5

    def test_what_is_erased_meanwhile_is_not_sent(self, moderator, pin, report):
        make_contact(pin)
        decided(report.case, moderator)
        Report.objects.update(email="")
        Contact.objects.all().delete()

        assert letters() == []

    def test_who_wrote_a_comment_is_told_on_the_own_page(self, moderator, pin):
        key = UUID("0b0c0d0e-0000-4000-8000-000000000003")
        token = make_token(key)
        comment = make_comment(pin, idempotency_key=key, token_hash=hash_token(token))
        case = decided(make_report(pin, comment=comment).case, moderator)
        make_contact(pin)

        own = f"/pins/{pin.reference}/comments/{comment.pk}/edit/{token}"
        page = Client().get(own)
        assert f"{own}/decisions/{case.pk}" in page.content.decode()
        assert WHY in text_of(Client().get(f"{own}/decisions/{case.pk}"))
        assert Client().get(f"{own}/decisions/999999").status_code == 404
        assert letters() == []
        Comment.objects.update(created_at=timezone.now() - 3_000 * DAY)
        assert Client().get(f"{own}/decisions/{case.pk}").status_code == 410

    def test_foreign_links_lead_nowhere(self, moderator, pin, report):
        case = decided(report.case, moderator)
        other = make_pin(token_hash=hash_token("other"))

        for address in (
            f"/pins/{pin.reference}/edit/other/decisions/{case.pk}",
            f"/pins/{other.reference}/edit/other/decisions/{case.pk}",
        ):
            assert Client().get(address).status_code == 404
            assert Client().post(address, {"text": "Nein."}).status_code == 404
        Pin.objects.update(token_expires_at=timezone.now())
        assert Client().get(authors_page(pin, case)).status_code == 410

    def test_before_it_is_decided_the_author_sees_nothing(self, pin, report):
        assert Client().get(authors_page(pin, report.case)).status_code == 404


class TestComplaints:
    def test_the_author_complains_and_is_right(
        self, staff, second, moderator, pin, report
    ):
        make_contact(pin, "autor@example.org")
        case = decided(report.case, moderator)
        address = authors_page(pin, case)
        response = Client().post(address, {"action": "complain", "text": "Nein."})
        assert response["Location"] == f"{address}?done=complain"
        assert waiting_reports().complaints == 1
        complaint = Complaint.objects.get()
        answer = {
            "action": "complaint",
            "complaint": complaint.pk,
            "answer": "granted",
            "reason": "Der Name ist der eines Platzes.",
        }

        assert staff.post(page_of(case), answer).status_code == 403
        assert "Nein." in text_of(second.get(page_of(case)))
        assert second.post(page_of(case), answer).status_code == 302

        pin.refresh_from_db()
        assert pin.is_published
        case.refresh_from_db()
        assert (case.outcome, case.ground) == ("kept", "")
        assert second.post(page_of(case), answer).status_code == 409
        for page in (address, own_page(report)):
            assert "Der Name ist der eines Platzes." in text_of(Client().get(page))
        sent = letters()[-2:]
        assert all("Platzes" in message.body for message in sent)
        assert sorted(m.to[0] for m in sent) == ["autor@example.org", "kim@example.org"]
        assert second.get(page_of(case)).status_code == 200

    def test_the_reporter_complains_and_it_is_hidden(
        self, second, moderator, pin, report
    ):
        case = decided(report.case, moderator, Outcome.KEPT)
        own = own_page(report)
        assert (
            Client().post(own, {"action": "complain", "text": "Doch."}).status_code
            == 302
        )
        complaint = Complaint.objects.get()
        answer = {
            "action": "complaint",
            "complaint": complaint.pk,
            "answer": "granted",
            "reason": WHY,
        }

        refused = second.post(page_of(case), answer)
        assert refused.status_code == 422
        granted = answer | {"ground": "law", "rule": "§ 185 StGB"}
        assert second.post(page_of(case), granted).status_code == 302

        pin.refresh_from_db()
        assert pin.visibility == Visibility.HIDDEN
        # Now it is the author who may complain, and again somebody else decides.
        again = complain(case=case, report=None, text="Nein.")
        assert again.first_decided_by.username == "zweite"
        with pytest.raises(MoveNotAllowed):
            decide_complaint(
                complaint=again,
                actor=again.first_decided_by,
                is_granted=True,
                reason="Ja.",
            )

    def test_the_first_decision_stands(self, second, moderator, pin, report):
        case = decided(report.case, moderator)
        complaint = complain(case=case, report=None, text="Nein.")

        second.post(
            page_of(case),
            {
                "action": "complaint",
                "complaint": complaint.pk,
                "answer": "refused",
                "reason": "Es bleibt dabei.",
            },
        )

        pin.refresh_from_db()
        assert pin.visibility == Visibility.HIDDEN
        assert "Es bleibt dabei." in text_of(Client().get(authors_page(pin, case)))

    def test_what_was_corrected_is_put_right_by_hand(self, moderator, pin, report):
        case = decided(report.case, moderator, Outcome.CHANGED)
        complaint = complain(case=case, report=report, text="Das reicht nicht.")
        other = make_moderator("dritte")

        done = decide_complaint(
            complaint=complaint, actor=other, is_granted=True, reason="Stimmt."
        )

        assert done.case.outcome == "changed"
        case.refresh_from_db()
        assert (case.ground, case.reason) == ("terms", "Stimmt.")

    def test_withdrawn_before_the_complaint_was_read(self, moderator, pin, report):
        case = decided(report.case, moderator)
        complaint = complain(case=case, report=None, text="Nein.")
        withdraw_pin(pin=pin)

        decide_complaint(
            complaint=complaint,
            actor=make_moderator("dritte"),
            is_granted=True,
            reason="Sie hatten recht.",
        )

        case.refresh_from_db()
        assert case.outcome == "gone"

    def test_each_side_complains_once(self, moderator, pin, report):
        case = decided(report.case, moderator, Outcome.CHANGED)
        for address in (own_page(report), authors_page(pin, case)):
            text = {"action": "complain", "text": "Nein."}
            assert Client().post(address, text).status_code == 302
            assert Client().post(address, text).status_code == 409
        assert Complaint.objects.count() == 2

    @pytest.mark.parametrize("text", ["", " ", "x" * 4_001, "a\x00b"])
    def test_what_a_complaint_must_say(self, moderator, report, text):
        decided(report.case, moderator, Outcome.KEPT)

        response = Client().post(own_page(report), {"action": "complain", "text": text})

        assert_refused(response, "text")

    def test_only_about_what_goes_against_ones_own_side(self, moderator, pin, report):
        case = decided(report.case, moderator)
        with pytest.raises(MoveNotAllowed):
            complain(case=case, report=report, text="Doch.")
        shown = Client().get(own_page(report)).content.decode()
        assert 'value="complain"' not in shown

    def test_after_six_months_it_is_too_late(self, moderator, pin, report):
        case = decided(report.case, moderator)
        ReportCase.objects.update(decided_at=timezone.now() - 184 * DAY)

        response = Client().post(
            authors_page(pin, case), {"action": "complain", "text": "Nein."}
        )

        assert response.status_code == 409

    @pytest.mark.parametrize("number", ["", "x", "0", "9" * 30, "²"])
    def test_a_complaint_that_is_none(self, second, moderator, report, number):
        decided(report.case, moderator)
        sent = {"action": "complaint", "complaint": number, "answer": "granted"}
        assert second.post(page_of(report.case), sent).status_code == 404

    def test_the_database_demands_other_eyes(self, moderator, report):
        complaint = complain(
            case=decided(report.case, moderator), report=None, text="Nein."
        )
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Complaint.objects.filter(pk=complaint.pk).update(
                decided_by=moderator, decided_at=timezone.now(), is_granted=True
            )
        assert broken_constraint(refused.value) == "complaint_four_eyes"


class TestErasing:
    @pytest.fixture
    def old(self, moderator, report):
        """A case that was decided so long ago that its contacts are due."""
        Report.objects.update(name="Kim")
        return decided(report.case, moderator, Outcome.KEPT)

    @staticmethod
    def age(days):
        moment = timezone.now() - days * DAY
        ReportCase.objects.update(decided_at=moment)
        Report.objects.update(created_at=moment)

    @pytest.mark.parametrize(("days", "erased"), [(29, 0), (31, 1)])
    def test_contacts_after_thirty_days(self, old, days, erased):
        self.age(days)

        assert erase_report_contacts(dry_run=True) == erased
        assert Report.objects.get().email == "kim@example.org"
        assert erase_report_contacts(dry_run=False) == erased
        report = Report.objects.get()
        assert bool(report.email or report.name) == (not erased)
        assert report.explanation == "Zeile zwei."

    @pytest.mark.parametrize(("days", "erased"), [(212, 0), (214, 1)])
    def test_words_when_nobody_can_complain_any_more(self, old, days, erased):
        self.age(days)
        report = Report.objects.get()

        assert erase_report_words(dry_run=True) == erased
        assert Client().get(own_page(report)).status_code == 200
        assert erase_report_words(dry_run=False) == erased
        assert erase_report_words(dry_run=False) == 0
        report.refresh_from_db()
        assert bool(report.explanation) == (not erased)
        status = 404 if erased else 200
        assert Client().get(own_page(report)).status_code == status
        assert ReportCase.objects.get().outcome == "kept"

    def test_nothing_while_a_complaint_waits(self, old, moderator):
        report = Report.objects.get()
        complaint = complain(case=old, report=report, text="Doch.")
        self.age(400)

        assert erase_report_contacts(dry_run=False) == 0
        assert erase_report_words(dry_run=False) == 0

        decide_complaint(
            complaint=complaint,
            actor=make_moderator("dritte"),
            is_granted=False,
            reason="Nein.",
        )
        assert erase_report_contacts(dry_run=False) == 0

    def test_nothing_before_it_is_decided(self, report):
        Report.objects.update(created_at=timezone.now() - 400 * DAY)

        assert erase_report_contacts(dry_run=False) == 0


def test_names_of_rows(report, moderator):
    complaint = complain(
        case=decided(report.case, moderator), report=None, text="Nein."
    )

    assert str(report) == report.number
    assert str(report.case) == f"#{report.case.pk} pin"
    assert str(complaint) == f"#{complaint.pk}"
