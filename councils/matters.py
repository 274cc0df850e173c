"""Matters and their way through the bodies: bundling, proposing, hearing."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Consultation, Hearing, Matter, MatterPin
from councils.telling import tell_waived
from districts.models import Body
from pins.models import Pin
from pins.workflow import Status

Role = Consultation.Role

ROLE_OF_KIND = {
    Body.Kind.DISTRICT_COUNCIL: Role.HEARING,
    Body.Kind.COMMITTEE: Role.ADVICE,
    Body.Kind.COUNCIL: Role.DECISION,
    Body.Kind.ADVISORY_BOARD: Role.HEARING,
}


class MatterRefused(Exception):
    """The bodies' order does not allow it; the message is for who tried it."""


def default_role(body: Body) -> Consultation.Role:
    """Return as what a body usually deals with a matter."""
    return ROLE_OF_KIND[Body.Kind(body.kind)]


@transaction.atomic
def gather(*, pins: Sequence[Pin], title: str = "") -> Matter:
    """Return the matter of these contributions, a new one where they have none.

    Raises MatterRefused where some of them already belong to another matter.
    """
    held = list(
        Pin.objects.select_for_update(no_key=True)
        .filter(pk__in=[p.pk for p in pins])
        .order_by("pk")
    )
    known = {
        part.pin_id: part.matter
        for part in MatterPin.objects.filter(pin__in=held).select_related("matter")
    }
    matters = set(known.values())
    if not matters:
        matter = Matter.objects.create(title=title or held[0].title)
        MatterPin.objects.bulk_create(MatterPin(matter=matter, pin=p) for p in held)
        return matter
    if len(matters) == 1 and len(known) == len(held):
        return matters.pop()
    references = ", ".join(p.reference for p in held if p.pk in known)
    raise MatterRefused(
        _("Already part of another matter: %(references)s.")
        % {"references": references}
    )


def hold_pins_of(matter_id: int) -> None:
    """Hold the contributions of a matter until the transaction ends.

    Before the matter and its consultations, as whoever moves contributions on holds them.
    """
    pins = Pin.objects.select_for_update(no_key=True, of=("self",))
    of_matter = pins.filter(in_matter__matter=matter_id)
    list(of_matter.order_by("pk").values_list("pk"))


def open_consultation(matter: Matter, body: Body) -> Consultation | None:
    """Return what a body still has to say to a matter: proposed, or on an agenda."""
    return (
        matter.consultations.filter(body=body, decided_at=None)
        .select_related("item__sitting")
        .first()
    )


@transaction.atomic
def propose(
    *, matter: Matter, body: Body, role: str = "", repeats: Consultation | None = None
) -> Consultation:
    """Ask a body to deal with a matter, after those that already have.

    `repeats` is the consultation that was postponed. Raises MatterRefused where the body
    has it already before it.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    if open_consultation(matter, body) is not None:
        raise MatterRefused(_("%(body)s already has this matter.") % {"body": body})
    role = role or (repeats.role if repeats else default_role(body))
    last = matter.consultations.aggregate(last=Max("order"))["last"] or 0
    return Consultation.objects.create(
        matter=matter,
        order=last + 1,
        body=body,
        role=role,
        is_authoritative=role == Role.DECISION,
    )


@transaction.atomic
def propose_pin(*, pin: Pin, body: Body, role: str = "") -> Consultation:
    """Ask a body to deal with what a contribution is part of.

    Raises MatterRefused as `propose` does, and for a duplicate.
    """
    # Nobody merges it between this look at it and the proposal.
    held = Pin.objects.select_for_update(no_key=True).get(pk=pin.pk)
    if held.status == Status.DUPLICATE:
        raise MatterRefused(_("This contribution repeats another one: propose that."))
    return propose(matter=gather(pins=[held]), body=body, role=role)


@transaction.atomic
def withdraw_proposal(*, consultation: Consultation) -> None:
    """Take back what has not been put on an agenda; raises MatterRefused otherwise."""
    held = Consultation.objects.select_for_update().filter(pk=consultation.pk).first()
    if held is None:
        raise MatterRefused(_("The proposal has been withdrawn."))
    if held.item_id is not None or held.is_decided:
        raise MatterRefused(_("This matter is already on an agenda."))
    held.delete()


def unheard_bodies(matter: Matter) -> list[Body]:
    """Return the district councils that must still be heard, or waive it, before the
    city council may decide (GemO RLP § 75).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT body_id FROM councils_bodies_unheard(%s)", [matter.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Body.objects.filter(pk__in=ids)) if ids else []


def unheard_by_matter(matters: Iterable[Matter]) -> dict[int, list[Body]]:
    """Return the same for several matters, by their ids. One query."""
    bodies = Body.objects.raw(
        "SELECT b.*, m.id AS matter_id FROM unnest(%s::bigint[]) m(id) "
        "CROSS JOIN councils_bodies_unheard(m.id) u "
        "JOIN districts_body b ON b.id = u.body_id ORDER BY b.name",
        [[matter.pk for matter in matters]],
    )
    found: dict[int, list[Body]] = {}
    for body in bodies:
        found.setdefault(body.matter_id, []).append(body)  # type: ignore[attr-defined]  # annotated by the query
    return found


def awaiting_hearing(body: Body) -> list[Matter]:
    """Return the matters that others deal with and on which this body must be heard."""
    elsewhere = Consultation.objects.filter(decided_at=None).exclude(body=body)
    matters = Matter.objects.filter(pk__in=elsewhere.values("matter")).order_by("pk")
    unheard = unheard_by_matter(matters)
    return [matter for matter in matters if body in unheard.get(matter.pk, [])]


@transaction.atomic
def waive_hearing(*, matter: Matter, body: Body, actor: User, reason: str) -> Hearing:
    """Do without the hearing of a body, for a reason that everyone can read.

    Raises MatterRefused without a reason, and where the body has been heard or has
    waived it already.
    """
    if not reason.strip():
        raise MatterRefused(_("Please give a reason."))
    hold_pins_of(matter.pk)
    Matter.objects.select_for_update().get(pk=matter.pk)
    if body not in unheard_bodies(matter):
        raise MatterRefused(_("This hearing is not due, or no longer."))
    hearing, _is_new = Hearing.objects.update_or_create(
        matter=matter,
        body=body,
        defaults={
            "waived_because": reason.strip(),
            "waived_by": actor,
            "waived_at": timezone.now(),
        },
    )
    tell_waived(hearing)
    return hearing


def names(bodies: Iterable[Body]) -> str:
    """Return the names of bodies as a list in words."""
    return ", ".join(body.name for body in bodies)
