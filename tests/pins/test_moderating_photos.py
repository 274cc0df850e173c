"""Moderators see photos, describe, erase and black them out; what was seen is decided on."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from pins.actions import publish_pin
from pins.models import Photo, PublicPin
from pins.photos.files import erase_files, path_of
from pins.photos.keeping import black_out_photo, describe_photo
from pins.photos.reading import Box
from pins.workflow import MoveNotAllowed, Visibility
from tests.factories import make_district, make_moderator, make_pin, make_planner
from tests.pages import fields_of, text_of
from tests.photos import is_kept, make_photo

BOX = {
    "box-TOTAL_FORMS": "1",
    "box-INITIAL_FORMS": "0",
    "box-0-x": "0",
    "box-0-y": "0",
    "box-0-width": "50",
    "box-0-height": "50",
}


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def staff(client, moderator):
    client.force_login(moderator)
    return client


@pytest.fixture
def pin(moderator):
    return make_pin(visibility=Visibility.SUBMITTED)


@pytest.fixture
def photo(pin):
    return make_photo(pin)


def page_of(photo):
    return f"/moderation/{photo.pin.reference}/photos/{photo.name}/"


@pytest.fixture
def send(staff, photo, django_capture_on_commit_callbacks):
    def post(action, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            return staff.post(page_of(photo), {"action": action} | fields)

    return post


def pixel(name, place, *, small=False):
    with default_storage.open(path_of(name, small=small)) as file:
        return Image.open(BytesIO(file.read())).getpixel(place)


def test_the_page_of_the_pin_shows_all_of_them_large(staff, pin, photo):
    html = staff.get(f"/moderation/{pin.reference}/").content.decode()

    assert f'src="/moderation/photos/{photo.name}.jpg"' in html
    assert f'href="{page_of(photo)}"' in html
    assert "Der Brunnen" in html


@pytest.mark.usefixtures("either_storage")
def test_black_boxes_are_burnt_in_and_the_old_files_go(send, staff, pin, photo):
    response = send("black-out", **BOX)

    assert response["Location"] == f"/moderation/{pin.reference}/"
    new = pin.photos.get()
    assert new.name != photo.name
    assert new.is_redacted
    assert (new.alt, new.position) == (photo.alt, photo.position)
    assert not is_kept(photo.name)
    assert is_kept(new.name)
    for small in (False, True):
        assert max(pixel(new.name, (10, 10), small=small)) < 12
        assert max(pixel(new.name, (35, 25), small=small)) < 12
        assert pixel(new.name, (70, 50), small=small)[1] > 150
    assert staff.get(f"/moderation/photos/{photo.name}.jpg").status_code == 404


def test_several_boxes_with_commas_and_empty_rows(send, pin):
    boxes = BOX | {
        "box-TOTAL_FORMS": "3",
        "box-2-x": "87,5",
        "box-2-y": "90,1",
        "box-2-width": "12,5",
        "box-2-height": "9,95",
    }
    assert send("black-out", **boxes).status_code == 302

    name = pin.photos.get().name
    assert max(pixel(name, (10, 10))) < 12
    assert max(pixel(name, (76, 58))) < 40


@pytest.mark.parametrize(
    "wrong",
    [
        {"box-0-x": ""},
        {"box-0-x": "-1"},
        {"box-0-y": "101"},
        {"box-0-width": "0"},
        {"box-0-height": "x"},
        {"box-0-height": "nan"},
        {"box-0-width": "1e999"},
        {"box-0-x": "60"},
        {"box-0-y": "99"},
        {"box-TOTAL_FORMS": "0"},
        {"box-TOTAL_FORMS": "999"},
        {"box-TOTAL_FORMS": "x"},
        {f"box-0-{name}": "" for name in ("x", "y", "width", "height")},
    ],
    ids=str,
)
def test_boxes_that_are_none_are_refused_and_kept(send, photo, wrong):
    response = send("black-out", **BOX | wrong)

    assert response.status_code == 422
    assert Photo.objects.get().name == photo.name
    assert is_kept(photo.name)
    sent = BOX | wrong
    shown = fields_of(response)
    if sent["box-TOTAL_FORMS"] == "1":
        assert all(shown[name] == sent[name] for name in sent if name[4] == "0")
        errors = response.context["boxes"].errors[0]
        assert errors or response.context["boxes"].non_form_errors()


def test_published_it_has_a_new_name_at_once(send, pin, photo):
    pin.visibility, pin.published_at = Visibility.PUBLISHED, pin.created_at
    pin.save()
    assert PublicPin.objects.get().photos[0]["name"] == photo.name

    send("black-out", **BOX)

    shown = PublicPin.objects.get().photos
    assert shown[0]["name"] == Photo.objects.get().name != photo.name


def test_words_are_mended(send, pin):
    assert send("describe", alt=" Neue \n Worte ").status_code == 302
    assert pin.photos.get().alt == "Neue Worte"

    response = send("describe", alt="x" * 201)
    assert response.status_code == 422
    assert fields_of(response)["alt"] == "x" * 201
    assert pin.photos.get().alt == "Neue Worte"


def test_one_is_erased(send, pin, photo):
    assert send("remove").status_code == 302
    assert not pin.photos.exists()
    assert not is_kept(photo.name)


@pytest.mark.parametrize("action", ["describe", "black-out", "remove"])
def test_what_somebody_else_has_changed_is_left_alone(
    send, staff, photo, action, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        new = black_out_photo(photo=photo, boxes=[Box(0, 0, 10, 10)])

    response = send(action, alt="Neu", **BOX)

    assert response.status_code == 302
    assert Photo.objects.get().name == new.name
    assert Photo.objects.get().alt == photo.alt
    assert staff.get(response["Location"]).context["messages"]


def test_changed_between_reading_and_writing(staff, photo, monkeypatch):
    def change_first(**kwargs):
        Photo.objects.update(name="e" * 32)
        describe_photo(**kwargs)

    monkeypatch.setattr("pins.views.photo_moderation.describe_photo", change_first)

    response = staff.post(page_of(photo), {"action": "describe", "alt": "Neu"})

    assert response.status_code == 302
    assert Photo.objects.get().alt == photo.alt


@pytest.mark.usefixtures("either_storage")
def test_a_file_that_is_lost(send, photo):
    erase_files([photo.name])

    response = send("black-out", **BOX)

    assert response.status_code == 503
    assert fields_of(response)["box-0-width"] == "50"


def test_the_page_and_its_limits(client, staff, pin, photo):
    page = staff.get(page_of(photo))
    assert page.status_code == 200
    assert fields_of(page)["alt"] == photo.alt
    assert staff.head(page_of(photo)).status_code == 200
    assert staff.put(page_of(photo)).status_code == 405
    assert staff.post(page_of(photo), {"action": "x"}).status_code == 400
    other = make_photo(make_pin())
    for name in (other.name, "f" * 32, "x"):
        assert (
            staff.get(f"/moderation/{pin.reference}/photos/{name}/").status_code == 404
        )
    assert staff.get(f"/moderation/KL-0-0/photos/{photo.name}/").status_code == 404
    client.force_login(make_planner())
    for method in (client.get, client.post):
        assert method(page_of(photo)).status_code == 403
    client.logout()
    assert client.post(page_of(photo), {"action": "remove"}).status_code == 401
    assert Photo.objects.filter(pk=photo.pk).exists()


@pytest.mark.parametrize("change", ["words", "one more", "one less", "black"])
def test_photos_that_changed_since_are_not_published(moderator, pin, photo, change):
    read = pin.words_digest
    match change:
        case "words":
            describe_photo(photo=photo, alt="Neu")
        case "one more":
            make_photo(pin, position=2)
        case "one less":
            photo.delete()
        case "black":
            black_out_photo(photo=photo, boxes=[Box(0, 0, 10, 10)])

    with pytest.raises(MoveNotAllowed):
        publish_pin(pin=pin, actor=moderator, read=read)
    publish_pin(pin=pin, actor=moderator, read=pin.words_digest)


def test_what_changed_meanwhile_is_said(staff, pin, photo):
    read = fields_of(staff.get(f"/moderation/{pin.reference}/"))["read"]
    make_photo(pin, position=2)

    response = staff.post(
        f"/moderation/{pin.reference}/", {"to": "published", "read": read}
    )

    assert response.status_code == 409
    assert text_of(response)
