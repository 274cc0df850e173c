"""Whether the site can listen where it is told to."""

import errno
import socket

from installer.errors import SetupError

TRIED_BEYOND = 50
LAST_PORT = 65535


def check(host: str, port: int) -> None:
    """Raise SetupError where the site cannot listen on this address."""
    try:
        _listen(host, port)
    except OSError as error:
        raise _problem(host, port, error) from error


def next_free(host: str, port: int) -> int | None:
    """Return the next port above that is free, None where there is none near."""
    for candidate in range(port + 1, min(port + TRIED_BEYOND, LAST_PORT) + 1):
        try:
            _listen(host, candidate)
        except OSError:
            continue
        return candidate
    return None


def _listen(host: str, port: int) -> None:
    """Listen for a moment, as the web server would; raises OSError where it could not."""
    family, kind, _, _, place = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind) as listener:
        # Without this a port counts as taken for a minute after its last use.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(1)


def _problem(host: str, port: int, error: OSError) -> SetupError:
    if error.errno == errno.EADDRINUSE:
        free = next_free(host, port)
        hint = f"Choose another, for example: PORT={free} ./run" if free else ""
        return SetupError(f"Port {port} on {host} is in use by another program.", hint)
    if error.errno == errno.EACCES:
        message = f"Only root may listen on port {port}."
        return SetupError(message, "Choose one above 1023: PORT=8000 ./run")
    message = f"The site cannot listen on {host}, port {port}: {error.strerror}."
    return SetupError(message, "HOST must be an address of this machine.")
