"""Writing the lock files of the Python packages: `./run lock [--upgrade]`."""

from pathlib import Path

from installer import packages, side_environments, virtualenv
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.processes import CommandFailed, run_logged

PROJECT = "pyproject.toml"
COMPILE = (
    *("pip", "compile", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-emit-index-url"),
)


def write(checkout: Checkout, console: Console, options: list[str]) -> None:
    """Resolve pyproject.toml into its lock files, with hashes and without any address.

    Versions that are locked stay, unless --upgrade is among the options. The lock for
    development is resolved first and the other one takes its versions, so that both agree.
    Patroni, which runs beside the site and never in it, is resolved by itself.
    """
    packages.install_uv(checkout, console)
    live, dev = (checkout.root / packages.LOCKS[kind] for kind in (False, True))
    with console.step(f"Resolving the packages of {dev.name}"):
        _compile(checkout, dev, [PROJECT, "--group", "dev", *options])
    live.write_bytes(dev.read_bytes())
    with console.step(f"Resolving the packages of {live.name}"):
        _compile(checkout, live, [PROJECT])
    patroni = checkout.root / side_environments.PATRONI.lock
    with console.step(f"Resolving the packages of {patroni.name}"):
        _compile(checkout, patroni, ["--group", "patroni", *options])


def _compile(checkout: Checkout, lock: Path, options: list[str]) -> None:
    try:
        run_logged(
            [packages.uv(checkout), *COMPILE, *options, "-o", lock.name],
            checkout.logs / "lock.log",
            environ=packages.uv_environ(checkout),
            cwd=checkout.root,
        )
    except CommandFailed as failure:
        message = f"The packages of {lock.name} could not be resolved."
        hint = f"{failure.hint}\n{virtualenv.NO_NETWORK}"
        raise SetupError(message, hint) from failure
