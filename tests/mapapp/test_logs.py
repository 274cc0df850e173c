"""The log: what the operator needs, and no link that opens somebody's pin."""

import datetime
import io
import json
import logging
import re
import runpy
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from mapapp.logs import (
    JsonLines,
    TextLines,
    configuration,
    without_persons,
)
from operation.watching import trail
from pins.notifications import stop_url
from pins.own_link import hash_token, make_token
from pins.telling.follow_links import confirm_url, manage_url
from pins.telling.follow_links import stop_url as follow_stop_url
from tests.factories import make_contact, make_district, make_follow, make_pin
from tests.mapapp.test_every_page import routes

TOKEN = make_token(uuid4())
# Keys of what is public, and pages of others.
NO_SECRETS = ("oparl/", "open311/", "admin/", "cms/", "insek/_util/", "documents/")
EXAMPLES = {"int": "1", "slug": "x", "str": "x", "uuid": str(uuid4()), "path": "x"}


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin(token_hash=hash_token(TOKEN))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_links_to_what_somebody_follows_stay_out_of_it(log, pin, prefix):
    follow = make_follow(pin_id=pin.pk)
    for url in (
        confirm_url(follow),
        manage_url(follow.mailbox),
        follow_stop_url(follow.mailbox),
    ):
        path = prefix + url.removeprefix("http://testserver")
        assert Client().options(path).status_code == 405
        assert Client().get(path + "x/y").status_code == 404
        (token,) = [part for part in path.split("/") if ":" in part]
        assert token not in log.getvalue()

    assert "/follow/" in log.getvalue()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("kind", ["registrations", "invitations"])
def test_links_to_registrations_and_invitations_stay_out_of_it(log, db, prefix, kind):
    path = f"{prefix}/insek/{kind}/{TOKEN}/"
    assert Client().get(path).status_code == 410
    assert Client().options(path).status_code == 405
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert Client().get(f"{path}x/y/").status_code == 404

    assert TOKEN not in log.getvalue()
    assert f"{prefix}/insek/{kind}/…" in log.getvalue()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("checks", [False, True])
def test_own_links_stay_out_of_it(log, pin, prefix, checks):
    url = prefix + reverse("pins:own", args=[pin.reference, TOKEN])
    client = Client(enforce_csrf_checks=checks)

    assert client.post(url, {"action": "edit"}).status_code in {403, 422}
    assert client.options(url).status_code == 405

    assert f"{prefix}/pins/{pin.reference}/edit/…" in log.getvalue()
    assert TOKEN not in log.getvalue()


def test_links_that_end_mails_too(log, pin):
    url = stop_url(make_contact(pin)).removeprefix("http://testserver")

    Client(enforce_csrf_checks=True).post(url)

    assert "/pins/updates/…/stop" in log.getvalue()
    assert url not in log.getvalue()


def test_other_addresses_stand_in_it(log, client, db):
    client.get("/nowhere/at-all")

    assert "/nowhere/at-all" in log.getvalue()


def test_every_link_that_opens_something_is_known_to_the_log_and_to_the_proxy():
    """Whoever adds an address with a secret in it learns of both places here."""
    conf = (settings.ROOT / "deploy/nginx/mitmachkarte.conf").read_text("utf-8")
    (found,) = re.findall(r'"~(\^\(\?<start>.*?)" "\$\{start\}…"', conf)
    proxy = re.compile(found.replace("?<start>", "?P<start>"))
    seen = 0
    for route in routes(get_resolver().url_patterns):
        secret = re.search(r"<\w+:(token|key)>", route)
        if not secret or route.startswith(NO_SECRETS):
            continue
        path = "/" + re.sub(
            r"<(?:(\w+):)?(\w+)>",
            lambda part: (
                TOKEN
                if part[2] in {"token", "key"}
                else EXAMPLES[str(part[1] or "str")]
            ),
            route,
        )
        seen += 1
        assert TOKEN not in without_persons(f"Not Found: {path}"), route
        match = proxy.match(path)
        assert match, route
        assert TOKEN not in match["start"], route
    assert seen > 15


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Not Found: /a?q=Erika+Muster&x=1", "Not Found: /a?…"),
        ('"GET /search/?q=x HTTP/1.1" 200', '"GET /search/?… HTTP/1.1" 200'),
        ("To erika.muster+x@example.org: refused", "To …: refused"),
        ("(550, <erika@example.org>)", "(550, <…>)"),
        ("Invalid request from ip=203.0.113.9: x", "Invalid request from ip=…: x"),
        ("Invalid HTTP Header: 'Cookie sessionid=x\n'", "Invalid HTTP Header: …"),
        ("from 2001:db8::1 and ::1", "from … and …"),
        ("from 2001:db8:1:2:3:4:5:6.", "from …."),
        # No addresses at all.
        ("at 12:30:45 of 2026-11-29T12:30:45", "at 12:30:45 of 2026-11-29T12:30:45"),
        ("pins.tasks.send_update[3](change_id=5)",) * 2,
        ("What? Django 5.2.19",) * 2,
        ("7 mails sent.",) * 2,
    ],
)
def test_what_is_nobodys_business_is_blotted_out(written, kept):
    assert without_persons(written) == kept


# --- Lines of JSON ------------------------------------------------------------------------

TYPED = {
    "title": "Zaun von Frau Sonnenschein",
    "body": "Ruf mich an: 0631 4711, Gartenweg 7",
    "email": "erika.sonnenschein@example.org",
}


@pytest.fixture
def lines(log, monkeypatch):
    """Return a function that reads what was written as lines of JSON."""
    (console,) = [h for h in logging.getLogger().handlers if h.name == "console"]
    monkeypatch.setattr(console, "formatter", JsonLines())
    requests = logging.getLogger("mapapp.requests")
    before = requests.level
    requests.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in log.getvalue().splitlines()]
    requests.setLevel(before)


# Numbers and places of a line itself, which may hold such a word by chance.
OWN = {"timestamp", "request_id", "duration_ms", "at"}


def holds_what_was_typed(log):
    """Return the words in it that somebody typed."""

    def without_own(facts):
        return {name: fact for name, fact in facts.items() if name not in OWN}

    lines = log.getvalue().splitlines()
    told = [json.loads(line, object_hook=without_own) for line in lines]
    said = json.dumps(told, ensure_ascii=False)
    words = re.findall(r"[\w@.]{4,}", " ".join(TYPED.values()))
    return [word for word in words if word in said]


def test_a_request_is_one_line_without_who_and_where(client, lines, db):
    response = client.get("/about/easy/", {"q": TYPED["title"]})

    (line,) = lines()
    assert datetime.datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line.pop("duration_ms") > 0
    assert line == {
        "level": "INFO",
        "logger": "mapapp.requests",
        "message": "GET easy 200",
        "request_id": response["X-Request-ID"],
        "method": "GET",
        "route": "easy",
        "status": 200,
    }


def test_all_lines_of_a_request_carry_its_id(client, lines, db):
    response = client.get("/nowhere/at-all?near=7.77,49.44")

    assert [line["message"] for line in lines()] == [
        "GET unknown 404",
        "Not Found: /nowhere/at-all",
    ]
    assert {line["request_id"] for line in lines()} == {response["X-Request-ID"]}


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/pins/new", {}, 422),
        ("/pins/new", {"kind": "Sonnenschein", "theme": "Zaun"}, 422),
        ("/pins/new", {"lon": "Gartenweg", "lat": "\0Sonnenschein"}, 422),
        ("/about/barrier/", {"message": TYPED["body"]}, 422),
        ("/about/my-data/", {"email": "erika.sonnenschein@"}, 422),
        ("/accounts/login/", {"login": TYPED["email"], "password": "Zaun"}, 200),
    ],
)
def test_a_form_that_is_refused_leaves_no_word(
    client, lines, log, pin, path, more, status
):
    response = client.post(path, TYPED | more)

    assert response.status_code == status
    (told,) = [line for line in lines() if line["logger"] == "mapapp.requests"]
    assert (told["method"], told["status"]) == ("POST", status)
    assert not holds_what_was_typed(log)


def test_a_form_without_its_token_leaves_no_word(lines, log, pin):
    client = Client(enforce_csrf_checks=True)

    assert client.post("/pins/new?title=Sonnenschein", TYPED).status_code == 403

    assert "Forbidden" in log.getvalue()
    assert not holds_what_was_typed(log)


def test_a_filter_that_is_none_leaves_no_word(client, lines, log, pin):
    response = client.get("/", {"status": "Sonnenschein", "q": TYPED["email"]})

    assert response.status_code == 400
    assert lines()
    assert not holds_what_was_typed(log)


def test_an_error_says_where_and_what_kind_and_repeats_nothing(
    lines, log, pin, monkeypatch
):
    """The database names the row that it refuses, with all that was typed."""

    def fail(*_args, **_kwargs):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO pins_mailbox (email, not_before, refusals) "
                "VALUES (%(email)s, now(), 0), (%(email)s, now(), 0)",
                TYPED,
            )

    monkeypatch.setattr("mapapp.views.easy.render", fail)
    client = Client(raise_request_exception=False)

    assert client.get("/about/easy/").status_code == 500

    assert not holds_what_was_typed(log)
    (told,) = [line for line in lines() if line["level"] == "ERROR"]
    assert told["logger"] == "django.request"
    assert told["message"] == "Internal Server Error: /about/easy/"
    outer, inner = told["errors"]
    assert outer["kind"] == "django.db.utils.IntegrityError"
    assert inner["kind"] == "psycopg.errors.UniqueViolation"
    assert inner["sqlstate"] == "23505"
    assert inner["constraint"] == "mailbox_address_once"
    assert any(place.endswith(" fail") for place in outer["at"])


def test_an_error_in_a_circle_ends(lines):
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first

    logging.getLogger("pins").error("Failed.", exc_info=first)

    (line,) = lines()
    kinds = ["builtins.ValueError", "builtins.KeyError"]
    assert [error["kind"] for error in line["errors"]] == kinds


def test_an_error_that_stands_for_another_hides_it(lines):
    error = ValueError("a")
    error.__context__, error.__suppress_context__ = KeyError("b"), True

    logging.getLogger("pins").error("Failed.", exc_info=error)

    (line,) = lines()
    assert [error["kind"] for error in line["errors"]] == ["builtins.ValueError"]


def test_lines_of_a_job_name_it_and_the_request(lines):
    trail.follow(trail.Trail("0123456789abcdef", 7, "pins.tasks.tell_news"))
    try:
        logging.getLogger("pins").info("%d mails sent.", 3)
    finally:
        trail.follow(trail.NOWHERE)
    logging.getLogger("pins").info("First\nsecond")

    first, second = lines()
    assert (first["request_id"], first["job"]) == ("0123456789abcdef", 7)
    assert (first["task"], first["message"]) == (
        "pins.tasks.tell_news",
        "3 mails sent.",
    )
    assert second["message"] == "First\nsecond"
    assert not {"job", "task", "request_id", "errors"} & set(second)


def test_the_form_for_people_names_the_request_too(client, log, db, monkeypatch):
    (console,) = [h for h in logging.getLogger().handlers if h.name == "console"]
    monkeypatch.setattr(console, "formatter", TextLines())
    response = client.get("/nowhere")

    assert f"Not Found: /nowhere [{response['X-Request-ID']}]\n" in log.getvalue()


@pytest.mark.parametrize(
    ("form", "formatter"), [("json", JsonLines), ("text", TextLines)]
)
@pytest.mark.parametrize("with_requests", [True, False])
def test_what_the_settings_make_of_it(form, formatter, with_requests):
    found = configuration(form=form, with_requests=with_requests)

    assert found["formatters"]["lines"] == {"()": formatter}
    level = "INFO" if with_requests else "WARNING"
    assert found["loggers"]["mapapp.requests"]["level"] == level


def test_gunicorn_writes_in_the_same_form():
    """Its own lines name the address of who sent something that is no request."""
    read = runpy.run_path(str(settings.ROOT / "deploy/gunicorn_settings.py"))
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    server = SimpleNamespace(
        log=SimpleNamespace(error_log=SimpleNamespace(handlers=[handler]))
    )

    read["on_starting"](server)
    said = "Invalid request from ip=%s: %s"
    handler.handle(
        logging.LogRecord("gunicorn.error", 30, "", 0, said, ("203.0.113.9", "x"), None)
    )

    line = json.loads(written.getvalue())
    assert line["message"] == "Invalid request from ip=…: x"
    assert line["logger"] == "gunicorn.error"
    assert read["accesslog"] is None
