"""What is kept about those who work here: accounts, sessions, what they did in the admin."""

import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trust.register import Basis, Harmless, Personal, Rule, Whose

ADMIN_LOG_LIFETIME = datetime.timedelta(days=365)
OPERATORS = _("those who run this site")
WITH_THE_ACCOUNT = _("with the account; decisions keep their name")

DATA = (
    Personal(
        "auth.User",
        ("username", "first_name", "last_name", "email", "password"),
        Whose.STAFF,
        _("Account: name, e-mail address, password as a hash"),
        _("to sign in and to give rights"),
        Basis.TASK,
        OPERATORS,
        WITH_THE_ACCOUNT,
    ),
    *(
        Personal(
            model,
            ("user",),
            Whose.STAFF,
            _("Rights of an account"),
            _("to sign in and to give rights"),
            Basis.TASK,
            OPERATORS,
            WITH_THE_ACCOUNT,
        )
        for model in ("auth.User_groups", "auth.User_user_permissions")
    ),
    Personal(
        "sessions.Session",
        ("session_data",),
        Whose.STAFF,
        _("Session of somebody who is signed in"),
        _("to stay signed in"),
        Basis.TASK,
        _("nobody; the site reads it"),
        _("when it ends, after twelve hours at the latest"),
        ("sessions",),
    ),
    Personal(
        "admin.LogEntry",
        ("user", "object_id", "object_repr", "change_message"),
        Whose.STAFF,
        _("What was changed in the administration, and by whom"),
        _("so that changes can be checked"),
        Basis.TASK,
        OPERATORS,
        _("after a year"),
        ("admin-log",),
    ),
)
HARMLESS = (
    Harmless("auth.Permission", ("name", "codename"), "a right, of no person"),
    Harmless("auth.Group", ("name",), "a role, of no person"),
    Harmless("contenttypes.ContentType", ("app_label", "model"), "names of tables"),
    Harmless(
        "procrastinate.ProcrastinateJob",
        ("queue_name", "task_name", "lock", "args", "queueing_lock"),
        "ids alone, never an address (a test looks); erased after a week all the same",
    ),
    Harmless(
        "procrastinate.ProcrastinatePeriodicDefer",
        ("task_name", "periodic_id"),
        "names of jobs",
    ),
)


def erase_sessions(*, dry_run: bool) -> int:
    """Erase the sessions that have ended; return how many."""
    over = Session.objects.filter(expire_date__lt=timezone.now())
    return over.count() if dry_run else over.delete()[0]


def erase_admin_log(*, dry_run: bool) -> int:
    """Erase what the admin noted a year ago; return how many entries."""
    before = timezone.now() - ADMIN_LOG_LIFETIME
    old = LogEntry.objects.filter(action_time__lt=before)
    return old.count() if dry_run else old.delete()[0]


RULES = (
    Rule("sessions", "it ended", datetime.timedelta, erase_sessions),
    Rule("admin-log", "it happened", lambda: ADMIN_LOG_LIFETIME, erase_admin_log),
)
