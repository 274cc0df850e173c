"""The verbs of `./run`, each a function that returns the status to end with."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from installer import (
    browser,
    checkers,
    checks,
    cluster,
    environment,
    extracts,
    installation,
    locking,
    packages,
    port,
    postmaster,
    server,
    serving,
    side_environments,
    site,
)
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError, UsageError
from installer.locks import exclusive, shared
from installer.processes import Command, run_side_by_side, run_visible

BEGAN = time.monotonic()
# How a drill ends that this machine does not allow; as automake's tests do.
LEFT_OUT = 77
# The short form of all: what needs nothing but what is installed here, and little time.
# Those in front that take longest.
SHORT_DRILLS = ("crash", "backup", "clock", "mail", "point_in_time")
# They wait more than they work.
AT_ONCE = 4
# The most minutes that visitors come for.
DAY = 24 * 60
# What a measurement compares with.
PEERS = {"ogc": side_environments.PEERS}
# What a drill breaks.
BROKEN = {"cluster": side_environments.PATRONI}
# The site's settings want an address, also for commands that ask no database.
NO_DATABASE = "postgis:///none"
# It brings its tables along, and wants a database without any.
RESTORE = "restore"
WAITING = "Another ./run is setting up this checkout; waiting for it …"


def serve(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Set up what is missing and serve the site until Ctrl-C."""
    _no_arguments(args)
    _check_port(checkout)
    _warn_if_public(checkout, console)
    environ = _ready_to_serve(checkout, console)
    _check_port(checkout)
    with serving.ended_by_signals():
        running = serving.Site(checkout, environ)
        try:
            with console.step("Starting the site"):
                running.start()
            seconds = time.monotonic() - BEGAN
            console.say(
                f"\nReady after {seconds:.1f} s: {environment.address(checkout)}/"
            )
            console.say("Ctrl-C ends the site. The database goes on until ./run stop.")
            running.wait_until_one_ends()
        except KeyboardInterrupt:
            console.say("\nEnding …")
        finally:
            running.end()
    return 0


def install(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Set up what is missing and bring the database up to date; serve nothing."""
    _no_arguments(args)
    _ready_to_serve(checkout, console)
    return 0


def test(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Run the tests that need no browser; arguments go to pytest."""
    return _pytest(
        checkout, console, ["-m", "not browser and not conformance", *args], chrome=""
    )


def browse(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Run the tests in a real browser; arguments go to pytest."""
    chrome = browser.provide(checkout, console)
    # The folder also keeps pytest from importing all the others.
    where = [] if any(arg.startswith("tests/") for arg in args) else ["tests/browser"]
    return _pytest(checkout, console, ["-m", "browser", *where, *args], chrome=chrome)


def conformance(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Ask interfaces and pages by the tests of their standards; arguments go to pytest."""
    with _set_up(checkout, console):
        side_environments.provide(checkout, console, side_environments.CONFORMANCE)
        checkers.provide(checkout, console)
    chrome = browser.provide(checkout, console)
    where = ["-m", "conformance", "tests/conformance"]
    return _pytest(checkout, console, [*where, *args], chrome=chrome)


def _pytest(
    checkout: Checkout, console: Console, args: list[str], *, chrome: str
) -> int:
    """Set up what the tests need, run pytest, and stop their database after the last."""
    place = cluster.of_tests(checkout)
    checkout.make_local()
    with shared(checkout.local / "tests.lock") as lock:
        with _set_up(checkout, console):
            installation.install(checkout, console, dev=True)
            url = installation.database(checkout, console, place)
            environ = environment.of_tests(checkout, url, chrome)
            site.prepare(checkout, console, environ, site.FOR_TESTS)
        status = run_visible(
            [checkout.python, "-m", "pytest", *args], checkout.root, environ
        )
        if not checkout.own_database and lock.is_last():
            postmaster.stop(place.data)
    return status


def check(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Lint, format, types, imports, templates, migrations: look, change nothing."""
    _no_arguments(args)
    environ = _ready_for_commands(checkout, console, dev=True)
    failed = checks.run_all(checks.CHECKS, checkout.root, environ, console)
    if failed:
        message = f"Not all is well: {', '.join(failed)}."
        raise SetupError(message, "./run fix mends format and some of the rest.")
    console.say("All is well.")
    return 0


def fix(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Mend what ruff can mend by itself."""
    _no_arguments(args)
    with _set_up(checkout, console):
        packages.install(checkout, console, dev=True)
    environ = environment.of_tests(checkout, "", "")
    failed = checks.run_all(checks.FIXES, checkout.root, environ, console)
    return 1 if failed else 0


def manage(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Run one of the site's own commands: ./run manage help lists them."""
    is_new = not checkout.own_database and not cluster.of_site(checkout).exists
    environ = _ready_for_commands(checkout, console, dev=False)
    if is_new and args[:1] != [RESTORE]:
        site.prepare(checkout, console, environ, site.FOR_COMMANDS)
    python, program = str(checkout.python), str(checkout.root / "manage.py")
    # Not from another folder: names of files are meant from where the person is.
    os.execve(python, [python, program, *args], environ)  # noqa: S606 -- our own Python


def lock(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Resolve pyproject.toml into the lock files; --upgrade takes newer versions."""
    if args not in ([], ["--upgrade"]):
        raise UsageError("./run lock knows only --upgrade.")
    with _set_up(checkout, console):
        locking.write(checkout, console, args)
    return 0


def bench(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Run a measurement of the folder bench/ by its name."""
    names = sorted(file.stem for file in (checkout.root / "bench").glob("[!_]*.py"))
    if not args or args[0] not in names:
        message = f"./run bench needs one of: {', '.join(names) or '(none there yet)'}."
        raise UsageError(message)
    environ = _ready_for_commands(checkout, console, dev=True)
    if args[0] in PEERS:
        with _set_up(checkout, console):
            side_environments.provide(checkout, console, PEERS[args[0]])
    command = [str(checkout.python), "-m", f"bench.{args[0]}", *args[1:]]
    return run_visible(command, checkout.root, environ)


def drill(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Let things go wrong on servers of its own, and see that nothing is lost."""
    names = sorted(file.stem for file in (checkout.root / "drills").glob("[!_]*.py"))
    options = [arg for arg in args if arg == "--short"]
    chosen = [arg for arg in args if arg not in options]
    if not set(chosen) <= set(names):
        message = (
            f"./run drill [--short] knows: {', '.join(names)}; "
            "without a name it runs all, "
            f"and with --short {', '.join(SHORT_DRILLS)}."
        )
        raise UsageError(message)
    _ready_for_drills(checkout, console)
    wanted = chosen or (SHORT_DRILLS if options else names)
    with _set_up(checkout, console):
        for name in BROKEN.keys() & set(wanted):
            side_environments.provide(checkout, console, BROKEN[name])
    drills: dict[str, Command] = {
        name: [checkout.python, "-m", f"drills.{name}", *options] for name in wanted
    }
    if options and len(wanted) > 1:
        ends = _side_by_side(checkout, console, drills)
    else:
        ends = {
            name: run_visible(command, checkout.root, os.environ)
            for name, command in drills.items()
        }
    left_out = [name for name, status in ends.items() if status == LEFT_OUT]
    failed = [name for name, status in ends.items() if status not in {0, LEFT_OUT}]
    if left_out:
        console.say(f"\nLeft out: {', '.join(left_out)}.")
    console.say(f"\nFailed: {', '.join(failed)}." if failed else "\nNothing was lost.")
    return 1 if failed else 0


def _side_by_side(
    checkout: Checkout, console: Console, drills: dict[str, Command]
) -> dict[str, int]:
    """Run drills, a few at a time; each says what it has done once it has ended."""
    console.say(f"{', '.join(drills)}: {AT_ONCE} at a time. A few minutes …")
    ends = {}
    for name, status, said in run_side_by_side(
        drills, checkout.root, os.environ, AT_ONCE
    ):
        console.say(said.rstrip())
        ends[name] = status
    return ends


def load(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Let hundreds visit a site of its own: --minutes N (10), --short (1), --losses."""
    chosen = [arg for arg in args if arg != "--losses"]
    is_minutes = len(chosen) == 2 and chosen[0] == "--minutes" and chosen[1].isdecimal()
    if chosen not in ([], ["--short"]) and not (
        is_minutes and 0 < int(chosen[1]) <= DAY
    ):
        message = (
            f"./run load knows --short, or --minutes with 1 to {DAY}, and --losses."
        )
        raise UsageError(message)
    _ready_for_drills(checkout, console)
    command: Command = [checkout.python, "-m", "bench.load", *args]
    return run_visible(command, checkout.root, os.environ)


def basemap(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Build the map's streets and names from an OpenStreetMap file or address."""
    is_named = bool(args) and not args[0].startswith("-")
    given, options = (args[0], args[1:]) if is_named else ("", args)
    checkout.make_local()
    extract = extracts.provide(checkout, console, given)
    environ = _ready_for_commands(checkout, console, dev=True)
    site.prepare(checkout, console, environ, site.FOR_COMMANDS)
    program = checkout.root / "manage.py"
    command: Command = [checkout.python, program, "build_basemap", extract, *options]
    return run_visible(command, checkout.root, environ)


def stop(checkout: Checkout, console: Console, args: list[str]) -> int:
    """End the site and the private database servers of this checkout."""
    _no_arguments(args)
    ended = [f"the site on port {port_}" for port_ in serving.stop_all(checkout)]
    ended += [
        f"PostgreSQL in {place.data}"
        for place in _clusters(checkout)
        if postmaster.stop(place.data)
    ]
    console.say(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.")
    return 0


def reset(checkout: Checkout, console: Console, args: list[str]) -> int:
    """Delete the private database and .local after asking; --yes does not ask."""
    if args not in ([], ["--yes"]):
        raise UsageError("./run reset knows only --yes.")
    places = [place for place in _clusters(checkout) if place.exists]
    folders = [str(place.data) for place in places]
    if checkout.local.exists() and checkout.owns_local:
        folders.append(str(checkout.local))
    if not folders:
        console.say("There is nothing to delete.")
        return 0
    if not args and not _confirmed(console, folders):
        console.say("Nothing was deleted.")
        return 1
    serving.stop_all(checkout)
    for place in places:
        server.delete(place)
    if str(checkout.local) in folders:
        shutil.rmtree(checkout.local)
    console.say(f"Deleted: {', '.join(folders)}.")
    return 0


def _ready_for_drills(checkout: Checkout, console: Console) -> None:
    """Set up all that a site on a server of its own needs, but for the server."""
    with _set_up(checkout, console):
        installation.install(checkout, console, dev=True)
        environ = environment.of_site(checkout, NO_DATABASE)
        site.prepare(checkout, console, environ, site.FOR_DRILLS)


def _ready_to_serve(checkout: Checkout, console: Console) -> dict[str, str]:
    """Set up all that serving needs; return the environment of the site."""
    with _set_up(checkout, console):
        installation.install(checkout, console, dev=False)
        environ = _environ_of_site(checkout, console)
        demo = environment.is_demo(checkout)
        commands = site.FOR_DEMO if demo else site.FOR_SERVING
        site.prepare(checkout, console, environ, commands)
        return environ


@contextmanager
def _set_up(checkout: Checkout, console: Console) -> Iterator[None]:
    """Have the private folder, and be the only one that sets up."""
    checkout.make_local()
    with exclusive(checkout.local / "set-up.lock", console, WAITING):
        yield


def _ready_for_commands(
    checkout: Checkout, console: Console, *, dev: bool
) -> dict[str, str]:
    """Set up what is missing; return the environment of the site with its database."""
    with _set_up(checkout, console):
        installation.install(checkout, console, dev=dev)
        return _environ_of_site(checkout, console)


def _environ_of_site(checkout: Checkout, console: Console) -> dict[str, str]:
    """Bring up the database; return the environment of the site with it."""
    if checkout.own_database:
        return environment.of_site(checkout, checkout.own_database)
    place = cluster.of_site(checkout)
    url = installation.database(checkout, console, place)
    programs = installation.server_for(checkout, place)
    return environment.of_site(checkout, url, programs)


def _check_port(checkout: Checkout) -> None:
    """Raise SetupError where the port is taken, saying so where we took it ourselves."""
    pids = serving.holders(serving.lock_file(checkout))
    if pids:
        message = f"This checkout is served on port {checkout.port} already."
        hint = "./run stop ends it; PORT=8001 ./run serves it a second time."
        raise SetupError(message, hint)
    port.check(checkout.host, checkout.port)


def _warn_if_public(checkout: Checkout, console: Console) -> None:
    here = ("127.0.0.1", "::1", "localhost")
    if environment.is_demo(checkout) and checkout.host not in here:
        console.say(
            f"CAREFUL: HOST={checkout.host} shows the demo to the network, and everyone "
            "knows the passwords of its users."
        )


def _clusters(checkout: Checkout) -> list[cluster.Cluster]:
    """Return both servers; none where root has no account that could run one."""
    try:
        return [cluster.of_site(checkout), cluster.of_tests(checkout)]
    except SetupError:
        return []


def _confirmed(console: Console, folders: list[str]) -> bool:
    if not sys.stdin.isatty():
        message = "./run reset deletes what was entered, and there is nobody to ask."
        raise SetupError(message, "To go ahead: ./run reset --yes")
    console.say("This deletes everything in:")
    for folder in folders:
        console.say(f"  {folder}")
    return input("Delete it? [y/N] ").strip().lower() in ("y", "yes", "j", "ja")


def _no_arguments(args: list[str]) -> None:
    if args:
        message = f"This verb takes no arguments: {' '.join(args)}"
        raise UsageError(message)
