"""Photos on the author's own page: changed until the decision, erased at any time."""

import pytest

from pins.models import Photo, PublicPin
from pins.own_link import hash_token
from pins.photos import reading
from pins.workflow import Visibility
from tests.factories import make_district, make_pin
from tests.pages import fields_of, text_of
from tests.photos import is_kept, make_photo, upload

TOKEN = "a" * 64


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin(visibility=Visibility.SUBMITTED, token_hash=hash_token(TOKEN))


def page_of(pin):
    return f"/pins/{pin.reference}/edit/{TOKEN}"


@pytest.fixture
def send(client, pin, django_capture_on_commit_callbacks):
    def post(**fields):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(page_of(pin), {"action": "photos"} | fields)

    return post


def test_photos_are_added_described_and_removed(client, pin, send):
    gone, stays = make_photo(pin), make_photo(pin, position=2)
    before = {"photo": [gone.name, stays.name], "remove-photo": gone.name}

    response = send(
        **before,
        **{f"alt-{stays.name}": "Neue Worte", "photos": upload(), "photo-alt": "Neu"},
    )

    assert response["Location"].endswith("?done=photos")
    first, second = pin.photos.all()
    assert (first.name, first.alt, first.position) == (stays.name, "Neue Worte", 1)
    assert (second.alt, second.position) == ("Neu", 2)
    assert not is_kept(gone.name)
    page = client.get(response["Location"])
    assert (
        f'src="{page_of(pin)}/photos/{second.name}-small.jpg"' in page.content.decode()
    )
    assert fields_of(page)[f"alt-{second.name}"] == "Neu"


def test_what_another_page_added_stays(pin, send):
    other = make_photo(pin)

    send(photos=upload())

    assert [photo.position for photo in pin.photos.all()] == [1, 2]
    assert pin.photos.first() == other


def test_what_waited_for_a_second_sending_gives_way(pin, send):
    waiting = make_photo(form_key=pin.idempotency_key)

    send(photos=upload())

    assert pin.photos.count() == Photo.objects.count() == 1
    assert not is_kept(waiting.name)


def test_the_good_ones_are_kept_and_the_others_named(pin, send):
    response = send(photos=[upload(), upload(b"<html>", "seite.jpg")])

    assert response.status_code == 422
    assert "seite.jpg: " in text_of(response)
    assert f"{pin.photos.get().name}-small.jpg" in response.content.decode()


def test_three_are_enough(pin, send):
    for position in (1, 2, 3):
        make_photo(pin, position=position)

    unseen = send(photos=upload(name="4.jpg"))
    names = [photo.name for photo in pin.photos.all()]
    seen = send(photo=names, photos=upload(name="4.jpg"))

    assert (unseen.status_code, seen.status_code) == (409, 422)
    assert "4.jpg" in text_of(seen)
    assert pin.photos.count() == 3


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.SUBMITTED}))
def test_after_the_decision_nothing_is_added(client, pin, send, visibility):
    pin.visibility, pin.published_at = visibility, pin.created_at
    pin.save()
    photo = make_photo(pin)

    response = send(photo=photo.name, photos=upload(), **{f"alt-{photo.name}": "Neu"})

    assert response.status_code == 409
    assert pin.photos.get().alt == "Der Brunnen"
    assert 'type="file"' not in response.content.decode()


def test_a_published_photo_can_be_erased(client, pin, send):
    pin.visibility, pin.published_at = Visibility.PUBLISHED, pin.created_at
    pin.save()
    gone, stays = make_photo(pin), make_photo(pin, position=2)
    assert 'value="remove-photo"' in client.get(page_of(pin)).content.decode()

    response = send(action="remove-photo", photo=gone.name)

    assert response.status_code == 302
    assert text_of(client.get(response["Location"]))
    assert [photo["name"] for photo in PublicPin.objects.get().photos] == [stays.name]
    assert not is_kept(gone.name)
    assert is_kept(stays.name)


@pytest.mark.parametrize("name", ["", "\0", "f" * 32])
def test_erasing_what_is_not_there(pin, send, name):
    kept, other = make_photo(pin), make_photo(make_pin())

    for photo in (name, other.name):
        assert send(action="remove-photo", photo=photo).status_code == 302

    assert pin.photos.get() == kept
    assert is_kept(other.name)


def test_another_pins_photo_is_not_ones_own(pin, send):
    other = make_photo(make_pin())

    response = send(
        **{"photo": other.name, "remove-photo": other.name, f"alt-{other.name}": "x"}
    )

    assert response.status_code == 302
    other.refresh_from_db()
    assert other.alt == "Der Brunnen"
    assert not pin.photos.exists()


def test_a_full_disk(pin, send, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_text("no folder")

    response = send(photos=upload())

    assert response.status_code == 503
    assert response.context["photos_form"].errors["photos"]
    assert not pin.photos.exists()


def test_a_wrong_link_takes_nothing(client, pin):
    response = client.post(
        f"/pins/{pin.reference}/edit/{'b' * 64}",
        {"action": "photos", "photos": upload()},
    )
    assert response.status_code == 404
    assert not Photo.objects.exists()


def test_too_large_a_file_is_named(pin, send, monkeypatch):
    monkeypatch.setattr(reading, "FILE_LIMIT", 500)

    response = send(photos=upload(name="riesig.jpg"))

    assert response.status_code == 422
    assert "riesig.jpg" in text_of(response)
