"""What `./run check` looks at and `./run fix` mends."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from installer.console import Console

# The settings that a site has where others reach it; secrets and the database come from the
# environment as always.
PRODUCTION = [
    "env",
    "MAPAPP_DEMO=false",
    "MAPAPP_DEBUG=false",
    "MAPAPP_HTTPS=true",
    "MAPAPP_BASE_URL=https://mitmachen.example.de",
    "MAPAPP_ALLOWED_HOSTS=mitmachen.example.de",
]
CHECKS = {
    "Lint (ruff)": ["ruff", "check", ".", "run"],
    "Format (ruff)": ["ruff", "format", "--check", ".", "run"],
    "Types (mypy)": ["mypy", "."],
    "Imports (import-linter)": ["lint-imports"],
    "Templates (djLint)": ["djlint", "--lint", "templates"],
    "System checks (Django)": [
        "python",
        "manage.py",
        "check",
        "--fail-level",
        "WARNING",
    ],
    "System checks of production (Django)": [
        *PRODUCTION,
        "python",
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
    ],
    "Weak spots (bandit)": [
        "bandit",
        "--quiet",
        "--recursive",
        ".",
        "--configfile",
        "pyproject.toml",
    ],
    "Migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}
FIXES = {
    "Lint (ruff)": ["ruff", "check", "--fix", ".", "run"],
    "Format (ruff)": ["ruff", "format", ".", "run"],
}


def run_all(
    commands: Mapping[str, list[str]],
    root: Path,
    environ: Mapping[str, str],
    console: Console,
) -> list[str]:
    """Run every command, whatever the others say; return the names of those that failed.

    The output of a command is shown only where it failed.
    """
    failed = []
    for name, command in commands.items():
        with console.step(name):
            done = subprocess.run(
                command,
                cwd=root,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            failed.append(name)
            console.say(f"{done.stdout}{done.stderr}".rstrip())
    return failed
