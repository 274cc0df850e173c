"""Every text of the site can be translated, and German, the first language, is whole.

The texts are extracted with Django's own reader of templates and with Babel, so that this
runs where the gettext tools are not installed.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.test import RequestFactory
from django.utils.functional import Promise
from django.utils.translation.template import templatize

PACKAGES = (
    "mapapp",
    "operation",
    "staff",
    "exports",
    "insek",
    "councils",
    "pins",
    "layers",
    "districts",
    "trust",
    "geo",
)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[sdf]|%%|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
# Translations, blocks that fill an attribute, and all other tags.
NOT_SAID = re.compile(
    r"\{% (comment|blocktranslate)\b.*?\{% end\1 %\}"
    r"|\{% block (main|body)_class %\}.*?\{% endblock %\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}",
    re.DOTALL,
)
# Attributes that a partial adds to a tag, e-mail addresses, and the name of a standard.
NOR_THAT = re.compile(
    r"\bdata-[a-z-]+=\"[^\"]*\"|\b[\w.-]+@[\w.-]+|\bOGC API Features\b"
)
# Both languages stand on it: whatever is broken may be the translation.
BILINGUAL = {"500.html", "unreachable.html"}
# What has no other name in any language.
NAMES = {
    "API",
    "CSV",
    "Excel",
    "GeoJSON",
    "GeoPackage",
    "LineString",
    "OGC",
    "PDF",
    "Point",
    "Polygon",
    "Python",
    "QGIS",
    "XLSX",
    "km²",
}
ATTRIBUTES = {
    "alt",
    "aria-label",
    "aria-description",
    "content",
    "placeholder",
    "title",
}


class Text(NamedTuple):
    """A text as the code has it; a plural has two forms."""

    context: str | None
    forms: tuple[str, ...]


def templates() -> list[Path]:
    folder = settings.ROOT / "templates"
    return sorted(f for f in folder.rglob("*") if f.suffix in {".html", ".txt"})


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for file in sorted((settings.ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def texts_of(source: str) -> set[Text]:
    """Return what a module marks for translation."""
    found = extract("python", BytesIO(source.encode()), KEYWORDS)
    return {
        Text(context, forms(message)) for _line, message, _comments, context in found
    }


def code_of(template: str) -> str:
    """Return a template as Python; its indentation would mean something there."""
    return re.sub(r"^[ \t]+", "", templatize(template), flags=re.MULTILINE)


def texts() -> set[Text]:
    sources = [code_of(file.read_text("utf-8")) for file in templates()]
    sources += [file.read_text("utf-8") for file in modules()]
    return set().union(*map(texts_of, sources))


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (settings.ROOT / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def forms(text: object) -> tuple[str, ...]:
    """Return the forms of a text: one, or as many as its plural has."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text or ""),)


def key(message: Message) -> Text:
    return Text(message.context, forms(message.id))


def test_every_text_is_translated(messages: list[Message]) -> None:
    whole = {
        key(message)
        for message in messages
        if not message.fuzzy and all(forms(message.string))
    }
    assert texts() - whole == set()


def test_nothing_hides_a_text_from_the_reader_of_texts() -> None:
    """By another name a function of gettext marks nothing."""
    hidden = re.compile(r"\bn?p?gettext(_lazy|_noop)? as (?!_\b)\w+")
    found = {file.name for file in modules() if hidden.search(file.read_text("utf-8"))}
    assert found == set()


def test_the_catalogue_holds_nothing_that_nobody_says(messages: list[Message]) -> None:
    assert {key(message) for message in messages} - texts() == set()


def test_the_catalogue_is_german_with_its_two_forms(catalogue: Catalog) -> None:
    assert str(catalogue.locale) == "de"
    assert catalogue.num_plurals == 2
    assert catalogue.plural_expr == "(n != 1)"


def test_translations_keep_placeholders(messages: list[Message]) -> None:
    """A lost placeholder loses a name or a number, a misspelt one breaks the page.

    Of one thing the number need not be said, where English leaves it out as well.
    """
    wrong = [
        form
        for message in messages
        for source, form in zip(forms(message.id), forms(message.string), strict=True)
        if not placeholders(source)
        <= placeholders(form)
        <= placeholders(forms(message.id)[-1])
    ]
    assert wrong == []


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_translations_keep_markup(messages: list[Message]) -> None:
    wrong = [
        form
        for message in messages
        for form in forms(message.string)
        if sorted(TAG.findall(form)) != sorted(TAG.findall(forms(message.id)[-1]))
    ]
    assert wrong == []


def test_translations_begin_and_end_as_the_text_does(messages: list[Message]) -> None:
    """Blanks, colons and dots at the ends belong to what stands around them."""
    wrong = [
        form
        for message in messages
        for form in forms(message.string)
        for original in forms(message.id)[-1:]
        if form != form.strip() or (form[-1] == ":") != (original[-1] == ":")
    ]
    assert wrong == []


class Words(HTMLParser):
    """Collects what a reader of the page sees or hears, outside of tags and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        # Commands are the same in every language.
        if self.lasttag not in {"code", "style"}:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.lasttag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_for_readers = tag != "meta" or ("name", "description") in attrs
        for name, value in attrs:
            # What scripts show is a sentence; what they only read is a code.
            is_sentence = name.startswith("data-") and re.search("[A-Z]", value or "")
            if is_for_readers and (name in ATTRIBUTES or is_sentence):
                self.found.append(value or "")


def unmarked_words(source: str) -> list[str]:
    """Return the words of a template that stand outside of every translation."""
    parser = Words()
    parser.feed(NOT_SAID.sub("", source))
    said = NOR_THAT.sub("", " ".join(parser.found))
    words = re.findall(r"[^\W\d_]{2,}²?", said)
    return [word for word in words if word not in NAMES]


@pytest.mark.parametrize("file", templates(), ids=lambda file: file.name)
def test_templates_say_nothing_without_translation(file: Path) -> None:
    if file.name not in BILINGUAL:
        assert unmarked_words(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<img alt="A map">', ["map"]),
        ('<a class="link" href="/x">{% translate "Go" %}</a>', []),
        ("{% blocktranslate trimmed %}Some <b>words</b>{% endblocktranslate %}", []),
        ("{% if x %}Yes{% endif %}", ["Yes"]),
        ('<p data-left="Left: {n}" data-map="pins"></p>', ["Left"]),
    ],
)
def test_unmarked_words_are_found(template: str, words: list[str]) -> None:
    assert unmarked_words(template) == words


def label_of(model_admin: admin.ModelAdmin[Any], name: str) -> object:
    try:
        field = model_admin.model._meta.get_field(name)
    except FieldDoesNotExist:
        if name in model_admin.form.base_fields:
            return model_admin.form.base_fields[name].label
        source = model_admin if hasattr(model_admin, name) else model_admin.model
        return getattr(getattr(source, name), "short_description", name)
    return getattr(field, "verbose_name", name)


def test_labels_of_the_admin_can_be_translated():
    """A field without a label shows its Python name, which no catalogue reaches."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    shown = [
        (model_admin, name)
        for model, model_admin in admin.site._registry.items()
        if model.__module__.split(".")[0] in PACKAGES
        for name in {
            *flatten_fieldsets(model_admin.get_fieldsets(request)),
            *model_admin.get_list_display(request),
        }
        - {"__str__"}
    ]
    wrong = [
        f"{model_admin.model.__name__}.{name}"
        for model_admin, name in shown
        if not isinstance(label_of(model_admin, name), Promise)
    ]
    assert shown
    assert wrong == []
