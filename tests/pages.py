"""Reading the pages that the site answers with, the way a browser would."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any


@dataclass
class _Reader(HTMLParser):
    fields: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    _text: list[str] | None = None
    _name: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"a", "link"}:
            self.links.append(values)
        if tag == "select":
            self._name = values.get("name", "")
        if tag == "option" and "selected" in values:
            self.fields[self._name] = values["value"]
        if tag == "textarea":
            self._name, self._text = values.get("name", ""), []
        if tag == "input" and "name" in values:
            self._input(values)

    def _input(self, values: dict[str, str]) -> None:
        is_choice = values.get("type") in {"radio", "checkbox"}
        if not is_choice or "checked" in values:
            self.fields[values["name"]] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            # A browser drops the line end right after the tag.
            self.fields[self._name] = "".join(self._text).removeprefix("\n")
            self._text = None


def _read(response: Any) -> _Reader:
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader


def fields_of(response: Any) -> dict[str, str]:
    """Return what the forms of a page hold: the values a browser would send."""
    return _read(response).fields


def links_of(response: Any) -> list[dict[str, str]]:
    """Return the attributes of all links of a page."""
    return _read(response).links


def text_of(response: Any) -> str:
    """Return the page without its tags, entities resolved, blanks unified."""
    bare = re.sub(
        r"<(script|style)\b.*?</\1>|<[^>]*>",
        " ",
        response.content.decode(),
        flags=re.DOTALL,
    )
    return " ".join(unescape(bare).split())


def assert_refused(response: Any, *fields: str, status: int = 422) -> None:
    """Check that the page shows a form again, with messages at just these fields."""
    assert response.status_code == status, text_of(response)[:500]
    errors = response.context["form"].errors
    assert sorted(errors) == sorted(fields), errors
    shown = text_of(response)
    for messages in errors.values():
        for message in messages:
            assert " ".join(message.split()) in shown
