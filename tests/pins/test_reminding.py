"""Moderators are told when the queue grows old: once a day at most."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.models import Pin, QueueEntry, QueueReminder
from pins.moderation.reminding import recipients, remind_moderators
from pins.tasks import remind_moderators_daily, send_reminder
from pins.workflow import Visibility
from tests.factories import make_district, make_moderator, make_pin, make_user

DAY = datetime.timedelta(days=1)
# From any moment of the longest day of a year, on which clocks are set back.
TO_ANOTHER_DAY = datetime.timedelta(hours=25)


@pytest.fixture
def moderator(db):
    make_district(16)
    user = make_moderator()
    user.email = "moderation@example.org"
    user.save()
    return user


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """Let jobs leave the connection of the test alone."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


@pytest.fixture
def overdue(moderator):
    return make_pin(
        visibility=Visibility.SUBMITTED, created_at=timezone.now() - 9 * DAY
    )


def jobs():
    return list(ProcrastinateJob.objects.values_list("task_name", "args"))


def test_once_a_day(overdue, moderator):
    now = timezone.now()

    assert remind_moderators(now) == 1
    assert remind_moderators(now) == 0
    assert remind_moderators(now + TO_ANOTHER_DAY) == 1
    assert jobs() == [("pins.tasks.send_reminder", {"user_id": moderator.pk})] * 2
    assert [r.overdue for r in QueueReminder.objects.all()] == [1, 1]


def test_what_the_mail_says(overdue, moderator):
    send_reminder(user_id=moderator.pk)

    (sent,) = mail.outbox
    assert sent.to == ["moderation@example.org"]
    assert "seit 9 Tagen" in sent.body
    assert "http://testserver/moderation/" in sent.body
    assert overdue.title not in sent.body


def test_nothing_is_overdue(moderator):
    make_pin(visibility=Visibility.SUBMITTED, created_at=timezone.now() - 6 * DAY)

    assert remind_moderators() == 0
    assert not QueueReminder.objects.exists()
    send_reminder(user_id=moderator.pk)
    assert mail.outbox == []


def test_what_is_with_its_author_is_not_overdue(overdue):
    QueueEntry.objects.update(asked_at=timezone.now())
    assert remind_moderators() == 0


def test_all_is_decided_before_the_mail_goes(overdue, moderator):
    remind_moderators()
    Pin.objects.update(visibility=Visibility.WITHDRAWN)
    send_reminder(user_id=moderator.pk)
    assert mail.outbox == []


def test_an_operator_may_not_want_it(overdue, settings):
    settings.REMIND_MODERATORS = False
    assert remind_moderators() == 0


def test_nobody_to_write_to(overdue, moderator):
    moderator.email = ""
    moderator.save()
    assert remind_moderators() == 0
    assert not QueueReminder.objects.exists()


def test_who_gets_it(moderator):
    make_user("nobody", email="nobody@example.org")
    make_user("root", email="root@example.org", is_superuser=True)
    gone = make_moderator("gone")
    gone.email, gone.is_active = "gone@example.org", False
    gone.save()
    group = Group.objects.create(name="Freigabe")
    group.permissions.add(Permission.objects.get(codename="moderate_pin"))
    member = make_user("member", email="member@example.org")
    member.groups.add(group)

    assert list(recipients()) == [moderator, member]


def test_one_who_is_no_moderator_any_more(overdue, moderator):
    moderator.user_permissions.clear()
    send_reminder(user_id=moderator.pk)
    assert mail.outbox == []


def test_the_job(overdue):
    remind_moderators_daily(timestamp=0)
    assert len(jobs()) == 1
