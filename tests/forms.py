"""What the hidden fields of public forms hold when a person, or a program, sends them."""

import datetime

import altcha
from django.utils import timezone

from trust.guard import OPENED, PROOF, TRAP, stamp
from trust.proof import make_challenge

MINUTE = datetime.timedelta(minutes=1)


def read(**fields: str) -> dict[str, str]:
    """Return a form that somebody has read before sending it, without a script."""
    return {OPENED: stamp(timezone.now() - MINUTE), PROOF: "", TRAP: ""} | fields


def proven(**fields: str) -> dict[str, str]:
    """Return such a form with a proof of work, as the page's script sends it."""
    return read(**fields) | {PROOF: solve(altcha.Challenge.from_dict(make_challenge()))}


def solve(challenge: altcha.Challenge) -> str:
    """Return the proof of a challenge, as the browser finds it."""
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()
