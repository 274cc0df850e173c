"""Photos from the phone to the public page, with a script and without."""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from pins.models import Photo, Pin
from pins.photos.files import path_of
from pins.workflow import Visibility
from tests.browser.conftest import OpenPage
from tests.browser.new_pin import set_place, write_words
from tests.browser.test_accessibility import violations
from tests.factories import make_moderator, make_pin
from tests.photos import BLUE, RED, file_of, make_photo, picture_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("city")]

SEND = "Send contribution"


def write(page: Page) -> None:
    """Fill in everything but the place and the photos."""
    words = "Der Brunnen läuft nicht", "Seit Wochen ist er trocken und voll Laub."
    write_words(page, *words)


def photo_file(name: str, corner: tuple[int, int, int], turn: int = 1) -> FilePayload:
    """Return a photo of 2000 × 1500 pixels that lies on its side if it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "Geheimkamera"
    image = picture_of((2000, 1500), corner)
    if turn == 6:
        image = image.transpose(Image.Transpose.ROTATE_90)
    content = file_of(image, exif=exif, quality=95)
    return FilePayload(name=name, mimeType="image/jpeg", buffer=content)


def content_of(photo: Photo) -> bytes:
    with default_storage.open(path_of(photo.name)) as file:
        content: bytes = file.read()
    return content


def kept(photo: Photo) -> Image.Image:
    return Image.open(BytesIO(content_of(photo)))


def sent_files(page: Page) -> list[list[object]]:
    found: list[list[object]] = page.locator("input[type=file]").evaluate(
        "field => [...field.files].map(file => [file.name, file.type])"
    )
    return found


def has_colour(
    image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]
) -> bool:
    found = image.convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(a - b) < 20 for a, b in zip(found, colour, strict=True))


def test_on_the_phone_from_choosing_to_the_own_page(open_page: OpenPage):
    page = open_page("/en/pins/new", phone=True)
    write(page)
    chooser = page.locator("[data-photos]")
    file = page.locator("input[type=file]")
    file.set_input_files([photo_file("eins.jpg", RED, turn=6)])
    expect(chooser.locator("[data-said]")).to_contain_text("“eins.jpg” is added")
    file.set_input_files([photo_file("zwei.jpg", BLUE), photo_file("drei.jpg", RED)])
    expect(chooser.locator("[data-said]")).to_contain_text("“drei.jpg” is added")
    expect(chooser.get_by_role("button", name="Add photos")).to_be_disabled()
    chooser.get_by_role("button", name="Remove “drei.jpg”").click()
    expect(chooser.get_by_role("button", name="Add photos")).to_be_focused()
    assert sent_files(page) == [["eins.jpg", "image/jpeg"], ["zwei.jpg", "image/jpeg"]]
    for side, pixels in (("naturalWidth", 1600), ("naturalHeight", 1200)):
        expect(chooser.locator("img").first).to_have_js_property(side, pixels)
    chooser.get_by_label("What does “zwei.jpg” show?").fill("Blau")

    # The place is missing: the form comes back and has the photos still.
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("What does photo 2 show?")).to_have_value("Blau")
    page.get_by_label("What does photo 1 show?").fill("Rot")
    set_place(page)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    first, second = Pin.objects.get().photos.all()
    assert (first.alt, second.alt) == ("Rot", "Blau")
    assert (first.width, first.height) == (1600, 1200)
    assert has_colour(kept(first), (100, 100), RED)
    assert has_colour(kept(second), (100, 100), BLUE)
    assert b"Geheimkamera" not in content_of(first)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_a_script(open_page: OpenPage):
    page = open_page("/en/pins/new", scripts=False)
    write(page)
    page.get_by_label("District").select_option("hohenecken")
    page.get_by_label("Where exactly?").fill("vor der Grundschule")
    page.locator("input[type=file]").set_input_files(
        [photo_file("eins.jpg", RED, turn=6), photo_file("zwei.jpg", BLUE)]
    )
    page.get_by_text("Say what the chosen photos show").click()
    page.get_by_label("What does the second photo show?").fill("Blau")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")

    first, second = Pin.objects.get().photos.all()
    assert (first.alt, second.alt) == ("", "Blau")
    assert has_colour(kept(first), (100, 100), RED)

    page.get_by_label("Remove photo 1").check()
    page.get_by_role("button", name="Save photos").click()
    expect(page.get_by_role("main")).to_contain_text("Your photos are saved.")
    assert Pin.objects.get().photos.get() == second


def test_a_file_that_is_no_photo_is_not_even_added(open_page: OpenPage):
    page = open_page("/en/pins/new")
    page.locator("input[type=file]").set_input_files(
        FilePayload(name="brief.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7")
    )
    expect(page.locator("[data-said]")).to_contain_text("“brief.pdf” is no photo")
    assert sent_files(page) == []


def test_blacking_out_by_mouse_and_by_keyboard(open_page: OpenPage):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    photo = make_photo(pin)
    page = open_page(
        f"/en/moderation/{pin.reference}/photos/{photo.name}/", user=make_moderator()
    )
    box = page.locator("[data-canvas]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    expect(page.locator("[data-said]")).to_contain_text("Area 1 is drawn.")
    page.get_by_role("button", name="One more area").press("Enter")
    second = page.get_by_role("group", name="Area 2")
    for label, value in (
        ("From the left", "90"),
        ("From the top", "90"),
        ("Width", "10"),
        ("Height", "10"),
    ):
        second.get_by_label(label).fill(value)
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Black out for good").click()
    expect(page.get_by_role("main")).to_contain_text("blacked out for good")

    image = kept(pin.photos.get())
    for place in ((10, 10), (78, 58)):
        assert has_colour(image, place, (0, 0, 0))
    assert not has_colour(image, (60, 40), (0, 0, 0))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessible_where_photos_are_shown(open_page: OpenPage, dark: bool):
    pin = make_pin()
    make_photo(pin)
    make_photo(pin, position=2, alt="")
    page = open_page(f"/en/pins/{pin.reference}", phone=True, dark=dark)
    expect(page.get_by_role("link", name="Der Brunnen")).to_be_visible()
    expect(
        page.get_by_role("link", name="Photo 2 without a description")
    ).to_be_visible()
    assert violations(page) == []
