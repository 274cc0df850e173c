"""Photos in the form of a new pin: kept through its errors, sent once, bounded."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings as site_settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from pins.models import Photo, Pin, PublicPin
from pins.photos import reading
from pins.photos.files import path_of
from pins.photos.keeping import erase_waiting, keep_for_later
from tests.factories import (
    form_data,
    make_district,
    make_moderator,
    make_pin,
    make_theme,
)
from tests.pages import fields_of, text_of
from tests.photos import (
    BLUE,
    RED,
    file_of,
    is_kept,
    make_photo,
    picture_of,
    png_header,
    upload,
)

URL = "/pins/new"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility")


def with_photos(*photos, alts=(), **fields):
    return form_data(**fields) | {"photos": list(photos), "photo-alt": list(alts)}


def send_again(client, page, **fields):
    """Send the form as the page shows it, with these fields changed."""
    return client.post(
        URL, fields_of(page) | {"kind": "idea", "theme": "mobility"} | fields
    )


def errors_at_photos(response, status=422):
    assert response.status_code == status, text_of(response)[:400]
    errors = response.context["form"].errors
    assert list(errors) == ["photos"], errors
    shown = text_of(response)
    assert all(" ".join(error.split()) in shown for error in errors["photos"])
    return errors["photos"]


@pytest.mark.usefixtures("either_storage")
def test_photos_arrive_with_their_words(client):
    data = with_photos(
        upload(name="a.jpg"),
        upload(file_of(picture_of(corner=BLUE), "PNG"), "b.png"),
        alts=["  Der \n Brunnen ", ""],
    )

    response = client.post(URL, data)

    assert response.status_code == 302
    pin = Pin.objects.get()
    first, second = pin.photos.all()
    assert (first.alt, second.alt) == ("Der Brunnen", "")
    assert (first.position, second.position) == (1, 2)
    assert (first.width, first.height) == (80, 60)
    assert first.form_key == pin.idempotency_key
    for photo, corner in ((first, RED), (second, BLUE)):
        assert is_kept(photo.name)
        with default_storage.open(path_of(photo.name)) as file:
            found = Image.open(file).getpixel((10, 10))
        assert isinstance(found, tuple)
        assert all(abs(a - b) < 12 for a, b in zip(found, corner, strict=True))


def test_a_form_without_photos_is_as_before(client):
    response = client.post(URL, form_data() | {"photo-alt": ["", "", ""]})

    assert response.status_code == 302
    assert not Photo.objects.exists()


def test_an_error_elsewhere_keeps_the_photos(client):
    data = with_photos(upload(), alts=["Der Brunnen"], title="")

    page = client.post(URL, data)

    assert page.status_code == 422
    photo = Photo.objects.get()
    assert photo.pin is None
    html = page.content.decode()
    small = f"/pins/new/photos/{photo.name}-small.jpg"
    assert f'src="{small}"' in html
    assert b"".join(client.get(small)).startswith(b"\xff\xd8")
    assert fields_of(page)[f"alt-{photo.name}"] == "Der Brunnen"

    done = send_again(
        client, page, **{f"alt-{photo.name}": "Neu", "title": "Mit Titel"}
    )

    assert done.status_code == 302
    kept = Pin.objects.get().photos.get()
    assert (kept.name, kept.alt) == (photo.name, "Neu")
    assert client.get(small).status_code == 404


def test_photos_erased_a_moment_ago_are_said_to_be_gone(client, monkeypatch):
    """Between the look at them and the keeping they became too old."""
    page = client.post(URL, with_photos(upload(), title=""))

    def keep_too_late(**wanted):
        erase_waiting(timezone.now())
        return keep_for_later(**wanted)

    monkeypatch.setattr("pins.photo_forms.keep_for_later", keep_too_late)
    again = send_again(client, page, title="")

    assert again.status_code == 422
    assert "Fotos, die vorher hier waren, sind nicht mehr da." in text_of(again)
    assert "photo" not in fields_of(again)
    assert not Photo.objects.exists()


def test_a_file_that_was_lost_comes_again_with_the_same_form(client):
    data = with_photos(upload())
    client.post(URL, data)
    (lost,) = Photo.objects.all()
    for small in (False, True):
        default_storage.delete(path_of(lost.name, small=small))

    data["photos"] = [upload()]
    assert client.post(URL, data).status_code == 302

    assert [is_kept(p.name) for p in Pin.objects.get().photos.all()] == [False, True]


def test_one_is_removed_another_added_while_the_form_goes_back_and_forth(
    client, django_capture_on_commit_callbacks
):
    first = client.post(URL, with_photos(upload(), upload(), title=""))
    gone, stays = Photo.objects.all()
    fields = {"photo": [gone.name, stays.name], "remove-photo": gone.name}

    with django_capture_on_commit_callbacks(execute=True):
        second = send_again(client, first, photos=upload(), title="", **fields)

    assert second.status_code == 422
    assert not is_kept(gone.name)
    names = [photo.name for photo in Photo.objects.all()]
    assert (len(names), names[0]) == (2, stays.name)
    assert [photo.position for photo in Photo.objects.all()] == [1, 2]
    send_again(client, second, photo=names, title="Mit Titel")
    assert [photo.name for photo in Pin.objects.get().photos.all()] == names


def test_what_the_form_no_longer_names_is_erased_with_its_sending(client):
    page = client.post(URL, with_photos(upload(), title=""))
    gone = Photo.objects.get()

    send_again(client, page, photos=upload(), photo=[], title="Mit Titel")

    assert Pin.objects.get().photos.count() == 1
    assert not Photo.objects.filter(pk=gone.pk).exists()


@pytest.mark.usefixtures("either_storage")
def test_the_same_form_twice_keeps_each_photo_once(client):
    data = with_photos(upload(), upload(file_of(picture_of(corner=BLUE))))

    first = client.post(URL, data)
    for file in data["photos"]:
        file.seek(0)
    second = client.post(URL, data)

    assert second["Location"] == first["Location"]
    assert Pin.objects.get().photos.count() == Photo.objects.count() == 2


def test_twice_with_photos_that_were_kept_meanwhile(client):
    page = client.post(URL, with_photos(upload(), title=""))
    sent = [send_again(client, page, title="Mit Titel") for _ in range(2)]

    assert [response.status_code for response in sent] == [302, 302]
    assert Pin.objects.get().photos.count() == 1


def test_a_photo_added_before_sending_once_more_is_added(client):
    data = form_data()
    client.post(URL, data)

    response = client.post(URL, data | {"photos": upload(), "photo-alt": "Neu"})

    assert response.status_code == 302
    assert Pin.objects.get().photos.get().alt == "Neu"


def test_after_the_decision_no_photo_slips_in(client):
    data = form_data()
    client.post(URL, data)
    Pin.objects.update(visibility="published", published_at="2026-11-01T12:00Z")

    late = {"photos": upload(), "similar_seen": "1"}
    response = client.post(URL, data | late)

    assert response.status_code == 409
    assert not Pin.objects.get().photos.exists()
    assert PublicPin.objects.get().photos == []
    # It waits for the form, which is another one now.
    assert f"{Photo.objects.get().name}-small.jpg" in response.content.decode()
    assert send_again(client, response).status_code == 302
    assert Pin.objects.count() == 2
    assert Photo.objects.get().pin_id


def test_a_used_key_with_other_words_takes_the_photos_along(client):
    data = with_photos(upload())
    client.post(URL, data)

    page = client.post(URL, data | {"title": "Ganz andere Worte", "photos": upload()})

    assert page.status_code == 409
    waiting = Photo.objects.get(pin=None)
    send_again(client, page)
    assert Pin.objects.get(photos=waiting).title == "Ganz andere Worte"


def test_a_form_that_was_sent_comes_back_broken_with_photos(client):
    data = with_photos(upload())
    client.post(URL, data)

    page = client.post(URL, data | {"title": "", "photos": upload()})

    assert page.status_code == 409
    assert fields_of(page)["idempotency_key"] != data["idempotency_key"]
    assert Photo.objects.filter(pin=None).count() == 1


@pytest.mark.parametrize("key", ["", "x"])
def test_a_form_without_a_key_keeps_its_photos(client, key):
    page = client.post(URL, with_photos(upload(), idempotency_key=key))

    assert page.status_code == 422
    assert send_again(client, page).status_code == 302
    assert Pin.objects.get().photos.count() == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "bild.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bild.png"),
        (file_of(picture_of())[:300], "halb.jpg"),
        (png_header(50_000, 50_000), "bombe.png"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 30, "IMG_1.HEIC"),
        (b"", "leer.jpg"),
    ],
)
def test_a_file_that_is_refused_is_named_and_the_rest_stays(client, content, name):
    data = with_photos(upload(name="gut.jpg"), upload(content, name), alts=["Gut"])

    page = client.post(URL, data)

    (error,) = errors_at_photos(page)
    assert error.startswith(f"{name}: ")
    assert not Pin.objects.exists()
    kept = Photo.objects.get()
    assert fields_of(page)[f"alt-{kept.name}"] == "Gut"
    assert send_again(client, page).status_code == 302
    assert Pin.objects.get().photos.get() == kept


def test_a_file_beyond_the_limit(client, monkeypatch):
    monkeypatch.setattr(reading, "FILE_LIMIT", 500)
    (error,) = errors_at_photos(client.post(URL, with_photos(upload(name="x.jpg"))))
    assert error.startswith("x.jpg: ")


def test_the_fourth_is_left_out_and_named(client):
    files = [upload(name=f"{number}.jpg") for number in range(1, 5)]

    page = client.post(URL, with_photos(*files))

    (error,) = errors_at_photos(page)
    assert "4.jpg" in error
    assert Photo.objects.count() == 3
    assert (
        send_again(
            client, page, photo=[photo.name for photo in Photo.objects.all()]
        ).status_code
        == 302
    )
    assert Pin.objects.get().photos.count() == 3


@pytest.mark.parametrize("alt", ["x" * 201, "Glocke\x07"])
def test_words_that_are_refused_stay_in_their_field(client, alt):
    page = client.post(URL, with_photos(upload(), alts=[alt]))

    errors_at_photos(page)
    photo = Photo.objects.get()
    assert photo.alt == ""
    assert fields_of(page)[f"alt-{photo.name}"] == alt
    assert f'id="alt-{photo.name}-error"' in page.content.decode()
    errors_at_photos(send_again(client, page))
    assert (
        send_again(client, page, **{f"alt-{photo.name}": "x" * 200}).status_code == 302
    )


def test_markup_in_names_and_words_stays_text(client):
    evil = "<script>alert(1)</script>"
    page = client.post(
        URL,
        with_photos(
            upload(b"x", f'"><img src=x>{evil}.jpg'), upload(), alts=["", evil]
        ),
    )

    html = page.content.decode()
    assert evil not in html
    assert "<img src=x>" not in html


def test_photos_that_were_erased_meanwhile_are_missed(client):
    page = client.post(URL, with_photos(upload(), title=""))
    Photo.objects.all().delete()

    errors_at_photos(send_again(client, page, title="Mit Titel"))
    assert not Pin.objects.exists()


@pytest.mark.parametrize("name", ["", "\0", "../../settings", "f" * 32])
def test_nonsense_for_names_takes_nothing(client, name):
    pin = make_pin()
    foreign = make_photo(pin)
    other = make_photo(form_key=uuid4())
    fields = {"photo": [name, foreign.name, other.name], "remove-photo": [foreign.name]}

    errors_at_photos(client.post(URL, form_data() | fields))

    assert Photo.objects.get(pk=foreign.pk).pin == pin
    assert Photo.objects.get(pk=other.pk).pin is None


def test_when_too_many_wait_the_words_are_kept_and_the_way_is_said(client, settings):
    settings.WAITING_PHOTOS = 1
    make_photo(form_key=uuid4())

    page = client.post(URL, with_photos(upload(), title="", text="Meine Worte"))

    assert page.status_code == 503
    assert "photos" in page.context["form"].errors
    assert fields_of(page)["text"] == "Meine Worte"
    assert Photo.objects.count() == 1
    # A form that is right need not wait.
    assert client.post(URL, with_photos(upload())).status_code == 302


def test_a_full_disk_keeps_the_words(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_text("no folder")

    page = client.post(URL, with_photos(upload()))

    assert page.status_code == 503
    assert not Pin.objects.exists()
    assert not Photo.objects.exists()
    settings.MEDIA_ROOT = tmp_path
    assert send_again(client, page, photos=upload()).status_code == 302


def test_a_stale_token_keeps_the_photos(client):
    client.handler.enforce_csrf_checks = True
    page = client.post(URL, with_photos(upload()))
    assert page.status_code == 403
    assert f"{Photo.objects.get().name}-small.jpg" in page.content.decode()


def big(size):
    file = BytesIO(b"\xff\xd8\xff" + b"x" * size)
    file.name = "gross.jpg"
    return file


@pytest.mark.parametrize("path", [URL, "/en/pins/new"])
def test_photos_may_be_larger_than_words(client, path):
    response = client.post(path, form_data() | {"photos": big(5_000_000)})

    errors_at_photos(response)


def test_but_not_without_end(client):
    length = site_settings.PHOTO_FORM_MAX_SIZE + 1
    response = client.generic(
        "POST", URL, b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH=length
    )
    assert response.status_code == 413


def test_and_words_may_not_be_as_large_as_photos(client):
    response = client.post(URL, form_data(text="x" * 5_000_000) | {"photos": upload()})
    assert response.status_code == 413


@pytest.mark.parametrize("path", ["/", "/pins/", "/pins/newer", "/moderation/"])
def test_elsewhere_all_stays_as_it_was(client, path):
    client.force_login(make_moderator())

    assert client.post(path, {"photos": big(5_000_000)}).status_code == 413


def test_the_own_page_takes_as_much(client):
    pin = make_pin()
    path = reverse("pins:own", args=[pin.reference, "f" * 64])
    assert client.post(path, {"photos": big(5_000_000)}).status_code == 404
