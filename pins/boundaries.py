"""Letting the pins follow the boundaries of the districts and the duties of the bodies."""

from django.db import connection


def follow_boundaries() -> int:
    """Derive district and body of all pins anew; return how many changed district.

    One statement, whatever the number of pins. A pin that no current district holds
    keeps the one it had.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pins_follow_boundaries()")
        row: tuple[int] = cursor.fetchone()
    return row[0]
