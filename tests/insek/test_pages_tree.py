"""The German and the English tree: made once, read by everyone, drafts by nobody."""

import datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from insek.pages.models import FaqPage, HomePage, LegalPage, NewsIndexPage, PeoplePage
from insek.pages.models.notice import KEPT, BarrierNotice
from insek.pages.tasks import erase_barrier_notices, publish_scheduled_pages
from insek.pages.tree import plant
from tests.cms import (
    make_document,
    make_office_user,
    make_picture,
    make_trees,
    publish_news,
)
from tests.factories import (
    make_district,
    make_event,
    make_measure,
    make_phase,
    make_pin,
    make_user,
)
from tests.pages import links_of, text_of


@pytest.fixture
def trees(db):
    make_trees()


@pytest.fixture
def worker(trees, monkeypatch):
    """Let a job run in the test's own transaction."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


def alternates(response):
    return {
        link["hreflang"]: link["href"]
        for link in links_of(response)
        if link.get("rel") == "alternate" and "hreflang" in link
    }


def test_trees_are_made_once(trees):
    before = list(Page.objects.values_list("path", "url_path"))

    assert plant() == []
    assert list(Page.objects.values_list("path", "url_path")) == before
    assert not Page.objects.filter(slug="home").exists()
    assert Site.objects.get().root_page.specific == HomePage.objects.get(
        locale__language_code="de"
    )
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()


def test_a_tree_grows_where_there_is_no_root(db):
    Page.objects.all().delete()

    plant(languages=("de",))

    home = HomePage.objects.get()
    assert (home.locale.language_code, home.get_parent().is_root()) == ("de", True)
    # A city that speaks English, too, later on.
    assert len(plant()) == HomePage.objects.count() * len(home.get_children()) // 2 + 1
    assert plant() == []


def test_a_language_that_is_not_spoken_any_more_is_not_offered(trees, client, settings):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [("de", "Deutsch")]

    assert alternates(client.get("/insek/")) == {}


def test_the_first_page_of_wagtail_gives_way_with_its_groups(db):
    Page.objects.all().delete()
    locale, _ = Locale.objects.get_or_create(language_code="de")
    root = Page.add_root(title="Root", slug="root", locale=locale)
    first = root.add_child(instance=Page(title="Welcome", slug="home", locale=locale))
    Site.objects.create(hostname="localhost", root_page=first, is_default_site=True)
    for name in ("Editors", "Moderators"):
        Group.objects.get_or_create(name=name)
    # Somebody is in this one: it is in use.
    make_user().groups.add(Group.objects.get(name="Editors"))

    plant()

    assert not Page.objects.filter(slug="home").exists()
    assert Site.objects.get().root_page.specific == HomePage.objects.get(
        locale__language_code="de"
    )
    assert not Group.objects.filter(name="Moderators").exists()
    assert Group.objects.filter(name="Editors").exists()


def test_what_an_editor_changed_stays(trees):
    home = HomePage.objects.get(locale__language_code="de")
    home.title = "Unsere Stadt"
    home.save_revision().publish()

    plant()

    home.refresh_from_db()
    assert home.title == "Unsere Stadt"


def test_each_page_is_there_in_both_languages(client, trees):
    for language in ("", "/en"):
        for page in ("", "news/", "documents/", "people/", "faq/"):
            path = f"{language}/insek/{page}"
            response = client.get(path)

            assert response.status_code == 200, path
            assert sorted(alternates(response)) == ["de", "en"]
            links = links_of(response)
            [own] = [x["href"] for x in links if x.get("rel") == "canonical"]
            assert own == f"http://testserver{path}"


def test_what_is_not_translated_leads_to_the_home_of_the_language(client, trees):
    publish_news("Nur auf Deutsch")

    response = client.get("/insek/news/nur-auf-deutsch/")

    assert alternates(response) == {}
    [other] = [x for x in links_of(response) if x.get("lang") == "en"]
    assert other["href"] == "/en/insek/"


def test_a_translation_is_found_from_the_original(client, trees):
    news = publish_news("Neues")
    english = NewsIndexPage.objects.get(locale__language_code="en")
    copied = news.copy_for_translation(english.locale)
    copied.title = "Something new"
    copied.save_revision().publish()

    response = client.get("/insek/news/neues/")

    assert alternates(response)["en"] == "http://testserver/en/insek/news/neues/"
    assert "Something new" in text_of(client.get("/en/insek/news/neues/"))


def test_drafts_are_for_nobody(client, trees):
    make_district(16)
    draft = publish_news("Geheim", live=False)

    assert client.get("/insek/news/geheim/").status_code == 404
    for path in ("/insek/", "/insek/news/", "/search/?q=Geheim", "/feeds/news.atom"):
        assert draft.intro not in client.get(path).content.decode(), path


def test_a_later_draft_of_a_published_page_is_for_nobody(client, trees):
    news = publish_news("Neues")
    news.intro = "Noch geheim"
    news.save_revision()

    for path in ("/insek/news/neues/", "/insek/news/", "/search/?q=geheim"):
        assert "Noch geheim" not in client.get(path).content.decode(), path


def test_what_is_scheduled_is_published_by_the_worker(client, worker):
    later = publish_news("Später", live=False, slug="spaeter")
    later.go_live_at = timezone.now() + datetime.timedelta(hours=1)
    later.save_revision().publish()
    publish_scheduled_pages(0)
    assert client.get("/insek/news/spaeter/").status_code == 404

    past = timezone.now() - datetime.timedelta(minutes=1)
    # Of two that go live at the same moment either may be the last.
    later.revisions.update(approved_go_live_at=None)
    later.go_live_at = past
    later.save_revision(approved_go_live_at=past)
    publish_scheduled_pages(0)

    assert client.get("/insek/news/spaeter/").status_code == 200


def test_the_numbers_of_old_reports_of_barriers_are_erased(worker):
    now = timezone.now()
    new, _old = (
        BarrierNotice.objects.create(key=uuid4(), sent_at=now - age)
        for age in (datetime.timedelta(hours=1), 2 * KEPT)
    )

    erase_barrier_notices(0)

    assert BarrierNotice.objects.get() == new


def test_what_has_expired_is_taken_down_by_the_worker(client, worker):
    news = publish_news("Vorbei")
    type(news).objects.filter(pk=news.pk).update(
        expire_at=timezone.now() - datetime.timedelta(minutes=1)
    )

    publish_scheduled_pages(0)

    assert client.get("/insek/news/vorbei/").status_code == 404


def test_home_says_where_the_process_stands(client, trees):
    make_district(16)
    make_pin()
    make_phase(title_de="Karte offen")
    make_event(title_de="Werkstatt Klima")
    make_event(title_de="Geheime Werkstatt", state="draft")
    publish_news("Neues")

    page = text_of(client.get("/insek/"))

    for said in ("Karte offen", "Werkstatt Klima", "Neues"):
        assert said in page
    assert "Geheime Werkstatt" not in page


def test_home_takes_a_bounded_number_of_queries(
    client, trees, django_assert_max_num_queries
):
    for number in range(5):
        make_phase(days=number, title_de=f"Phase {number}")
        make_event(days=number + 1)
        publish_news(f"Neues {number}", picture=make_picture())
    client.get("/insek/")

    with django_assert_max_num_queries(45):
        client.get("/insek/")


def test_a_page_shows_its_parts_and_nothing_that_is_not_public(client, trees):
    make_district(16)
    pin = make_pin(title="Mehr Bäume")
    shown = make_measure("M 1", title_de="Baumreihe")
    hidden = make_measure("M 2", title_de="Geheimplan", is_public=False)
    picture = make_picture()
    picture.contextual_alt_text, picture.decorative = "Weiden am Bach", False
    publish_news(
        "Teile",
        body=[
            ("heading", {"text": "Ein <b>Wort</b>", "level": "h2"}),
            ("pin", pin.reference),
            ("measure", shown),
            ("measure", hidden),
            ("quote", {"text": "So sei es.", "who": "Jemand"}),
            ("document", make_document()),
            ("picture", {"picture": picture, "caption": "Unten im Tal"}),
        ],
    )

    response = client.get("/insek/news/teile/")

    html = response.content.decode()
    for said in ("Mehr Bäume", "Baumreihe", "So sei es.", "PDF, 8", "Unten im Tal"):
        assert said in html.replace("\xa0", " "), said
    assert "Geheimplan" not in html
    assert 'alt="Weiden am Bach"' in html
    assert "<b>Wort</b>" not in html


def test_pages_of_news_end(client, trees):
    for number in range(11):
        publish_news(f"Neues {number}")

    assert "page=2" in client.get("/insek/news/").content.decode()
    assert client.get("/insek/news/?page=2").status_code == 200
    for page in ("3", "0", "x", "9" * 30, "²", "%00"):
        assert client.get(f"/insek/news/?page={page}").status_code == 404, page


def test_each_answer_has_an_address_of_its_own(client, trees):
    page = FaqPage.objects.get(locale__language_code="de")
    question = {"question": "Wer entscheidet?", "answer": "<p>Der Rat.</p>"}
    page.groups = [("group", {"heading": "Rat", "questions": [question, question]})]
    page.save_revision().publish()

    html = client.get("/insek/faq/").content.decode()

    assert 'id="wer-entscheidet"' in html
    assert 'id="wer-entscheidet-2"' in html


def test_people_are_named_with_their_mandate(client, trees):
    page = PeoplePage.objects.get(locale__language_code="de")
    circle = {
        "name": "Steuerungsgruppe",
        "mandate": "<p>Sie steuert.</p>",
        "members": [{"name": "Amt für Stadtplanung", "role": "Leitung"}],
        "decisions": [{"date": datetime.date(2025, 3, 1), "text": "Ziele gebilligt"}],
    }
    page.circles = [("circle", circle)]
    page.save_revision().publish()

    page = text_of(client.get("/insek/people/"))

    for said in ("Steuerungsgruppe", "Sie steuert.", "Leitung", "Ziele gebilligt"):
        assert said in page


def test_the_operators_words_stand_on_the_legal_pages(client, trees):
    for page in LegalPage.objects.filter(locale__language_code="de"):
        page.body = [("text", "<p>Das sagt der Betreiber.</p>")]
        page.save_revision().publish()
        about = f"/about/{page.kind}/"

        assert "Das sagt der Betreiber." in text_of(client.get(about)), about
        assert "Das sagt der Betreiber." not in text_of(client.get(f"/en{about}"))
        assert client.get(f"/insek/{page.kind}/")["Location"] == about


def test_editors_see_a_legal_text_alone_before_it_is_published(client, trees):
    page = LegalPage.objects.get(kind="imprint", locale__language_code="en")
    assert page.url.endswith("/en/about/imprint/")
    page.body = [("text", "<p>Not yet agreed.</p>")]
    page.save_revision()
    client.force_login(make_office_user())

    draft = client.get(f"/cms/pages/{page.pk}/view_draft/")

    assert draft.status_code == 200
    assert "Not yet agreed." in text_of(draft)
    assert "Not yet agreed." not in text_of(client.get("/en/about/imprint/"))


def test_legal_pages_are_there_without_any_page_of_the_cms(client, db):
    for kind in LegalPage.Kind.values:
        assert client.get(f"/about/{kind}/").status_code == 200, kind


def test_feed_names_the_news_of_its_language(client, trees):
    publish_news("Neues <script>")
    publish_news("News", language="en")

    german = client.get("/feeds/news.atom")
    english = client.get("/feeds/news.atom?lang=en")

    assert german["Content-Type"].startswith("application/atom+xml")
    assert b"Neues &lt;script&gt;" in german.content
    assert b"http://testserver/insek/news/" in german.content
    assert b"<title>News</title>" in english.content
    assert client.get("/feeds/news.atom?lang=fr").status_code == 400
