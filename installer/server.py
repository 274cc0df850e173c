"""Making, starting, restarting and deleting a private PostgreSQL server."""

import os
import pwd
import shlex
import shutil
import socket
import stat
import sys
import time
from pathlib import Path

from installer import postmaster
from installer.checkout import MARKER
from installer.cluster import DATABASE, ROLE, Cluster
from installer.console import Console
from installer.errors import SetupError
from installer.postgres import OLDEST, Installation
from installer.processes import Command, CommandFailed, account, run_logged, tail

SECONDS_TO_START = "60"
# Upper and lower case by Unicode, whatever the language of the machine. The order of German
# words is a matter of the columns that need it.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
BUSY_AFTER_CRASH = "pre-existing shared memory block"
SECONDS_AFTER_CRASH = 30.0


def choose(cluster: Cluster, found: list[Installation]) -> Installation:
    """Return the newest installation, or the one whose version wrote the data.

    Raises SetupError where that version, or any that is new enough, is not installed.
    """
    if not found:
        message = f"There is no PostgreSQL {OLDEST} or newer with PostGIS."
        hint = "Name the folder of its programs by MITMACH_PGBIN, or set DATABASE_URL."
        raise SetupError(message, hint)
    if cluster.major is None:
        return found[0]
    for installation in found:
        if installation.major == cluster.major:
            return installation
    there = ", ".join(str(installation.major) for installation in found)
    message = (
        f"The data in {cluster.data} are of PostgreSQL {cluster.major} with PostGIS, "
        f"which is no longer on this machine (there is: {there})."
    )
    hint = (
        f"Install it again (Debian: postgresql-{cluster.major}-postgis-3), "
        "or begin with empty data: ./run reset"
    )
    raise SetupError(message, hint)


def bring_up(cluster: Cluster, installation: Installation, console: Console) -> None:
    """Make what is missing and leave a server that answers.

    A running server is restarted where its programs were replaced beneath it (it would
    fail at every new session) and where its socket was tidied away. Raises SetupError with
    the server's own words where it does not start.
    """
    if not cluster.exists:
        with console.step(f"Making a private PostgreSQL server in {cluster.data}"):
            _make(cluster, installation)
    running = postmaster.find(cluster.data)
    if running and _is_current(running, installation) and _answers(cluster):
        return
    title = "Restarting" if running else "Starting"
    with console.step(f"{title} PostgreSQL {installation.major}"):
        postmaster.stop(cluster.data)
        try:
            _start(cluster, installation)
        except SetupError:
            if not cluster.disposable:
                raise
            delete(cluster)
            _make(cluster, installation)
            _start(cluster, installation)


def delete(cluster: Cluster) -> bool:
    """Stop the server and delete its data and socket; False where there is nothing.

    Data that `./run` has not made are never touched.
    """
    postmaster.stop(cluster.data)
    if not cluster.exists:
        return False
    # The mark goes last: a deletion that was interrupted can be repeated.
    for entry in cluster.data.iterdir():
        if entry.name != MARKER:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.rmtree(cluster.data)
    shutil.rmtree(cluster.folder, ignore_errors=True)
    return True


def run_program(
    cluster: Cluster, installation: Installation, program: str, *words: str | Path
) -> None:
    """Run a program of PostgreSQL as the server's account; raises CommandFailed."""
    command = [installation.program(program), *words]
    _run(command, cluster, installation, program)


def make_folder(cluster: Cluster, folder: Path) -> None:
    """Make a folder for the server's account; raises SetupError where it cannot be."""
    _make_folder(folder, cluster.user)


def _make(cluster: Cluster, installation: Installation) -> None:
    """Make the data in a folder beside, so that a half-made one is never taken for whole."""
    data = cluster.data
    if data.exists() and any(data.iterdir()):
        message = f"{data} holds files that ./run has not made."
        raise SetupError(message, "Move them away, or choose another: MITMACH_PGDATA")
    fresh = data.with_name(f"{data.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _make_folder(fresh, cluster.user)
    initdb: Command = [
        *(installation.program("initdb"), "--pgdata", fresh, "--username", ROLE),
        *("--auth", "trust", "--encoding", "UTF8", f"--locale={LOCALE}"),
    ]
    _run(initdb, cluster, installation, "initdb")
    single: Command = [
        installation.program("postgres"),
        "--single",
        "-D",
        fresh,
        "postgres",
    ]
    _run(single, cluster, installation, "createdb", f"CREATE DATABASE {DATABASE}\n")
    (fresh / MARKER).touch()
    if data.exists():
        data.rmdir()
    fresh.rename(data)


def _start(cluster: Cluster, installation: Installation) -> None:
    _make_folder(cluster.folder, cluster.user)
    postmaster.forget_dead(cluster.data, cluster.socket)
    began = time.monotonic()
    while True:
        try:
            return _try_to_start(cluster, installation)
        except CommandFailed:
            is_busy = BUSY_AFTER_CRASH in tail(_log(cluster))
            if not is_busy or time.monotonic() - began > SECONDS_AFTER_CRASH:
                raise _did_not_start(cluster) from None
        # The processes of a killed server notice before long that it is gone.
        time.sleep(1)


def _try_to_start(cluster: Cluster, installation: Installation) -> None:
    log = _log(cluster)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    settings = ["listen_addresses=", f"unix_socket_directories={cluster.folder}"]
    settings += ["port=5432", *cluster.options]
    words = [word for setting in settings for word in ("-c", setting)]
    command: Command = [
        *(installation.program("pg_ctl"), "start", "-D", cluster.data, "-l", log),
        *("-w", "-t", SECONDS_TO_START, "-o", shlex.join(words)),
    ]
    _run(command, cluster, installation, "pg_ctl")


def _did_not_start(cluster: Cluster) -> SetupError:
    message = f"PostgreSQL does not start with the data in {cluster.data}."
    last = tail(_log(cluster)) or tail(cluster.logs / "pg_ctl.log")
    hint = (
        f"Its last words:\n{last}\n"
        "Where the data are damaged and can go (demo pins come back by themselves): "
        "./run reset"
    )
    return SetupError(message, hint)


def _log(cluster: Cluster) -> Path:
    return cluster.data / "server.log"


def _is_current(running: postmaster.Postmaster, installation: Installation) -> bool:
    same = os.path.realpath(running.program) == os.path.realpath(
        installation.program("postgres")
    )
    return same and installation.changed_at() < running.started


def _answers(cluster: Cluster) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(cluster.socket))
        except OSError:
            return False
    return True


def _run(
    command: Command,
    cluster: Cluster,
    installation: Installation,
    name: str,
    text: str = "",
) -> None:
    """Run one of the server's programs, free of what PG… variables would change."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    run_logged(
        command,
        cluster.logs / f"{name}.log",
        environ={**environ, **installation.environ, "LC_ALL": LOCALE},
        # The server's account may not enter the folder we are in.
        cwd=Path("/"),
        user=cluster.user,
        text=text,
    )


def _make_folder(folder: Path, user: str | None) -> None:
    """Make a folder that only the server's account can enter.

    Raises SetupError where somebody else has put one there: whoever owns the folder of
    the socket could pretend to be the server.
    """
    owner = pwd.getpwnam(user).pw_uid if user else os.getuid()
    try:
        folder.mkdir(mode=0o700, parents=True)
        if user:
            os.chown(folder, owner, account(user)["group"])
    except FileExistsError:
        pass
    except OSError as error:
        message = f"{folder} cannot be made: {error.strerror}."
        raise SetupError(message) from error
    there = folder.lstat()
    private = stat.S_ISDIR(there.st_mode) and not there.st_mode & 0o077
    if there.st_uid != owner or not private:
        message = f"{folder} is not a private folder of the server's account."
        raise SetupError(message, "Delete it, then run ./run again.")
