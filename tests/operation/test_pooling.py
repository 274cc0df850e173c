"""A pooler in transaction mode: no request leaves anything in its session or needs one."""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from operation import pooling
from tests.factories import make_district, make_pin, make_user

STATE = """
    SELECT name || '=' || setting FROM pg_settings WHERE source = 'session'
    UNION ALL SELECT 'lock ' || objid FROM pg_locks
        WHERE locktype = 'advisory' AND pid = pg_backend_pid()
    UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements
    UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable
    UNION ALL SELECT 'hears ' || pg_listening_channels
        FROM pg_listening_channels() AS pg_listening_channels
    UNION ALL SELECT 'table ' || relname FROM pg_class
        WHERE relpersistence = 't' AND relnamespace = pg_my_temp_schema()
"""
READ = [
    *("/", "/?q=Weg", "/pins/new", "/districts/", "/insek/numbers/", "/search/?q=Weg"),
    *("/tiles/pins/10/534/350.pbf", "/ogc/v1/collections/pins/items", "/catalog.ttl"),
    *("/exports/pins.geojson", "/exports/pins.csv", "/exports/pins.xlsx"),
    *("/places.json?q=Markt", "/feeds/pins.atom", "/oparl/v1/", "/sitemap.xml"),
]
# What outlives its transaction.
FOR_A_SESSION = re.compile(
    r"\b(LISTEN|UNLISTEN|DISCARD|PREPARE|CREATE\s+TEMP\w*|WITH\s+HOLD)\b"
    r"|pg_(try_)?advisory_lock|^\s*SET\s+(?!LOCAL|TRANSACTION|CONSTRAINTS)",
    re.IGNORECASE | re.MULTILINE,
)


def state() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        return sorted(said for (said,) in cursor.fetchall())


def read_all(client: Client) -> Iterator[str]:
    """Read each address to its end; yield it then. Each must answer 200."""
    for address in READ:
        answer = client.get(address)
        answer.getvalue()
        answer.close()
        # A tile without anything in it has no content.
        assert answer.status_code in {200, 204}, address
        yield address


@pytest.mark.django_db(transaction=True)
def test_no_request_needs_a_session_or_leaves_anything_in_it(client: Client):
    # Sessions that no test before has changed.
    pool: Any = connection
    connection.close()
    pool.close_pool()
    make_district()
    pin, before = make_pin(), state()

    with CaptureQueriesContext(connection) as asked:
        left = {address: state() for address in read_all(client)}
    words = [query["sql"] for query in asked]
    client.force_login(make_user(is_superuser=True, is_staff=True))
    path = f"/moderation/{pin.reference}/"
    read = client.get(path).context["read"]
    client.post(path, {"to": "hidden", "reason": "Eine Probe.", "read": read})
    left[path] = state()

    pin.refresh_from_db()
    assert pin.visibility == "hidden"
    assert [path for path, found in left.items() if found != before] == []
    assert len(words) > len(READ)
    assert [said for said in words if FOR_A_SESSION.search(said)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "LISTEN jobs",
        "SELECT pg_advisory_lock(1)",
        "SET work_mem = '1MB'",
        "CREATE TEMPORARY TABLE t ()",
    ],
)
def test_what_would_need_one_is_found(statement: str):
    assert FOR_A_SESSION.search(statement)


@pytest.mark.parametrize(
    "statement",
    ["SET LOCAL work_mem = '1MB'", "SELECT pg_advisory_xact_lock(1)", "SELECT 1"],
)
def test_what_lives_in_its_transaction_is_none_of_these(statement: str):
    assert not FOR_A_SESSION.search(statement)


def test_a_session_of_ours_is_direct(db: None):
    assert pooling.is_direct()


def pooled(**options: str) -> dict[str, Any]:
    """Return settings of the test database whose sessions begin otherwise."""
    said = " ".join(f"-c {name}={value}" for name, value in options.items())
    return {
        **connection.settings_dict,
        "OPTIONS": {"pool": {}, "options": said},
    }


def test_a_pooler_that_sets_all_loses_nothing(db: None, settings: Any):
    assert pooling.lost_by(pooled(**settings.DATABASE_SESSION)) == {}


def test_a_pooler_that_sets_little(db: None):
    lost = pooling.lost_by(pooled(jit="off", statement_timeout="7s"))

    assert lost["statement_timeout"] == "7s"
    assert "jit" not in lost


def test_the_example_sets_what_the_site_expects():
    example = ConfigParser(interpolation=None, inline_comment_prefixes=None)
    example.read(settings.ROOT / "deploy/pgbouncer/pgbouncer.ini")
    (line,) = example["databases"].values()

    set_there = dict(re.findall(r"SET (\w+) = '*(\w+)'*", line))

    assert set_there == settings.DATABASE_SESSION
    assert example["pgbouncer"]["pool_mode"] == "transaction"
    assert "options" in example["pgbouncer"]["ignore_startup_parameters"].split(",")
