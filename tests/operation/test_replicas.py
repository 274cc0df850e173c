"""Reading from a replica: own writes are found, and nobody notices when it fails or lags."""

import datetime
import io
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings as site_settings
from django.core.signing import TimestampSigner
from django.db import (
    DatabaseError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
)
from django.db.utils import InterfaceError
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.test import Client
from django.urls import ResolverMatch
from prometheus_client import Counter, values

from mapapp import kept_pages
from operation import doctor
from operation.replicas import examining, figures, marks, middleware, servers, switching
from operation.replicas.failures import Failure, failure_of
from operation.replicas.positions import Positions
from operation.replicas.servers import Replica, Servers, State
from pins.models import Pin, PublicVersion, public
from tests.factories import make_district, make_pin, make_user
from tests.operation.replicas import ALIAS, POSITION, Twin, a_replica

# As it is, also where a test puts another in its place.
count_reads = figures.reads.__wrapped__
LIST, FORM, FILE = "/districts/", "/about/barrier/", "/exports/pins.geojson"


@pytest.fixture
def twin(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    make_district()
    # In memory, whatever a test before has made the library count in.
    monkeypatch.setattr(values, "ValueClass", values.MutexValue)
    counter = Counter("reads", "-", ("server", "why"), registry=None)
    monkeypatch.setattr(figures, "reads", lambda: counter)
    monkeypatch.setattr(middleware, "reads", lambda: counter)
    with a_replica(settings, monkeypatch) as found:
        yield found
    switching.ask_primary()


def counted() -> dict[tuple[str, str], float]:
    (metric,) = figures.reads().collect()
    return {
        (sample.labels["server"], sample.labels["why"]): sample.value
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


def failed(error: type[DatabaseError], cause: type[psycopg.Error]) -> DatabaseError:
    made = error("It failed.")
    made.__cause__ = cause("It failed.")
    return made


def send(client: Client, action: str = "support") -> int:
    """Send a form as a browser does, which has got its cookie; return the status."""
    pin = Pin.objects.first() or make_pin()
    client.cookies[site_settings.CSRF_COOKIE_NAME] = "x" * 32
    return client.post(f"/pins/{pin.reference}/support", {"action": action}).status_code


# --- Who reads where ----------------------------------------------------------------


def test_a_visitor_reads_there(twin: Twin, client: Client):
    assert client.get(LIST).status_code == 200

    assert twin.asked
    assert twin.primary == []
    assert counted() == {(ALIAS, ""): 1}
    assert connection.alias == "default"


def test_who_has_signed_in_sees_at_once_what_they_changed(twin: Twin, client: Client):
    client.force_login(make_user())
    twin.forget()

    client.get(LIST)

    assert twin.asked == []
    assert twin.primary


def test_a_program_with_a_token_is_known_to_the_primary(twin: Twin, client: Client):
    client.get(LIST, headers={"Authorization": "Bearer x"})

    assert twin.asked == []


@pytest.mark.parametrize("method", ["post", "options"])
def test_only_reading_is_done_there(twin: Twin, client: Client, method: str):
    getattr(client, method)(LIST)

    assert twin.asked == []
    assert counted() == {}


def test_without_replicas_there_is_no_such_middleware(db: None, client: Client):
    make_district()

    assert client.get(LIST).status_code == 200
    assert marks.NAME not in client.cookies


# --- Own writes ---------------------------------------------------------------------


def test_who_has_written_reads_what_they_wrote(twin: Twin, client: Client):
    send(client)
    cookie = client.cookies[marks.NAME]
    twin.forget()

    client.get(LIST)

    assert twin.asked == []
    assert counted()["primary", "own"] == 1
    assert cookie["max-age"] == marks.SECONDS
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_once_the_replica_has_come_there_it_is_asked_again(twin: Twin, client: Client):
    send(client)
    twin.forget()
    twin.replica.position = marks.EVERYTHING

    client.get(LIST)

    assert twin.asked
    assert twin.primary == []


def test_the_privacy_page_names_the_cookie_where_there_is_one(
    twin: Twin, client: Client, settings: Any
):
    cookie = "holds a number of our database"

    assert cookie in client.get("/en/about/privacy/").content.decode()
    settings.DATABASE_REPLICAS = {}
    assert cookie not in Client().get("/en/about/privacy/").content.decode()


def test_who_has_written_gets_no_page_of_before(twin: Twin, client: Client):
    request = HttpRequest()
    request.method = "GET"
    assert kept_pages._is_anybody(request)

    request.COOKIES[marks.NAME] = "1:a:b"
    assert not kept_pages._is_anybody(request)


def test_who_only_reads_gets_no_cookie(twin: Twin, client: Client):
    client.get(LIST)

    assert not client.cookies


def test_a_program_gets_no_cookie(twin: Twin, client: Client):
    address = f"/pins/{make_pin().reference}/support"

    assert client.post(address, {"action": "support"}).status_code == 303

    assert marks.NAME not in client.cookies


def test_who_sent_what_was_refused_gets_no_cookie(twin: Twin, client: Client):
    assert send(client, "nonsense") == 400

    assert marks.NAME not in client.cookies


@pytest.mark.parametrize("said", ["", "nonsense", "1000:a:b", "\x00"])
def test_a_mark_that_is_not_ours_is_none(said: str):
    request = HttpRequest()
    request.COOKIES[marks.NAME] = said

    assert marks.read(request) == 0


def test_what_was_signed_for_something_else_is_none():
    request = HttpRequest()
    request.COOKIES[marks.NAME] = TimestampSigner().sign("5")

    assert marks.read(request) == 0


def test_a_mark_that_is_no_number_is_none():
    request = HttpRequest()
    signer = TimestampSigner(salt="operation.replicas.marks")
    request.COOKIES[marks.NAME] = signer.sign("far")

    assert marks.read(request) == 0


def test_thanks_stay_thanks_where_the_primary_goes_at_that_moment(
    twin: Twin, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(marks, "POSITION", "SELECT no_such_function()")

    with connection.execute_wrapper(fail_at("no_such_function", OperationalError())):
        assert send(client) == 303

    request = HttpRequest()
    request.COOKIES[marks.NAME] = client.cookies[marks.NAME].value
    assert marks.read(request) == marks.EVERYTHING


def fail_at(part: str, error: Exception) -> Any:
    """Return what lets a statement fail."""

    def execute(run: Any, sql: str, *rest: Any) -> Any:
        if part in sql:
            raise error
        return run(sql, *rest)

    return execute


# --- What fails there ---------------------------------------------------------------

GONE = OperationalError("server closed the connection unexpectedly")
FAILURES = [
    (GONE, "broken"),
    (failed(OperationalError, psycopg.errors.AdminShutdown), "broken"),
    (failed(OperationalError, psycopg.errors.TooManyConnections), "broken"),
    (failed(OperationalError, psycopg.errors.SerializationFailure), "conflict"),
    (failed(InternalError, psycopg.errors.ReadOnlySqlTransaction), "writes"),
    (failed(ProgrammingError, psycopg.errors.UndefinedColumn), "behind"),
]


@pytest.mark.parametrize(("error", "why"), FAILURES)
def test_the_primary_answers_what_fails_there(
    twin: Twin, client: Client, error: Exception, why: str
):
    twin.failing = lambda _statement: error

    assert client.get(LIST).status_code == 200

    assert twin.primary
    assert counted() == {(ALIAS, ""): 1, ("primary", why): 1}
    is_left_out = twin.known.choose(0).alias is None
    assert is_left_out == (why == "broken")


@pytest.mark.parametrize(
    "error",
    [
        failed(OperationalError, psycopg.errors.QueryCanceled),
        failed(DatabaseError, psycopg.errors.DivisionByZero),
    ],
)
def test_what_the_primary_could_not_do_either_is_no_reason(
    twin: Twin, client: Client, error: Exception
):
    twin.failing = lambda _statement: error

    with pytest.raises(type(error)):
        client.get(LIST)

    assert twin.primary == []
    assert connection.alias == "default"


def test_what_fails_on_the_primary_fails(twin: Twin, client: Client):
    twin.replica.position = None

    fails = connection.execute_wrapper(fail_at("districts_district", GONE))
    with fails, pytest.raises(OperationalError):
        client.get(LIST)


@pytest.mark.parametrize(
    "address", ["/pins/KL-2026-99999", "/ogc/v1/collections/pins/items/KL-2026-99999"]
)
def test_what_has_not_come_there_is_looked_for_on_the_primary(
    twin: Twin, client: Client, address: str
):
    assert client.get(address).status_code == 404

    assert twin.asked
    assert twin.primary
    assert counted()["primary", "missing"] == 1


def test_a_failure_of_something_else_is_none_of_ours():
    assert failure_of(ValueError()) is None
    assert failure_of(InterfaceError("the connection is closed")) == Failure.BROKEN
    assert failure_of(Http404()) == Failure.MISSING


def test_a_page_that_is_rendered_late_is_rendered_on_the_primary(twin: Twin):
    class Late:
        status_code = 404

        def render(self) -> HttpResponse:
            assert switching.asked() is None
            return HttpResponse("rendered")

    request = HttpRequest()
    request.resolver_match = ResolverMatch(lambda _request: Late(), (), {})
    switching.ask_replica(ALIAS)

    answer = middleware._again(request, ALIAS, Failure.MISSING)

    assert isinstance(answer, HttpResponse)
    assert answer.content == b"rendered"


# --- Streams ------------------------------------------------------------------------


def test_a_stream_is_read_there_to_its_end(twin: Twin, client: Client):
    make_pin()
    twin.forget()

    answer = client.get(FILE)

    assert connection.alias == "default"
    assert answer.getvalue().count(b'"Feature"') == 1
    assert twin.primary == []
    assert connection.alias == "default"


def test_a_stream_that_nobody_reads_to_its_end(twin: Twin, client: Client):
    make_pin()
    answer = client.get(FILE)
    chunks = iter(answer)
    next(chunks)
    assert switching.asked() == ALIAS

    answer.close()

    assert connection.alias == "default"


def test_a_thread_whose_stream_was_never_closed_begins_anew(twin: Twin, client: Client):
    switching.ask_replica(ALIAS)

    client.get(FORM)

    assert connection.alias == "default"
    assert twin.asked == []


def test_a_stream_that_breaks_at_once_comes_from_the_primary(
    twin: Twin, client: Client
):
    make_pin()
    twin.failing = lambda sql: GONE if "SET LOCAL" in sql else None

    answer = client.get(FILE)

    assert answer.getvalue().count(b'"Feature"') == 1
    assert counted()["primary", "broken"] == 1


def test_a_stream_that_would_break_there_as_well(twin: Twin, client: Client):
    error = failed(OperationalError, psycopg.errors.QueryCanceled)
    twin.failing = lambda sql: error if "SET LOCAL" in sql else None

    with pytest.raises(OperationalError):
        client.get(FILE)

    assert connection.alias == "default"


def test_an_empty_stream_stays_empty(twin: Twin):
    switching.ask_replica(ALIAS)

    answer = middleware._finished(HttpRequest(), StreamingHttpResponse([]), ALIAS)

    assert b"".join(answer) == b""


def test_a_file_of_the_disk_needs_no_database(twin: Twin):
    file = FileResponse(io.BytesIO(b"a photo"))

    assert middleware._finished(HttpRequest(), file, ALIAS) is file


# --- Tiles --------------------------------------------------------------------------


def test_a_tile_that_has_not_changed_is_no_question_to_the_primary(
    twin: Twin, client: Client
):
    tile = "/tiles/pins/10/534/350.pbf"
    etag = client.get(tile)["ETag"]
    twin.forget()

    answer = client.get(tile, headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert twin.asked
    assert twin.primary == []


def test_a_tile_is_looked_for_on_the_primary_where_the_replica_fails(
    twin: Twin, client: Client
):
    tile = "/tiles/pins/10/534/350.pbf"
    etag = client.get(tile)["ETag"]
    twin.forget()
    twin.failing = lambda _statement: GONE

    answer = client.get(tile, headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert twin.primary
    assert twin.known.choose(0).alias is None


def test_who_has_signed_in_asks_the_primary_for_tiles_too(twin: Twin, client: Client):
    tile = "/tiles/pins/10/534/350.pbf"
    etag = client.get(tile)["ETag"]
    client.force_login(make_user())
    twin.forget()

    answer = client.get(tile, headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert twin.asked == []


def test_each_server_has_a_state_of_the_pins_of_its_own(twin: Twin, settings: Any):
    settings.PUBLIC_VERSION_AGE = datetime.timedelta(hours=1)
    try:
        public._remembered.clear()
        PublicVersion.recent()
        twin.forget()
        switching.ask_replica(ALIAS)
        PublicVersion.recent()
        assert twin.asked
    finally:
        switching.ask_primary()
        public._remembered.clear()


# --- Positions and states -----------------------------------------------------------


def test_who_has_come_as_far_as_the_primary_has_no_lag():
    positions = Positions()
    assert positions.lag(5, 100.0) is None
    positions.note(10, 100.0)
    positions.note(20, 101.0)
    positions.note(30, 102.0)

    # Also while nothing happens there, or it does not answer any more.
    assert positions.lag(30, 5_000.0) == 0.0
    assert positions.lag(31, 5_000.0) == 0.0
    assert positions.lag(29, 110.0) == 9.0
    assert positions.lag(20, 110.0) == 9.0
    assert positions.lag(10, 110.0) == 10.0
    assert positions.lag(9, 110.0) is None


def test_positions_begin_anew_with_a_server_that_took_over():
    positions = Positions()
    positions.note(30, 100.0)

    positions.note(20, 101.0)

    assert positions.lag(20, 102.0) == 0.0


@pytest.mark.parametrize(
    ("replica", "lag", "state"),
    [
        (Replica("a"), 0.0, State.SILENT),
        (Replica("a", position=1, answered=100.0), 0.0, State.READY),
        (Replica("a", position=1, answered=100.0), 10.0, State.READY),
        (Replica("a", position=1, answered=100.0), 11.0, State.LATE),
        (Replica("a", position=1, answered=100.0), None, State.LATE),
        (Replica("a", position=None, answered=100.0), None, State.PRIMARY),
        (Replica("a", position=1, answered=90.0), 0.0, State.SILENT),
        (
            Replica("a", position=1, answered=100.0, rests_until=101.0),
            0.0,
            State.SILENT,
        ),
    ],
)
def test_the_states_of_a_replica(
    settings: Any, replica: Replica, lag: float | None, state: State
):
    settings.REPLICA_LAG = 10

    assert replica.state(100.5, lag) == state


def two(monkeypatch: pytest.MonkeyPatch) -> Servers:
    monkeypatch.setattr(servers, "STALE", 1e9)
    known = Servers(["a", "b"])
    known.positions.note(POSITION, time.monotonic())
    for replica in known.replicas.values():
        replica.position, replica.answered = POSITION, time.monotonic()
    return known


def test_they_take_turns(monkeypatch: pytest.MonkeyPatch):
    known = two(monkeypatch)

    assert [known.choose(0).alias for _ in range(4)] == ["a", "b", "a", "b"]


def test_the_one_that_is_left_takes_all(monkeypatch: pytest.MonkeyPatch):
    known = two(monkeypatch)
    known.replicas["a"].position = None

    assert {known.choose(0).alias for _ in range(4)} == {"b"}


def test_why_none_is_asked(monkeypatch: pytest.MonkeyPatch):
    known = two(monkeypatch)
    one, other = known.replicas.values()

    assert known.choose(POSITION + 1).why == "own"
    one.position = 0
    assert known.choose(POSITION + 1).why == "own"
    other.position = 0
    assert known.choose(0).why == "late"
    one.position = other.position = None
    assert known.choose(0).why == "away"


# --- Looking ------------------------------------------------------------------------


def test_the_primary_tells_where_it_is(db: None):
    known, session = Servers([]), servers._Session(site_settings.DATABASES["default"])

    known.look_at_primary(session)

    assert known.positions.lag(marks.EVERYTHING, 0.0) == 0.0
    assert known.positions.lag(0, 0.0) is None
    session._connection.close()


def test_a_primary_that_says_nothing_is_noted_nowhere():
    known = Servers([])

    known.look_at_primary(lambda _statement: None)

    assert known.positions.lag(0, 0.0) is None


def test_a_server_that_takes_writes_is_no_replica(db: None):
    known = Servers([ALIAS])
    session = servers._Session(site_settings.DATABASES["default"])

    known.look_at(ALIAS, session, lambda: None)

    replica = known.replicas[ALIAS]
    assert known.state_of(replica, time.monotonic()) == State.PRIMARY
    session._connection.close()


def test_connections_are_looked_through_when_it_comes_back(
    monkeypatch: pytest.MonkeyPatch,
):
    known, looked = two(monkeypatch), []

    known.look_at("a", lambda _statement: 5, lambda: looked.append("well"))
    known.rest("a")
    known.look_at("a", lambda _statement: 6, lambda: looked.append("back"))

    assert looked == ["back"]
    assert known.replicas["a"].position == 6


def test_a_session_belongs_to_the_thread_that_asks(db: None):
    session = servers._Session(site_settings.DATABASES["default"])
    known, found = Servers([]), []

    def look() -> None:
        found.append(servers.look_once(known.look_at_primary, session))
        session._connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert found == [True]


def test_a_session_that_failed_is_made_anew(db: None):
    session = servers._Session(site_settings.DATABASES["default"])
    known = Servers([])

    def ask_nonsense(ask: Any) -> None:
        ask("SELECT 1 / 0")

    assert not servers.look_once(ask_nonsense, session)
    assert session._connection.connection is None
    assert servers.look_once(known.look_at_primary, session)
    session._connection.close()


def test_what_changes_is_in_the_log(monkeypatch: pytest.MonkeyPatch, caplog: Any):
    answers = iter([True, False, False, True])

    def rest(_seconds: float) -> None:
        if len(caplog.messages) == 2:
            raise InterruptedError

    monkeypatch.setattr(servers, "look_once", lambda _look, _ask: next(answers))
    monkeypatch.setattr(time, "sleep", rest)

    with pytest.raises(InterruptedError):
        servers._keep_looking("replica_1", lambda _ask: None, lambda _statement: 1)

    assert caplog.messages == [
        "A server of the database does not answer: replica_1",
        "A server of the database answers again: replica_1",
    ]


def test_each_process_begins_to_look_once(
    settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.DATABASE_REPLICAS = {ALIAS: settings.DATABASES["default"]}
    begun: list[str] = []

    class Thread:
        def __init__(self, *, target: Any, args: tuple[Any, ...], daemon: bool) -> None:
            assert daemon
            begun.append(str(args[0]) if target == servers._keep_looking else "all")

        def start(self) -> None:
            assert begun

    monkeypatch.setattr(servers, "_watched", set())
    monkeypatch.setattr(threading, "Thread", Thread)
    servers.servers.cache_clear()

    servers.watch()
    servers.watch()

    assert begun == ["primary", "all", ALIAS]
    servers.servers.cache_clear()


def test_looking_at_a_replica_mends_its_pool(monkeypatch: pytest.MonkeyPatch):
    class Pool:
        did: tuple[str, ...] = ()

        def open(self) -> None:
            self.did += ("open",)

        def check(self) -> None:
            self.did += ("check",)

    class Connection:
        pool = Pool()

    known = Servers([ALIAS])
    monkeypatch.setattr(servers, "connections", {ALIAS: Connection})

    servers._looking_at(known, ALIAS)(lambda _statement: 7)

    assert Connection.pool.did == ("open", "check")
    assert known.replicas[ALIAS].position == 7


def test_only_one_that_has_answered_can_hang(monkeypatch: pytest.MonkeyPatch):
    known = Servers(["new", "well", "gone"])
    known.replicas["well"].answered = 95.0
    known.replicas["gone"].answered = 89.0

    assert known.hanging(100.0) == ["gone"]


def test_who_waits_for_one_that_hangs_waits_no_longer(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
):
    ours, theirs = socket.socketpair()
    other = connections[ALIAS]
    known = Servers([ALIAS])
    known.replicas[ALIAS].answered = 1.0
    rests = iter([None])

    def rest(_seconds: float) -> None:
        if next(rests, "last") == "last":
            raise InterruptedError

    monkeypatch.setattr(time, "sleep", rest)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    kept, other.connection = other.connection, ours
    switching.ask_replica(ALIAS)
    try:
        with pytest.raises(InterruptedError):
            servers._keep_hanging_up(known)
        assert theirs.recv(1) == b""
    finally:
        switching.ask_primary()
        other.connection = kept
        ours.close()
        theirs.close()


def test_only_what_is_asked_of_that_one_is_broken(twin: Twin):
    ours, theirs = socket.socketpair()
    other = connections[ALIAS]
    kept, other.connection = other.connection, ours
    try:
        switching.hang_up(ALIAS)
        switching.ask_replica(ALIAS)
        switching.hang_up("replica_2")
        theirs.send(b"still there")
        assert ours.recv(5) == b"still"
    finally:
        switching.ask_primary()
        other.connection = kept
        ours.close()
        theirs.close()


def test_one_that_is_closed_already_is_no_trouble(twin: Twin):
    other = connections[ALIAS]
    ours, theirs = socket.socketpair()
    ours.close()
    theirs.close()
    kept, other.connection = other.connection, ours
    switching.ask_replica(ALIAS)
    try:
        switching.hang_up(ALIAS)
    finally:
        switching.ask_primary()
        other.connection = kept
    assert switching.asked() is None


# --- What is told -------------------------------------------------------------------


def test_metrics_and_readiness(twin: Twin, client: Client, settings: Any):
    settings.METRICS_TOKEN = "a-token-of-the-one-who-watches"
    bearer = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    client.get(LIST)

    said = client.get("/metrics", headers=bearer).content.decode()

    assert 'mitmachkarte_replica_up{server="replica_1",state="ok"} 1.0' in said
    assert 'mitmachkarte_replica_lag_seconds{server="replica_1"} 0.0' in said
    assert re.search(r'reads_total{server="replica_1",why=""} 1.0', said)
    assert client.get("/readyz").json()["replicas"] == "1 of 1"


def test_metrics_of_one_that_is_away(twin: Twin, client: Client, settings: Any):
    settings.METRICS_TOKEN = "a-token-of-the-one-who-watches"
    bearer = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    twin.replica.position = None

    said = client.get("/metrics", headers=bearer).content.decode()

    assert '{server="replica_1",state="is no standby"} 0.0' in said
    assert "replica_lag_seconds{" not in said

    twin.replica.position, twin.replica.rests_until = POSITION, float("inf")
    said = client.get("/metrics", headers=bearer).content.decode()

    assert '{server="replica_1",state="does not answer"} 0.0' in said
    assert "replica_lag_seconds{" not in said
    assert client.get("/readyz").json()["replicas"] == "0 of 1"


def test_what_all_processes_count_together_is_told_with_the_requests(
    twin: Twin, settings: Any, tmp_path: Any
):
    settings.METRICS_FOLDER = tmp_path

    found = [metric.name for metric in figures.Replicas().collect()]

    assert found == ["mitmachkarte_replica_up", "mitmachkarte_replica_lag_seconds"]


def test_the_count_has_the_name_that_is_documented():
    made = count_reads()

    assert [metric.name for metric in made.collect()] == ["mitmachkarte_reads"]


def test_without_replicas_nothing_is_told_of_them(settings: Any):
    settings.DATABASE_REPLICAS = {}

    assert list(figures.Replicas().collect()) == []


def test_the_doctor_looks_at_each(db: None, settings: Any):
    settings.DATABASE_REPLICAS = {}
    assert doctor._replicas().said == "none"

    settings.DATABASE_REPLICAS = {ALIAS: settings.DATABASES["default"]}
    found = doctor._replicas()

    assert found.said == "replica_1 is no standby"
    assert found.state == doctor.State.LOOK


def test_the_doctor_finds_one_that_is_away(db: None, settings: Any):
    away = {**settings.DATABASES["default"], "HOST": "/nowhere"}
    settings.DATABASE_REPLICAS = {ALIAS: away}

    assert doctor._replicas().said == "replica_1 does not answer"


def test_the_doctor_tells_how_far_one_is_behind(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    standby = "SELECT true, 0"
    monkeypatch.setattr(examining, "STANDBY", standby)
    settings.DATABASE_REPLICAS = {ALIAS: settings.DATABASES["default"]}

    found = doctor._replicas()

    assert re.fullmatch(r"replica_1 is [0-9.]+ MB behind", found.said)
    assert found.state == doctor.State.WELL
