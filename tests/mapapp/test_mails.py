"""Each mail is in the language of its reader, whole, and the same as text and as HTML."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test.signals import template_rendered
from django.utils.translation import gettext, ngettext

from pins.models.report import Outcome
from tests.every_mail import ONLINE, WORDS, every_mail
from tests.languages import GAP, foreign_to, nodes_of, plain
from tests.mapapp.test_translations import PACKAGES, Text, code_of, texts_of

LINK = re.compile(r"https?://[^\s\"<>]+")
# Half past eleven at night in the city, as each language says it.
LATE = {"de": "15. Januar 2035, 23:30 Uhr", "en": "15 January 2035, 23:30"}
IN_SUMMER = {"de": "3. Juli 2035, 18:00 Uhr", "en": "3 July 2035, 18:00"}
# Modules that write mails; each is asked for its mails in `tests.every_mail`.
WRITERS = {
    "councils/desk/digest.py",
    "insek/events/letters.py",
    "insek/reports/mails.py",
    "mapapp/barrier.py",
    "mapapp/own_data.py",
    "pins/moderation/letters.py",
    "pins/notifications.py",
    "pins/reporting/letters.py",
    "pins/telling/letters.py",
    "staff/letters.py",
}
# To the operator alone, as somebody wrote it.
BARRIER = "barrier reported by"


def page_of(message: EmailMessage) -> str:
    """Return a mail as HTML; empty where it is plain text."""
    return "".join(str(part[0]) for part in getattr(message, "alternatives", []))


@pytest.fixture
def rendered() -> Any:
    """The names of all templates that the test renders."""
    names: set[str] = set()

    def note(template: Any, **_more: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_every_module_that_writes_mails_is_listed() -> None:
    found = {
        str(file.relative_to(settings.ROOT))
        for package in PACKAGES
        for file in (settings.ROOT / package).rglob("*.py")
        if re.search(r"\b(EmailMessage|EmailMultiAlternatives)\(", file.read_text())
    }
    assert found == WRITERS


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_mail_is_right(
    db: None, media: None, rendered: set[str], language: str
) -> None:
    """All in one test: making what the mails tell of costs more than asking."""
    mails = every_mail(language)
    for name, message in mails.items():
        assert_is_in_one_language(name, message, language)
        assert_is_whole(name, message)
        assert_leads_back(name, message, language)
        assert_says_the_same_as_text_and_html(name, message, language)
    if language == settings.LANGUAGE_CODE:
        folder = settings.ROOT / "templates"
        known = {str(file.relative_to(folder)) for file in folder.glob("*/mail/*")}
        assert known - rendered == set()
    said = " ".join(words_of(message) for message in mails.values())
    if language == settings.LANGUAGE_CODE:
        assert [text for text in texts_of_mails() if not is_said(text, said)] == []
    for moment in (LATE, IN_SUMMER):
        assert moment[language] in said
    assert sum(WORDS in str(message.body) for message in mails.values()) > len(Outcome)


def words_of(message: EmailMessage) -> str:
    shown = " ".join(nodes_of(page_of(message), settings.LANGUAGE_CODE))
    return plain(f"{message.subject} {message.body} {shown}")


def texts_of_mails() -> set[Text]:
    """Return the texts of all templates of mails: of each way through them."""
    files = (settings.ROOT / "templates").glob("*/mail/*")
    found = [texts_of(code_of(file.read_text("utf-8"))) for file in files]
    return set().union(*found)


def is_said(text: Text, said: str) -> bool:
    """Tell whether a mail says a text, in one of its forms."""
    one, many = text.forms[0], text.forms[-1]
    several = {ngettext(one, many, 1), ngettext(one, many, 2)}
    if one == many:
        several = {gettext(one)}
    return any(
        all(plain(piece) in said for piece in GAP.split(form)) for form in several
    )


def assert_is_in_one_language(name: str, message: EmailMessage, language: str) -> None:
    foreign, page = foreign_to(language), page_of(message)
    assert foreign.in_text(f"{message.subject}\n{message.body}") == [], name
    assert foreign.in_page(page, language) == [], name
    assert not page or f'<html lang="{language}"' in page, name


def assert_is_whole(name: str, message: EmailMessage) -> None:
    subject, body = str(message.subject), str(message.body)
    assert subject == plain(subject), name
    assert not re.search(r"%\(|\{\{|\{%|\bNone\b", subject + body), name
    # One empty line parts what belongs apart.
    assert not re.search(r"\n\s*\n\s*\n|[ \t]\n", body.rstrip() + "\n"), name
    # What people wrote is no markup.
    assert WORDS not in page_of(message), name
    if not name.startswith(BARRIER):
        assert settings.SITE_NAME in body, name
        assert message.extra_headers["Auto-Submitted"] == "auto-generated", name


def assert_leads_back(name: str, message: EmailMessage, language: str) -> None:
    links = set(LINK.findall(str(message.body))) - {ONLINE}
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    for link in links:
        path = link.removeprefix(settings.BASE_URL)
        assert path != link, name
        # A calendar says its language in its query.
        assert path.startswith(f"{prefix}/") or f"lang={language}" in path, name
    page = page_of(message)
    if page:
        linked = {unescape(link) for link in re.findall(r'href="([^"]+)"', page)}
        assert links - linked == set(), name
        # HTML leads to parts of a page, too, and to the first.
        pages = {re.sub(r"\?tab=\w+$", "", link) for link in linked}
        assert pages - links - {settings.BASE_URL, ONLINE} == set(), name


def assert_says_the_same_as_text_and_html(
    name: str, message: EmailMessage, language: str
) -> None:
    page = page_of(message)
    shown = letters(" ".join(nodes_of(page, language)))
    for line in str(message.body).splitlines() if page else []:
        # What leads to a link in the text is the words of a link in HTML.
        if not line.endswith(":") and not LINK.search(line):
            assert letters(line) in shown, f"{name}: {line}"


def letters(text: str) -> str:
    return re.sub(r"\W", "", text).lower()
