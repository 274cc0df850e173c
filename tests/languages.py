"""Whether a text of the site is said in the wrong language, by its own catalogue."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any

from babel.messages.pofile import read_po
from django.conf import settings

# Placeholders of Python and of scripts, and tags, stand between the words of a text.
GAP = re.compile(r"%\(\w+\)[.\d]*[sdf]|\{\w*\}|<[^>]*>|%%")
WORD = re.compile(r"[^\W\d_]{2,}")
# So many words in a row are nobody's by chance.
LONG = 3
SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


def plain(text: str) -> str:
    """Return a text with its blanks and line ends unified."""
    return " ".join(text.split())


@dataclass
class Texts:
    """The texts of the site in one language."""

    whole: set[str] = field(default_factory=set)

    def add(self, forms: object) -> None:
        several = forms if isinstance(forms, list | tuple) else [forms]
        self.whole |= {plain(str(form)) for form in several if form}

    @property
    def pieces(self) -> set[str]:
        """The words between the gaps of each text, where they are many in a row."""
        found = {
            piece.strip(" .,:;") for text in self.whole for piece in GAP.split(text)
        }
        return {piece for piece in found if len(WORD.findall(piece)) >= LONG}


class Foreign:
    """What is said in the other language alone."""

    def __init__(self, own: Texts, other: Texts) -> None:
        known = "\n".join(own.whole)
        self.whole = {text for text in other.whole - own.whole if WORD.search(text)}
        self.pieces = {piece for piece in other.pieces if piece not in known}

    def in_text(self, text: str) -> list[str]:
        """Return what of a running text is foreign."""
        said = plain(text)
        lines = {line.strip(" -*:") for line in text.splitlines()}
        found = [piece for piece in self.pieces if piece in said]
        return sorted({*found, *(lines & self.whole)})

    def in_page(self, html: str, language: str) -> list[str]:
        """Return what is foreign in a page, but for what says that it is."""
        nodes = nodes_of(html, language)
        found = [self.in_text(node) for node in nodes]
        return sorted({text for texts in found for text in texts})


@cache
def foreign_to(language: str) -> Foreign:
    """Return what must not be said in a language: German or English."""
    english, german = Texts(), Texts()
    with (settings.ROOT / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                english.add(message.id)
                german.add(message.string)
    return Foreign(german, english) if language == "de" else Foreign(english, german)


class _Nodes(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.found: list[str] = []
        # What is open, with the language and whether it is data for a script.
        self._open: list[tuple[str, str, str]] = [("", language, "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        _tag, language, _kind = self._open[-1]
        language = values.get("lang", language)
        if language.split("-")[0] == self.language:
            self._speak(tag, values)
        if tag not in VOID:
            self._open.append((tag, language, values.get("type", "")))

    def _speak(self, tag: str, values: dict[str, str]) -> None:
        is_button = tag == "input" and values.get("type") in {"submit", "button"}
        is_said = tag == "meta" and values.get("name") == "description"
        for name, value in values.items():
            is_sentence = name.startswith("data-") and re.search("[A-Z]", value)
            is_shown = (name == "value" and is_button) or (
                name == "content" and is_said
            )
            if name in SPOKEN or is_sentence or is_shown:
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        tag, language, kind = self._open[-1]
        if language.split("-")[0] != self.language or tag in {
            "style",
            "code",
            "textarea",
        }:
            return
        if tag == "script":
            if kind == "application/json":
                self.found += _strings(json.loads(data))
            return
        self.found.append(data)


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _strings(value)


def nodes_of(html: str, language: str) -> list[str]:
    """Return the texts and spoken attributes of a page that are in its own language."""
    parser = _Nodes(language)
    parser.feed(html)
    return [node for node in parser.found if node.strip()]
