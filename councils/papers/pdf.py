"""Dossiers as tagged PDF (PDF/UA-1), set by typst.

What people wrote reaches the template as a file of values and never as code. Nothing is
fetched: fonts and pictures lie on this machine.
"""

import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path

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
        words = json.dumps(typesetting.mapped(data, printable))
        (folder / typesetting.WORDS).write_text(words, encoding="utf-8")
        _set(folder)
        return (folder / typesetting.SET).read_bytes()


def _set(folder: Path) -> None:
    command = [sys.executable, "-m", typesetting.__name__, str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program and folder
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
