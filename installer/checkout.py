"""Where things are: the checkout, its private folder, and what the environment chooses."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installer import dotenv
from installer.errors import SetupError

NAME = "mitmachkarte"
MARKER = "made-by-run"
PORTS = range(1, 65536)


@dataclass(frozen=True)
class Checkout:
    """A checkout with the environment it is run in.

    `root` is the top of the repository, `local` the folder for everything that is not the
    repository's, `environ` the process environment laid over `.env`.
    """

    root: Path
    local: Path
    environ: Mapping[str, str]

    @classmethod
    def read(cls, root: Path, environ: Mapping[str, str]) -> "Checkout":
        """Read `.env` and the places; raises SetupError where `.env` is malformed."""
        merged = {**dotenv.read(root / ".env"), **environ}
        local = root / (merged.get("MITMACH_LOCAL") or ".local")
        return cls(root, local, merged)

    @property
    def key(self) -> str:
        """Return what tells this checkout's server and socket from another's."""
        return hashlib.sha256(str(self.local).encode()).hexdigest()[:10]

    @property
    def logs(self) -> Path:
        """Return the folder of the logs of all steps."""
        return self.local / "logs"

    @property
    def stamps(self) -> Path:
        """Return the folder that remembers which steps are up to date."""
        return self.local / "stamps"

    @property
    def python(self) -> Path:
        """Return the Python interpreter with the project's packages."""
        return self.local / "venv" / "bin" / "python"

    @property
    def host(self) -> str:
        """Return the address the site listens on."""
        return self.environ.get("HOST") or "127.0.0.1"

    @property
    def port(self) -> int:
        """Return the port of the site; raises SetupError for anything but 1–65535."""
        written = self.environ.get("PORT") or "8000"
        if not written.isascii() or not written.isdigit() or int(written) not in PORTS:
            message = f"PORT={written} is not a port: use a number from 1 to 65535."
            raise SetupError(message, "For example: PORT=8123 ./run")
        return int(written)

    @property
    def own_database(self) -> str | None:
        """Return the DATABASE_URL somebody chose; None means the private server."""
        return self.environ.get("DATABASE_URL") or None

    def make_local(self) -> None:
        """Make the private folder and mark it as such.

        Raises SetupError where it cannot be written, or where MITMACH_LOCAL points to a
        folder with other things in it: `./run reset` deletes the folder.
        """
        try:
            self.local.mkdir(parents=True, exist_ok=True)
            if not self.owns_local and any(self.local.iterdir()):
                message = f"{self.local} holds files that ./run has not made."
                raise SetupError(message, "Point MITMACH_LOCAL at a new folder.")
            (self.local / MARKER).touch()
        except OSError as error:
            message = f"{self.local} cannot be written: {error.strerror}."
            hint = (
                "It may belong to another user, for example after `sudo ./run`: delete "
                "it or give it back (chown -R), or choose another by MITMACH_LOCAL."
            )
            raise SetupError(message, hint) from error

    @property
    def owns_local(self) -> bool:
        """Tell whether the private folder is ours to delete."""
        return (self.local / MARKER).exists() or self.local == self.root / ".local"
