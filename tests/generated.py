"""What nobody would think of typing, for forms and queries, made by Hypothesis.

Each example changes some fields of what a browser would send: it leaves them out, sends
them twice, or puts something else into them.
"""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# Whatever has broken a site before: bytes, numbers, dates, places, markup, other syntaxes.
NASTY: list[str | bytes] = [
    *(
        "",
        " ",
        "\0",
        "a\0b",
        b"\xff\xfe",
        b"%",
        "\r\nBcc: x@example.org",
        "\u202e",
        "²",
    ),
    *(
        "0",
        "-1",
        "1.5",
        "1e400",
        "NaN",
        "Infinity",
        "9" * 19,
        "9" * 30,
        "9" * 5000,
        "٣",
    ),
    *(
        "9223372036854775807",
        "9223372036854775808",
        "2147483648",
        "0x10",
        "1_000",
        "+1",
    ),
    *("0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "0000-00", "2026-13"),
    *(
        "9999-12-31T23:59:59.999999",
        "0001-01-01T00:00+23:59",
        "24:00",
        "25:61",
        "23:59",
    ),
    *(
        "<script>alert(1)</script>",
        "javascript:alert(1)",
        "{{ 1 }}",
        "%(x)s",
        "%s%n",
        "{0}",
    ),
    *("' OR 1=1 --", "\\", "../../etc/passwd", "=cmd|' /C calc'!A0", "//evil.example/"),
    *(
        "[]",
        "{}",
        "null",
        '{"a":',
        "[" * 2000,
        '{"type":"Point","coordinates":[1e999,1]}',
    ),
    *(
        "POINT EMPTY",
        "SRID=4326;POINT(1 1)",
        "7.77,49.44",
        "7.77,49.44,7.8,49.5",
        ",",
        "--",
    ),
    *("x" * 300, "x" * 6000, "é" * 3000, "\U0001f600" * 600, "on", "true", "None"),
    *(
        "00000000-0000-0000-0000-000000000000",
        "x@" + "y" * 300 + ".org",
        '"a b"@example.org',
    ),
]
VALUES: st.SearchStrategy[str | bytes] = (
    st.sampled_from(NASTY)
    | st.text(max_size=40)
    | st.binary(max_size=12)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.datetimes().map(str)
    | st.dates().map(str)
    | st.uuids().map(str)
)
# Names that pages read whatever their form holds.
NAMES = [
    "page",
    "q",
    "next",
    "sort",
    "district",
    "theme",
    "key",
    "version",
    "read",
    "lang",
]
Pairs = list[tuple[str, str | bytes]]

# The same examples each time and for everyone; more of them where somebody asks for it.
EXAMPLES = int(os.environ.get("MITMACH_EXAMPLES", "0"))


def examples(of_each: int) -> settings:
    """Return the settings of a generated test: how often, and that it is repeatable."""
    return settings(
        max_examples=EXAMPLES or of_each,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )


class Change(NamedTuple):
    """One way to change what is sent; `which` counts the fields round."""

    how: str
    which: int
    value: str | bytes
    name: str


CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from(["replace", "replace", "replace", "drop", "double", "add"]),
        st.integers(0, 40),
        VALUES,
        st.sampled_from(NAMES) | st.text(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def pairs_of(data: Mapping[str, Any]) -> Pairs:
    """Return the fields of a form as a browser lists them."""
    return [
        (name, str(value))
        for name, values in data.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def changed(pairs: Pairs, changes: list[Change]) -> Pairs:
    """Return the fields after the changes, in their order."""
    made = list(pairs)
    for how, which, value, name in changes:
        if how == "add" or not made:
            made.append((name, value))
            continue
        place = which % len(made)
        if how == "replace":
            made[place] = (made[place][0], value)
        elif how == "drop":
            del made[place]
        else:
            made.append((made[place][0], value))
    return made


def encoded(pairs: Pairs) -> str:
    """Return what goes over the wire; also what is no text in any encoding."""
    return urlencode(
        [
            (name.encode("utf-8", "surrogatepass"), _bytes(value))
            for name, value in pairs
        ]
    )


def _bytes(value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogatepass")
