"""Invitations: the only way to an account."""

from typing import Self
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from councils.models import Membership
from districts.models import Body
from pins.own_link import hash_token

SALT = "staff.invitation"
OPEN = Q(accepted_at=None, withdrawn_at=None)


def token_of(key: UUID) -> str:
    """Return the secret of an invitation's link; it follows from its key."""
    return salted_hmac(SALT, str(key), algorithm="sha256").hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Keep those that were neither taken up nor withdrawn, expired ones, too."""
        return self.filter(OPEN)

    def usable(self) -> Self:
        """Keep those whose link leads to an account now."""
        return self.open().filter(expires_at__gt=timezone.now())

    def by_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_token(token))

    def due_for_erasure(self) -> Self:
        """Keep those that lead nowhere any more: used, withdrawn, expired."""
        return self.exclude(OPEN & Q(expires_at__gt=timezone.now()))


class Invitation(models.Model):
    """Offers somebody an account, with roles and perhaps a seat, for some days.

    Of the link only the SHA-256 is stored. Sent again, it has a new one.
    """

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="+", verbose_name=_("roles")
    )
    body = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("body"),
    )
    seat = models.CharField(
        _("seat"), max_length=10, blank=True, choices=Membership.Role
    )
    seat_from = models.DateField(_("seat from"), null=True, blank=True)
    seat_to = models.DateField(_("seat until"), null=True, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("taken up"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("manage_accounts", _("Can invite people, and end their accounts"))
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=OPEN, name="invitation_one_open_per_address"
            ),
            models.CheckConstraint(
                name="invitation_seat_complete",
                condition=Q(body=None, seat="", seat_from=None, seat_to=None)
                | Q(
                    body__isnull=False,
                    seat__in=["chair", "member", "clerk"],
                    seat_from__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="invitation_seat_ends_after_its_start",
                condition=Q(seat_to=None) | Q(seat_to__gt=F("seat_from")),
            ),
            models.CheckConstraint(
                name="invitation_taken_up_or_withdrawn",
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def token(self) -> str:
        return token_of(self.key)

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()
