"""Dossiers as tagged PDF (PDF/UA-1), set by typst.

What people wrote reaches the template as a file of values and never as code. Nothing is
fetched: fonts and pictures lie on this machine.
"""

import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from councils.papers.content import Content
from councils.papers.dossier import Dossier, Report, words_in
from councils.papers.glyphs import boxed, fonts, missing, plain, printable

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/pdf"
TEMPLATE = Path(__file__).with_name("dossier.typ")


def nothing(done: int) -> None:
    """Report to nobody."""


def make_dossier(content: Content, report: Report = nothing) -> bytes:
    """Return the dossier as a PDF file in the language that is active.

    `report` is told after each contribution how many are done.
    """
    with tempfile.TemporaryDirectory(prefix="dossier-") as name:
        folder = Path(name)
        data = Dossier(content, folder, report).write()
        maps = {path: path.read_text("utf-8") for path in folder.glob("*.svg")}
        without = missing("".join([*words_in(data), *maps.values()]).replace("\n", ""))
        try:
            return _compile(folder, data, maps, lambda text: boxed(text, without))
        except typst.TypstError as error:
            # Scripts whose letters join can lack a glyph that each letter alone has.
            logger.warning("A paper is made with plain letters only: %s", error.message)
            return _compile(folder, data, maps, plain)


def _compile(
    folder: Path,
    data: dict[str, Any],
    maps: dict[Path, str],
    shown: Callable[[str], str],
) -> bytes:
    for path, text in maps.items():
        path.write_text(shown(text), encoding="utf-8")
    texts = _mapped(data, lambda text: shown(printable(text)))
    (folder / "dossier.json").write_text(json.dumps(texts), encoding="utf-8")
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), root=str(folder), font_paths=fonts()
    )
    made = compiler.compile(format="pdf", pdf_standards="ua-1")
    assert isinstance(made, bytes)  # noqa: S101 -- one file, since no output is named
    return made


def _mapped(data: object, shown: Callable[[str], str]) -> Any:
    """Return the structure with each text as it is to be shown."""
    if isinstance(data, str):
        return shown(data)
    if isinstance(data, dict):
        return {key: _mapped(value, shown) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_mapped(value, shown) for value in data]
    return data
