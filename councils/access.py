"""Who may enter which desk; another body's pin does not exist for you."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import Http404

from districts.models import Body
from pins.models import Pin, PublicPin
from pins.workflow import Role


@dataclass(frozen=True)
class Seat:
    """A user at the desk of a body, and the roles in which they act there."""

    user: User
    body: Body
    roles: frozenset[Role]

    @property
    def speaks_for(self) -> Body | None:
        """The body in whose name a step is taken; planners speak for none."""
        return self.body if Role.BODY in self.roles else None


def is_planner(user: User | AnonymousUser) -> bool:
    return user.has_perm("pins.plan_pin")


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


def get_seat(user: User | AnonymousUser, body_slug: str) -> Seat:
    """Return the user's seat at a body's desk; Http404 where there is none."""
    body = bodies_of(user).filter(slug=body_slug).first()
    if body is None or isinstance(user, AnonymousUser):
        raise Http404
    roles = set()
    if user.memberships.current().filter(body=body).exists():
        roles.add(Role.BODY)
    if is_planner(user):
        roles.add(Role.PLANNER)
    return Seat(user, body, frozenset(roles))


def get_desk_pin(
    user: User | AnonymousUser, body_slug: str, reference: str
) -> tuple[Seat, PublicPin, Pin]:
    """Return the seat and the pin, as the public and as the actions see it.

    Http404 for a desk that is not the user's, and for a pin that is unpublished or
    belongs to a district of another body.
    """
    seat = get_seat(user, body_slug)
    shown = (
        PublicPin.objects.for_body(seat.body)
        .select_related("theme")
        .filter(reference=reference)
        .first()
    )
    if shown is None:
        raise Http404
    return seat, shown, Pin.objects.get(pk=shown.pk)
