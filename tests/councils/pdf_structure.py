"""Reading a PDF the way a screen reader would."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(data))


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield the elements of the structure, in the order of reading."""
    yield from _below(pdf.Root.StructTreeRoot)


def _below(element: Any) -> Iterator[Any]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _below(kid)


def kinds(pdf: pikepdf.Pdf) -> list[str]:
    return [str(element.S)[1:] for element in elements(pdf)]


def alternatives(pdf: pikepdf.Pdf) -> list[str]:
    """Return the words that stand for each figure."""
    figures = [e for e in elements(pdf) if e.S == "/Figure"]
    return [str(figure.get("/Alt", "")) for figure in figures]


def bookmarks(pdf: pikepdf.Pdf) -> list[str]:
    with pdf.open_outline() as outline:
        return [title for item in outline.root for title in _titles(item)]


def _titles(item: Any) -> Iterator[str]:
    yield item.title
    for child in item.children:
        yield from _titles(child)


def metadata(pdf: pikepdf.Pdf) -> str:
    return bytes(pdf.Root.Metadata.read_bytes()).decode()


def words(pdf: pikepdf.Pdf) -> str:
    """Return all text, as copying from the document gives it."""
    found = [_text_of(page) for page in pdf.pages]
    return " ".join(re.sub(r"\s+", " ", text) for text in found)


def _text_of(page: Any) -> str:
    maps = {
        name: _characters(font)
        for name, font in page.Resources.get("/Font", {}).items()
    }
    text, known = "", {}
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        if str(operator) == "Tf":
            known = maps[str(operands[0])]
        if str(operator) in {"Tj", "TJ", "'"}:
            text += _shown(operands[0], known)
        if str(operator) == "ET":
            text += " "
    return text


def _shown(operand: Any, known: dict[int, str]) -> str:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    codes = b"".join(bytes(p) for p in parts if isinstance(p, pikepdf.String))
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return "".join(known.get(high * 256 + low, "") for high, low in pairs)


def _characters(font: Any) -> dict[int, str]:
    """Return what each code of a font stands for, by its ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found = re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s*(?=<|\n|end)", table)
    return {
        int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in found
    }
