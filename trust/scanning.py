"""Files of staff that stay as they came are scanned for viruses, where a scanner is set up.

By the ClamAV daemon of the operator (`MAPAPP_CLAMD`): its INSTREAM command takes the bytes,
so that it needs to read none of our folders (ASVS 5.0, 5.4.3). Photos, pictures, geodata and
tables need none of it: they are written anew, or read and thrown away.
"""

import logging
import socket
import struct
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

# Seconds for each word with the scanner; it reads 10 MB in less than one.
PATIENCE = 20
CHUNK_BYTES, LONGEST_ANSWER = 64 * 1024, 4096
# Its own, where the address names none.
PORT = 3310


class ScannerSilent(Exception):
    """The scanner cannot be reached, or says neither that a file is clean nor that it is not."""


def refuse_infected(file: File[Any]) -> None:
    """Raise ValidationError for a file with a virus, and where no scanner answers.

    Without a scanner in the settings nothing is done. The file can be read from its start.
    """
    if not settings.CLAMD:
        return
    file.seek(0)
    try:
        virus = find_virus(file)
    except ScannerSilent as silent:
        logger.warning("Scanner for viruses: %s", silent)
        raise ValidationError(
            _(
                "Files cannot be checked for viruses at the moment, so none is taken. "
                "Please try again in a few minutes."
            ),
            code="scanner_silent",
        ) from silent
    finally:
        file.seek(0)
    if virus:
        logger.warning("Scanner for viruses: refused a file with %s", virus)
        raise ValidationError(
            _(
                "The scanner for viruses has found something in this file (%(name)s). "
                "It was not kept."
            ),
            code="infected",
            params={"name": virus},
        )


def find_virus(file: File[Any]) -> str:
    """Return what the scanner finds in a file, "" in a clean one; raises ScannerSilent."""
    try:
        said = _ask(file)
    # The second where the address is none (trust.E003).
    except (OSError, ValueError) as error:
        raise ScannerSilent(str(error) or type(error).__name__) from error
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerSilent(said or "no answer")


def _ask(file: File[Any]) -> str:
    with closing(_connect()) as wire:
        wire.settimeout(PATIENCE)
        wire.sendall(b"zINSTREAM\0")
        try:
            for chunk in file.chunks(CHUNK_BYTES):
                wire.sendall(struct.pack("!L", len(chunk)) + chunk)
            wire.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            # It has heard enough, such as more than it takes: what it says comes now.
            pass
        return _answer(wire)


def _connect() -> socket.socket:
    address = urlsplit(settings.CLAMD)
    if address.scheme == "unix":
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(PATIENCE)
        try:
            wire.connect(unquote(address.path))
        except OSError:
            wire.close()
            raise
        return wire
    host = (address.hostname or "", address.port or PORT)
    return socket.create_connection(host, timeout=PATIENCE)


def _answer(wire: socket.socket) -> str:
    """Return the line that ends with a NUL, or with the connection."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        part = wire.recv(LONGEST_ANSWER)
        if not part:
            break
        said += part
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()
