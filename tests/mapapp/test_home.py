"""The start page: map and list of the published pins, filtered, paged, in few queries."""

import datetime
from itertools import chain, product

import pytest
from django.utils import timezone

from layers.models import Overlay, Theme
from mapapp.overlays import describe
from pins.workflow import Status, Visibility
from tests.factories import make_district, make_overlay, make_pin, make_theme
from tests.pages import fields_of, links_of, text_of

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def city(db):
    make_district(16, name="Hohenecken")
    make_district(17, name="Einsiedlerhof")
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    make_theme("energy", title_de="Energie", title_en="Energy")


def titles(response):
    return [pin.title for pin in response.context["page"].pins]


def test_the_newest_comes_first(client, city):
    now = timezone.now()
    for age, title in [(2, "Mittleres"), (1, "Neuestes"), (3, "Ältestes")]:
        make_pin(title=title, published_at=now - age * MINUTE)

    response = client.get("/")

    assert response.status_code == 200
    assert titles(response) == ["Neuestes", "Mittleres", "Ältestes"]
    shown = text_of(response)
    order = [shown.index(title) for title in titles(response)]
    assert order == sorted(order)
    assert titles(client.get("/?sort=oldest")) == ["Ältestes", "Mittleres", "Neuestes"]


def test_each_entry_leads_to_its_page(client, city):
    pin = make_pin()

    assert f"/pins/{pin.reference}" in {
        a.get("href") for a in links_of(client.get("/"))
    }
    links = links_of(client.get("/en/"))
    assert f"/en/pins/{pin.reference}" in {a.get("href") for a in links}


def test_only_what_is_published(client, city):
    for visibility in Visibility:
        make_pin(visibility=visibility, title=f"Titel {visibility.value}")

    response = client.get("/")

    assert titles(response) == ["Titel published"]
    for visibility in set(Visibility) - {Visibility.PUBLISHED}:
        assert f"Titel {visibility.value}" not in response.content.decode()


def test_without_any_pin(client, city):
    response = client.get("/")

    assert response.status_code == 200
    assert response.context["counts"].total == 0


def test_without_any_district_or_theme(client, db):
    assert client.get("/").status_code == 200


def test_filters_work_without_javascript_and_stay_filled_in(client, city):
    make_pin(title="Gesucht wird dieses", kind="keep", status=Status.DONE, district=17)
    make_pin(title="Dieses andere nicht", kind="keep", status=Status.DONE)
    query = {
        "kind": "keep",
        "status": "done",
        "district": "einsiedlerhof",
        "theme": "mobility",
        "q": "gesucht",
        "sort": "oldest",
    }

    response = client.get("/", query)

    assert titles(response) == ["Gesucht wird dieses"]
    assert query.items() <= fields_of(response).items()


WRONG = [
    {"theme": "sports"},
    {"kind": "rant"},
    {"status": "DONE"},
    {"sort": "random"},
    {"q": "x" * 101},
    {"q": "a\x00b"},
]
# A district's page shows its district, whatever the query says.
WRONG_ON_THE_MAP = [*WRONG, {"district": "<script>alert(1)</script>"}]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *product(["/", "/en/"], WRONG_ON_THE_MAP),
        *product(["/districts/hohenecken/"], WRONG),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_filter_that_is_none(client, city, path, query):
    make_pin(title="Ein Titel")

    response = client.get(path, query)

    assert response.status_code == 400
    assert titles(response) == []
    (messages,) = response.context["filters"].errors.values()
    assert " ".join(messages[0].split()) in text_of(response)
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("name", ["after", "before"])
@pytest.mark.parametrize("cursor", ["", "x", "1-2-3", "\x00", "9" * 30 + "-1"])
@pytest.mark.parametrize("path", ["/", "/districts/hohenecken/"])
def test_a_cursor_that_is_none(client, city, path, name, cursor):
    response = client.get(path, {name: cursor})

    assert response.status_code == 400
    assert response.context["bad_cursor"]
    # A way out is offered.
    assert path in {link.get("href") for link in links_of(response)}


@pytest.mark.parametrize("path", ["/", "/districts/hohenecken/"])
def test_twenty_a_page_and_every_pin_once(client, city, path):
    now = timezone.now()
    for number in range(45):
        make_pin(title=f"Titel {number:02}", published_at=now - number // 3 * MINUTE)

    pages, url = [], path
    while url:
        response = client.get(url)
        pages.append(titles(response))
        links = [a for a in links_of(response) if a.get("rel") == "next"]
        url = path + links[0]["href"] if links else None
    back = [a for a in links_of(response) if a.get("rel") == "prev"]
    before_last = titles(client.get(path + back[0]["href"]))

    assert [len(page) for page in pages] == [20, 20, 5]
    assert sorted(chain.from_iterable(pages)) == [f"Titel {n:02}" for n in range(45)]
    assert before_last == pages[1]


@pytest.mark.parametrize("path", ["/", "/en/", "/districts/hohenecken/"])
@pytest.mark.parametrize("number", [5, 60])
def test_at_most_fourteen_queries_whatever_the_number_of_pins(
    client, city, path, number, django_assert_max_num_queries
):
    for n in range(number):
        make_pin(
            title=f"Ein Titel {n}", theme=make_theme(f"theme-{n}") if n < 5 else None
        )

    with django_assert_max_num_queries(14):
        response = client.get(path, {"q": "Titel", "kind": "problem"})

    assert len(titles(response)) == min(number, 20)


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 4),
        ("kind=problem&theme=mobility&theme=energy", 4),
        ("status=received&district=hohenecken", 4),
        ("sort=supported", 4),
        ("sort=nearest&near=7.75,49.38", 4),
        # And one in which the words are read.
        ("q=Titel", 5),
        ("q=Tittel+Nummmer&kind=problem&sort=oldest", 5),
    ],
)
def test_at_most_five_queries_for_the_list(
    client, city, query, queries, django_assert_num_queries
):
    for n in range(25):
        make_pin(title=f"Titel mit Nummer {n}")
    for number, theme in enumerate([None, *Theme.objects.all()]):
        make_overlay(f"map-{number}", theme=theme)

    with django_assert_num_queries(queries):
        response = client.get(f"/?{query}")

    assert len(titles(response)) == 20


def test_what_can_be_chosen_comes_in_one_query_with_everything_of_it(client, city):
    make_overlay("routes", theme=Theme.objects.get(slug="mobility"))
    make_overlay("hidden", is_published=False)

    context = client.get("/").context

    assert list(context["themes"]) == list(Theme.objects.all())
    assert [theme.colour for theme in context["themes"]] == [
        theme.colour for theme in Theme.objects.all()
    ]
    (overlay,) = context["overlays"]
    assert describe(overlay, "") == describe(Overlay.objects.get(slug="routes"), "")


def test_strange_words_stay_words(client, city):
    make_pin(
        title='<script>alert(1)</script>"onload="alert(2)',
        text="<script>alert(3)</script> und mehr",
        place_note="<script>alert(4)</script>",
    )

    for path in ("/", "/districts/hohenecken/"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert '"onload="' not in html
        assert "&lt;script&gt;alert(1)" in html


def test_what_was_searched_for_stays_words(client, city):
    html = client.get("/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in html


def test_nobody_gets_a_cookie_for_looking(client, city):
    pin = make_pin()
    for path in (
        "/",
        "/en/",
        f"/pins/{pin.reference}",
        "/districts/",
        "/sittings/",
        "/about/privacy/",
    ):
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies, path


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_only_read(client, city, method):
    for path in ("/", "/districts/", "/districts/hohenecken/"):
        assert getattr(client, method)(path).status_code == 405
