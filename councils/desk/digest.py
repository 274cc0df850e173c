"""The weekly mail to the members of a body: what waits at its desk."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from councils.desk.deadlines import deadline_of, overdue_parts
from councils.desk.numbers import with_numbers
from councils.models import Membership, Sitting
from districts.models import Body
from pins.models import PublicPin

# As many as somebody reads; the desk lists the rest.
MOST_OVERDUE = 5
MOST_SITTINGS = 3


@dataclass(frozen=True)
class Recipient:
    """A member of a body who has an address."""

    user_id: int
    body_id: int


def recipients() -> list[Recipient]:
    """Return who is written to: today's members with an address, where anything waits."""
    busy = with_numbers(Body.objects.all()).filter(
        Q(new_count__gt=0) | Q(waiting_count__gt=0)
    )
    seats = (
        Membership.objects.current()
        .filter(body__in=busy.values("pk"), user__is_active=True)
        .exclude(user__email="")
        .order_by("body", "user")
    )
    return [Recipient(seat.user_id, seat.body_id) for seat in seats]


def write_digest(recipient: Recipient) -> EmailMultiAlternatives | None:
    """Return the mail to a member, in plain text and HTML, in the language of the site.

    None where they have left the body meanwhile, or nothing waits any more.
    """
    seats = Membership.objects.current().filter(
        user=recipient.user_id, body=recipient.body_id, user__is_active=True
    )
    seat = seats.exclude(user__email="").select_related("user").first()
    if seat is None:
        return None
    bodies = Body.objects.filter(pk=recipient.body_id)
    body: Any = with_numbers(bodies, limit=None).get()
    if not body.new_count and not body.waiting_count:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        return _mail(seat.user, body)


def _mail(user: User, body: Any) -> EmailMultiAlternatives:
    desk = settings.BASE_URL + reverse("councils:desk", args=[body.slug])
    context = {
        "body": body,
        "user": user,
        "desk_url": desk,
        "overdue": [
            {"pin": pin, "deadline": deadline_of(pin), "url": f"{desk}{pin.reference}/"}
            for pin in _longest_overdue(body)
        ],
        "sittings": Sitting.objects.of_body(body).upcoming()[:MOST_SITTINGS],
        "site_name": settings.SITE_NAME,
    }
    subject = render_to_string("councils/mail/digest_subject.txt", context)
    mail = EmailMultiAlternatives(
        " ".join(subject.split()),
        render_to_string("councils/mail/digest.txt", context),
        to=[user.email],
        # RFC 3834: no out-of-office note answers a program.
        headers={"Auto-Submitted": "auto-generated"},
    )
    html = render_to_string("councils/mail/digest.html", context)
    mail.attach_alternative(html, "text/html")
    return mail


def _longest_overdue(body: Body) -> list[PublicPin]:
    """Return those whose deadline is over for the longest time."""
    found: list[PublicPin] = []
    for part in overdue_parts():
        pins = PublicPin.objects.for_body(body).filter(part).for_list()
        found += pins.order_by("waiting_since", "id")[:MOST_OVERDUE]
    days = {pin.pk: deadline_of(pin) for pin in found}

    def days_over(pin: PublicPin) -> int:
        deadline = days[pin.pk]
        return deadline.days_over if deadline else 0

    return sorted(found, key=days_over, reverse=True)[:MOST_OVERDUE]
