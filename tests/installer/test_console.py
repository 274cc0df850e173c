"""What the person at the terminal reads."""

import io
import re

import pytest

from installer.console import Console
from installer.errors import SetupError


def test_step_is_announced_before_it_begins_and_timed_after() -> None:
    output = io.StringIO()
    with Console(output).step("Installing"):
        assert output.getvalue() == "Installing … "
    assert re.fullmatch(r"Installing … \d+\.\d s\n", output.getvalue())


def test_failed_step_says_so() -> None:
    output = io.StringIO()
    with pytest.raises(SetupError), Console(output).step("Installing"):
        raise SetupError("No network.")
    assert re.fullmatch(r"Installing … failed after \d+\.\d s\n", output.getvalue())


def test_error_without_a_hint_has_no_empty_line() -> None:
    errors = io.StringIO()
    Console(io.StringIO(), errors).error(SetupError("No network."))
    assert errors.getvalue() == "\nError: No network.\n"
