"""Reading a TOML file by what is expected in it, with every fault told by line and key."""

import datetime
import re
import tomllib
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeGuard

HEAD = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
KEY = re.compile(r"\s*([\w-]+)\s*=")
LARGEST = 2_147_483_647


class CityFileError(Exception):
    """The file does not say what a city needs; the message has a line for each fault."""


class Table:
    """One table of the file; each of its methods takes one key out.

    What is missing or wrong is noted, and something harmless returned in its place, so
    that whoever writes the file is told of all faults at once.
    """

    def __init__(self, values: dict[str, Any], name: str, notes: "Notes") -> None:
        self._left = dict(values)
        self._name = name
        self._notes = notes

    def text(
        self,
        key: str,
        default: str | None = None,
        *,
        longest: int = 200,
        pattern: str = "",
        such_as: str = "",
        in_lines: bool = False,
    ) -> str:
        """Return a text; one without a default is needed, and one that is, not empty."""
        value = self._take(key, default)
        if value is None or value == default:
            return value or ""
        if not is_text(value, in_lines=in_lines):
            how = "" if in_lines else " in one line"
            self.refuse(key, f"this has to be a text{how}, in quotation marks")
        elif len(value) > longest:
            self.refuse(key, f"{len(value)} characters; at most {longest} are taken")
        elif pattern and not re.fullmatch(pattern, value):
            self.refuse(key, f"{value!r} is not in the form of {such_as}")
        else:
            return value
        return ""

    def has(self, key: str) -> bool:
        """Tell whether the file has the key."""
        return key in self._left

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self._take(key, list(default))
        if isinstance(found, list) and all(map(is_text, found)):
            return tuple(found)
        self.refuse(key, 'this has to be a list of texts such as ["de", "en"]')
        return default

    def names(self, key: str) -> tuple[str | int, ...]:
        """Return a list of names and whole numbers."""
        found = self._take(key, [])
        if isinstance(found, list) and all(type(one) in {str, int} for one in found):
            return tuple(found)
        self.refuse(
            key, 'this has to be a list of numbers or names such as [1, "Nord"]'
        )
        return ()

    def number(
        self,
        key: str,
        default: int | None = None,
        *,
        least: int = 1,
        most: int = LARGEST,
    ) -> int:
        """Return a whole number between two others; one without a default is needed."""
        value = self._take(key, default)
        if value is None or value == default:
            return value or least
        if type(value) is not int or not least <= value <= most:
            self.refuse(key, f"this has to be a whole number from {least} to {most}")
            return least
        return value

    def day(self, key: str) -> datetime.date:
        """Return a day, which is needed."""
        value = self._take(key, None)
        if type(value) is datetime.date:
            return value
        if value is not None:
            self.refuse(key, "this has to be a day such as 2024-07-01, without marks")
        return datetime.date.min

    def choice(self, key: str, choices: Collection[str]) -> str:
        """Return one of the choices, which is needed."""
        value = self._take(key, None)
        if value is not None and value not in choices:
            self.refuse(key, f"{value!r} is none of: {', '.join(sorted(choices))}")
        return str(value)

    def table(self, key: str, *, needed: bool = False) -> "Table":
        """Return a table of this one; empty where there is none and none is needed."""
        value = self._take(key, None if needed else {})
        if not isinstance(value, dict):
            if value is not None:
                self.refuse(key, f"this has to be a table: [{key}]")
            # So that one fault is not told once for each of its keys.
            return Table({}, key, Notes(self._notes.text))
        return Table(value, self._inner(key), self._notes)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of a list: `[[key]]` in the file."""
        rows = self._take(key, [])
        if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            self.refuse(key, f"this has to be a list of tables: [[{key}]] before each")
            return []
        return [
            Table(row, f"{self._inner(key)}[{at}]", self._notes)
            for at, row in enumerate(rows, 1)
        ]

    def close(self) -> None:
        """Refuse what is left over: a mistyped key must not be passed over."""
        for key in self._left:
            self.refuse(key, "there is no key of this name here")

    def refuse(self, key: str, why: str) -> None:
        """Note what is wrong with the value of a key."""
        self._notes.add(self._inner(key), self._name, why)

    def _take(self, key: str, default: Any) -> Any:
        if key not in self._left and default is None:
            self.refuse(key, "this is missing")
        return self._left.pop(key, default)

    def _inner(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key


def is_text(value: object, *, in_lines: bool = False) -> TypeGuard[str]:
    """Tell whether a value is a text that says something, without control characters."""
    if not isinstance(value, str) or not value.strip():
        return False
    return (value.replace("\n", " ") if in_lines else value).isprintable()


class Notes:
    """The faults that were found in a text, with their lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = _lines_of(text)
        self._found: list[tuple[int, str]] = []

    def add(self, key: str, table: str, why: str) -> None:
        """Note a fault at a key, or at the head of its table where it is not there."""
        line = self._lines.get(key) or self._lines.get(table) or 0
        where = f"line {line}, {key}" if line else key
        self._found.append((line, f"{where}: {why}."))

    def finish(self, path: Path) -> None:
        """Raise CityFileError where anything was noted."""
        if self._found:
            lines = [text for _line, text in sorted(self._found)]
            raise CityFileError("\n  ".join([f"{path}:", *lines]))


def read_tables(path: Path) -> tuple[Table, Notes]:
    """Return what a file holds, and where its faults are noted.

    Raises CityFileError for a file that is not there or not TOML.
    """
    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise CityFileError(message) from error
    except ValueError as error:
        # tomllib names line and column itself.
        message = f"{path} is not TOML in UTF-8: {error}."
        raise CityFileError(message) from error
    notes = Notes(text)
    return Table(values, "", notes), notes


def _lines_of(text: str) -> dict[str, int]:
    """Return in which line each key and each head of a table stands.

    Read apart from tomllib, which keeps no lines. A text of several lines that looks
    like a key misleads it, and then only the number in a message is wrong.
    """
    lines: dict[str, int] = {}
    times: Counter[str] = Counter()
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := HEAD.match(line):
            table = head[2]
            if head[1] == "[[":
                times[table] += 1
                table = f"{table}[{times[table]}]"
            lines.setdefault(table, number)
        elif key := KEY.match(line):
            lines.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return lines
