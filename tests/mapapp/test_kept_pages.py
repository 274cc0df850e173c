"""Pages that many open at once are made once, and nothing of one person is on them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path

from layers.models import Theme
from mapapp import kept_pages
from mapapp.kept_pages import forget_pages, kept_for_a_moment
from mapapp.urls import urlpatterns as site_urls
from pins.actions import hide_pin
from tests.factories import make_district, make_moderator, make_pin, make_theme
from tests.pages import text_of


@kept_for_a_moment
def with_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


@kept_for_a_moment
def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("seen", "yes")
    return response


@kept_for_a_moment
def with_message(request: HttpRequest) -> HttpResponse:
    return HttpResponse(", ".join(map(str, messages.get_messages(request))))


def leave_message(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Only for one")
    return HttpResponse()


urlpatterns = [
    path("with-token", with_token),
    path("with-cookie", with_cookie),
    path("with-message", with_message),
    path("leave-message", leave_message),
    *site_urls,
]


@pytest.fixture(autouse=True)
def kept(settings: Any) -> Iterator[None]:
    settings.PAGE_AGE = timedelta(hours=1)
    settings.ROOT_URLCONF = __name__
    forget_pages()
    yield
    forget_pages()


@pytest.fixture
def city(db: None) -> Theme:
    make_district(16, name="Hohenecken")
    return make_theme("mobility", title_de="Mobilität", title_en="Mobility")


ONE_QUERY_FOR_THE_VERSION = 1


@pytest.mark.parametrize(
    "address", ["/", "/?theme=mobility", "/districts/", "/sittings/", "/en/"]
)
def test_second_visitor_gets_the_same_page(
    city: Theme, django_assert_num_queries: Any, address: str
) -> None:
    make_pin()
    first = Client().get(address)
    with django_assert_num_queries(ONE_QUERY_FOR_THE_VERSION):
        second = Client().get(address)
    assert (second.status_code, second.content) == (200, first.content)
    of_request = {"X-Request-ID", "Vary"}
    assert {k: v for k, v in second.items() if k not in of_request} == {
        k: v for k, v in first.items() if k not in of_request
    }
    assert set(second["Vary"].split(", ")) == set(first["Vary"].split(", "))
    assert "Cookie" in second["Vary"]


def test_what_is_hidden_is_gone_at_once(city: Theme) -> None:
    pin = make_pin(title="Ein Überweg fehlt")
    assert pin.title in text_of(Client().get("/"))
    hide_pin(pin=pin, actor=make_moderator(), reason="Enthält einen Namen.")
    assert pin.title not in text_of(Client().get("/"))


def test_everything_else_is_new_after_a_moment(
    city: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().get("/")
    Theme.objects.update(title_de="Verkehr")
    assert "Verkehr" not in text_of(Client().get("/"))
    for page in kept_pages._pages.values():
        monkeypatch.setattr(page, "until", 0.0)
    assert "Verkehr" in text_of(Client().get("/"))


def test_each_language_and_query_has_its_own(city: Theme) -> None:
    make_pin()
    german, english = Client().get("/"), Client().get("/en/")
    by_header = Client().get("/", headers={"accept-language": "en"})
    assert len({german.content, english.content}) == 2
    assert by_header["Content-Language"] == german["Content-Language"] == "de"
    assert Client().get("/?theme=mobility").content != german.content


def test_who_has_signed_in_gets_a_page_of_their_own(city: Theme) -> None:
    Client().get("/")
    own = Client()
    own.force_login(make_moderator())
    page = own.get("/")
    assert "/moderation/" in page.content.decode()
    assert "/moderation/" not in Client().get("/").content.decode()


def test_a_message_is_read_by_its_person_alone(db: None) -> None:
    Client().get("/with-message")
    one = Client()
    one.get("/leave-message")
    assert one.get("/with-message").content == b"Only for one"
    assert Client().get("/with-message").content == b""


def test_a_token_or_cookie_is_nobody_elses(db: None) -> None:
    tokens = {Client().get("/with-token").content for _ in range(3)}
    assert len(tokens) == 3
    for _ in range(2):
        assert "seen" in Client().get("/with-cookie").cookies


def test_nothing_is_kept_of_where_somebody_is_nor_of_what_is_wrong(city: Theme) -> None:
    wanted = {"/?near=49.44,7.77": 200, "/?theme=none": 400}
    for address, status in wanted.items():
        for _ in range(2):
            response = Client().get(address)
            assert response.status_code == status
            # A page that was kept has been rendered by nobody.
            assert response.context is not None


def test_other_methods_are_answered_as_ever(city: Theme) -> None:
    Client().get("/")
    assert Client().head("/").content == b""
    assert Client().post("/").status_code == 405


def test_only_so_many_are_kept(city: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "MOST_PAGES", 2)
    for word in ("Radweg", "Schule", "Brunnen"):
        Client().get(f"/?q={word}")
    assert len(kept_pages._pages) == 2
    assert Client().get("/?q=Radweg").context is not None
    assert Client().get("/?q=Brunnen").context is None
