"""What a consultation does to its contributions: announced, released, concluded."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.utils import timezone

from councils.matters import propose
from councils.models import AgendaItem, Consultation, ConsultationStep, Sitting
from councils.outcomes import WAITING, acting_roles, steps_after
from councils.telling import Telling, concluded, off_agenda, on_agenda, tell
from pins.actions import change_status
from pins.models import Pin
from pins.models.history import NOTE_LENGTH
from pins.workflow import Role, Status, Visibility


def announce(*, consultation: Consultation, actor: User) -> None:
    """Let everyone know that a matter is on the agenda of a published invitation."""
    pins = list(_published(consultation))
    consultation.announced_at = timezone.now()
    consultation.save(update_fields=["announced_at"])
    telling = on_agenda(consultation, _sitting(consultation))
    for pin in pins:
        if pin.status in WAITING:
            _move(consultation, pin, Status.SCHEDULED, actor, {Role.SITTING}, telling)
        else:
            tell(pin, telling)


def release(*, consultation: Consultation, actor: User) -> None:
    """Let its contributions go back to where they wait for an agenda."""
    pins = list(_published(consultation))
    was_announced = consultation.announced_at is not None
    consultation.announced_at = None
    consultation.save(update_fields=["announced_at"])
    telling = off_agenda(consultation, _sitting(consultation))
    for pin in pins:
        if pin.status == Status.SCHEDULED:
            _move(consultation, pin, Status.IN_REVIEW, actor, {Role.SITTING}, telling)
        elif was_announced:
            tell(pin, telling)


def conclude(*, consultation: Consultation, actor: User) -> None:
    """Let the outcome take effect: its contributions move on, in public.

    What was postponed is proposed to the body again. The outcome of a non-public item
    moves nothing: it never leaves the desk.
    """
    item = AgendaItem.objects.select_related("sitting").get(consultation=consultation)
    consultation.decided_at = consultation.modified_at = timezone.now()
    consultation.save(update_fields=["outcome", "reason", "decided_at", "modified_at"])
    # Postponed before anyone had read of it: nothing happened in public.
    if item.is_public and consultation.announced_at is not None:
        for pin in _published(consultation):
            carry_on(consultation=consultation, pin=pin, actor=actor)
    if consultation.outcome == Consultation.Outcome.POSTPONED:
        propose(
            matter=consultation.matter, body=consultation.body, repeats=consultation
        )


def carry_on(*, consultation: Consultation, pin: Pin, actor: User) -> None:
    """Let the outcome of a concluded consultation take effect on a contribution."""
    item = AgendaItem.objects.select_related("sitting").get(consultation=consultation)
    telling = concluded(consultation, item)
    is_authoritative = consultation.is_authoritative
    roles = acting_roles(is_authoritative=is_authoritative)
    note = (consultation.reason or item.resolution_text)[:NOTE_LENGTH]
    steps = steps_after(
        pin.status, consultation.outcome, is_authoritative=is_authoritative
    )
    for to in steps:
        if to == Status.SCHEDULED:
            on_it = on_agenda(consultation, item.sitting)
            _move(consultation, pin, to, actor, roles, on_it)
        else:
            _move(consultation, pin, to, actor, roles, telling, note)
    if not steps:
        tell(pin, telling)


def _published(consultation: Consultation) -> Iterator[Pin]:
    """Yield the contributions everyone sees, held until the transaction ends; in the
    order of their ids, as all lock. Contributions come before their consultation: two who
    hold them the other way round wait for each other for ever.
    """
    pins = Pin.objects.select_for_update(of=("self",)).filter(
        in_matter__matter=consultation.matter_id, visibility=Visibility.PUBLISHED
    )
    yield from pins.order_by("pk")


def _sitting(consultation: Consultation) -> Sitting:
    """Return the sitting it is on the agenda of."""
    return Sitting.objects.get(items__consultation=consultation)


def hold_pins(sitting: Sitting) -> None:
    """Hold all contributions on an agenda until the transaction ends.

    Before the first of them changes, and in the order of their ids: two sittings that end
    at the same moment wait for one another.
    """
    pins = Pin.objects.select_for_update(of=("self",)).filter(
        in_matter__matter__consultations__item__sitting=sitting
    )
    list(pins.order_by("pk").values_list("pk"))


def _move(
    consultation: Consultation,
    pin: Pin,
    to: Status,
    actor: User,
    roles: set[Role],
    telling: Telling,
    note: str = "",
) -> None:
    change = change_status(
        pin=pin,
        to=to,
        actor=actor,
        roles=roles,
        body=consultation.body,
        public_note=note,
        texts=telling.texts,
        path=telling.path,
    )
    ConsultationStep.objects.create(consultation=consultation, change=change)
