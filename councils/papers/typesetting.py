"""Setting a paper with typst, as a process of its own: `python -m … FOLDER TEMPLATE`.

What typst has set it remembers, some hundred megabytes of a large paper, as long as its
process lives; and a paper that goes wrong in it must not take a web server with it.
Nothing of Django is needed here: the folder holds all there is to set.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from councils.papers.glyphs import boxed, fonts, missing, plain

TEMPLATE = Path(__file__).with_name("dossier.typ")
MAP_SUFFIX, WORDS, SET, SHOWN = "-map.svg", "words.json", "set.pdf", "shown.json"


def set_paper(folder: Path, template: Path) -> None:
    """Write `set.pdf` beside `words.json` and the pictures of a folder.

    Raises TypstError where typst cannot set it.
    """
    # Here, not above: who only names the files needs none of its memory.
    import typst

    data = json.loads((folder / WORDS).read_text("utf-8"))
    maps = {p: p.read_text("utf-8") for p in folder.glob(f"*{MAP_SUFFIX}")}
    letters = set().union(*_words_in(data), *maps.values()) - {"\n"}
    without = missing(letters)
    try:
        made = _compile(folder, template, data, maps, lambda text: boxed(text, without))
    except typst.TypstError as error:
        # Scripts whose letters join can lack a glyph that each letter alone has.
        sys.stderr.write(f"Only plain letters are used: {error.message}\n")
        made = _compile(folder, template, data, maps, plain)
    (folder / SET).write_bytes(made)


def _compile(
    folder: Path,
    template: Path,
    data: Any,
    maps: dict[Path, str],
    shown: Callable[[str], str],
) -> bytes:
    import typst

    for path, picture in maps.items():
        path.write_text(shown(picture), encoding="utf-8")
    (folder / SHOWN).write_text(json.dumps(mapped(data, shown)), encoding="utf-8")
    compiler = typst.Compiler(
        template.read_bytes(), root=str(folder), font_paths=fonts()
    )
    made = compiler.compile(format="pdf", pdf_standards="ua-1")
    assert isinstance(made, bytes)  # noqa: S101 -- one file, since no output is named
    return made


def mapped(data: object, shown: Callable[[str], str]) -> Any:
    """Return a structure as JSON knows it with each text changed."""
    if isinstance(data, str):
        return shown(data)
    if isinstance(data, dict):
        return {key: mapped(value, shown) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [mapped(value, shown) for value in data]
    return data


def _words_in(data: object) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _words_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _words_in(value)


if __name__ == "__main__":
    set_paper(Path(sys.argv[1]), Path(sys.argv[2]))
