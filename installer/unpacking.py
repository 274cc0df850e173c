"""Packages for somebody without root and sudo: downloaded and unpacked, not installed."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from installer import apt
from installer.checkout import Checkout
from installer.processes import run_logged


def unpacked(local: Path) -> Path:
    """Return the folder that stands for `/` in the unpacked packages."""
    return local / "deb" / "root"


def unpack(packages: Sequence[str], checkout: Checkout) -> None:
    """Download packages with all they need that is not installed, and unpack them."""
    folder = unpacked(checkout.local).parent
    shutil.rmtree(folder, ignore_errors=True)
    archives = folder / "cache" / "archives"
    for made in (folder / "lists" / "partial", archives / "partial"):
        made.mkdir(parents=True)
    command = [*apt.APT, *_private_apt(folder)]
    apt.get(command, packages, checkout.logs, "--download-only")
    missing = _server_packages(archives)
    if missing:
        run_logged(
            [*command, "download", *missing], checkout.logs / "apt.log", cwd=archives
        )
    fresh = folder / "new"
    for archive in sorted(archives.glob("*.deb")):
        run_logged(["dpkg", "-x", archive, fresh], checkout.logs / "dpkg.log")
    _finish_extensions(fresh)
    fresh.rename(unpacked(checkout.local))
    shutil.rmtree(folder / "cache")
    shutil.rmtree(folder / "lists")


def _private_apt(folder: Path) -> list[str]:
    """Return the options that let apt work without touching the machine's own state."""
    settings = {
        "Dir::State::lists": folder / "lists",
        "Dir::State::extended_states": folder / "extended_states",
        "Dir::Cache": folder / "cache",
        "Dir::Log": folder,
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
    }
    return [
        word for key, value in settings.items() for word in ("-o", f"{key}={value}")
    ]


def _server_packages(archives: Path) -> list[str]:
    """Return the server's packages where the machine has them, but without PostGIS.

    apt leaves out what is installed, but the extension is only found by a server that is
    unpacked beside it.
    """
    names = {file.name.split("_")[0] for file in archives.glob("*.deb")}
    majors = {
        found[1] for name in names if (found := re.match(r"postgresql-(\d+)-", name))
    }
    wanted = {
        f"postgresql-{part}{major}" for major in majors for part in ("", "client-")
    }
    return sorted(wanted - names)


def _finish_extensions(root: Path) -> None:
    """Do what the package's own script would: name the extension's control file."""
    for versioned in root.glob("usr/share/postgresql/*/extension/postgis*-3.control"):
        plain = versioned.with_name(versioned.name.replace("-3.control", ".control"))
        if not plain.exists():
            shutil.copy(versioned, plain)
