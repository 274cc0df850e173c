"""Which characters the fonts of a paper have.

PDF/UA forbids a character without a glyph: what no font has is shown as a box, which is
honest, and the paper is made all the same. Residents write whatever their phones offer.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

BOX = "\N{WHITE SQUARE}"
# Latin letters as German and its neighbours write them: the fonts that typst brings have
# them all, and most papers need no others.
RANGES = ((0x20, 0x7F), (0xA0, 0x180), (0x2013, 0x2015), (0x2018, 0x201F))
SAFE = frozenset(chr(c) for a, b in RANGES for c in range(a, b)) | {"\n", "…", "€", BOX}
# Controls, surrogates, private and unassigned code points; tabs and line ends are kept.
UNPRINTABLE = ("Cc", "Cs", "Co", "Cn")
JOINERS = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"
PROBE = b"""
#set document(title: "Probe")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))
#for found in json(bytes(sys.inputs.characters)) [#found #parbreak()]
"""
WITHOUT_GLYPH = re.compile(r'the text `"(.*?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# One of a box and what had joined it to the next one.
RUN = re.compile(rf"{BOX}[{JOINERS}{BOX}\U0001f3fb-\U0001f3ff]*")


@cache
def fonts() -> "typst.Fonts":
    """Return the fonts that typst brings, and those of the machine for rarer scripts."""
    # Here, not above: a web server needs none of its memory.
    import typst

    return typst.Fonts(include_system_fonts=True)


def missing(characters: Iterable[str]) -> frozenset[str]:
    """Return those of the characters that no font has, as typst says."""
    import typst

    asked = sorted(frozenset(characters) - SAFE)
    if not asked:
        return frozenset()
    compiler = typst.Compiler(
        PROBE, font_paths=fonts(), sys_inputs={"characters": json.dumps(asked)}
    )
    try:
        compiler.compile(format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:
        found = WITHOUT_GLYPH.findall(f"{error.message}\n{error.diagnostic}")
        return frozenset("".join(_unescaped(text) for text in found))
    return frozenset()


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def printable(text: str) -> str:
    """Return a text without what is no character of any script; line ends become one."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c
        for c in lines.replace("\t", " ").replace("\ufeff", "")
        if c == "\n" or unicodedata.category(c) not in UNPRINTABLE
    )


def boxed(text: str, without: frozenset[str]) -> str:
    """Return the text with one box for each run of characters that have no glyph."""
    if not without.intersection(text):
        return text
    return RUN.sub(BOX, "".join(BOX if c in without else c for c in text))


def plain(text: str) -> str:
    """Return the text with a box for whatever is not sure to have a glyph."""
    return boxed(text, frozenset(text) - SAFE)
