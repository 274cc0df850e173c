"""Whether this process of the web server was told to end, and answers what is under way."""

import threading

_told = threading.Event()


def begin() -> None:
    """Say so from now on."""
    _told.set()


def is_leaving() -> bool:
    """Tell whether a balancer should ask another instance."""
    return _told.is_set()
