"""Accounts of staff: who is invited."""

from staff.models.invitation import Invitation

__all__ = ["Invitation"]
