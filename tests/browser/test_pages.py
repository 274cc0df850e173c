"""The office publishes news in two languages, and everybody reads it in theirs."""

import pytest
from playwright.sync_api import Page, expect

from insek.pages.models import NewsIndexPage, NewsPage
from tests.browser.conftest import OpenPage
from tests.cms import make_office_user, make_trees

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]


def publish(page: Page) -> None:
    page.get_by_role("button", name="Mehr Aktionen").click()
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    page.wait_for_url("**/cms/pages/*/")


def test_news_in_two_languages(open_page: OpenPage):
    make_trees()
    index = NewsIndexPage.objects.get(locale__language_code="de")
    page = open_page(
        f"/cms/pages/add/insek_pages/newspage/{index.pk}/", user=make_office_user()
    )
    page.locator("#id_title").fill("Bäume für die Innenstadt")
    page.locator("#id_intro").fill("Hundert Bäume werden gepflanzt.")
    publish(page)

    news = NewsPage.objects.get()
    page.goto(f"/cms/translation/submit/page/{news.pk}/")
    page.locator("[name=locales]").first.check()
    page.get_by_role("button", name="Absenden").click()
    page.wait_for_url("**/edit/")
    page.locator("#id_title").fill("Trees for the centre")
    page.locator("#id_intro").fill("A hundred trees are being planted.")
    publish(page)

    visitor = open_page("/insek/")
    visitor.get_by_role("link", name="Bäume für die Innenstadt").click()
    expect(visitor.get_by_text("Hundert Bäume werden gepflanzt.")).to_be_visible()
    visitor.get_by_role("link", name="English").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Trees for the centre")
    expect(visitor.get_by_text("A hundred trees are being planted.")).to_be_visible()
