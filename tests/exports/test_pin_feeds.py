import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.utils import timezone

from exports.feeds import pins as pin_feeds
from pins.models import PublicPin
from pins.workflow import Kind, Status, Visibility
from tests.factories import make_pin, make_theme
from tests.pages import links_of

ATOM = "{http://www.w3.org/2005/Atom}"
HOHENECKEN, MOBILITY = "/feeds/districts/hohenecken.atom", "/feeds/themes/mobility.atom"
BODY = "/feeds/bodies/ortsbeirat-hohenecken/pins.atom"


def read(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 – our own


def titles(feed):
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def link(feed, rel):
    found = feed.find(f"{ATOM}link[@rel='{rel}']")
    return None if found is None else found.get("href")


def follow(client, address):
    return read(client, address.removeprefix(settings.BASE_URL))


def change(pin, *, at, **fields):
    PublicPin.objects.filter(reference=pin.reference).update(
        status_changed_at=at, **fields
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/feeds/pins.atom", {0, 1, 2, 3, 4}),
        (HOHENECKEN, {0, 1, 4}),
        ("/feeds/themes/energy.atom", {2, 3}),
        (BODY, {0, 1, 4}),
        (f"{HOHENECKEN}?kind=keep", {4}),
        ("/feeds/pins.atom?status=adopted&theme=energy&theme=mobility", {3}),
        ("/feeds/pins.atom?body=ortsbeirat-dansenberg&district=dansenberg", {2, 3}),
        ("/feeds/pins.atom?status=done", set()),
    ],
)
def test_a_feed_holds_what_it_is_about(client, five, path, expected):
    assert set(titles(read(client, path))) == {five[n].title for n in expected}


def test_an_entry_says_what_it_is_and_where(client, pin):
    feed = read(client, "/feeds/pins.atom")

    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"tag:testserver,2026:pin/{pin.reference}"
    assert entry.findtext(f"{ATOM}title") == pin.title
    assert entry.find(f"{ATOM}link").get("href") == (
        f"http://testserver/pins/{pin.reference}"
    )
    assert entry.findtext(f"{ATOM}published") <= entry.findtext(f"{ATOM}updated")
    lat, lon = entry.findtext("{http://www.georss.org/georss}point").split()
    assert float(lat) == pytest.approx(pin.location.y, abs=1e-6)
    assert float(lon) == pytest.approx(pin.location.x, abs=1e-6)
    terms = [category.get("term") for category in entry.iter(f"{ATOM}category")]
    assert {"Mobilität", "Hohenecken"} <= set(terms)


@pytest.mark.parametrize("path", ["/feeds/pins.atom", HOHENECKEN, MOBILITY, BODY])
def test_feeds_have_all_that_the_standard_demands(client, pin, path):
    feed = read(client, path)

    assert feed.tag == f"{ATOM}feed"
    for parent in (feed, feed.find(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
            assert parent.findtext(f"{ATOM}{name}")
        datetime.datetime.fromisoformat(parent.findtext(f"{ATOM}updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert link(feed, "self") == f"http://testserver{path}"
    page = urlsplit(link(feed, "alternate"))
    assert client.get(f"{page.path}?{page.query}").status_code == 200


def test_each_feed_has_a_name_of_its_own(client, pin):
    ids = {
        read(client, path).findtext(f"{ATOM}id")
        for path in (
            "/feeds/pins.atom",
            "/feeds/pins.atom?lang=en",
            "/feeds/pins.atom?status=received",
            HOHENECKEN,
            MOBILITY,
            BODY,
        )
    }

    assert len(ids) == 6
    assert all(name.startswith("tag:testserver,2026:") for name in ids)


def test_an_old_contribution_that_is_answered_comes_first(client, city):
    now = timezone.now()
    old = make_pin(
        title="Altes Anliegen", published_at=now - datetime.timedelta(days=400)
    )
    new = make_pin(
        title="Neues Anliegen", published_at=now - datetime.timedelta(days=1)
    )
    change(new, at=now - datetime.timedelta(days=1))
    change(
        old,
        at=now,
        status=Status.ADOPTED,
        public_answer="Wir bauen <b>es</b> & bald.",
        answer_body="Stadtrat",
    )

    feed = read(client, "/feeds/pins.atom")

    assert titles(feed) == ["Altes Anliegen", "Neues Anliegen"]
    content = feed.find(f"{ATOM}entry").findtext(f"{ATOM}summary")
    assert "Stadtrat" in content
    assert "&lt;b&gt;es&lt;/b&gt; &amp; bald." in content
    assert feed.findtext(f"{ATOM}updated") == now.isoformat()


def test_markup_and_control_characters_do_no_harm(client, city):
    make_pin(title="<script>alert(1)</script>", text="Zeile\x0bmit <i>Rest</i>")

    feed = read(client, "/feeds/pins.atom")

    assert titles(feed) == ["<script>alert(1)</script>"]
    content = feed.find(f"{ATOM}entry").findtext(f"{ATOM}summary")
    assert "<i>" not in content
    assert "&lt;i&gt;Rest&lt;/i&gt;" in content


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLISHED}))
def test_what_is_not_public_is_in_no_feed(client, city, visibility):
    make_pin(visibility=visibility)

    assert titles(read(client, "/feeds/pins.atom")) == []


def test_a_long_feed_goes_on_and_each_entry_comes_once(client, city, monkeypatch):
    monkeypatch.setattr(pin_feeds, "ENTRIES", 2)
    pins = [make_pin(title=f"Ein Anliegen {n}") for n in range(5)]
    now = timezone.now()
    # Three of the same moment, which ends a document in their middle.
    for pin in pins[1:4]:
        change(pin, at=now + datetime.timedelta(hours=1))

    feed = read(client, "/feeds/pins.atom?kind=problem&lang=en")
    seen, documents = titles(feed), 1
    first = link(feed, "self")
    assert link(feed, "first") is None
    while address := link(feed, "next"):
        feed = follow(client, address)
        assert link(feed, "first") == first
        assert "lang=en" in link(feed, "self")
        seen += titles(feed)
        documents += 1

    assert documents == 3
    assert sorted(seen) == sorted(pin.title for pin in pins)


def test_words_around_follow_the_language(client, five):
    german, english = (
        read(client, "/feeds/pins.atom", kind=Kind.KEEP, lang=lang)
        for lang in ("de", "en")
    )

    attribute = "{http://www.w3.org/XML/1998/namespace}lang"
    assert (german.get(attribute), english.get(attribute)) == ("de", "en")
    assert titles(german) == titles(english)
    terms = [
        {category.get("term") for category in feed.iter(f"{ATOM}category")}
        for feed in (german, english)
    ]
    assert "Mobilität" in terms[0]
    assert "Mobility" in terms[1]
    assert "/en/pins/" in english.find(f"{ATOM}entry/{ATOM}link").get("href")
    assert link(english, "alternate") == "http://testserver/en/?kind=keep"


@pytest.mark.parametrize(
    "query",
    [
        "lang=fr",
        "status=",
        "status=nothing",
        "status=%00",
        "q=Radweg",
        "sort=oldest",
        "nothing=1",
        "before=",
        "before=x",
        "before=1-9999999999999999999999",
        f"before={'9' * 400}-1",
        "before=1%00-1",
        f"theme={'x' * 5000}",
    ],
)
def test_what_makes_no_sense_is_refused(client, pin, query):
    response = client.get(f"/feeds/pins.atom?{query}")

    if query == "status=":
        assert response.status_code == 200
        return
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]


def test_the_address_of_a_feed_decides_what_it_is_about(client, pin):
    response = client.get(f"{HOHENECKEN}?district=dansenberg")

    assert response.status_code == 400


@pytest.mark.parametrize(
    "path", ["districts/nowhere.atom", "themes/nothing.atom", "bodies/none/pins.atom"]
)
def test_what_is_not_there_has_no_feed(client, pin, path):
    response = client.get(f"/feeds/{path}")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/feeds/pins.atom", HOHENECKEN, MOBILITY, BODY])
def test_only_reading(client, pin, path):
    assert client.post(path).status_code == 405
    assert client.head(path).content == b""


def test_who_has_it_already_gets_nothing(client, pin):
    first = client.get(HOHENECKEN)
    again = client.get(HOHENECKEN, headers={"If-None-Match": first["ETag"]})
    make_pin()
    changed = client.get(HOHENECKEN, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert first["Access-Control-Allow-Origin"] == "*"


def test_a_feed_costs_the_same_whatever_it_holds(
    client, five, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9):
        client.get(f"{HOHENECKEN}?kind=idea")


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/", "/feeds/pins.atom"),
        ("/en/", "/feeds/pins.atom?lang=en"),
        ("/?theme=mobility", MOBILITY),
        ("/en/?theme=mobility&status=received&q=Weg", None),
        ("/?theme=mobility&theme=energy", None),
        ("/districts/hohenecken/", HOHENECKEN),
        ("/en/districts/hohenecken/?theme=mobility", None),
    ],
)
def test_pages_lead_to_their_feed(client, pin, page, feed):
    make_theme("digital")
    found = [
        entry["href"]
        for entry in links_of(client.get(page))
        if entry.get("type") == "application/atom+xml"
    ]

    # In the head, for programs, and beside the list, for people.
    assert len(found) == 2
    assert len(set(found)) == 1
    assert feed in {None, found[0]}
    assert client.get(found[0]).status_code == 200


def test_a_list_that_cannot_be_shown_has_no_feed(client, pin):
    page = client.get("/?status=wrong")

    assert "application/atom+xml" not in page.content.decode()
