"""The German catalogue: every text of code and templates, each translated, nothing else."""

import re
import shutil
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from mapapp.management.commands.compile_messages import compile_catalogue

PACKAGES = ["mapapp", "exports", "councils", "pins", "layers", "districts", "geo"]
CATALOGUE = settings.ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
CONTEXT_FIRST = ((1, "c"), 2)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": CONTEXT_FIRST,
    "pgettext_lazy": CONTEXT_FIRST,
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def texts_in(source):
    """Yield context and text of each call of gettext in Python source."""
    found = extract("python", BytesIO(source.encode()), keywords=KEYWORDS)
    for _line, message, _comments, context in found:
        yield context, message if isinstance(message, str) else message[0]


def sources():
    """Yield all files that may hold texts, as Python source."""
    for package in PACKAGES:
        for path in sorted((settings.ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text("utf-8")
    templates = [settings.ROOT / "templates", *(settings.ROOT / p for p in PACKAGES)]
    for folder in templates:
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
            # What surrounds the texts has become X; its indents would be no Python.
            lines = templatize(path.read_text("utf-8")).splitlines()
            yield path, "\n".join(line.strip() for line in lines)


@pytest.fixture(scope="module")
def used():
    """Return where each text stands, by context and text."""
    places: dict[tuple[str | None, str], str] = {}
    for path, source in sources():
        for key in texts_in(source):
            places.setdefault(key, str(path.relative_to(settings.ROOT)))
    return places


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, abort_invalid=True)


def key_of(message):
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, text


def strings_of(message):
    """Return the translations, one for each plural form."""
    return [message.string] if isinstance(message.string, str) else [*message.string]


def messages_of(catalogue):
    return [message for message in catalogue if message.id]


def test_the_search_for_texts_finds_each_kind(used):
    """So that the tests below do not agree about nothing."""
    assert (None, "Please give a reason.") in used
    assert ("status of a contribution", "Done") in used
    assert (None, "Skip to content") in used
    assert (None, "%(counter)s contribution") in used
    assert (None, "Reason for hiding it") in used


def test_every_text_has_a_translation(used, catalogue):
    known = {key_of(message) for message in messages_of(catalogue)}
    missing = {text: place for text, place in used.items() if text not in known}
    assert missing == {}


def test_no_translation_is_empty_or_only_guessed(catalogue):
    empty = [m.id for m in messages_of(catalogue) if not all(strings_of(m))]
    fuzzy = [m.id for m in messages_of(catalogue) if m.fuzzy]
    assert (empty, fuzzy) == ([], [])


def test_no_translation_is_left_over(used, catalogue):
    known = {key_of(message) for message in messages_of(catalogue)}
    assert known - set(used) == set()
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize(
    "pattern",
    [r"%\(\w+\)[sd]", r"(?<!%)%[sd]", r"\{\w*\}", r"</?\w+", r'href="[^"]*"'],
    ids=["named", "positional", "braces", "tags", "links"],
)
def test_a_translation_keeps_what_is_filled_in(catalogue, pattern):
    wrong = []
    for message in messages_of(catalogue):
        singular, *plural = [message.id] if isinstance(message.id, str) else message.id
        for text in strings_of(message):
            wanted = sorted(re.findall(pattern, (plural or [singular])[-1]))
            if sorted(re.findall(pattern, text)) != wanted:
                wrong.append((message.id, text))
    assert wrong == []


def test_a_translation_ends_as_its_text_does(catalogue):
    """A colon or a full stop that is lost shows at once, and nowhere else."""
    pairs = [
        (key_of(message)[1], text)
        for message in messages_of(catalogue)
        for text in strings_of(message)
    ]
    assert [
        (source, text)
        for source, text in pairs
        if (source[-1] in ".:?…") != (text[-1] in ".:?…")
    ] == []


def test_it_compiles(tmp_path):
    source = tmp_path / "django.po"
    shutil.copy(CATALOGUE, source)

    with compile_catalogue(source).open("rb") as file:
        german = GNUTranslations(file)

    assert german.gettext("Skip to content") == "Direkt zum Inhalt"
    assert german.pgettext("status of a contribution", "Done") == "Umgesetzt"
    assert "Beiträge" in german.ngettext(
        "%(counter)s contribution", "%(counter)s contributions", 2
    )
