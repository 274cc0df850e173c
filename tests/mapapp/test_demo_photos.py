"""The demo's photos: drawn, marked, and given once to the pins they are meant for."""

import json
from io import BytesIO

import pytest
from PIL import Image

from mapapp import demo
from mapapp.demo_photos import PHOTOS, draw, load_photos
from pins.models import Photo
from tests.factories import make_district, make_pin
from tests.photos import is_kept


def test_each_belongs_to_a_pin_of_the_demo():
    entries = {e["title"]: e for e in json.loads(demo.FILE.read_text())["pins"]}

    shown = [entries[photo.title]["visibility"] for photo in PHOTOS]
    assert shown.count("published") >= 3
    assert all(photo.alt for photo in PHOTOS[:4])


def test_given_once(db):
    make_district(16)
    pin = make_pin(title=PHOTOS[0].title)
    make_pin(title="Ein Beitrag ohne Foto")

    assert [load_photos(), load_photos()] == [1, 0]

    photo = Photo.objects.get()
    assert (photo.pin, photo.alt) == (pin, PHOTOS[0].alt)
    assert is_kept(photo.name)


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.scene.__name__)
def test_each_is_drawn_and_marked(photo):
    image = Image.open(BytesIO(draw(photo.scene)))

    # What a page shows that cuts it to the shape of news, 3 : 2.
    width, height = image.size
    edge = (height - width * 2 // 3) // 2
    shown = image.crop((0, edge, width, height - edge))
    mark = shown.crop((0, 76 - edge, 330, 152 - edge)).convert("L").tobytes()
    assert max(mark) - min(mark) > 150
    assert len(image.getcolors(1_000_000) or []) > 5
