"""What must be right about the settings against spam; each has an id and a hint."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from trust.limits import ALL

# About what a slow phone does in three seconds: docs/operation.md.
MOST_ROUNDS = 1_000_000


@register("trust")
def limits_are_known(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a limit of a name that does not exist: the real one would stay as it was."""
    known = {limit.name for limit in ALL}
    return [
        Error(
            f"MAPAPP_LIMITS names “{name}”, which is no limit.",
            hint=f"There are: {', '.join(sorted(known))}.",
            id="trust.E001",
        )
        for name in settings.LIMITS
        if name not in known
    ]


@register("trust")
def proof_can_be_made(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a proof of work that cannot be made, warn of one that slow phones cannot."""
    steps, cost = settings.PROOF_STEPS, settings.PROOF_COST
    if steps < 1 or cost < 1:
        return [
            Error(
                "MAPAPP_PROOF_STEPS and MAPAPP_PROOF_COST must be 1 at least.",
                hint="Leave them out: 300 and 2000 hold then.",
                id="trust.E002",
            )
        ]
    if steps * cost <= MOST_ROUNDS:
        return []
    return [
        CheckWarning(
            f"A proof of work takes up to {steps * cost} rounds.",
            hint=f"Slow phones do about {MOST_ROUNDS} in three seconds.",
            id="trust.W001",
        )
    ]


@register("trust")
def scanner_has_an_address(**kwargs: Any) -> list[CheckMessage]:
    """Refuse an address of no scanner: no file of staff would be taken any more."""
    if not settings.CLAMD or _leads_to_scanner(settings.CLAMD):
        return []
    return [
        Error(
            f"MAPAPP_CLAMD={settings.CLAMD!r} is no address of a scanner.",
            hint="Write unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310.",
            id="trust.E003",
        )
    ]


def _leads_to_scanner(text: str) -> bool:
    address = urlsplit(text)
    if address.scheme == "unix":
        return not address.netloc and address.path.startswith("/")
    try:
        return address.scheme == "tcp" and bool(address.hostname) and address.port != 0
    except ValueError:
        return False
