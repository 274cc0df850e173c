"""Every mail of the site in one language, with rows as they are in real life.

`tests/mapapp/test_mails.py` asks whether it is all of them. What a schedule sends to staff
is written in the first language of the site alone.
"""

import datetime
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.utils import timezone

from councils import telling
from councils.desk.digest import Recipient, write_digest
from councils.models import AgendaItem, Hearing, Sitting
from districts.models import Body
from geo.coordinates import Position
from insek.events import letters as events
from insek.models import BodyReport, Event, InterestGroup, Invitation, Registration
from insek.reports.contents import Numbers
from insek.reports.mails import MOST_BYTES, write_report_mail
from insek.reports.months import Month
from insek.trace.telling import tell_linked, tell_milestone_done
from mapapp.barrier import send_report
from mapapp.own_data import write_link
from pins import notifications
from pins.actions import change_status, publish_pin
from pins.comments import (
    publish_comment,
    publish_official_comment,
    submit_comment,
)
from pins.handovers import hand_over
from pins.models import (
    Complaint,
    Contact,
    ErasureRequest,
    Mailbox,
    Notice,
    Pin,
    Question,
    ReportCase,
    VisibilityChange,
)
from pins.models.report import NEEDS_GROUND, Ground, Outcome
from pins.moderation.letters import write_question, write_redaction
from pins.moderation.reminding import reminder_for
from pins.reporting import letters as reporting
from pins.telling.letters import TOLD_IN_FULL, write_confirmation, write_letter
from pins.telling.news import announce_published
from pins.telling.spreading import spread_news
from pins.workflow import Role, Status, Visibility
from staff import letters as accounts
from staff.models import Invitation as AccountInvitation
from tests.factories import (
    make_body,
    make_comment,
    make_consultation,
    make_contact,
    make_district,
    make_event,
    make_follow,
    make_goal,
    make_item,
    make_link,
    make_measure,
    make_member,
    make_milestone,
    make_moderator,
    make_pin,
    make_planner,
    make_report,
    make_sitting,
    make_theme,
)
from tests.mails import let_the_minute_pass
from trust.models import AddressLink

KIM = "kim@example.org"
# Half past eleven at night in Kaiserslautern, in winter.
LATE = datetime.datetime(2035, 1, 15, 22, 30, tzinfo=datetime.UTC)
IN_SUMMER = datetime.datetime(2035, 7, 3, 16, 0, tzinfo=datetime.UTC)
ONLINE = "https://meet.example.org/kl"
# What people and bodies write is no text of the site: neither English nor German.
WORDS = "Zoo & kiosk <b>ok</b>"
DECIDED: dict[str, Any] = {
    "outcome": "endorsed",
    "announced_at": LATE,
    "decided_at": LATE,
}
Mails = Iterator[tuple[str, EmailMessage | None]]


def every_mail(language: str) -> dict[str, EmailMessage]:
    """Return all mails by their names, written in `language`."""
    council = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=council)
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    writers = [_to_authors, _of_reports, _of_follows, _of_news, _of_events]
    writers += [_to_accounts, _of_own_data]
    if language == settings.LANGUAGE_CODE:
        writers.append(_to_staff)
    found: dict[str, EmailMessage] = {}
    for write in writers:
        for name, message in write(language):
            assert message is not None, name
            found[name] = message
    return found


def _contact(language: str, **fields: Any) -> Contact:
    return make_contact(make_pin(title=WORDS, **fields), language=language)


def _to_authors(language: str) -> Mails:
    waiting = make_contact(
        make_pin(title=WORDS, visibility=Visibility.SUBMITTED),
        language=language,
        confirmed_at=None,
    )
    yield (
        "confirm the author's address",
        notifications.write_contact_confirmation(waiting),
    )
    moderator = make_moderator("freigabe")
    for event in notifications.Event:
        contact = _contact(language)
        change = VisibilityChange.objects.create(
            pin=contact.pin,
            from_visibility=Visibility.SUBMITTED,
            to_visibility=event.value,
            actor=moderator,
            reason=WORDS,
        )
        yield f"decided: {event}", notifications.write_update(contact, event, change)
    asked = Question.objects.create(pin=waiting.pin, text=WORDS, asked_by=moderator)
    yield "question", write_question(waiting, asked)
    yield "words taken out", write_redaction(_contact(language))
    hidden = _contact(language, visibility=Visibility.HIDDEN)
    yield "words taken out of what is hidden", write_redaction(hidden)
    for kind in (ErasureRequest.Kind.PIN, ErasureRequest.Kind.PHOTO):
        asked_for = ErasureRequest(kind=kind, pin=hidden.pin, reason=WORDS)
        yield f"erased: {kind}", notifications.write_erasure(hidden, asked_for)


def _of_reports(language: str) -> Mails:
    moderator = make_moderator("prüfung")
    common: dict[str, Any] = {"email": KIM, "language": language}
    for outcome in Outcome:
        contact = _contact(language)
        report = make_report(contact.pin, **common)
        if outcome == Outcome.KEPT:
            letter = reporting.Letter.RECEIPT
            yield "report: receipt", reporting.write_letter(letter, report.pk, None)
        case = _decide(report.case, outcome, moderator)
        for letter, row in (
            (reporting.Letter.TO_REPORTER, report.pk),
            (reporting.Letter.TO_AUTHOR, case.pk),
        ):
            name = f"report: {outcome}, {letter}"
            yield name, reporting.write_letter(letter, row, None)
            for is_granted in (True, False):
                complaint = _complain(case, moderator, is_granted=is_granted)
                message = reporting.write_letter(letter, row, complaint.pk)
                yield f"{name}, complaint granted: {is_granted}", message
                complaint.delete()
    of_photo = make_report(contact.pin, **common)
    ReportCase.objects.filter(pk=of_photo.case_id).update(kind="photo")
    yield from _to_author_of(of_photo.case_id, "photo", moderator)


def _to_author_of(case_id: int, name: str, moderator: User) -> Mails:
    hidden = reporting.Letter.HIDDEN
    yield f"reported {name} is hidden", reporting.write_letter(hidden, case_id, None)
    case = _decide(ReportCase.objects.get(pk=case_id), Outcome.HIDDEN, moderator)
    letter = reporting.Letter.TO_AUTHOR
    yield f"report of a {name}", reporting.write_letter(letter, case.pk, None)


def _decide(case: ReportCase, outcome: Outcome, moderator: User) -> ReportCase:
    needs_ground = outcome in NEEDS_GROUND
    ReportCase.objects.filter(pk=case.pk).update(
        outcome=outcome,
        ground=Ground.TERMS if needs_ground else "",
        rule="§ 5" if needs_ground else "",
        reason=WORDS,
        first_decided_at=timezone.now(),
        decided_at=timezone.now(),
        decided_by=moderator,
    )
    return ReportCase.objects.get(pk=case.pk)


def _complain(case: ReportCase, moderator: User, *, is_granted: bool) -> Complaint:
    return Complaint.objects.create(
        case=case,
        text=WORDS,
        first_decided_by=moderator,
        first_outcome=case.outcome,
        first_reason=WORDS,
        is_granted=is_granted,
        reason=WORDS,
        decided_at=timezone.now(),
        decided_by=User.objects.get(username="freigabe"),
    )


def _of_follows(language: str) -> Mails:
    common: dict[str, Any] = {"language": language, "district_slug": "hohenecken"}
    new = make_follow("neu@example.org", is_confirmed=False, **common)
    yield "confirm to follow", write_confirmation(new)
    yield "already followed", write_confirmation(make_follow(**common))


def _of_news(language: str) -> Mails:
    """Let all happen that is told, to people who have each another reason to be told."""
    council = Body.objects.get(slug="ortsbeirat-hohenecken")
    make_body("Stadtrat", slug="stadtrat", kind=Body.Kind.COUNCIL)
    own = make_pin(title="Zebra", visibility=Visibility.SUBMITTED)
    repeats = make_pin(title="Zebra 2")
    make_contact(own, "author@example.org", language=language)
    make_contact(repeats, "merged-author@example.org", language=language)
    make_follow("pin@example.org", pin_id=own.pk, language=language)
    make_follow("merged@example.org", pin_id=repeats.pk, language=language)
    make_follow("theme@example.org", theme=own.theme, language=language)
    make_follow("district@example.org", district_slug="hohenecken", language=language)
    place = Position(own.location.x, own.location.y)
    make_follow("place@example.org", place=place, radius=1_500, language=language)
    _let_things_happen(own, repeats, council, language)
    yield from _news_to("all that happens")
    make_follow("much@example.org", district_slug="hohenecken", language=language)
    for number in range(TOLD_IN_FULL + 2):
        announce_published(make_pin(title=f"Zebra {number}"))
    yield from _news_to("more than is told", only="much@example.org")


def _let_things_happen(own: Pin, repeats: Pin, council: Body, language: str) -> None:
    planner, chair = make_planner(), make_member(council)
    publish_pin(pin=own, actor=make_moderator(), read=own.words_digest)
    _comment(own, chair, council)
    hand_over(
        pin=own,
        from_body=council,
        to_body=Body.objects.get(slug="stadtrat"),
        actor=chair,
        reason=WORDS,
    )
    said: dict[str, Any] = {"body": council, "public_note": WORDS}
    to, roles = Status.IN_REVIEW, {Role.BODY}
    change_status(pin=own, to=to, actor=chair, roles=roles, **said)
    said |= {"body": None, "duplicate_of": own}
    to, roles = Status.DUPLICATE, {Role.PLANNER}
    change_status(pin=repeats, to=to, actor=planner, roles=roles, **said)
    _let_bodies_sit(own, council)
    pins = [own, *(make_pin(title=f"Zoo {n}") for n in range(12))]
    for pin in pins[1:]:
        make_follow("theme@example.org", pin_id=pin.pk, language=language)
    measure = make_measure("M 1", make_goal("2.1"))
    links = [make_link(measure, pin=pin, linked_by=planner) for pin in pins]
    tell_linked(links)
    milestone = make_milestone(measure, done_on=timezone.localdate(LATE))
    tell_milestone_done(milestone)


def _comment(pin: Pin, chair: User, council: Body) -> None:
    common: dict[str, Any] = {"text": WORDS, "language": "de"}
    comment, _token = submit_comment(
        reference=pin.reference, idempotency_key=uuid4(), **common
    )
    publish_comment(comment=comment, actor=chair, read=comment.words_digest)
    publish_official_comment(
        reference=pin.reference,
        idempotency_key=uuid4(),
        actor=chair,
        body=council,
        **common,
    )


def _let_bodies_sit(pin: Pin, body: Body) -> None:
    sitting = make_sitting(body, state=Sitting.State.HELD, start=LATE, place="Kiosk")
    item: AgendaItem = make_item(
        sitting, votes_for=9, votes_against=4, votes_abstained=2
    )
    consultation = make_consultation(body, pin, item=item, **DECIDED)
    telling.tell(pin, telling.on_agenda(consultation, sitting))
    telling.tell(pin, telling.off_agenda(consultation, sitting))
    telling.tell(pin, telling.concluded(consultation, item))
    telling.tell_moved(sitting, IN_SUMMER, "Zoo")
    hearing = Hearing(matter=consultation.matter, body=body, waived_because=WORDS)
    telling.tell_waived(hearing)


def _news_to(name: str, only: str = "") -> Mails:
    let_the_minute_pass()
    spread_news()
    wanted = Mailbox.objects.filter(notices__isnull=False)
    if only:
        wanted = wanted.filter(email=only)
    for mailbox in wanted.distinct().order_by("pk"):
        notices = Notice.objects.filter(mailbox=mailbox).order_by("news")
        known = list(notices.select_related("news", "contact", "follow"))
        yield f"{name}: {mailbox.email}", write_letter(mailbox, known)


def _of_events(language: str) -> Mails:
    event = make_event(starts_at=LATE, takes_registrations=True, online_url=ONLINE)
    cancelled = make_event(
        starts_at=LATE, state=Event.State.CANCELLED, cancelled_because=WORDS
    )
    states = Registration.State
    for letter in events.Letter:
        allowed = events.TRUE_FOR.get(letter, {states.CONFIRMED, states.WAITING})
        for state in sorted(allowed):
            registration = Registration.objects.create(
                event=cancelled if letter == events.Letter.EVENT_CANCELLED else event,
                email=f"{letter}-{state}@example.org",
                language=language,
                state=state,
                persons=1 + (letter == events.Letter.CONFIRMED),
                token_hash=uuid4().hex,
                confirmed_at=timezone.now(),
                cancelled_at=timezone.now() if state == states.CANCELLED else None,
            )
            name = f"event: {letter}, {state}"
            yield name, events.write_letter(registration, letter)
    for group in (None, InterestGroup.objects.create(name_de="Zoo", name_en="Zoo")):
        invitation = Invitation(event=event, email=KIM, language=language, group=group)
        yield f"event: invited, {group}", events.write_invitation(invitation)


def _to_accounts(language: str) -> Mails:
    user = make_planner("konto")
    user.email = KIM
    for letter in accounts.Letter:
        yield f"account: {letter}", accounts.write_letter(user, letter, language)
    yield "account: new password", accounts.write_password_link(user, language)
    invitation = AccountInvitation(
        email=KIM, first_name="Kim", last_name="Muster", expires_at=LATE
    )
    message = accounts.write_invitation(invitation, language)
    yield "account: invitation", message


def _to_staff(language: str) -> Mails:
    body = make_body("Ortsbeirat Dansenberg")
    make_district(17, name="Dansenberg", body=body)
    member = make_member(body)
    moderator = make_moderator("wartet")
    for user in (member, moderator):
        user.email = f"{user.username}@example.org"
        user.save()
    long_ago = timezone.now() - datetime.timedelta(days=60)
    fields: dict[str, Any] = {"district": 17, "published_at": long_ago}
    waiting = make_pin(title=WORDS, created_at=long_ago, **fields)
    make_pin(title=WORDS, status=Status.IN_REVIEW, created_at=long_ago, **fields)
    make_sitting(body, start=LATE, place="Kiosk")
    reader = Recipient(member.pk, body.pk)
    yield "what waits at the desk", write_digest(reader)
    Pin.objects.filter(pk=waiting.pk).update(visibility=Visibility.HIDDEN)
    yield "one overdue at the desk", write_digest(reader)
    Pin.objects.filter(published_at=long_ago).update(visibility=Visibility.HIDDEN)
    make_pin(district=17)
    yield "nothing overdue at the desk", write_digest(reader)
    make_pin(visibility=Visibility.SUBMITTED, created_at=long_ago)
    yield "moderators are reminded", reminder_for(moderator.pk)
    by_member = make_comment(waiting, body=body, actor=member)
    report = make_report(waiting, comment=by_member)
    yield from _to_author_of(report.case_id, "comment", moderator)
    numbers = Numbers(
        came_in=3, open=2, overdue=1, decided=4, handed_over=5, measures=6
    )
    for size in (9, MOST_BYTES + 1):
        monthly = BodyReport(
            body=body, month=Month.last().first, figures=asdict(numbers)
        )
        monthly.file.save("report.pdf", ContentFile(b"x" * size), save=False)
        yield f"monthly report of {size} bytes", write_report_mail(monthly, member.pk)
    for email, page in ((KIM, "/map"), ("", "")):
        mail.outbox.clear()
        send_report(text=WORDS, page=page, email=email, key=uuid4())
        yield f"barrier reported by {email or 'nobody'}", mail.outbox[0]


def _of_own_data(language: str) -> Mails:
    link = AddressLink.objects.create(
        email=KIM, language=language, asked_at=timezone.now()
    )
    yield "what is stored about an address", write_link(link)
