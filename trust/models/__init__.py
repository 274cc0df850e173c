"""What keeps abuse away and shows what was done with rights and personal data."""

from trust.models.audit import AuditEntry

__all__ = ["AuditEntry"]
