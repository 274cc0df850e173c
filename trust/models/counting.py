"""What is counted to keep abuse away: hashes that nobody can undo once their day is over.

These tables are UNLOGGED: a crash of the database empties them, which forgives what was
counted, and no backup needs them.
"""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

SALT_BYTES, DIGEST_BYTES = 32, 16


def make_salt() -> bytes:
    """Return a new salt: 256 random bits."""
    return secrets.token_bytes(SALT_BYTES)


class DailySalt(models.Model):
    """The salt of one day (UTC), erased after it: then no hash can be tried out any more."""

    day = models.DateField(_("day"), primary_key=True)
    salt = models.BinaryField(_("salt"), default=make_salt)

    class Meta:
        verbose_name = _("salt of a day")
        verbose_name_plural = _("salts of days")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Hit(models.Model):
    """How often one salted hash did one thing until the end of a span of time."""

    pk = models.CompositePrimaryKey("digest", "what", "until")
    digest = models.BinaryField(_("salted hash"))
    what = models.CharField(_("what"), max_length=30)
    until = models.DateTimeField(_("until"))
    count = models.PositiveIntegerField(_("count"), default=1)

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")
        indexes = [models.Index("until", name="hit_until")]

    def __str__(self) -> str:
        return f"{self.what} {self.count}"


class SpentProof(models.Model):
    """A proof of work that was sent along with a form: it is good for that form alone."""

    nonce = models.BinaryField(_("number used once"), primary_key=True)
    form = models.UUIDField(_("form"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)

    class Meta:
        verbose_name = _("spent proof of work")
        verbose_name_plural = _("spent proofs of work")

    def __str__(self) -> str:
        return str(self.form)


class KnownText(models.Model):
    """The hash of a text that was sent lately, and a sketch that is alike for alike texts.

    Neither leads back to the text. `form` is the key of the form that sent it first.
    """

    digest = models.BinaryField(_("hash"), primary_key=True)
    sketch = ArrayField(models.BigIntegerField(), verbose_name=_("sketch"))
    form = models.UUIDField(_("form"))
    seen_at = models.DateTimeField(_("seen at"), db_index=True)

    class Meta:
        verbose_name = _("hash of a text")
        verbose_name_plural = _("hashes of texts")
        indexes = [
            GinIndex(fields=["sketch"], name="knowntext_sketch"),
        ]

    def __str__(self) -> str:
        return str(self.form)
