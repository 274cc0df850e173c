"""Which databases this process asks, and how long it waits for them."""

from typing import Any, cast

import dj_database_url

from mapapp import environment as env
from mapapp import process

# A web process that dies must not leave its query running. Compiling and parallel workers
# take longer to start than a page's or a tile's query to run.
DATABASE_SESSION = {
    "statement_timeout": "60s",
    "timezone": "UTC",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
# Known to a server only where no pooler stands in between: `manage.py doctor` asks for it.
DATABASE_DIRECT = "mitmachkarte.direct"


def _database(url: str, **session: str) -> dict[str, Any]:
    """Return Django's settings of a database, and what each of its sessions begins with."""
    database = cast("dict[str, Any]", dj_database_url.parse(url))
    database["OPTIONS"] = {
        # What the address itself asks for, such as ?sslmode=verify-full.
        **database.get("OPTIONS", {}),
        "pool": {
            "min_size": 1,
            "max_size": env.whole_number("MAPAPP_DB_POOL", 8, least=1, most=1000),
            # A database that is down is told after seconds: waiting requests would soon
            # hold every thread, and the probe of readiness with them.
            "timeout": 5,
        },
        # A network that is cut tells nobody: without these, a thread waits a quarter of an
        # hour for an answer that does not come. (Sockets of the machine itself know none
        # of it.)
        "connect_timeout": 5,
        "tcp_user_timeout": 15_000,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    if session:
        words = [f"-c {name}={value}" for name, value in session.items()]
        database["OPTIONS"]["options"] = " ".join(words)
    # What is large leaves by COPY; for the rest a cursor on the server is a detour, and
    # one that a connection pooler in transaction mode breaks.
    database["DISABLE_SERVER_SIDE_CURSORS"] = True
    return database


def _replica(url: str, **session: str) -> dict[str, Any]:
    """Return the settings of a server that somebody else can stand in for."""
    database = _database(url, **session)
    # Whoever waits for it could have had an answer of the primary.
    database["OPTIONS"]["pool"]["timeout"] = 2
    database["OPTIONS"]["connect_timeout"] = 3
    return database


_direct = _database(
    env.database_url(
        "DATABASE_URL",
        "Point it at PostgreSQL with PostGIS, e.g. postgis://user:password@host/name; "
        "./run makes a private one.",
    ),
    **DATABASE_SESSION,
    **{DATABASE_DIRECT: "on"},
)
_pooler_url = env.database_url_or_none(
    "DATABASE_POOLER_URL",
    "Point it at PgBouncer in transaction mode, e.g. "
    "postgis://user:password@host:6432/name, or leave it out.",
)
# PgBouncer knows no options of a session: it sets them itself (deploy/pgbouncer).
DATABASE_POOLER = _database(_pooler_url) if _pooler_url else None
# A command may listen, take minutes or change the schema: it goes past a pooler.
DATABASES = {
    "default": DATABASE_POOLER
    if DATABASE_POOLER and process.answers_requests
    else _direct
}
# Folder with pg_dump and pg_restore; empty: the newest on this machine.
PG_PROGRAMS = env.text("MAPAPP_PG_PROGRAMS", "")
# Folders of their libraries, where they were unpacked and not installed.
PG_LIBRARIES = env.text("MAPAPP_PG_LIBRARIES", "")

# Servers that follow the first one; visitors' reads go there (operation/replicas).
_REPLICA = {
    **DATABASE_SESSION,
    DATABASE_DIRECT: "on",
    "default_transaction_read_only": "on",
}
DATABASE_REPLICAS = {
    f"replica_{number}": _replica(url, **_REPLICA)
    for number, url in enumerate(
        env.database_urls(
            "DATABASE_REPLICA_URLS",
            "Write addresses like postgis://user:password@host/name with commas "
            "between them (and %2C for one in a password), or leave it out.",
        ),
        1,
    )
}
if process.answers_requests:
    DATABASES |= DATABASE_REPLICAS
# Seconds that one of them may be behind.
REPLICA_LAG = env.whole_number("MAPAPP_REPLICA_LAG", 10, least=1, most=3600)
