"""What is installed again, and from where."""

import io
from pathlib import Path

import pytest

from installer import packages
from installer.checkout import Checkout
from installer.console import Console

LISTED = """\
:env:.index-url='https://mirror.example.de/simple'
global.cert='/etc/ssl/certs/ca-certificates.crt'
global.index-url='https://other.example.de/simple'
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("index-url", "https://mirror.example.de/simple"),
        ("cert", "/etc/ssl/certs/ca-certificates.crt"),
        ("proxy", None),
    ],
)
def test_setting_of_pip(name: str, value: str | None) -> None:
    assert packages.pip_setting(LISTED, name) == value


class Installed:
    """A checkout whose environment is there, with a record of what was filled in."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checkout = Checkout.read(root, {})
        self.checkout.make_local()
        self.checkout.python.parent.mkdir(parents=True)
        self.checkout.python.touch()
        self.filled: list[str] = []
        for lock in packages.LOCKS.values():
            (root / lock).write_text("django==5.2\n")
        monkeypatch.setattr(packages, "install_uv", lambda *_: None)
        monkeypatch.setattr(
            packages, "_sync", lambda _, lock: self.filled.append(lock.name)
        )

    def install(self, *, dev: bool) -> None:
        console = Console(io.StringIO(), io.StringIO())
        packages.install(self.checkout, console, dev=dev)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    return Installed(tmp_path, monkeypatch)


def test_unchanged_lock_is_installed_once(installed: Installed) -> None:
    installed.install(dev=False)
    installed.install(dev=False)
    assert installed.filled == ["requirements.txt"]


def test_serving_keeps_the_tools_of_the_tests(installed: Installed) -> None:
    installed.install(dev=False)
    installed.install(dev=True)
    installed.install(dev=False)
    assert installed.filled == ["requirements.txt", "requirements-dev.txt"]


def test_changed_lock_is_installed_with_what_was_there(installed: Installed) -> None:
    installed.install(dev=True)
    for lock in packages.LOCKS.values():
        (installed.checkout.root / lock).write_text("django==5.2.1\n")
    installed.install(dev=False)
    assert installed.filled == ["requirements-dev.txt"] * 2


def test_lost_environment_is_made_again(installed: Installed) -> None:
    installed.install(dev=False)
    installed.checkout.python.unlink()
    installed.install(dev=False)
    assert len(installed.filled) == 2
