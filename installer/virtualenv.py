"""Virtual environments for tools, made with what the machine's Python can do."""

import importlib
import importlib.util
import shutil
import sys
from pathlib import Path

from installer.errors import SetupError
from installer.processes import CommandFailed, run_logged
from installer.unpacking import unpacked

PIP_WHEELS = "usr/share/python-wheels/pip-*.whl"
NO_NETWORK = (
    "Is there a network connection, and is the package index (PIP_INDEX_URL or pip.conf, "
    "where set) the right one? Run ./run again; it goes on from here."
)


def can_make() -> bool:
    """Tell whether this Python can put pip into an environment (Debian splits it off)."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def has_pip_wheel(local: Path) -> bool:
    """Tell whether pip lies among the unpacked packages."""
    return next(unpacked(local).glob(PIP_WHEELS), None) is not None


def make(local: Path, folder: Path, requirements: Path, what: str) -> None:
    """Make an environment in `folder` with the packages of a file with hashes.

    Raises SetupError, naming `what`, where they cannot be had.
    """
    log = local / "logs" / f"{folder.name}.log"
    shutil.rmtree(folder, ignore_errors=True)
    with_pip = [] if can_make() else ["--without-pip"]
    try:
        run_logged([sys.executable, "-m", "venv", *with_pip, folder], log)
        run_logged(
            [
                *(
                    *pip(local, folder),
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ),
                *("--no-cache-dir", "--retries", "2", "--require-hashes"),
                *("--requirement", requirements),
            ],
            log,
        )
    except CommandFailed as failure:
        shutil.rmtree(folder, ignore_errors=True)
        message = f"{what} could not be installed."
        raise SetupError(message, f"{failure.hint}\n{NO_NETWORK}") from failure


def pip(local: Path, folder: Path) -> list[str | Path]:
    """Return the command of pip that works on an environment made here."""
    python = folder / "bin" / "python"
    if python.with_name("pip").exists():
        return [python, "-m", "pip"]
    return [python, _pip_wheel(local)]


def _pip_wheel(local: Path) -> Path:
    """Return pip as a wheel of the unpacked packages; Python runs it in place."""
    found = next(unpacked(local).glob(PIP_WHEELS), None)
    if found is None:
        message = "This Python can make no virtual environments: ensurepip is missing."
        raise SetupError(message, "Debian has it in the package python3-venv.")
    return found / "pip"
