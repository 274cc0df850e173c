"""The demo's pages: in both languages, written once, naming nobody."""

import pytest

from insek.pages.models import (
    DocumentsPage,
    FaqPage,
    HomePage,
    NewsPage,
    PageDocument,
    PeoplePage,
)
from mapapp import demo_pages
from tests.cms import make_trees


@pytest.fixture
def planted(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_trees()


def test_both_languages_are_filled_once(planted, client):
    number = demo_pages.load_news()

    assert number == len(demo_pages.read_pages()["news"])
    assert NewsPage.objects.live().count() == 2 * number
    assert demo_pages.load_pages() == 8
    assert (demo_pages.load_news(), demo_pages.load_pages()) == (0, 0)
    for language, word in (("de", "Schulwege und Schatten"), ("en", "come first")):
        news = NewsPage.objects.get(
            locale__language_code=language, translation_key=_weighed().translation_key
        )
        assert word in client.get(news.url).content.decode()
        for model in (HomePage, DocumentsPage, PeoplePage, FaqPage):
            page = model.objects.get(locale__language_code=language)
            assert client.get(page.url).status_code == 200


def _weighed():
    return NewsPage.objects.get(slug="zweite-veranstaltung", locale__language_code="de")


def test_documents_are_pdfs_that_say_what_they_are(planted):
    demo_pages.load_pages()

    assert PageDocument.objects.count() == 8
    for document in PageDocument.objects.all():
        with document.file.open() as file:
            assert file.read(5) == b"%PDF-"
        assert "(Beispiel)" in document.title or "(example)" in document.title


def test_what_somebody_wrote_stays(planted):
    home = HomePage.objects.get(locale__language_code="de")
    home.body = '[{"type": "text", "value": "<p>Unsere Worte</p>"}]'
    home.save_revision().publish()

    assert demo_pages.load_pages() == 7
    home.refresh_from_db()
    assert "Unsere Worte" in str(home.body)


@pytest.mark.parametrize(
    "entry", demo_pages.read_pages()["news"], ids=lambda e: e["slug"]
)
def test_news_have_all_their_words_and_true_days_or_say_they_are_invented(entry):
    assert entry["title"]
    assert entry["title_en"]
    assert len(entry["intro"]) <= 400
    assert len(entry["intro_en"]) <= 400
    words = str(entry["body"])
    assert isinstance(entry["date"], str) or "Beispiel der Demo" in words
