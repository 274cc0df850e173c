"""What looks at the pages is installed once, and again where its lock says so."""

import io
from pathlib import Path

import pytest

from installer import checkers
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "tests" / "conformance" / "checkers"
    folder.mkdir(parents=True)
    (folder / "package-lock.json").write_text("{}")
    made = Checkout.read(tmp_path, {})
    made.make_local()
    return made


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that npm was asked to fill; it does so."""
    folders: list[Path] = []

    def npm_ci(_folder: Path, work: Path, _npm: list[str], *, settings: Path) -> Path:
        assert settings.name == ".npmrc"
        folders.append(work)
        (work / "node_modules").mkdir(parents=True, exist_ok=True)
        return work / "node_modules"

    monkeypatch.setattr(checkers, "find_npm", lambda *_: ["npm"])
    monkeypatch.setattr(checkers, "npm_ci", npm_ci)
    return folders


def provide(checkout: Checkout) -> None:
    output = io.StringIO()
    checkers.provide(checkout, Console(output, output))


def test_installed_once_and_again_by_a_new_lock(checkout, installed):
    provide(checkout)
    provide(checkout)
    assert installed == [checkout.local / "checkers"]

    folder = checkout.root / "tests" / "conformance" / "checkers"
    (folder / "package-lock.json").write_text('{"packages": {}}')
    provide(checkout)
    assert len(installed) == 2


def test_what_failed_is_tried_again(checkout, installed, monkeypatch):
    def fail(*_: object, **__: object) -> Path:
        raise SetupError("No network.")

    with monkeypatch.context() as patch:
        patch.setattr(checkers, "npm_ci", fail)
        with pytest.raises(SetupError):
            provide(checkout)
    assert installed == []
    provide(checkout)
    assert len(installed) == 1
