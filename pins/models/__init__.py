"""What people say about the city, what became of it, and what the public sees of it."""

from pins.models.contact import Contact
from pins.models.history import StatusChange, VisibilityChange
from pins.models.pin import Pin
from pins.models.public import PublicPin, PublicVersion

__all__ = [
    "Contact",
    "Pin",
    "PublicPin",
    "PublicVersion",
    "StatusChange",
    "VisibilityChange",
]
