"""The city that drills begin with is made once, until something changes."""

import io
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from drills import _copy
from installer.checkout import Checkout
from installer.console import Console


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    for package in ("pins", "drills"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    return Checkout(tmp_path, tmp_path / ".local", {})


def look(checkout: Checkout, major: int = 15) -> tuple[Path, bool]:
    """Return where the copy is and whether it was there; make it where it was not."""
    with _copy.of_city(checkout, Console(io.StringIO()), major) as copy:
        was_there = copy.exists()
        copy.touch()
    return copy, was_there


def test_copy_is_made_once(checkout: Checkout) -> None:
    made, was_there = look(checkout)
    assert not was_there
    (checkout.root / "drills" / "crash.py").touch()
    (checkout.root / "pins" / "__pycache__").mkdir()
    (checkout.root / "pins" / "__pycache__" / "models.pyc").touch()
    assert look(checkout) == (made, True)


def test_copy_is_made_anew_where_something_has_changed(checkout: Checkout) -> None:
    made, _was_there = look(checkout)
    (checkout.root / "pins" / "models.py").touch()
    anew, was_there = look(checkout)
    assert not was_there
    assert not made.exists()
    of_another_version, was_there = look(checkout, major=16)
    assert not was_there
    assert not anew.exists()
    settings = {"MAPAPP_CITY": "cities/elsewhere"}
    elsewhere = Checkout(checkout.root, checkout.local, settings)
    assert not look(elsewhere)[1]
    assert not of_another_version.exists()


def test_copy_that_another_drill_has_made_meanwhile(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _was_there = look(checkout)
    made.unlink()

    def wait(*_: object) -> AbstractContextManager[None]:
        made.touch()
        return nullcontext()

    monkeypatch.setattr(_copy, "exclusive", wait)
    assert look(checkout) == (made, True)
