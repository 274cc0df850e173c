"""Jobs of the process."""

import logging
from uuid import UUID

from django.contrib.auth.models import User
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from districts.models import Body
from insek.cards import keeping
from insek.digest.hotspots import Closeness
from insek.digest.suggesting import Scope, suggest_all, suggest_hotspots
from insek.events.letters import Letter, write_invitation, write_letter
from insek.models import BodyReport, CardSheet, Invitation, Registration
from insek.numbers.snapshots import recount
from insek.reports import keeping as reports
from insek.reports.keeping import Wanted, ask_for, due_reports
from insek.reports.mails import write_report_mail
from insek.reports.months import Month
from layers.models import Theme
from pins.tasks import fresh_connection
from trust.mails import AFTER_OTHERS, UNTIL_SENT

logger = logging.getLogger(__name__)


@app.task
@fresh_connection()
def count_numbers() -> None:
    """Count the numbers of the process anew, where anything has changed."""
    recount()


@app.task
@fresh_connection()
def import_cards(sheet_id: str) -> None:
    """Make contributions of a sheet; nothing happens where that was done or called off."""
    sheet = CardSheet.objects.filter(pk=UUID(sheet_id)).first()
    if sheet is not None:
        keeping.run_import(sheet)


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_letter(registration_id: int, letter: str) -> None:
    """Send one mail to a registrant; nothing where they were erased meanwhile."""
    wanted = Registration.objects.select_related("event")
    registration = wanted.filter(pk=registration_id).first()
    if registration is not None:
        mail = write_letter(registration, Letter(letter))
        if mail is not None:
            mail.send()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_invitation(invitation_id: int) -> None:
    """Send one personal invitation; nothing where it was erased or taken back."""
    wanted = Invitation.objects.select_related("event", "group")
    invitation = wanted.filter(pk=invitation_id).first()
    if invitation is not None:
        mail = write_invitation(invitation)
        if mail is not None:
            mail.send()


# Every morning, so that nothing is missed where no worker ran on the first of a month.
@app.periodic(cron="20 4 * * *")
@app.task(queueing_lock="ask_for_reports")
@fresh_connection()
def ask_for_reports(timestamp: int) -> None:
    """Let the reports of the month that is over be made, and those missed before."""
    due = due_reports()
    for wanted in due:
        ask_for(wanted)
    logger.info("%d reports to bodies to make.", len(due))


@app.task(retry=RetryStrategy(max_attempts=5, exponential_wait=4))
@fresh_connection()
def make_report(body_id: int, month: str, user_id: int | None) -> None:
    """Make a report; nothing happens where it is there already."""
    body = Body.objects.filter(pk=body_id).first()
    actor = User.objects.get(pk=user_id) if user_id else None
    if body is not None:
        wanted = Wanted(body, Month.read(month))
        reports.make_report(wanted=wanted, actor=actor)


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_report(report_id: int, user_id: int) -> None:
    """Send a report to one member; nothing where they have left the body meanwhile."""
    report = BodyReport.objects.select_related("body").get(pk=report_id)
    mail = write_report_mail(report, user_id)
    if mail is not None:
        mail.send()


@app.periodic(cron="20 2 * * *")
@app.task(queueing_lock="make_suggestions", lock="make_suggestions")
@fresh_connection()
def make_suggestions(timestamp: int = 0) -> None:
    """Look for topics and hot spots anew; what planners decided stays."""
    logger.info("%d suggestions made.", suggest_all())


@app.task(lock="make_suggestions")
@fresh_connection()
def look_for_hotspots(
    theme_id: int | None, pin_kind: str, metres: int, fewest: int
) -> None:
    """Look for hot spots of a theme and a kind, or of all, as closely as was asked."""
    theme = Theme.objects.filter(pk=theme_id).first() if theme_id else None
    suggest_hotspots(
        Scope(theme, pin_kind=pin_kind), Closeness(metres=metres, fewest=fewest)
    )
