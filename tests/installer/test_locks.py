"""Locks that keep two of `./run` out of each other's way."""

import io
from pathlib import Path

from installer import serving
from installer.console import Console
from installer.locks import exclusive, shared


def test_free_lock_is_taken_without_a_word(tmp_path: Path) -> None:
    output = io.StringIO()
    with exclusive(tmp_path / "lock", Console(output), "waiting"):
        pass
    assert output.getvalue() == ""


def test_only_the_last_holder_is_alone(tmp_path: Path) -> None:
    with shared(tmp_path / "lock") as first:
        with shared(tmp_path / "lock"):
            assert not first.is_last()
        assert first.is_last()


def test_left_over_file_of_a_site_names_nobody(tmp_path: Path) -> None:
    file = tmp_path / "serving-8000"
    assert serving.holders(file) == []
    file.write_text("1 2 3")
    assert serving.holders(file) == []


def test_held_file_names_the_processes(tmp_path: Path) -> None:
    file = tmp_path / "serving-8000"
    with shared(file):
        file.write_text("1 2 3")
        assert serving.holders(file) == [1, 2, 3]
