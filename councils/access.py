"""Who may enter which desk; another body's pin does not exist for you."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet
from django.http import Http404

from councils.models import AgendaItem, Consultation, Sitting
from councils.rights import Right, SeatRole, allows
from districts.models import Body
from pins.models import Pin, PublicPin
from pins.rights import PLAN
from pins.workflow import Role


@dataclass(frozen=True)
class Seat:
    """A user at the desk of a body, and as what they sit there."""

    user: User
    body: Body
    seats: frozenset[SeatRole]

    def may(self, right: Right) -> bool:
        return allows(self.seats, right)

    @property
    def rights(self) -> set[str]:
        """Names of the rights for templates, `{% if "MOVE" in seat.rights %}`."""
        return {right.name for right in Right if self.may(right)}

    @property
    def roles(self) -> frozenset[Role]:
        """The roles in which somebody moves a contribution on; none for who only reads."""
        if not self.may(Right.MOVE):
            return frozenset()
        roles = {Role.BODY} if self.seats - {SeatRole.PLANNER} else set()
        if SeatRole.PLANNER in self.seats:
            roles.add(Role.PLANNER)
        return frozenset(roles)

    @property
    def may_select(self) -> bool:
        """Whether there is anything to do with several contributions at once."""
        return any(map(self.may, (Right.MOVE, Right.ASSIGN, Right.SCHEDULE)))

    @property
    def proposal_count(self) -> int:
        """How many matters wait for the body to deal with them. One query."""
        return Consultation.objects.proposed_to(self.body).count()

    @property
    def speaks_for(self) -> Body | None:
        """The body in whose name a step is taken; planners speak for none."""
        return self.body if Role.BODY in self.roles else None


def is_planner(user: User | AnonymousUser) -> bool:
    return PLAN.held_by(user)


def bodies_of(user: User | AnonymousUser) -> QuerySet[Body]:
    """Return the bodies whose desk the user may enter: their own, planners all.

    A membership counts on the days from its start to the day before its end.
    """
    if isinstance(user, AnonymousUser):
        return Body.objects.none()
    if is_planner(user):
        return Body.objects.all()
    seats = user.memberships.current()
    return Body.objects.filter(pk__in=seats.values("body"))


def get_seat(
    user: User | AnonymousUser, body_slug: str, right: Right = Right.READ
) -> Seat:
    """Return the user's seat at a body's desk.

    Raises Http404 where there is none, and PermissionDenied where it lacks the right.
    """
    if isinstance(user, AnonymousUser):
        raise Http404
    roles = user.memberships.current().filter(body=OuterRef("pk")).values("role")
    body = (
        Body.objects.annotate(seat_roles=ArraySubquery(roles))
        .filter(slug=body_slug)
        .first()
    )
    seats = {SeatRole(role) for role in body.seat_roles} if body else set()
    if is_planner(user):
        seats.add(SeatRole.PLANNER)
    if body is None or not seats:
        raise Http404
    seat = Seat(user, body, frozenset(seats))
    if not seat.may(right):
        raise PermissionDenied
    return seat


def get_desk_pin(
    user: User | AnonymousUser,
    body_slug: str,
    reference: str,
    right: Right = Right.READ,
) -> tuple[Seat, PublicPin, Pin]:
    """Return the seat and the pin, as the public and as the actions see it.

    Http404 for a desk that is not the user's, and for a pin that is unpublished or
    that another body answers for; PermissionDenied where the seat lacks the right.
    """
    seat = get_seat(user, body_slug, right)
    shown = (
        PublicPin.objects.for_body(seat.body)
        .select_related("theme")
        .filter(reference=reference)
        .first()
    )
    if shown is None:
        raise Http404
    return seat, shown, Pin.objects.get(pk=shown.pk)


def get_desk_sitting(
    user: User | AnonymousUser,
    body_slug: str,
    sitting_id: int,
    right: Right = Right.READ,
) -> tuple[Seat, Sitting]:
    """Return the seat and a sitting of its body; raises as `get_desk_pin` does."""
    seat = get_seat(user, body_slug, right)
    sitting = Sitting.objects.of_body(seat.body).filter(pk=sitting_id).first()
    if sitting is None:
        raise Http404
    sitting.body = seat.body
    return seat, sitting


def get_desk_item(
    user: User | AnonymousUser, body_slug: str, item_id: int, right: Right = Right.READ
) -> tuple[Seat, AgendaItem]:
    """Return the seat and an item on an agenda of its body; raises as `get_desk_pin`."""
    seat = get_seat(user, body_slug, right)
    item = (
        AgendaItem.objects.filter(pk=item_id, sitting__body=seat.body)
        .select_related("sitting__body", "consultation__matter")
        .first()
    )
    if item is None:
        raise Http404
    return seat, item
