"""Streams: first bytes at once, constant memory, gzip, and clients that go away."""

import gzip
import json
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
import zstandard
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import RequestFactory
from psycopg_pool import ConnectionPool

from exports.files.csv_table import excel_table
from exports.files.geojson import collection
from exports.lines import Document
from exports.selection import Selection
from exports.streams import (
    CHUNK,
    SETTINGS,
    chunks_of,
    compressed,
    respond,
    values_of,
)
from pins.models import Pin, PublicPin
from tests.public_rows import multiply_public_rows

MANY = 20_000
# Only a connection that is lost takes as long.
PATIENCE = 60.0


@pytest.fixture
def many(pin: Pin) -> None:
    multiply_public_rows(MANY)


def pins() -> Document:
    return collection(Selection(PublicPin.objects.all()))


def test_the_first_chunk_is_the_head_and_the_first_row(many):
    chunks = chunks_of(pins())

    first = next(chunks)

    assert first.count(b'"type":"Feature",') == 1
    assert first.endswith(b"}}\n")
    chunks.close()


def test_the_others_are_of_about_64_kb(many):
    _first, *others, last = chunks_of(pins())

    assert all(CHUNK <= len(chunk) < CHUNK + 10_000 for chunk in others)
    assert len(last) < CHUNK + 10_000


def test_the_whole_is_right_wherever_it_was_cut(many):
    whole = json.loads(b"".join(chunks_of(pins())))

    assert len(whole["features"]) == MANY
    assert len({feature["id"] for feature in whole["features"]}) == MANY


def test_no_chunk_is_empty(pin):
    assert all(chunks_of(excel_table(Selection(PublicPin.objects.all()))))


def test_the_first_row_does_not_wait_for_a_sort(many):
    """The plan is one that reads an index in its order, row by row."""
    sql, parameters = excel_table(
        Selection(PublicPin.objects.all())
    ).lines.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE pins_publicpin")
        cursor.execute(SETTINGS)
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = " ".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using publicpin_newest" in plan
    assert "Sort" not in plan
    assert "Gather" not in plan


def test_memory_does_not_grow_with_the_number_of_rows(many):
    chunks = compressed(chunks_of(pins()), "gzip")
    next(chunks)

    tracemalloc.start()
    size = sum(len(chunk) for chunk in chunks)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > CHUNK
    assert peak < 2_000_000


def test_memory_does_not_grow_with_the_number_of_values_either(many):
    rows = values_of(PublicPin.objects.values_list("reference", "title", "text"))
    next(rows)

    tracemalloc.start()
    references = {reference for reference, _title, _text in rows}
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(references) == MANY - 1
    assert peak < 8_000_000


def test_gzip_holds_the_same_and_says_so(client, pin):
    plain = client.get("/exports/pins.geojson")
    packed = client.get("/exports/pins.geojson", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.getvalue()) == plain.getvalue()
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]


def test_zstandard_holds_the_same_too(client, pin):
    plain = client.get("/exports/pins.csv")
    packed = client.get(
        "/exports/pins.csv", headers={"Accept-Encoding": "gzip, deflate, br, zstd"}
    )

    assert packed["Content-Encoding"] == "zstd"
    unpacked = zstandard.ZstdDecompressor().decompressobj()
    assert unpacked.decompress(packed.getvalue()) == plain.getvalue()
    assert unpacked.eof


def test_a_client_can_read_the_first_row_of_zstandard_at_once(many):
    chunks = compressed(chunks_of(pins()), "zstd")

    first = zstandard.ZstdDecompressor().decompressobj().decompress(next(chunks))

    assert first.endswith(b"}}\n")
    chunks.close()


def test_a_client_can_read_the_first_row_before_the_rest_is_packed(many):
    chunks = compressed(chunks_of(pins()), "gzip")

    first = zlib.decompressobj(wbits=31).decompress(next(chunks))

    assert first.endswith(b"}}\n")
    chunks.close()


def test_head_does_not_ask_the_database(pin, django_assert_num_queries):
    document = pins()

    with django_assert_num_queries(0):
        request = RequestFactory().head("/", headers={"Accept-Encoding": "gzip"})
        response = respond(request, document, "application/geo+json")

        assert response["Content-Encoding"] == "gzip"
        assert response.getvalue() == b""


@pytest.fixture
def committed(transactional_db: None, pin: Pin) -> None:
    """Enough rows that the server cannot have sent them all before they are read."""
    multiply_public_rows(MANY)


def call(path: str, *, chunks: int | None = None) -> str:
    """Ask as a web server does; leave after so many chunks where a number is given."""
    environ: dict[str, object] = {"PATH_INFO": path, "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)
    status: list[str] = []

    def start_response(line, headers, error=None):
        status.append(line)

    body = WSGIHandler()(environ, start_response)
    try:
        for number, _chunk in enumerate(body, start=1):
            if number == chunks:
                break
    finally:
        body.close()
    return status[0]


def in_a_thread(task: Callable[[], Any]) -> list[Any]:
    """Run a task in a thread, as the web server runs requests."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(task()))
    thread.start()
    thread.join()
    return results


def running_copies() -> int:
    """Return how many exports of this database the server is busy with.

    It is asked in a session of its own. Other databases are of tests beside this one.
    """

    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE query LIKE 'COPY (SELECT%' AND state = 'active' "
                "AND datname = current_database()"
            )
            (count,) = cursor.fetchone()
        connection.close()
        return int(count)

    return sum(in_a_thread(ask))


def test_a_client_that_goes_away_ends_the_query(committed):
    chunks = compressed(chunks_of(pins()), "gzip")
    next(chunks)
    assert running_copies() == 1

    chunks.close()

    assert running_copies() == 0
    assert PublicPin.objects.count() == MANY


def pool() -> ConnectionPool[Any]:
    found: ConnectionPool[Any] = connection.pool  # type: ignore[attr-defined]  # missing in the stubs
    return found


def connections_in_use() -> int:
    """Return how many connections somebody has, or the pool is just about to open."""
    stats = pool().get_stats()
    return stats["pool_size"] - stats["pool_available"]


def connections_of_the_test() -> int:
    """Return how many are in use while nobody asks for anything."""
    pool().wait(PATIENCE)
    return connections_in_use()


def are_given_back(before: int) -> bool:
    """Tell whether only those are in use that were before; the pool may open others."""
    until = time.monotonic() + PATIENCE
    while connections_in_use() != before and time.monotonic() < until:
        time.sleep(0.01)
    return connections_in_use() == before


def failed_requests() -> int:
    return pool().get_stats().get("requests_errors", 0)


@pytest.mark.parametrize("chunks", [1, 3, None])
def test_more_exports_than_the_pool_has_connections(committed, chunks):
    rounds, before = pool().max_size + 2, connections_of_the_test()
    failed_before = failed_requests()

    (statuses,) = in_a_thread(
        lambda: [call("/exports/pins.geojson", chunks=chunks) for _ in range(rounds)]
    )

    assert statuses == ["200 OK"] * rounds
    assert running_copies() == 0
    assert are_given_back(before)
    assert failed_requests() == failed_before


def test_an_answer_that_nobody_reads_takes_no_connection(committed):
    before = connections_of_the_test()

    for _ in range(pool().max_size + 2):
        in_a_thread(lambda: call("/exports/pins.geojson", chunks=0))

    assert are_given_back(before)


def test_exports_have_more_time_than_other_queries(pin):
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        usual = cursor.fetchone()[0]

    chunks = chunks_of(pins())
    list(chunks)

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        # The test's own transaction is still open; a request's would have ended.
        assert (usual, cursor.fetchone()[0]) == ("1min", "15min")
