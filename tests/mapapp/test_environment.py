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
    ("value", "read"), [(None, 7), ("", 7), ("0", 0), ("25832", 25832), (" 5 ", 5)]
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
    ("value", "said"),
    [
        ("0", "too small"),
        ("-1", "too small"),
        ("101", "too large"),
        ("9" * 30, "large"),
    ],
)
def test_a_number_out_of_reach(put, value, said):
    put(value)
    with pytest.raises(ImproperlyConfigured, match=said) as refused:
        env.whole_number(NAME, 7, least=1, most=100)
    assert str(refused.value).startswith(f"{NAME}='{value}'")
    assert "from 1 to 100" in str(refused.value)


def test_a_choice(put):
    put("json")
    assert env.choice(NAME, "text", ("json", "text")) == "json"
    put("")
    assert env.choice(NAME, "text", ("json", "text")) == "text"
    put("yaml")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}='yaml' .* json or text"):
        env.choice(NAME, "text", ("json", "text"))


@pytest.mark.parametrize(
    "value",
    ["https://a.example.de", "http://localhost:8000/x?y", "https://[::1]:8443", ""],
)
def test_an_address(put, value):
    put(value)
    assert env.url(NAME, "https://default.example.de") == value


@pytest.mark.parametrize(
    "value",
    [
        *("a.example.de", "ftp://a.example.de", "https://", "https:///x", "https://[x"),
        *(
            "https://a.example.de:x",
            "https://a.example.de:99999",
            "https://a b.de",
            " ",
        ),
    ],
)
def test_an_address_that_leads_nowhere(put, value):
    put(value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}=.* is no address"):
        env.url(NAME, "")


def test_an_address_that_has_to_be_safe(put):
    put("http://a.example.de")
    with pytest.raises(ImproperlyConfigured, match=r"one like https://example\.de"):
        env.url(NAME, "", "https")


@pytest.mark.parametrize(
    "value", ["", "a@b.de", "Büro <a@b.de>", "mitmachkarte@localhost"]
)
def test_an_address_of_mail(put, value):
    put(value)
    assert env.mail_address(NAME, "x@y.de") == value


@pytest.mark.parametrize(
    "value", ["a", "@b.de", "a@", "a b@c.de", "a@b.de\nBcc: c@d.de", "<a>", " "]
)
def test_an_address_that_no_mail_goes_to(put, value):
    put(value)
    with pytest.raises(ImproperlyConfigured, match="is no address of mail"):
        env.mail_address(NAME, "")


@pytest.mark.parametrize("scheme", ["postgis", "postgresql", "postgres"])
def test_an_address_of_a_database(put, scheme):
    put(f"{scheme}://app:p%40ss@db.example.org:5432/app?sslmode=require")
    assert env.database_url(NAME, "A hint.").startswith(scheme)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("mysql://u:geheim@h/x", "does not begin with postgis://"),
        ("geheim", "does not begin"),
        ("postgis://u:geheim@h:port/x", "does not begin"),
        ("postgis://u:geheim@h/", "names no database"),
        ("", "is not set"),
    ],
)
def test_an_address_of_no_database_is_not_repeated(put, value, said):
    """It may hold a password."""
    put(value)
    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} {said}.*A hint\.") as no:
        env.database_url(NAME, "A hint.")
    assert "geheim" not in str(no.value)


@pytest.mark.parametrize("end", ["", "?tls=starttls", "?tls=tls"])
def test_a_mail_server(put, end):
    put(f"smtp://u:p%40ss@mail.example.org:587{end}")
    found = env.mail_server(NAME, "")
    assert (found.hostname, found.port) == ("mail.example.org", 587)


@pytest.mark.parametrize(
    "value",
    [
        *("smtps://u:geheim@h:465", "h:25", "", "smtp://u:geheim@h:port", "smtp://"),
        # A slip that would send mails in the clear.
        *("smtp://u:geheim@h?tls=startls", "smtp://u:geheim@h?ssl=tls"),
        *("smtp://u:geheim@h?tls=", "smtp://u:geheim@h?tls=tls&tls=starttls"),
    ],
)
def test_no_mail_server_is_not_repeated(put, value):
    put(value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} .* Write smtp://") as no:
        env.mail_server(NAME, "")
    assert "geheim" not in str(no.value)


def test_networks(put):
    put("10.0.0.0/8, ::1")
    assert [str(network) for network in env.networks(NAME, "")] == [
        "10.0.0.0/8",
        "::1/128",
    ]
    put("10.0.0.1/8")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}: '10.0.0.1/8' is no"):
        env.networks(NAME, "")


def test_counts(put):
    put("pin=60, comment=0")
    assert env.counts(NAME) == {"pin": 60, "comment": 0}
    put("pin=many")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}: 'pin=many' is no pair"):
        env.counts(NAME)


def test_variables_that_nothing_reads(monkeypatch):
    monkeypatch.setenv("MAPAPP_REVIEW_DAY", "7")
    monkeypatch.setenv("MAPAPP_SOMETHING_ELSE_AT_ALL", "x")
    monkeypatch.setenv("MAPAPP_REVIEW_DAYS", "7")
    monkeypatch.setenv("OTHER_PROGRAM", "x")
    monkeypatch.setenv("MAPAPP_WRITTEN_LATER", "x")
    env.mention("MAPAPP_WRITTEN_LATER", "MAPAPP_REVIEW_DAYS")

    found = env.unknown()

    assert found["MAPAPP_REVIEW_DAY"] == "MAPAPP_REVIEW_DAYS"
    assert found["MAPAPP_SOMETHING_ELSE_AT_ALL"] == ""
    assert not {"MAPAPP_REVIEW_DAYS", "MAPAPP_WRITTEN_LATER", "OTHER_PROGRAM"} & set(
        found
    )


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
