"""Reading `.env`."""

from pathlib import Path

import pytest

from installer import dotenv
from installer.errors import SetupError


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("  KEY = value  ", "value"),
        ("export KEY=value", "value"),
        ("KEY=", ""),
        ("KEY='with # and spaces '", "with # and spaces "),
        ('KEY="quoted" # a comment', "quoted"),
        ("KEY=value # a comment", "value"),
        ("KEY= # nothing but a comment", ""),
        ("KEY=pass#word", "pass#word"),
        ("KEY=a=b", "a=b"),
        ("KEY=$HOME", "$HOME"),
    ],
)
def test_value_of_a_line(tmp_path: Path, line: str, value: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"# A comment\n\n{line}\n")
    assert dotenv.read(file) == {"KEY": value}


def test_no_file_means_no_variables(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path / ".env") == {}


def test_malformed_line_is_named_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("KEY=value\nsecret words\n")
    with pytest.raises(SetupError, match="line 2: expected KEY=VALUE") as caught:
        dotenv.read(file)
    assert "secret" not in str(caught.value)


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"KEY=\xff\xfe")
    with pytest.raises(SetupError, match="cannot be read"):
        dotenv.read(file)
