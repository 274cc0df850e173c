"""What a client can read of compressed answers."""

import re


def accepts_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header allows gzip (RFC 9110: `q=0` forbids)."""
    weights = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        refused = any(re.fullmatch(r"q=0(\.0*)?", text) for text in parameters)
        weights[name] = not refused
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))
