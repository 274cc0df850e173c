"""Tokens by which programs fetch the files of a desk, and what they fetched."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import Body


class PullTokenQuerySet(models.QuerySet["PullToken"]):
    def usable(self, at: datetime.datetime | None = None) -> Self:
        """Keep the tokens that open something at a moment (now unless told otherwise)."""
        return self.filter(
            revoked_at=None,
            expires_at__gt=at or timezone.now(),
            owner__is_active=True,
        )


class PullToken(models.Model):
    """Lets a program fetch some files of a body's desk, with the rights of its owner.

    Of the token itself only the SHA-256 is stored.
    """

    class Scope(models.TextChoices):
        CONTRIBUTIONS = "contributions", _("Contributions of the desk, as files")
        SITTINGS = (
            "sittings",
            _("Papers of its sittings: dossier, agenda, tables, contributions"),
        )

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="pull_tokens",
        verbose_name=_("account"),
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="+", verbose_name=_("body")
    )
    name = models.CharField(_("Name"), max_length=80)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=Scope),
        verbose_name=_("What it may fetch"),
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    objects = PullTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token for programs")
        verbose_name_plural = _("tokens for programs")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="pulltoken_expires_after_it_was_made",
                condition=Q(expires_at__gt=F("created_at")),
            ),
            models.CheckConstraint(
                name="pulltoken_scopes_known",
                condition=Q(
                    scopes__contained_by=["contributions", "sittings"],
                    scopes__len__gt=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        return [str(self.Scope(scope).label) for scope in self.scopes]

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and not self.has_expired


class PullTokenUse(models.Model):
    """One request made with a token: when, what, and how much; not from where."""

    token = models.ForeignKey(PullToken, on_delete=models.CASCADE, related_name="uses")
    at = models.DateTimeField(default=timezone.now, editable=False)
    # The file, by its address below /desk/, without the filters.
    what = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    # Bytes before any compression on the way; null while it is under way.
    size = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name = _("use of a token")
        verbose_name_plural = _("uses of tokens")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(F("token"), F("at").desc(), name="pulltokenuse_latest"),
            models.Index("at", name="pulltokenuse_at"),
        ]

    def __str__(self) -> str:
        return f"{self.what} ({self.status})"
