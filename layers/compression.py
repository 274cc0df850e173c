"""What a client can read of compressed answers."""

import re
from collections.abc import Sequence

WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def choose_encoding(header: str, offered: Sequence[str]) -> str:
    """Return what of the offered an Accept-Encoding header likes best; "" for none.

    RFC 9110: `q=0` forbids, and the greatest weight wins; where two are alike, so does
    the one that is offered first. Whoever says only `*` gets gzip, which everybody reads.
    """
    weights = _weights(header)
    weights.setdefault("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    best = max(offered, key=lambda name: weights.get(name, 0.0))
    liked = weights.get(best, 0.0)
    return best if liked > 0 and liked >= weights.get("identity", 0.0) else ""


def accepts_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header asks for gzip rather than for nothing."""
    return choose_encoding(header, ["gzip"]) == "gzip"


def _weights(header: str) -> dict[str, float]:
    weights = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        weights[name] = min(map(_weight, parameters), default=1.0)
    return weights


def _weight(parameter: str) -> float:
    """Return the weight of a coding; what cannot be read forbids it."""
    found = WEIGHT.fullmatch(parameter)
    return float(found[1]) if found else 0.0
