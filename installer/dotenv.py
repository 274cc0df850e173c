"""Reading `.env`: lines of KEY=VALUE, without expansion of any kind."""

import re
from pathlib import Path

from installer.errors import SetupError

LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
QUOTED = re.compile(r"(['\"])(.*)\1\s*(?:#.*)?")


def read(path: Path) -> dict[str, str]:
    """Return the variables of the file, none where there is no file.

    Blank lines and lines that begin with `#` are skipped. A value may stand in single or
    double quotes; outside quotes, ` #` begins a comment. Raises SetupError with the line
    number where a line is neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}."
        raise SetupError(message) from error
    variables = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        found = LINE.fullmatch(stripped)
        if found is None:
            message = f"{path}, line {number}: expected KEY=VALUE."
            raise SetupError(message)
        variables[found[1]] = _value(found[2])
    return variables


def _value(written: str) -> str:
    quoted = QUOTED.fullmatch(written)
    if quoted:
        return quoted[2]
    return re.split(r"(?:^|\s)#", written, maxsplit=1)[0].rstrip()
