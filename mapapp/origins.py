"""Other sites that pages may load from, as the Content Security Policy names them."""

import re
from urllib.parse import urlsplit

# Nothing that could end the directive or stand for more than one host.
HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.IGNORECASE)


def https_origin(url: str) -> str | None:
    """Return scheme, host and port of an address; None where it is no plain https one.

    A user name in an address would be told to every visitor, and a host without a dot is
    no public one.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    is_plain = parts.scheme == "https" and "@" not in parts.netloc
    if not is_plain or not HOST.fullmatch(host) or re.search(r"[\s\x00-\x1f]", url):
        return None
    return f"https://{host}" + (f":{port}" if port else "")
