"""What keeps abuse away and shows what was done with rights and personal data."""

from trust.models.address_link import AddressLink
from trust.models.audit import AuditEntry
from trust.models.clock import ClockMark
from trust.models.counting import DailySalt, Hit, KnownText, SpentProof
from trust.models.pattern import BannedPattern
from trust.models.suspicion import Reason, Suspicion

__all__ = [
    "AddressLink",
    "AuditEntry",
    "BannedPattern",
    "ClockMark",
    "DailySalt",
    "Hit",
    "KnownText",
    "Reason",
    "SpentProof",
    "Suspicion",
]
