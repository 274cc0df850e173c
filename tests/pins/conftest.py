"""Fixtures that several files here ask for; a file's own go before them."""

from tests.pins.public_rows import anna, body, district

__all__ = ["anna", "body", "district"]
