"""In the sitting: results and votes, and what happens when it is closed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.agendas import SittingRefused, hold
from councils.consulting import conclude, hold_pins
from councils.matters import names, unheard_bodies
from councils.models import AgendaItem, Consultation, Sitting
from councils.signals import results_took_effect
from districts.models import Body

Outcome = Consultation.Outcome
State = Sitting.State


class ResultRefused(Exception):
    """Something typed in cannot be; `errors` says what, field by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class ResultChanged(Exception):
    """Somebody else saved this item meanwhile; `item` is as they left it."""

    def __init__(self, item: AgendaItem) -> None:
        super().__init__(item.version)
        self.item = item


class ResultsMissing(Exception):
    """A sitting cannot be closed yet; `items` maps each open item to what is missing."""

    def __init__(self, items: dict[AgendaItem, str]) -> None:
        super().__init__(len(items))
        self.items = items


@dataclass(frozen=True)
class Result:
    """What is typed in for an item; `outcome` and `reason` where it has a matter."""

    result: str = ""
    resolution_text: str = ""
    votes_for: int | None = None
    votes_against: int | None = None
    votes_abstained: int | None = None
    outcome: str = ""
    reason: str = ""

    @property
    def votes(self) -> list[int | None]:
        return [self.votes_for, self.votes_against, self.votes_abstained]

    @classmethod
    def of(cls, item: AgendaItem, consultation: Consultation | None) -> "Result":
        """Return what is saved of an item."""
        return cls(
            result=item.result,
            resolution_text=item.resolution_text,
            votes_for=item.votes_for,
            votes_against=item.votes_against,
            votes_abstained=item.votes_abstained,
            outcome=consultation.outcome if consultation else "",
            reason=consultation.reason if consultation else "",
        )


OF_CONSULTATION = {"outcome", "reason"}


@transaction.atomic
def record_result(*, item: AgendaItem, version: int, result: Result) -> AgendaItem:
    """Save what was typed in; return the item with its new version.

    `version` is that of the item as it was read. What is saved already is not saved
    again: a browser that missed the answer asks twice. What is only incomplete is kept,
    and missed when the sitting is closed. Once that has happened, words and votes can
    still be corrected. Raises ResultChanged where somebody else saved it meanwhile,
    ResultRefused for what cannot be, SittingRefused before the invitation and for a
    cancelled sitting, and AgendaItem.DoesNotExist for an item that was just taken off.
    """
    sitting = hold(item.sitting)
    found = _hold_item(item)
    if sitting.state == State.PLANNED:
        raise SittingRefused(_("Please publish the agenda first."))
    if sitting.state == State.CANCELLED:
        raise SittingRefused(_("This sitting has been cancelled."))
    consultation = Consultation.objects.filter(item=found).first()
    if consultation is None:
        result = replace(result, outcome="", reason="")
    if result == Result.of(found, consultation):
        return found
    if found.version != version:
        raise ResultChanged(found)
    if sitting.state == State.HELD and consultation is not None:
        _refuse_other_outcome(consultation, result)
    if errors := _errors(sitting, consultation, result):
        raise ResultRefused(errors)
    _store(found, consultation, result)
    return found


def _store(item: AgendaItem, consultation: Consultation | None, result: Result) -> None:
    for field in fields(result):
        if field.name not in OF_CONSULTATION:
            setattr(item, field.name, getattr(result, field.name))
    item.version += 1
    item.modified_at = timezone.now()
    item.save()
    if consultation is not None and not consultation.is_decided:
        consultation.outcome, consultation.reason = result.outcome, result.reason
        consultation.modified_at = item.modified_at
        consultation.save(update_fields=["outcome", "reason", "modified_at"])


def _hold_item(item: AgendaItem) -> AgendaItem:
    return (
        AgendaItem.objects.select_for_update(of=("self",))
        .select_related("sitting__body")
        .get(pk=item.pk)
    )


def _refuse_other_outcome(consultation: Consultation, result: Result) -> None:
    """Words and votes can be corrected after the end; what came of it has happened."""
    if (result.outcome, result.reason) != (consultation.outcome, consultation.reason):
        message = _("The sitting is over: outcome and reason can no longer be changed.")
        raise ResultRefused({"outcome": message})


def _errors(
    sitting: Sitting, consultation: Consultation | None, result: Result
) -> dict[str, str]:
    errors = _errors_of_votes(sitting, result)
    if consultation is None or consultation.is_decided:
        return errors
    if message := unheard_message(result.outcome, unheard_before(consultation)):
        errors["outcome"] = message
    return errors


def _errors_of_votes(sitting: Sitting, result: Result) -> dict[str, str]:
    given = [v for v in result.votes if v is not None]
    if not given:
        return {}
    if len(given) < len(result.votes):
        return {"votes": _("Please give all three numbers; 0 where nobody did.")}
    seats = sitting.body.seats
    if seats is not None and sum(given) > seats:
        message = _("%(body)s has %(seats)d votes; these are %(sum)d.")
        values = {"body": sitting.body, "seats": seats, "sum": sum(given)}
        return {"votes": message % values}
    return {}


def unheard_before(consultation: Consultation) -> list[Body]:
    """Return the district councils to be heard before this decision (GemO RLP § 75).

    A council that decides by itself is heard by that.
    """
    if not consultation.is_authoritative or consultation.is_decided:
        return []
    missing = unheard_bodies(consultation.matter)
    return [body for body in missing if body.pk != consultation.body_id]


def unheard_message(outcome: str, unheard: Iterable[Body]) -> str:
    """Say why this outcome cannot be, where it decides without a hearing."""
    missing = names(unheard)
    if not missing or outcome not in {Outcome.ENDORSED, Outcome.NOT_ENDORSED}:
        return ""
    return _("Not heard yet, and no waiver: %(bodies)s.") % {"bodies": missing}


def results_digest(items: Iterable[AgendaItem]) -> str:
    """A digest of what is typed in: who closes a sitting says by it what they read."""
    read = sorted((item.pk, item.version, item.is_public) for item in items)
    return sha256(repr(read).encode()).hexdigest()


@transaction.atomic
def close_sitting(*, sitting: Sitting, actor: User, read: str | None = None) -> Sitting:
    """End a sitting: its results take effect, and everyone can read them.

    `read` is the `results_digest` of what the actor has read. Raises SittingRefused
    before it has begun, where it is over or something else has been typed in meanwhile,
    and ResultsMissing with what is still open.
    """
    held = hold(sitting)
    require_running(held)
    if read is not None and read != results_digest(held.items.all()):
        message = _("Results have changed meanwhile. Please look at them again.")
        raise SittingRefused(message)
    hold_pins(held)
    consultations = list(
        Consultation.objects.filter(item__sitting=held)
        .select_related("item", "matter", "body")
        .order_by("item__order")
    )
    missing = {
        c.item: " ".join(messages.values())
        for c in consultations
        if c.item is not None and (messages := what_is_missing(c, unheard_before(c)))
    }
    if missing:
        raise ResultsMissing(missing)
    held.state = State.HELD
    held.end = held.end or timezone.now()
    held.sequence += 1
    held.modified_at = timezone.now()
    held.save()
    for consultation in consultations:
        conclude(consultation=consultation, actor=actor)
    results_took_effect.send(
        Sitting, sitting=held, consultations=consultations, actor=actor
    )
    return held


def require_running(sitting: Sitting) -> None:
    """Raise SittingRefused unless the sitting can be closed now."""
    if sitting.state == State.HELD:
        raise SittingRefused(_("This sitting has already been closed."))
    if sitting.state == State.CANCELLED:
        raise SittingRefused(_("This sitting has been cancelled."))
    if sitting.state == State.PLANNED:
        raise SittingRefused(_("Only a sitting with a published agenda can be closed."))
    if sitting.start > timezone.now():
        raise SittingRefused(_("The sitting has not begun yet."))


def what_is_missing(
    consultation: Consultation, unheard: Iterable[Body]
) -> dict[str, str]:
    """Return what keeps the sitting from being closed, field by field."""
    if not consultation.outcome:
        message = _("What came of it? Choose “postponed” if it was not dealt with.")
        return {"outcome": message}
    missing = {}
    if consultation.outcome == Outcome.NOT_ENDORSED and not consultation.reason.strip():
        missing["reason"] = _("Please give a reason.")
    if message := unheard_message(consultation.outcome, unheard):
        missing["outcome"] = message
    return missing
