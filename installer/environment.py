"""The environment the site's own programs run in."""

import os
import secrets
from pathlib import Path

from installer.checkout import Checkout
from installer.errors import SetupError
from installer.postgres import Installation

YES = ("true", "1", "yes")


def is_demo(checkout: Checkout) -> bool:
    """Tell whether the site is the demo, which `./run` starts unless it is told not to."""
    return checkout.environ.get("MAPAPP_DEMO", "true").lower() in YES


def of_site(
    checkout: Checkout, database_url: str, server: Installation | None = None
) -> dict[str, str]:
    """Return the environment for serving the site and for its commands.

    What the process environment or `.env` says holds; the rest is chosen for a demo on
    this machine. `server` is that of the database where it is a private one: backups are
    made and brought back by its programs. Raises SetupError where a site that is no demo
    has no secret key.
    """
    defaults = {
        "MAPAPP_DEMO": "true",
        "MAPAPP_DEBUG": "false",
        "MAPAPP_BASE_URL": address(checkout),
        "MAPAPP_STATIC_ROOT": str(checkout.local / "static"),
        "MAPAPP_MEDIA_ROOT": str(checkout.local / "media"),
        "MAPAPP_BASEMAP": str(checkout.local / "basemap.pmtiles"),
    }
    if server is not None and "MAPAPP_PG_PROGRAMS" not in checkout.environ:
        defaults["MAPAPP_PG_PROGRAMS"] = str(server.binaries)
        # Not for the site itself, which has libraries of its own.
        defaults["MAPAPP_PG_LIBRARIES"] = server.environ.get("LD_LIBRARY_PATH", "")
    if is_demo(checkout):
        defaults["MAPAPP_HTTPS"] = "false"
        defaults["MAPAPP_SECRET_KEY"] = _secret_key(checkout.local / "secret-key")
        defaults["MAPAPP_MAIL_FOLDER"] = str(checkout.local / "mail")
    elif not checkout.environ.get("MAPAPP_SECRET_KEY"):
        message = "MAPAPP_DEMO is false, and MAPAPP_SECRET_KEY is not set."
        raise SetupError(message, "Put at least 50 random characters into .env.")
    return {**defaults, **_common(checkout), "DATABASE_URL": database_url}


def of_tests(checkout: Checkout, database_url: str, browser: str) -> dict[str, str]:
    """Return the environment for tests: the same whatever `.env` says about the site."""
    kept = {k: v for k, v in _common(checkout).items() if not k.startswith("MAPAPP_")}
    return {
        **kept,
        "MAPAPP_SECRET_KEY": "only-for-tests-" * 4,
        # The browser of the tests speaks plain HTTP to a server on loopback.
        "MAPAPP_HTTPS": "false",
        "MAPAPP_STATIC_ROOT": str(checkout.local / "static"),
        "DATABASE_URL": database_url,
        "MITMACH_BROWSER": browser,
    }


def address(checkout: Checkout) -> str:
    """Return the URL under which the site is reached from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(checkout.host, checkout.host)  # noqa: S104 -- nothing is bound
    return f"http://{f'[{host}]' if ':' in host else host}:{checkout.port}"


def _common(checkout: Checkout) -> dict[str, str]:
    """Return the environment with the project's programs first on the path."""
    programs = str(checkout.python.parent)
    path = f"{programs}{os.pathsep}{checkout.environ.get('PATH', os.defpath)}"
    unset = ("PYTHONHOME", "PYTHONPATH")
    kept = {k: v for k, v in checkout.environ.items() if k not in unset}
    return {**kept, "PATH": path, "DJANGO_SETTINGS_MODULE": "mapapp.settings"}


def _secret_key(file: Path) -> str:
    """Return the demo's key, made once and readable to its owner alone."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return file.read_text(encoding="utf-8")
