"""The hidden fields of public forms, and what moderators see of what was noticed."""

from typing import Any

from django import template
from django.conf import settings
from django.db import models
from django.utils import timezone

from trust.guard import ASKED_AGAIN, OPENED, PROOF, TRAP, stamp
from trust.suspicions import suspicion_of

register = template.Library()


@register.inclusion_tag("trust/guard.html", takes_context=True)
def guard_fields(context: template.Context) -> dict[str, Any]:
    """Put into a public form what `trust.guard.check` looks at.

    The page needs static/js/proof.js. Who was asked once to send it again has read it.
    """
    request = context.get("request")
    opened = timezone.now()
    if request is not None and request.META.get(ASKED_AGAIN):
        opened -= settings.LEAST_FORM_TIME
    return {"proof": PROOF, "trap": TRAP, "opened": OPENED, "stamp": stamp(opened)}


@register.inclusion_tag("trust/suspicion.html")
def suspicion(subject: models.Model) -> dict[str, Any]:
    """Tell moderators why something looks like abuse; nothing where it does not."""
    return {"suspicion": suspicion_of(subject)}
