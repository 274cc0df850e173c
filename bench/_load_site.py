"""The site as it is run for real: nginx, two web servers, the worker, PostgreSQL.

nginx reads the file of `deploy/nginx/`, but for TLS, the names of files, and the addresses
of visitors, which it takes from this program's word. Without nginx one web server with two
processes answers by itself.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from drills._ground import DrillFailed, Ground
from installer import postmaster
from installer.cluster import Cluster

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
WEB = ("-m", "gunicorn", "--config", str(DEPLOY / "gunicorn_settings.py"))
WORKER = ("manage.py", "procrastinate", "worker")
SECONDS_TO_START = 60.0
# Visitors keep their connections for as long as they stay: some thousand at a time.
FILES = 8_192
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {logs}/nginx.log error;
worker_processes 1;
worker_rlimit_nofile {files};
events {{ worker_connections {files}; }}
http {{
    include {types};
    access_log off;
    gzip on;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
    {temporary}
    include {site};
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Running:
    """The site and the processes that make it up, by part."""

    port: int
    has_proxy: bool
    parts: Mapping[str, list[int]]

    def memory(self) -> dict[str, float]:
        """Return what each part takes, in MB; what processes share counts once."""
        return {
            part: sum(_memory_of(pid) for root in roots for pid in _family(root))
            for part, roots in self.parts.items()
        }

    def processor(self) -> dict[str, float]:
        """Return the seconds of the processor that each part has taken so far."""
        return {
            part: sum(
                _processor_of(pid, with_ended=pid == root)
                for root in roots
                for pid in _family(root)
            )
            for part, roots in self.parts.items()
        }


@contextmanager
def serving(
    ground: Ground, place: Cluster, environ: Mapping[str, str], port: int
) -> Iterator[Running]:
    """Run the site at a port of this machine until it is no longer needed."""
    proxy = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    names = ("1", "2") if proxy else ("1",)
    binds = {n: f"unix:{ground.folder}/web-{n}.sock" for n in names}
    if not proxy:
        binds = {"1": f"127.0.0.1:{port}"}
    with ExitStack() as ends:
        web = []
        for name, bind in binds.items():
            more = {"WEB_BIND": bind, "WEB_WORKERS": "1" if proxy else "2"}
            web.append(_start(ends, ground, f"web-{name}", WEB, {**environ, **more}))
        worker = _start(ends, ground, "worker", WORKER, environ)
        parts = {"web": web, "worker": [worker]}
        if proxy:
            words = ("-c", str(_write_proxy(ground, environ, port)))
            parts["proxy"] = [_start(ends, ground, "proxy", words, environ, proxy)]
        database = postmaster.find(place.data)
        parts["database"] = [database.pid] if database else []
        _wait_for(port)
        yield Running(port, bool(proxy), parts)


def _start(
    ends: ExitStack,
    ground: Ground,
    name: str,
    words: tuple[str, ...],
    environ: Mapping[str, str],
    program: str = sys.executable,
) -> int:
    """Start a program that is ended with the stack; return its id."""
    log = ends.enter_context((ground.logs / f"{name}.log").open("wb"))
    running = subprocess.Popen(  # noqa: S603 -- programs of the site
        [program, *words],
        cwd=DEPLOY.parent,
        env=dict(environ),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ends.callback(_end, running)
    return running.pid


def _end(running: "subprocess.Popen[bytes]") -> None:
    running.send_signal(signal.SIGTERM)
    try:
        running.wait(40)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def _write_proxy(ground: Ground, environ: Mapping[str, str], port: int) -> Path:
    """Write what nginx reads, from what is written for a server; return where."""
    folder = ground.folder
    shutil.copy(DEPLOY / "nginx" / "mitmachkarte-proxy.conf", folder)
    text = (DEPLOY / "nginx" / "mitmachkarte.conf").read_text(encoding="utf-8")
    # The server at port 80 only leads on to the one with TLS.
    text = re.sub(r"\nserver \{\n    listen 80;.*?\n\}\n", "\n", text, flags=re.DOTALL)
    for pattern, ours in (
        (r"listen 443[^;]*;", f"listen 127.0.0.1:{port};"),
        (r"listen \[::\][^;]*;", ""),
        (r"ssl_\w+ [^;]*;", ""),
        (r"server_name [^;]*;", "server_name localhost;"),
        (r"access_log /[^;]*;", "access_log off;"),
        (
            r"error_log [^;]*;",
            f"error_log {ground.logs}/nginx.log error;",
        ),
        (r"/etc/nginx/mitmachkarte-proxy", f"{folder}/mitmachkarte-proxy"),
        (r"/var/lib/mitmachkarte/static", environ["MAPAPP_STATIC_ROOT"]),
        (r"/run/mitmachkarte-([12])/web\.sock", rf"{folder}/web-\1.sock"),
        (r"/var/cache/", f"{folder}/"),
    ):
        text = re.sub(pattern, ours, text)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    types = "/etc/nginx/mime.types"
    content = NGINX.format(
        files=FILES,
        folder=folder,
        logs=ground.logs,
        types=types,
        site=folder / "site.conf",
        temporary=" ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY),
    )
    if os.geteuid() == 0:
        # What it reads and writes lies in a folder of root's alone.
        content = f"user root;\n{content}"
    (folder / "nginx.conf").write_text(content, encoding="utf-8")
    return folder / "nginx.conf"


def _wait_for(port: int) -> None:
    began, said = time.monotonic(), ""
    while time.monotonic() - began < SECONDS_TO_START:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10):
                return
        except OSError as error:
            said = str(error)
        time.sleep(0.2)
    message = f"The site does not answer: {said}."
    raise DrillFailed(message)


def _family(root: int) -> list[int]:
    """Return a process and all that it has started; none where there is no /proc."""
    found = [root]
    for pid in found:
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += map(int, listed.read_text().split())
            except OSError:
                continue
    return found


def _memory_of(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _processor_of(pid: int, *, with_ended: bool) -> float:
    """Return the seconds of a process; of those it has started and that ended, too."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    ticks = fields[11:15] if with_ended else fields[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
