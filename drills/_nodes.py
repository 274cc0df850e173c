"""The machines of `deploy/cluster/`: those of the database, and those of the web."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import psycopg

from drills._alone import Machine
from drills._ground import ROOT, DrillFailed, Ground
from drills._lan import NETWORK, Lan
from installer.processes import Command, account
from installer.side_environments import PATRONI

TEMPLATES = ROOT / "deploy" / "cluster"
DATABASES = {"db1": "10.78.0.11", "db2": "10.78.0.12", "db3": "10.78.0.13"}
WEBS = {"web1": "10.78.0.21", "web2": "10.78.0.22"}
NAME = "mitmachkarte"
ACCOUNT = "postgres"
REST_PORT, ETCD_PORT = 8008, 2379
SECONDS_TO_ANSWER = 2.0
PASSWORDS = ("SITE", "REPLICATION", "REWIND", "SUPERUSER", "REST")


@dataclass
class Node:
    """One machine with files of its own, and the programs that run on it."""

    name: str
    machine: Machine
    folder: Path
    logs: Path
    values: Mapping[str, str]
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def file(self, template: str, name: str = "") -> Path:
        """Write a file of `deploy/cluster/` with what this machine needs in it."""
        text = (TEMPLATES / template).read_text("utf-8")
        written = self.folder / (name or template)
        written.write_text(Template(text).substitute(self.values), "utf-8")
        shutil.chown(written, ACCOUNT, ACCOUNT)
        written.chmod(0o640)
        return written

    def start(
        self,
        name: str,
        command: Command,
        environ: Mapping[str, str] | None = None,
        user: str | None = ACCOUNT,
    ) -> None:
        """Start a program, as the account of PostgreSQL unless told otherwise."""
        log = (self.logs / f"{self.name}-{name}.log").open("ab")
        with log, self.machine.inside():
            self.programs[name] = subprocess.Popen(
                [str(word) for word in command],
                cwd=self.folder,
                env={**_environ(), **(environ or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **account(user),
            )

    def kill(self, name: str) -> None:
        """End a program at once."""
        self.programs[name].kill()
        self.programs.pop(name).wait()

    def stop(self) -> None:
        """End all programs; what they have written goes with them."""
        for name in list(self.programs):
            self.kill(name)

    def ended(self) -> list[str]:
        """Return the programs that ended though nobody ended them."""
        return [name for name, run in self.programs.items() if run.poll() is not None]


@dataclass
class Database(Node):
    """A machine with a member of etcd, Patroni and its PostgreSQL."""

    @property
    def address(self) -> str:
        """Return how its PostgreSQL is reached by its socket, as the site's role."""
        password = self.values["SITE_PASSWORD"]
        return f"host={self.folder} dbname={NAME} user={NAME} password={password}"

    @property
    def log(self) -> Path:
        """Return where Patroni and PostgreSQL say what they do."""
        return self.logs / f"{self.name}-patroni.log"

    def start_etcd(self) -> None:
        """Start its member of etcd."""
        lines = self.file("etcd.env").read_text("utf-8").splitlines()
        written = [line for line in lines if line and not line.startswith("#")]
        environ = dict(line.split("=", 1) for line in written)
        self.start("etcd", ["etcd"], environ)

    def start_patroni(self) -> None:
        """Start Patroni, which starts PostgreSQL."""
        self.start("patroni", [self._patroni("patroni"), self.file("patroni.yml")])

    def version(self) -> str:
        """Return the release of Patroni. Raises DrillFailed."""
        return self._do([self._patroni("patroni"), "--version"]).strip()

    def kill(self, name: str) -> None:
        """End a program at once; with Patroni all of PostgreSQL."""
        super().kill(name)
        if name != "patroni":
            return
        with suppress(OSError):
            pid = int((self.data / "postmaster.pid").read_text("ascii").split()[0])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
            for process in (pid, *map(int, children.split())):
                os.kill(process, signal.SIGKILL)

    @property
    def data(self) -> Path:
        """Return the folder of its database."""
        return Path(self.values["DATA"])

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what its PostgreSQL answers. Raises DrillFailed."""
        try:
            with psycopg.connect(self.address, connect_timeout=5) as connection:
                return connection.execute(statement.encode()).fetchall()
        except psycopg.Error as error:
            message = f"{self.name}: {error}"
            raise DrillFailed(message) from error

    def do(self, statement: str) -> None:
        """Let its PostgreSQL do something. Raises psycopg.Error."""
        with psycopg.connect(self.address, connect_timeout=5) as connection:
            connection.execute(statement.encode())

    def be_told(self, file: Path) -> None:
        """Run statements as the superuser of PostgreSQL. Raises DrillFailed."""
        programs = Path(self.values["PROGRAMS"])
        done = subprocess.run(
            [
                *(programs / "psql", "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1"),
                *("-h", self.folder, "-f", file, "postgres"),
            ],
            env=_environ(),
            capture_output=True,
            text=True,
            check=False,
            **account(ACCOUNT),
        )
        if done.returncode:
            raise DrillFailed(done.stderr.strip())

    def members(self) -> dict[str, dict[str, Any]]:
        """Return what its Patroni knows of all machines; nothing while it does not answer."""
        told = self._told(f"{REST_PORT}/cluster")
        return {member["name"]: member for member in told.get("members", ())}

    def is_in_etcd(self) -> bool:
        """Tell whether its member of etcd and enough others agree."""
        return self._told(f"{ETCD_PORT}/health").get("health") == "true"

    def _told(self, place: str) -> dict[str, Any]:
        address = f"http://{self.values['ADDRESS']}:{place}"
        try:
            with urllib.request.urlopen(address, timeout=SECONDS_TO_ANSWER) as answer:
                told: dict[str, Any] = json.load(answer)
        except (OSError, ValueError):
            return {}
        return told

    def switch_over(self, leader: str, candidate: str) -> None:
        """Let another one lead, by patronictl. Raises DrillFailed."""
        ctl = self._patroni("patronictl")
        self._do(
            [
                *(ctl, "-c", self.folder / "patroni.yml", "switchover", NAME),
                *("--leader", leader, "--candidate", candidate, "--force"),
            ]
        )

    def _patroni(self, program: str) -> Path:
        return Path(self.values["PATRONI"]) / program

    def _do(self, command: Command) -> str:
        """Run a command on the machine; return what it says. Raises DrillFailed."""
        with self.machine.inside():
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=_environ(),
                capture_output=True,
                text=True,
                check=False,
                **account(ACCOUNT),
            )
        if done.returncode:
            raise DrillFailed(done.stdout + done.stderr)
        return done.stdout


@dataclass
class Web(Node):
    """A machine of the web: HAProxy and PgBouncer; the site runs beside them."""

    def start_proxies(self) -> None:
        """Start what leads to the machines of the database."""
        haproxy = self.file("haproxy.cfg")
        self.file("userlist.txt")
        pgbouncer = self.file("pgbouncer.ini")
        self.start("haproxy", ["haproxy", "-db", "-f", haproxy], user=None)
        self.start("pgbouncer", ["pgbouncer", pgbouncer])


def values(ground: Ground, folder: Path) -> dict[str, str]:
    """Return what is the same on all machines of the drill, as in `cluster.env`."""
    return {
        "DB1": DATABASES["db1"],
        "DB2": DATABASES["db2"],
        "DB3": DATABASES["db3"],
        "NETWORK": NETWORK,
        **{f"{name}_PASSWORD": secrets.token_urlsafe(24) for name in PASSWORDS},
        "PROGRAMS": str(ground.programs.binaries),
        "PATRONI": str(ground.checkout.local / PATRONI.folder / "bin"),
        "SHARED_BUFFERS": "32MB",
        "FOLDER": str(folder),
    }


def of_machine(
    name: str, lan: Lan, same: Mapping[str, str]
) -> tuple[Machine, Path, dict[str, str]]:
    """Return what a Node of that name is made of, with a folder of its own."""
    folder = Path(same["FOLDER"]) / name
    folder.mkdir()
    shutil.chown(folder, ACCOUNT, ACCOUNT)
    own = {
        "NODE": name,
        "ADDRESS": lan.addresses[name],
        "DATA": str(folder / "data"),
        "SOCKETS": str(folder),
        "ETCD_DATA": str(folder / "etcd"),
        "PGBOUNCER": str(folder),
    }
    return lan.machines[name], folder, {**same, **own}


def wait_until(holds: Any, seconds: float, otherwise: str) -> float:
    """Wait until something holds; return for how long. Raises DrillFailed."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            message = f"After {seconds:.0f} s {otherwise}."
            raise DrillFailed(message)
        time.sleep(0.1)
    return time.monotonic() - began


def _environ() -> dict[str, str]:
    """Return the environment of the system's own programs: none of the project's Python."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"}
