"""Running programs, and saying what they said."""

import os
import sys
from pathlib import Path

import pytest

from installer.errors import SetupError
from installer.processes import (
    Command,
    CommandFailed,
    run_logged,
    run_side_by_side,
    tail,
)


def test_output_goes_into_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step.log"
    run_logged([sys.executable, "-c", "print(input())"], log, text="read\n")
    assert log.read_text() == "read\n"


def test_failure_shows_the_end_of_the_output(tmp_path: Path) -> None:
    code = "import sys; print(*range(100), sep='\\n'); sys.exit(3)"
    with pytest.raises(CommandFailed) as caught:
        run_logged([sys.executable, "-c", code], tmp_path / "step.log")
    assert "ended with status 3" in caught.value.message
    lines = caught.value.hint.split()
    assert "99" in lines
    assert "50" not in lines
    assert str(tmp_path / "step.log") in caught.value.hint


def test_missing_program_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"no-such-program.* cannot be started"):
        run_logged(["no-such-program"], tmp_path / "step.log")


def test_end_of_no_log_is_empty(tmp_path: Path) -> None:
    assert tail(tmp_path / "missing.log") == ""


WAITING = """
import sys, time
from pathlib import Path
own, other = map(Path, sys.argv[1:])
own.touch()
while not other.exists():
    time.sleep(0.01)
print("met", own.name)
"""


def test_programs_run_side_by_side(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    python = (sys.executable, "-c")
    commands: dict[str, Command] = {
        "one": [*python, WAITING, here, there],
        "other": [*python, WAITING, there, here],
        "last": [*python, "import sys; sys.exit('no')"],
    }
    ended = sorted(run_side_by_side(commands, tmp_path, os.environ, 2))
    assert ended == [
        ("last", 1, "no\n"),
        ("one", 0, "met here\n"),
        ("other", 0, "met there\n"),
    ]


def test_nothing_more_is_begun_once_nobody_waits(tmp_path: Path) -> None:
    # All but the first take so long that this process has its turn before they are over.
    code = "import sys, time; open(sys.argv[1], 'w'); time.sleep(int(sys.argv[2]))"
    commands: dict[str, Command] = {
        str(number): [
            *(sys.executable, "-c", code, tmp_path / str(number)),
            str(min(number, 1)),
        ]
        for number in range(20)
    }
    running = run_side_by_side(commands, tmp_path, os.environ, 1)
    next(running)
    running.close()
    assert len(list(tmp_path.iterdir())) < len(commands)
