"""PgBouncer in transaction mode before a drill's server, as `deploy/pgbouncer` has it."""

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from drills._ground import ROOT, DrillFailed
from installer.cluster import DATABASE, ROLE, Cluster
from installer.commands import LEFT_OUT
from installer.processes import account

PORT = 6432
EXAMPLE = ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini"
SECONDS_TO_START = 10.0
# What is otherwise on this machine: nobody but the account of the server gets in.
CHANGED = {
    "listen_addr": "",
    "listen_port": str(PORT),
    "auth_type": "any",
    "query_wait_timeout": "60",
}


def program() -> str:
    """Return where PgBouncer is; ends the drill with LEFT_OUT where it is not."""
    found = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        sys.stdout.write("\nLeft out: this drill needs pgbouncer (apt install).\n")
        sys.exit(LEFT_OUT)
    return found


@contextmanager
def pooler(place: Cluster, connections: int) -> Iterator[str]:
    """Run PgBouncer with so many connections to a server; yield the address through it."""
    command = [program(), str(_write_settings(place, connections))]
    log = (place.logs / "pgbouncer.log").open("wb")
    with log:
        running = subprocess.Popen(
            command, cwd="/", stdout=log, stderr=log, **account(place.user)
        )
    try:
        _wait_for(place.folder / f".s.PGSQL.{PORT}")
        yield f"postgis://{ROLE}@{quote(str(place.folder), safe='')}:{PORT}/{DATABASE}"
    finally:
        running.terminate()
        running.wait(20)


def _write_settings(place: Cluster, connections: int) -> Path:
    """Write the example with this server in it, where its account can read it."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    said = next(line for line in lines if line.startswith("mitmachkarte ="))
    ours = re.sub(r"dbname=\w+", f"dbname={DATABASE} user={ROLE}", said)
    ours = re.sub(r"host=\S+", f"host={place.folder}", ours)
    changed = {
        **CHANGED,
        "unix_socket_dir": str(place.folder),
        "default_pool_size": str(connections),
    }
    kept = [
        line for line in lines if not line.startswith(("auth_file", "mitmachkarte"))
    ]
    text = "\n".join(kept).replace("[databases]", f"[databases]\n{DATABASE}{ours[12:]}")
    for name, value in changed.items():
        text = re.sub(rf"(?m)^{name} =.*$", f"{name} = {value}", text)
    file = place.folder / "pgbouncer.ini"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o644)
    return file


def _wait_for(path: Path) -> None:
    began = time.monotonic()
    while not _answers(path):
        if time.monotonic() - began > SECONDS_TO_START:
            message = "PgBouncer does not start; see pgbouncer.log."
            raise DrillFailed(message)
        time.sleep(0.05)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True
