"""Where the private PostgreSQL servers keep their data and their sockets.

They listen on a unix socket only, in a folder that only its owner can enter; that is why
they can do without passwords.
"""

import os
import pwd
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from installer.checkout import MARKER, NAME, Checkout
from installer.errors import SetupError
from installer.processes import is_root

ROLE = DATABASE = "app"
# PostgreSQL refuses to run as root, so root's server belongs to the packages' account.
ACCOUNT = "postgres"
# The operating system's limit for the path of a socket, less the name of its file.
LONGEST_FOLDER = 85
# What tests write is worth nothing after them: they do not wait for the disk. Hence a
# server of their own, which also keeps them away from what people entered.
TEST_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    """One private server.

    `folder` holds the socket; `user` is the account of the server where that is not our
    own; `options` are server settings in the form name=value. The data of a `disposable`
    server may be made anew without asking.
    """

    data: Path
    folder: Path
    user: str | None
    logs: Path
    options: tuple[str, ...] = ()
    disposable: bool = False

    @property
    def url(self) -> str:
        """Return the DATABASE_URL; the port names the socket's file, nothing else."""
        return f"postgis://{ROLE}@{quote(str(self.folder), safe='')}:5432/{DATABASE}"

    @property
    def socket(self) -> Path:
        """Return the path of the socket itself."""
        return self.folder / ".s.PGSQL.5432"

    @property
    def exists(self) -> bool:
        """Tell whether `./run` has made this server's data."""
        return (self.data / MARKER).exists()

    @property
    def major(self) -> int | None:
        """Return the major version that wrote the data, None where that is unknown."""
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def of_site(checkout: Checkout) -> Cluster:
    """Return the durable server that keeps what people enter."""
    return _cluster(checkout, "")


def of_tests(checkout: Checkout) -> Cluster:
    """Return the server of the tests."""
    return _cluster(checkout, "-test", TEST_OPTIONS)


def of_drill(checkout: Checkout, name: str, options: tuple[str, ...] = ()) -> Cluster:
    """Return a server that a drill makes, breaks and deletes."""
    place = _cluster(checkout, f"-drill-{name}", options)
    return replace(place, disposable=True)


def _cluster(checkout: Checkout, suffix: str, options: tuple[str, ...] = ()) -> Cluster:
    chosen = checkout.environ.get("MITMACH_SOCKET")
    folder = chosen or f"/tmp/{NAME}-{os.getuid()}-{checkout.key}"  # noqa: S108 -- mode 700, short
    if len(folder + suffix) > LONGEST_FOLDER:
        message = f"The path {folder}{suffix} is too long for a socket."
        raise SetupError(
            message, f"Choose one of at most {LONGEST_FOLDER} letters: MITMACH_SOCKET"
        )
    return Cluster(
        data=_data(checkout, suffix),
        folder=Path(folder + suffix),
        user=ACCOUNT if is_root() else None,
        logs=checkout.logs,
        options=options,
        disposable=bool(options),
    )


def _data(checkout: Checkout, suffix: str) -> Path:
    chosen = checkout.environ.get("MITMACH_PGDATA")
    if chosen:
        return checkout.root / f"{chosen}{suffix}"
    if is_root():
        return _home_of_account() / f"{NAME}-{checkout.key}{suffix}"
    return checkout.local / f"postgres{suffix}"


def _home_of_account() -> Path:
    """Return the home of the server's account: its folder is one it may work in."""
    try:
        return Path(pwd.getpwnam(ACCOUNT).pw_dir)
    except KeyError:
        message = f"PostgreSQL refuses to run as root, and there is no user {ACCOUNT}."
        hint = "Run ./run as an ordinary user, or set DATABASE_URL to a server."
        raise SetupError(message, hint) from None
