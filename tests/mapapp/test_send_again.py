"""Nothing that staff typed is lost where their session has ended; nobody else gains by it."""

import re
from collections.abc import Iterator
from html import unescape
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

from districts.models import Body
from insek.models import Goal
from pins.models import Comment, Pin
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_comment,
    make_district,
    make_editor,
    make_field,
    make_member,
    make_moderator,
    make_pin,
    make_planner,
    make_user,
)
from tests.pages import fields_of, text_of

HERE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
SCRIPT = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
SAMPLES = {
    "int": "1",
    "slug": "x",
    "str": "x",
    "uuid": "6f1c3f0e-3b0e-4d2a-9d51-1b6f1c0c7a11",
    "table_format": "csv",
}
KEPT = "Lang und breit getippt"
# It leads on for everybody, and has no form.
LEADS_ON = "/operation/"


AREAS = ("/planning/", "/desk/", "/moderation/", "/operation/")


def routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    """Return the routes of the staff areas, below the language."""
    for pattern in patterns:
        has_language = isinstance(pattern.pattern, LocalePrefixPattern)
        route = before if has_language else before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif route.startswith(AREAS) and route != LEADS_ON:
            yield route


def sample_of(part: re.Match[str]) -> str:
    return SAMPLES[str(part.group(1) or "str")]


STAFF_FORMS = sorted(
    {
        re.sub(r"<(?:(\w+):)?\w+>", sample_of, route)
        for route in routes(get_resolver().url_patterns, "/")
    }
)


def sent(page):
    """Return what pressing the button sends: names may come more than once."""
    found = re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)">',
        page.content.decode(),
    )
    data: dict[str, list[str]] = {}
    for name, value in found:
        data.setdefault(unescape(name), []).append(unescape(value))
    return data


@pytest.fixture
def strict(db):
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def pin(db):
    make_district(16, body=make_body("Ortsbeirat West"))
    return make_pin()


@pytest.mark.parametrize("area", AREAS)
def test_whatever_is_sent_to_a_staff_page_comes_back(client, db, area):
    for address in filter(lambda one: one.startswith(area), STAFF_FORMS):
        page = client.post(address, {"text": KEPT, "to": ["a", "b"]})

        assert page.status_code == 401, address
        held = sent(page)
        assert (held["text"], held["to"]) == ([KEPT], ["a", "b"])
        assert f'action="{address}"' in page.content.decode()
        assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    ("prefix", "heading"),
    [("", "Sie sind abgemeldet"), ("/en", "You have been signed out")],
)
def test_the_page_speaks_the_language_of_the_form(client, db, prefix, heading):
    page = client.post(f"{prefix}/moderation/comments/1/", {"reason": KEPT})

    assert page.status_code == 401
    assert f"<h1>{heading}</h1>" in page.content.decode()
    assert f'action="{prefix}/moderation/comments/1/"' in page.content.decode()


def test_all_staff_areas_are_looked_at():
    for area in AREAS:
        assert sum(address.startswith(area) for address in STAFF_FORMS) > 5


@pytest.mark.parametrize(
    "address",
    ["/cms/pages/add/insek_pages/textpage/1/", "/admin/layers/theme/add/"],
)
def test_editors_of_pages_and_the_admin_lose_nothing_either(client, db, address):
    page = client.post(address, {"title": KEPT})

    assert page.status_code == 401
    assert fields_of(page)["title"] == KEPT


def decision(pin):
    waiting = make_comment(pin, visibility=Visibility.SUBMITTED)
    data = {"to": "rejected", "reason": KEPT, "read": waiting.words_digest}
    return f"/moderation/comments/{waiting.pk}/", data


def official_comment(pin):
    data = {"idempotency_key": str(uuid4()), "text": KEPT}
    return f"/desk/ortsbeirat-west/{pin.reference}/comment", data


def new_goal(_pin):
    data = {"field": make_field(2).pk, "number": "2.1", "title_de": KEPT}
    return "/planning/concept/goals/new", data


FORMS = [
    (decision, make_moderator, lambda: Comment.objects.get().reason),
    (
        official_comment,
        lambda: make_member(Body.objects.get()),
        lambda: Comment.objects.get().text,
    ),
    (new_goal, make_planner, lambda: Goal.objects.get().title_de),
]


@pytest.mark.parametrize(("form", "who", "saved"), FORMS)
def test_after_signing_in_it_is_sent_once_more(client, pin, form, who, saved):
    address, data = form(pin)

    page = client.post(address, data)
    assert page.status_code == 401
    client.force_login(who())
    answer = client.post(address, sent(page))

    assert answer.status_code in {302, 303}
    assert saved() == KEPT


@pytest.mark.parametrize("form", [form for form, _who, _saved in FORMS])
def test_rights_are_checked_as_always(client, pin, form):
    address, data = form(pin)
    page = client.post(address, data)

    client.force_login(make_user("no-rights"))
    answer = client.post(address, sent(page))

    assert answer.status_code in {403, 404}


def test_a_token_from_before_signing_in_again(strict, pin):
    """The page comes with a token that is good; nothing is saved without the press."""
    strict.force_login(make_moderator())
    address, data = decision(pin)
    stale = get_token(RequestFactory().get("/"))

    page = strict.post(address, data | {"csrfmiddlewaretoken": stale}, headers=HERE)

    assert page.status_code == 403
    assert "moderation" in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert Comment.objects.get().visibility == Visibility.SUBMITTED
    assert sent(page)["reason"] == [KEPT]
    assert sent(page)["csrfmiddlewaretoken"] != [stale]
    assert strict.post(address, sent(page), headers=HERE).status_code in {302, 303}
    assert Comment.objects.get().reason == KEPT


def test_a_stale_token_and_nobody_signed_in(strict, pin):
    address, data = decision(pin)

    page = strict.post(address, data, headers=HERE)

    assert page.status_code == 401
    assert sent(page)["reason"] == [KEPT]


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_what_another_site_filled_in_is_not_held(strict, pin, headers, is_known):
    """Somebody could be led to save it with one press."""
    if is_known:
        strict.force_login(make_moderator())
    address, data = decision(pin)

    page = strict.post(address, data, headers=headers)

    assert page.status_code == 403
    assert KEPT not in page.content.decode()


def test_where_the_browser_tells_the_origin_alone(strict, pin):
    strict.force_login(make_moderator())
    address, data = decision(pin)

    page = strict.post(address, data, headers={"Origin": "http://testserver"})

    assert sent(page)["reason"] == [KEPT]


def test_a_script_is_told_in_its_own_words(client, strict, pin):
    address, data = decision(pin)
    signed_out = client.post(address, data, headers=SCRIPT)
    asked_for = client.post(address, data, headers={"Accept": "application/json"})
    strict.force_login(make_moderator())
    stale = strict.post(address, data, headers=SCRIPT)

    for answer, status in ((signed_out, 401), (asked_for, 401), (stale, 403)):
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
        assert KEPT not in answer.content.decode()


def test_what_is_sent_runs_nowhere(client, db):
    nasty = '"><script>alert(1)</script> & mehr'

    page = client.post(
        f"/desk/x/bulk?next={nasty}", {nasty: nasty, "text": "Zeile 1\r\nZeile \x00 2"}
    )

    content = page.content.decode()
    assert "<script>alert" not in content
    assert sent(page)[nasty] == [nasty]
    assert sent(page)["text"] == ["Zeile 1\r\nZeile \x00 2"]
    assert 'action="/desk/x/bulk?next=%22%3E%3Cscript' in content


def test_files_are_named_and_words_kept(client, db):
    file = SimpleUploadedFile("Einladung & <b>.pdf", b"%PDF-1.7")

    page = client.post("/desk/x/sittings/1/papers", {"note": KEPT, "invitation": file})

    assert page.status_code == 401
    assert "Einladung &amp; &lt;b&gt;.pdf" in page.content.decode()
    assert 'enctype="multipart/form-data"' in page.content.decode()
    assert sent(page)["note"] == [KEPT]
    assert "invitation" not in sent(page)


def test_files_that_only_staff_may_send_are_not_read(client, db):
    page, answer = (
        client.generic(
            "POST",
            "/planning/input/cards/",
            b"x",
            "multipart/form-data; boundary=x",
            CONTENT_LENGTH=settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1,
            headers=headers,
        )
        for headers in ({}, SCRIPT)
    )

    assert (page.status_code, answer.status_code) == (401, 401)
    assert answer["Content-Type"] == "application/problem+json"
    assert "no-store" in page["Cache-Control"]
    assert "<form" not in page.content.decode().partition("<main")[2]


def test_scripts_words_are_not_shown_for_reading(client, db):
    page = client.post(
        "/planning/concept/measures/new", {"place": '{"type": "Point"}', "text": KEPT}
    )

    assert KEPT in text_of(page)
    assert '"type": "Point"' not in text_of(page)
    assert sent(page)["place"] == ['{"type": "Point"}']


def test_passwords_are_never_sent_back(client, strict, db):
    data = {"username": "lou", "password1": "geheim und lang"}
    signed_out = client.post("/admin/auth/user/add/", data)
    stale = strict.post("/admin/auth/user/add/", data, headers=HERE)

    assert (signed_out.status_code, stale.status_code) == (302, 403)
    assert "geheim" not in stale.content.decode()


def test_signing_in_and_out_stay_what_they_are(client, db):
    client.force_login(make_editor())

    assert client.post("/accounts/logout/")["Location"] == "/"
    assert client.post("/accounts/login/", {"username": "x"}).status_code == 200
    assert client.get("/moderation/").status_code == 302
    assert not Pin.objects.exists()
