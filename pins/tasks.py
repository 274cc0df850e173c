"""Jobs: what is sent later, and what is done every night."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections
from procrastinate.contrib.django import app

from pins.boundaries import follow_boundaries
from pins.four_eyes import forget_who_was_told
from pins.models import Contact, ErasureRequest, Follow, Question
from pins.moderation.letters import contact_of, write_question, write_redaction
from pins.moderation.reminding import remind_moderators, reminder_for
from pins.notifications import (
    Event,
    read_change,
    write_contact_confirmation,
    write_erasure,
    write_update,
)
from pins.photos.files import sweep
from pins.reporting.letters import Letter, write_letter
from pins.telling.letters import write_confirmation
from pins.telling.mailing import send_mails
from pins.telling.spreading import spread_news
from trust.mails import AFTER_OTHERS, UNTIL_SENT

logger = logging.getLogger(__name__)


@contextmanager
def fresh_connection() -> Iterator[None]:
    """Give back the connection after a job, and drop it where it broke.

    A worker has no requests at whose end Django would do so: after a restart of the
    database every later job of the thread would fail on the dead connection.
    """
    try:
        yield
    finally:
        close_old_connections()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_update(event: str, change_id: int) -> None:
    """Send one decision of moderation to the author; nothing is sent where the address
    has been erased meanwhile.
    """
    change = read_change(change_id)
    contact = Contact.objects.confirmed().filter(pin=change.pin).first()
    if contact is not None:
        write_update(contact, Event(event), change).send()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_erasure(request_id: int) -> None:
    """Tell an author that what was published has been erased, then forget the address."""
    asked = ErasureRequest.objects.select_related("pin").get(pk=request_id)
    contact = Contact.objects.confirmed().filter(pin=asked.pin).first()
    if contact is not None:
        write_erasure(contact, asked).send()
        forget_who_was_told(asked=asked)


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_confirmation(follow_id: int) -> None:
    """Send the link that lets a follow begin; nothing where it has been erased."""
    wanted = Follow.objects.select_related("mailbox", "theme", "pin")
    follow = wanted.filter(pk=follow_id).first()
    if follow is not None:
        write_confirmation(follow).send()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_contact_confirmation(contact_id: int) -> None:
    """Send the link that confirms an author's address; nothing where it has been erased
    or confirmed meanwhile.
    """
    contact = Contact.objects.select_related("pin").filter(pk=contact_id).first()
    if contact is not None and not contact.is_confirmed:
        write_contact_confirmation(contact).send()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_report_letter(letter: str, row_id: int, complaint_id: int | None) -> None:
    """Tell a reporter or an author of a report; nothing where the address is erased."""
    message = write_letter(Letter(letter), row_id, complaint_id)
    if message is not None:
        message.send()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="tell_news")
@fresh_connection()
def tell_news(timestamp: int) -> None:
    """Tell what happened in public to those who want to know it."""
    spread = spread_news()
    sent = send_mails()
    if spread or sent:
        logger.info("%d pieces of news spread, %d mails sent.", spread, sent)


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_question(question_id: int) -> None:
    """Send a question of moderation to the author; nothing where it is answered, or the
    address has been erased meanwhile.
    """
    question = Question.objects.filter(pk=question_id, answered_at=None).first()
    contact = contact_of(question.pin_id) if question is not None else None
    if question is not None and contact is not None:
        write_question(contact, question).send()


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_redaction(pin_id: int) -> None:
    """Tell the author that words were taken out; nothing where the address is erased."""
    contact = contact_of(pin_id)
    if contact is not None:
        write_redaction(contact).send()


# From early in the morning to the evening in the city: whatever became old meanwhile.
@app.periodic(cron="15 5-17 * * *")
@app.task(queueing_lock="remind_moderators")
@fresh_connection()
def remind_moderators_daily(timestamp: int) -> None:
    """Tell moderators, once a day, that something waits longer than it should."""
    logger.info("%d reminders to moderators.", remind_moderators())


@app.task(retry=UNTIL_SENT, priority=AFTER_OTHERS)
@fresh_connection()
def send_reminder(user_id: int) -> None:
    """Send one moderator the numbers of now; nothing where all is decided by now."""
    mail = reminder_for(user_id)
    if mail is not None:
        mail.send()


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="erase_old_jobs")
@fresh_connection()
def erase_old_jobs(timestamp: int) -> None:
    """Let the table of jobs keep a week: one is added each minute."""
    clean = app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs")
    clean.defer(max_hours=7 * 24, remove_failed=True)


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="follow_boundaries")
@fresh_connection()
def follow_boundaries_nightly(timestamp: int) -> None:
    """Let districts and bodies follow boundaries and duties that begin today."""
    moved = follow_boundaries()
    logger.info("%d contributions changed district.", moved)


@app.periodic(cron="50 3 * * *")
@app.task(queueing_lock="sweep_photo_files")
@fresh_connection()
def sweep_photo_files(timestamp: int) -> None:
    """Erase files of photos whose row is gone: of requests that broke off."""
    logger.info("%d files of photos without a row erased.", sweep())
