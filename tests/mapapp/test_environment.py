"""The readers of the environment: typed, and clear to the operator at the prompt."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from mapapp import environment as env

NAME = "MAPAPP_TEST"


@pytest.fixture
def put(monkeypatch):
    """Return a function that sets the variable, or removes it."""

    def put(value):
        if value is None:
            monkeypatch.delenv(NAME, raising=False)
        else:
            monkeypatch.setenv(NAME, value)

    return put


@pytest.mark.parametrize(("value", "read"), [(None, "x"), ("", ""), (" a ", " a ")])
def test_text(put, value, read):
    put(value)
    assert env.text(NAME, "x") == read


def test_what_is_required(put):
    put("there")
    assert env.required(NAME, "A hint.") == "there"


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_required_and_missing(put, value):
    put(value)
    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is not set. A hint\."):
        env.required(NAME, "A hint.")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("true", True),
        ("True", True),
        ("1", True),
        ("YES", True),
        ("false", False),
        ("FALSE", False),
        ("0", False),
        ("no", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("default", [True, False])
def test_flag(put, value, read, default):
    put(value)
    assert env.flag(NAME, default=default) is read


@pytest.mark.parametrize("default", [True, False])
def test_flag_unset(put, default):
    put(None)
    assert env.flag(NAME, default=default) is default


@pytest.mark.parametrize("value", ["on", "true ", "2", "ja"])
def test_a_flag_that_is_none(put, value):
    put(value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}='{value}'"):
        env.flag(NAME, default=True)


@pytest.mark.parametrize(
    ("value", "read"), [(None, 7), ("", 7), ("0", 0), ("25832", 25832), ("-1", -1)]
)
def test_whole_number(put, value, read):
    put(value)
    assert env.whole_number(NAME, 7) == read


@pytest.mark.parametrize("value", ["x", "1.5", "1,000"])
def test_a_number_that_is_none(put, value):
    put(value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}='{value}'"):
        env.whole_number(NAME, 7)


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, ["a", "b"]), ("", []), ("x", ["x"]), (" x ,, y,", ["x", "y"])],
)
def test_comma_list(put, value, read):
    put(value)
    assert env.comma_list(NAME, "a,b") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, []),
        ("", []),
        ("https://maps.example.de", ["https://maps.example.de"]),
        (
            "https://Maps.Example.de:443/, https://a.example.org:8443",
            ["https://maps.example.de", "https://a.example.org:8443"],
        ),
    ],
)
def test_origins(put, value, read):
    put(value)
    assert env.origins(NAME) == read


@pytest.mark.parametrize(
    "value",
    [
        "maps.example.de",
        "http://maps.example.de",
        "https://*.example.de",
        "https://maps.example.de/wms",
        "https://maps.example.de?x",
        "https://user@maps.example.de",
        "https://maps.example.de; script-src *",
        "https://maps.example.de https://evil.example.org",
        "https://localhost",
        "https://",
        "*",
    ],
)
def test_an_origin_that_is_none(put, value):
    put(f"https://ok.example.de,{value}")
    with pytest.raises(ImproperlyConfigured, match="is no origin such as"):
        env.origins(NAME)
