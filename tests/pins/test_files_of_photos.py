"""Who gets the file of a photo, and what the answer says to the browser."""

from uuid import uuid4

import pytest
from django.template.loader import render_to_string

from districts.models import Body
from pins.actions import hide_pin, withdraw_pin
from pins.models import Photo, PublicPin
from pins.own_link import hash_token
from pins.photos.files import erase_files
from pins.workflow import Visibility
from tests.factories import (
    make_district,
    make_member,
    make_moderator,
    make_pin,
    make_planner,
    make_user,
)
from tests.photos import is_kept, make_photo

TOKEN = "a" * 64


@pytest.fixture(autouse=True)
def city(db):
    make_district(16)


@pytest.fixture
def pin():
    return make_pin(token_hash=hash_token(TOKEN))


@pytest.fixture
def photo(pin):
    return make_photo(pin)


def body_of(response):
    assert response.status_code == 200
    return b"".join(response)


def own(pin, token=TOKEN):
    return f"/pins/{pin.reference}/edit/{token}/photos/"


@pytest.mark.parametrize("end", [".jpg", "-small.jpg"])
def test_of_a_published_pin_everyone_gets_it(client, photo, end):
    response = client.get(f"/photos/{photo.name}{end}")

    assert body_of(response).startswith(b"\xff\xd8\xff")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert not any("script" in rule or "allow" in rule for rule in policy)
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "public, no-cache"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_it_is_not_compressed_once_more(client, photo):
    response = client.get(
        f"/photos/{photo.name}.jpg", headers={"Accept-Encoding": "gzip"}
    )

    content = body_of(response)
    assert "Content-Encoding" not in response
    assert int(response["Content-Length"]) == len(content)


def test_who_has_it_gets_nothing_again(client, photo):
    url = f"/photos/{photo.name}.jpg"
    first = client.get(url)
    body_of(first)
    known = {"If-None-Match": first["ETag"]}

    again = client.get(url, headers=known)

    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "public, no-cache"
    small = client.get(f"/photos/{photo.name}-small.jpg", headers=known)
    assert body_of(small)


def test_hidden_it_is_gone_even_for_who_has_it(client, pin, photo):
    url = f"/photos/{photo.name}.jpg"
    first = client.get(url)
    body_of(first)

    hide_pin(pin=pin, actor=make_moderator(), reason="Es zeigt Gesichter.")

    assert client.get(url).status_code == 404
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 404


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLISHED}))
def test_of_any_other_pin_only_author_and_moderator_get_it(client, visibility):
    pin = make_pin(visibility=visibility, token_hash=hash_token(TOKEN))
    photo = make_photo(pin)

    for end in (".jpg", "-small.jpg"):
        assert client.get(f"/photos/{photo.name}{end}").status_code == 404
        assert client.get(f"/pins/new/photos/{photo.name}{end}").status_code == 404
        mine = client.get(f"{own(pin)}{photo.name}{end}")
        assert body_of(mine)
        assert mine["Cache-Control"] == "private, no-cache"
    client.force_login(make_moderator())
    seen = client.get(f"/moderation/photos/{photo.name}.jpg")
    assert body_of(seen)
    assert "private" in seen["Cache-Control"]


def test_the_moderators_address_is_theirs(client, photo):
    url = f"/moderation/photos/{photo.name}.jpg"
    assert client.get(url).status_code == 302
    for user in (make_user(), make_planner()):
        client.force_login(user)
        assert client.get(url).status_code == 403


def test_the_own_address_is_ones_own(client, pin, photo):
    other = make_photo(make_pin())

    assert client.get(f"{own(pin, 'b' * 64)}{photo.name}.jpg").status_code == 404
    assert client.get(f"{own(pin)}{other.name}.jpg").status_code == 404
    pin.token_expires_at = pin.created_at
    pin.save()
    assert client.get(f"{own(pin)}{photo.name}.jpg").status_code == 410


def test_what_waits_for_its_form_is_seen_there_alone(client, pin):
    waiting = make_photo(form_key=uuid4())

    assert body_of(client.get(f"/pins/new/photos/{waiting.name}-small.jpg"))
    assert client.get(f"/photos/{waiting.name}.jpg").status_code == 404
    assert client.get(f"{own(pin)}{waiting.name}.jpg").status_code == 404
    client.force_login(make_moderator())
    assert client.get(f"/moderation/photos/{waiting.name}.jpg").status_code == 404


@pytest.mark.parametrize(
    "name", ["f" * 32, "x", "-small", "..%2f..%2fetc", "%00", "a" * 3000]
)
def test_names_of_nothing(client, photo, name):
    for folder in ("/photos/", "/pins/new/photos/", own(photo.pin)):
        assert client.get(f"{folder}{name}.jpg").status_code == 404


def test_a_file_that_is_lost_is_a_404(client, photo):
    erase_files([photo.name])

    assert client.get(f"/photos/{photo.name}.jpg").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_it_is_only_read(client, photo, method):
    assert getattr(client, method)(f"/photos/{photo.name}.jpg").status_code == 405


def test_head(client, photo):
    response = client.head(f"/photos/{photo.name}.jpg")

    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    response.close()


def test_withdrawn_with_its_pin_it_is_erased(
    client, pin, photo, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_pin(pin=pin)

    assert not Photo.objects.exists()
    assert not is_kept(photo.name)


def test_the_public_pages_show_it_with_its_words(client, pin, photo):
    photo.alt = '<b>"Brunnen"</b>'
    photo.save()

    html = client.get(f"/pins/{pin.reference}").content.decode()

    assert f'<a href="/photos/{photo.name}.jpg">' in html
    assert f'src="/photos/{photo.name}-small.jpg"' in html
    assert "&lt;b&gt;&quot;Brunnen&quot;&lt;/b&gt;" in html
    assert 'width="80" height="60"' in html


def test_the_desk_shows_it(client, pin, photo):
    body = Body.objects.get()
    client.force_login(make_member(body))

    html = client.get(f"/desk/{body.slug}/{pin.reference}/").content.decode()

    assert f'<a href="/photos/{photo.name}.jpg">' in html


def test_a_list_shows_the_first(pin, photo):
    make_photo(pin, position=2, alt="Das zweite")
    listed, bare = PublicPin.objects.get(), PublicPin(photos=[])

    html = render_to_string("partials/photo_thumb.html", {"pin": listed})

    assert f'src="/photos/{photo.name}-small.jpg"' in html
    assert 'alt="Der Brunnen"' in html
    assert "Das zweite" not in html
    assert not render_to_string("partials/photo_thumb.html", {"pin": bare}).strip()


def test_exports_know_nothing_of_photos(client, pin):
    before = client.get(f"/pins/{pin.reference}.geojson").content

    make_photo(pin)

    assert client.get(f"/pins/{pin.reference}.geojson").content == before
