"""What is kept about those who work here: accounts, sessions, what they did in the admin."""

import datetime

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.invitations import erase_invitations
from staff.lockout import ATTEMPT_LIFETIME, erase_attempts
from trust.register import Basis, Harmless, Personal, Rule, Whose

ADMIN_LOG_LIFETIME = datetime.timedelta(days=365)
OPERATORS = _("those who run this site")
WITH_THE_ACCOUNT = _("with the account; decisions keep their name")

DATA = (
    Personal(
        "account.EmailAddress",
        ("user", "email"),
        Whose.STAFF,
        _("Account: name, e-mail address, password as a hash"),
        _("to sign in and to give rights"),
        Basis.TASK,
        OPERATORS,
        WITH_THE_ACCOUNT,
    ),
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
        "usersessions.UserSession",
        ("user", "session_key", "user_agent"),
        Whose.STAFF,
        _("Since when somebody is signed in, and with which kind of browser"),
        _("so that they can see and end it"),
        Basis.TASK,
        _("the person themselves"),
        _("when the session ends"),
        ("list-of-sessions",),
    ),
    Personal(
        "mfa.Authenticator",
        ("user", "data"),
        Whose.STAFF,
        _("Second factor: sealed secret of an app, public key of a passkey"),
        _("to sign in safely"),
        Basis.TASK,
        _("nobody; the site reads it"),
        _("when it is removed or reset, at the latest with the account"),
    ),
    Personal(
        "socialaccount.SocialAccount",
        ("user", "provider", "uid"),
        Whose.STAFF,
        _("The number by which the city's sign-in service knows somebody"),
        _("to sign in by it"),
        Basis.TASK,
        _("nobody; the site reads it"),
        WITH_THE_ACCOUNT,
    ),
    Personal(
        "staff.Invitation",
        ("email", "first_name", "last_name", "body", "seat", "invited_by"),
        Whose.STAFF,
        _("Invitation to an account: name, e-mail address, seat"),
        _("to let somebody in who will work here"),
        Basis.TASK,
        OPERATORS,
        _("when it was taken up or withdrawn, or has expired"),
        ("invitations-of-staff",),
    ),
    Personal(
        "axes.AccessAttempt",
        ("user_agent", "ip_address", "username", "http_accept"),
        Whose.STAFF,
        _(
            "Wrong passwords: how many, fingerprints of name and address with a number "
            "that changes every day, kind of browser"
        ),
        _("to keep out who guesses"),
        Basis.TASK,
        _("nobody: it cannot be read back"),
        _("after a day"),
        ("wrong-passwords",),
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
NOT_WRITTEN = "a table of a library that nothing is written to here"
HARMLESS = (
    Harmless("staff.Invitation", ("token_hash",), "a random number, as a hash"),
    Harmless("mfa.Authenticator", ("type",), "a kind of factor"),
    Harmless("usersessions.UserSession", ("ip", "data"), "no address, nothing"),
    Harmless(
        "socialaccount.SocialAccount",
        ("extra_data",),
        "emptied when somebody signs in by it",
    ),
    Harmless(
        "axes.AccessAttempt",
        ("path_info", "get_data", "post_data"),
        "the page, and names of fields: what was typed is masked",
    ),
    *(
        Harmless(model, fields, NOT_WRITTEN)
        for model, fields in (
            ("account.EmailConfirmation", ("key",)),
            (
                "socialaccount.SocialApp",
                (
                    *("provider", "provider_id", "name"),
                    *("client_id", "secret", "key", "settings"),
                ),
            ),
            ("socialaccount.SocialToken", ("token", "token_secret")),
            (
                "axes.AccessLog",
                (
                    *("user_agent", "ip_address", "username", "http_accept"),
                    *("path_info", "session_hash"),
                ),
            ),
            (
                "axes.AccessFailureLog",
                ("user_agent", "ip_address", "username", "http_accept", "path_info"),
            ),
        )
    ),
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


def erase_lists_of_sessions(*, dry_run: bool) -> int:
    """Erase what was kept beside sessions that have ended; return how many."""
    going_on = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gte=timezone.now()
    )
    over = UserSession.objects.exclude(Exists(going_on))
    count: int = over.count()
    if not dry_run:
        over.delete()
    return count


RULES = (
    Rule("sessions", "it ended", datetime.timedelta, erase_sessions),
    Rule("list-of-sessions", "it ended", datetime.timedelta, erase_lists_of_sessions),
    Rule("invitations-of-staff", "it expired", datetime.timedelta, erase_invitations),
    Rule(
        "wrong-passwords",
        "the last of them",
        lambda: ATTEMPT_LIFETIME,
        erase_attempts,
    ),
    Rule("admin-log", "it happened", lambda: ADMIN_LOG_LIFETIME, erase_admin_log),
)
