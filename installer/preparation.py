"""Runs several of the site's commands in one process: `python -m installer.preparation`.

Loading Django takes longer than most of them. Unlike the rest of the set-up, this module
is run by the Python that has the project's packages.
"""

import io
import sys
import traceback
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.utils import Error as DatabaseError

from installer.console import Console
from installer.errors import SetupError

TITLES = {
    "compile_messages": "Compiling the translations",
    "migrate": "Bringing the database up to date",
    "load_city": "Loading districts, bodies and themes",
    "load_demo": "Loading the demo",
    "collectstatic": "Collecting the static files",
}
OPTIONS: dict[str, dict[str, object]] = {
    "migrate": {"interactive": False, "verbosity": 0},
    # Those of the last release stay: pages that are open still ask for them.
    "collectstatic": {"interactive": False, "verbosity": 0},
}
SPOKEN = "load_demo"


def main(commands: list[str], log: Path) -> int:
    """Run the commands one after the other; 0 where all went well."""
    console = Console()
    try:
        django.setup()
        # A pool would try for half a minute and then not say why it got no connection.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        for command in commands:
            with console.step(TITLES[command]):
                output = _run(command)
            if command == SPOKEN and output:
                console.say(output)
    except SetupError as problem:
        console.error(problem)
        return 1
    except Exception as error:  # noqa: BLE001 -- reported whole in the log
        log.write_text(traceback.format_exc(), encoding="utf-8")
        console.error(_sentence(error, log))
        return 1
    return 0


def _run(command: str) -> str:
    output = io.StringIO()
    call_command(command, stdout=output, **OPTIONS.get(command, {}))
    return output.getvalue().rstrip()


def _sentence(error: Exception, log: Path) -> SetupError:
    """Say what went wrong; where it is not one of the known kinds, name the kind too."""
    if isinstance(error, CommandError | ImproperlyConfigured):
        return SetupError(str(error))
    if isinstance(error, DatabaseError):
        message = f"The database says: {str(error).strip()}"
        return SetupError(message, f"The whole report is in {log}.")
    message = f"{type(error).__name__}: {error}"
    return SetupError(message, f"The whole report is in {log}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], Path(sys.argv[1])))
