"""Who at the desk of a body works on a contribution."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from councils.models import Assignment, Membership
from districts.models import Body
from pins.models import Pin


class AssignmentRefused(Exception):
    """Not to this person; the message is for who tried it."""


def colleagues(body: Body) -> QuerySet[User]:
    """Return whom work at the desk of a body can be given to: its members of today."""
    seats = Membership.objects.current().filter(body=body)
    return User.objects.filter(pk__in=seats.values("user"), is_active=True).order_by(
        "last_name", "first_name", "username"
    )


@transaction.atomic
def assign(*, pin: Pin, body: Body, assignee: User | None, actor: User) -> None:
    """Give a contribution at the desk of a body to somebody, or to nobody (None).

    Raises AssignmentRefused for somebody without a seat in the body.
    """
    if assignee is None:
        Assignment.objects.filter(pin=pin, body=body).delete()
        return
    if not colleagues(body).filter(pk=assignee.pk).exists():
        raise AssignmentRefused(
            _("%(name)s has no seat in this body.")
            % {"name": assignee.get_full_name() or assignee.get_username()}
        )
    Assignment.objects.update_or_create(
        pin=pin, body=body, defaults={"assignee": assignee, "assigned_by": actor}
    )
