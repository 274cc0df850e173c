"""Looking at the site as somebody else: with a reason, for half an hour, changing nothing.

The session is the operator's own and remembers whom they look as; nobody is signed in as
anybody. Start and end stand in the audit log.
"""

import datetime
from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.rights import OPERATE
from staff.rights import VIEW_AS
from trust.audit import record

KEY = "looks_as"
COOKIE = "looks_as"
LIFETIME = datetime.timedelta(minutes=30)
# Whoever signs staff in besides: rights are those that Django keeps.
RIGHTS_KEPT_BY = "django.contrib.auth.backends.ModelBackend"


class Reason(models.TextChoices):
    """Why somebody looks at the site as another person; a free text could tell too much."""

    ASKED = "asked", _("The person has asked for help")
    FAULT = "fault", _("A fault was reported that only this account sees")
    RIGHTS = "rights", _("What this account may see has to be checked")


@dataclass(frozen=True)
class Looking:
    """What the session remembers."""

    person_id: int
    name: str
    until: datetime.datetime

    @classmethod
    def read(cls, session: SessionBase) -> Self | None:
        """Return what a session remembers; None for who is only themselves."""
        kept = session.get(KEY)
        if kept is None:
            return None
        until = datetime.datetime.fromisoformat(kept["until"])
        return cls(kept["person"], kept["name"], until)

    @property
    def is_over(self) -> bool:
        return self.until <= timezone.now()


def looking_now(request: HttpRequest) -> Looking | None:
    """Return what a page says above itself. No query: whoever is shown was read already."""
    if COOKIE not in request.COOKIES:
        return None
    return Looking.read(request.session)


def people() -> models.QuerySet[User]:
    """Return whom an operator may look as: nobody with an operator's rights."""
    found = User.objects.filter(is_active=True)
    for right in (VIEW_AS, OPERATE):
        holders = User.objects.with_perm(right.permission, backend=RIGHTS_KEPT_BY)
        found = found.exclude(pk__in=holders.values("pk"))
    return found.order_by("username")


@transaction.atomic
def start(
    *, session: SessionBase, actor: User, person: User, reason: Reason
) -> Looking:
    """Let the operator look as a person of `people`; ends what was looked at before."""
    stop(session=session, actor=actor, because="another person")
    name = person.get_full_name() or person.get_username()
    looking = Looking(person.pk, name, timezone.now() + LIFETIME)
    until = looking.until.isoformat()
    session[KEY] = {"person": person.pk, "name": name, "until": until}
    after = {"reason": reason.value, "until": until}
    record("look as another person", actor=actor, target=person, after=after)
    return looking


@transaction.atomic
def stop(*, session: SessionBase, actor: User, because: str) -> None:
    """End it, where it goes on; `because` is a word for the log."""
    kept = session.pop(KEY, None)
    if kept is not None:
        person = User(pk=kept["person"])
        after = {"because": because}
        record("end looking as another person", actor=actor, target=person, after=after)


def person_seen(session: SessionBase, actor: User) -> User | None:
    """Return as whom the operator looks at the moment.

    Ends it where its time is over, where the operator is none any more, or where the person
    may not be looked as any more.
    """
    looking = Looking.read(session)
    if looking is None:
        return None
    if looking.is_over:
        stop(session=session, actor=actor, because="time")
        return None
    person = people().filter(pk=looking.person_id).first()
    if person is None or not (actor.is_active and VIEW_AS.held_by(actor)):
        stop(session=session, actor=actor, because="rights")
        return None
    return person
