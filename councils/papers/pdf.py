"""Dossiers and other papers as tagged PDF (PDF/UA-1), set by typst.

What people wrote reaches the template as a file of values and never as code. Nothing is
fetched: fonts and pictures lie on this machine.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from councils.papers import typesetting
from councils.papers.content import Content
from councils.papers.dossier import Dossier, Report
from councils.papers.glyphs import printable

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/pdf"
ROOT = Path(__file__).resolve().parents[2]
# Seconds; the largest papers take some.
PATIENCE = 300


class NotSet(Exception):
    """The typesetter failed, or took too long."""


def nothing(done: int) -> None:
    """Report to nobody."""


def make_dossier(content: Content, report: Report = nothing) -> bytes:
    """Return the dossier as a PDF file in the language that is active.

    `report` is told after each contribution how many are done. Raises NotSet.
    """
    with tempfile.TemporaryDirectory(prefix="dossier-") as name:
        folder = Path(name)
        data = Dossier(content, folder, report).write()
        return _set(folder, typesetting.TEMPLATE, data)


def set_pdf(
    template: Path, data: Mapping[str, Any], pictures: Mapping[str, bytes]
) -> bytes:
    """Return what a template of typst makes of values and pictures. Raises NotSet.

    The template reads the values from `shown.json`, and the pictures by their names.
    """
    with tempfile.TemporaryDirectory(prefix="paper-") as name:
        folder = Path(name)
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        return _set(folder, template, data)


def _set(folder: Path, template: Path, data: object) -> bytes:
    words = json.dumps(typesetting.mapped(data, printable))
    (folder / typesetting.WORDS).write_text(words, encoding="utf-8")
    _run([str(folder), str(template)])
    return (folder / typesetting.SET).read_bytes()


def _run(arguments: list[str]) -> None:
    command = [sys.executable, "-m", typesetting.__name__, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program and folders
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        message = f"The typesetter failed: {error.stderr[-2_000:]}"
        raise NotSet(message) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"The typesetter did not come to an end: {error}"
        raise NotSet(message) from error
    if done.stderr:
        logger.warning("The typesetter said: %s", done.stderr.strip())
