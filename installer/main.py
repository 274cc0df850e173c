"""The command line: from the words after `./run` to a verb, and from errors to sentences."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from installer import commands
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import Reported, SetupError, UsageError

ROOT = Path(__file__).resolve().parent.parent
FAILED, BAD_USAGE, INTERRUPTED = 1, 2, 130
Command = Callable[[Checkout, Console, list[str]], int]
VERBS: dict[str, Command] = {
    "serve": commands.serve,
    "install": commands.install,
    "test": commands.test,
    "browse": commands.browse,
    "conformance": commands.conformance,
    "check": commands.check,
    "fix": commands.fix,
    "basemap": commands.basemap,
    "manage": commands.manage,
    "lock": commands.lock,
    "bench": commands.bench,
    "drill": commands.drill,
    "load": commands.load,
    "stop": commands.stop,
    "reset": commands.reset,
}
HELP = ("help", "-h", "--help")


def main(args: list[str]) -> int:
    """Run one verb and return the status to end with."""
    verb, rest = (args[0], args[1:]) if args else ("serve", [])
    # The output of a command of the site may be meant for a file.
    console = Console(output=sys.stderr if verb == "manage" else sys.stdout)
    if verb in HELP:
        console.say(usage())
        return 0
    try:
        return _command(verb)(Checkout.read(ROOT, os.environ), console, rest)
    except UsageError as problem:
        console.error(problem)
        return BAD_USAGE
    except SetupError as problem:
        console.error(problem)
    except Reported:
        pass
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        console.error(SetupError(f"{error.strerror or error}{place}."))
    except KeyboardInterrupt:
        console.say("\nInterrupted. ./run goes on from here.")
        return INTERRUPTED
    return FAILED


def _command(verb: str) -> Command:
    if verb not in VERBS:
        message = f"./run does not know the verb “{verb}”."
        raise UsageError(message, "./run help lists those it knows.")
    return VERBS[verb]


def usage() -> str:
    """Return what `./run help` prints."""
    lines = [
        "Usage: ./run [verb] [arguments]",
        "",
        f"  ./run             {commands.serve.__doc__}",
    ]
    for verb, command in VERBS.items():
        if verb != "serve":
            lines.append(f"  ./run {verb:11} {command.__doc__}")
    lines += [
        "",
        "PORT, HOST and the other settings are explained in .env.example.",
    ]
    return "\n".join(lines)
