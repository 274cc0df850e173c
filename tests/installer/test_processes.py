"""Running programs, and saying what they said."""

import sys
from pathlib import Path

import pytest

from installer.errors import SetupError
from installer.processes import CommandFailed, run_logged, tail


def test_output_goes_into_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step.log"
    run_logged([sys.executable, "-c", "print(input())"], log, text="read\n")
    assert log.read_text() == "read\n"


def test_failure_shows_the_end_of_the_output(tmp_path: Path) -> None:
    code = "import sys; print(*range(100), sep='\\n'); sys.exit(3)"
    with pytest.raises(CommandFailed) as caught:
        run_logged([sys.executable, "-c", code], tmp_path / "step.log")
    assert "ended with status 3" in caught.value.message
    assert "99" in caught.value.hint
    assert "50" not in caught.value.hint
    assert str(tmp_path / "step.log") in caught.value.hint


def test_missing_program_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"no-such-program.* cannot be started"):
        run_logged(["no-such-program"], tmp_path / "step.log")


def test_end_of_no_log_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "missing.log") == ""
