"""The demo's photos: scenes drawn on the spot, each plainly marked as an example."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from django.db import transaction
from PIL import Image, ImageDraw, ImageFont

from pins.models import Pin
from pins.photos.keeping import Album, NewPhoto, attach
from pins.photos.reading import read_photo

SIZE = (1200, 900)
SKY, GRASS, STONE, ROAD = "#bcd7ea", "#7fa65a", "#b9b2a6", "#6d7278"
LEAF, BARK, WATER, DARK = "#3f6d3a", "#6b4a32", "#3f8fc0", "#2b2f36"
MARK = "Beispielbild"

Scene = Callable[[ImageDraw.ImageDraw], None]


@dataclass(frozen=True)
class DemoPhoto:
    """What is drawn for the demo's pin with this title, and what it shows in words."""

    title: str
    scene: Scene
    alt: str


def _tree(pen: ImageDraw.ImageDraw, x: int, foot: int, size: int) -> None:
    pen.rectangle((x - size // 10, foot - size, x + size // 10, foot), fill=BARK)
    for dx, dy in ((-0.45, 1.2), (0.45, 1.2), (0, 1.55)):
        middle = (x + dx * size, foot - dy * size)
        pen.ellipse(_around(middle, 0.6 * size), fill=LEAF)


def _around(middle: tuple[float, float], radius: float) -> tuple[float, ...]:
    x, y = middle
    return (x - radius, y - radius, x + radius, y + radius)


def dry_fountain(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 520, *SIZE), fill=STONE)
    pen.ellipse((250, 560, 950, 820), fill="#8d877c", outline=DARK, width=6)
    pen.ellipse((300, 585, 900, 770), fill="#a59d8f")
    pen.polygon([(570, 690), (630, 690), (620, 360), (580, 360)], fill="#8d877c")
    pen.ellipse((470, 330, 730, 400), fill="#8d877c", outline=DARK, width=6)
    for x, y in (
        (380, 680),
        (460, 720),
        (700, 640),
        (790, 690),
        (640, 730),
        (530, 640),
    ):
        pen.polygon([(x, y), (x + 40, y - 18), (x + 58, y + 14)], fill="#c07a2c")


def broken_pavement(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 480, *SIZE), fill=STONE)
    for x in range(-600, 1800, 150):
        pen.line((600 + (x - 600) // 4, 480, x, 900), fill="#9a9387", width=5)
    for y in (520, 580, 660, 770):
        pen.line((0, y, 1200, y), fill="#9a9387", width=5)
    _tree(pen, 950, 560, 260)
    for end in ((300, 640), (420, 760), (620, 830)):
        pen.line((940, 555, 700, 640, *end), fill=BARK, width=26, joint="curve")
    pen.line((180, 600, 380, 690, 520, 680, 700, 850), fill=DARK, width=14)


def meadow(pen: ImageDraw.ImageDraw) -> None:
    pen.polygon([(0, 520), (400, 440), (800, 500), (1200, 420), SIZE, (0, 900)], GRASS)
    for x, foot, size in (
        (170, 640, 150),
        (430, 600, 120),
        (720, 690, 190),
        (1030, 610, 140),
    ):
        _tree(pen, x, foot, size)
        for dx, dy in ((-0.4, 1.3), (0.3, 1.1), (0.1, 1.7), (-0.1, 1.0)):
            pen.ellipse(_around((x + dx * size, foot - dy * size), 11), fill="#c33a2c")


def playground(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 500, *SIZE), fill=GRASS)
    pen.polygon([(120, 900), (420, 560), (980, 560), (1150, 900)], fill="#d9c38f")
    pen.line(
        (360, 700, 560, 690, 640, 770, 900, 760), fill=WATER, width=44, joint="curve"
    )
    pen.rectangle((300, 520, 340, 720), fill="#51606e")
    pen.line((320, 540, 220, 480), fill="#51606e", width=18)
    pen.ellipse(_around((700, 610), 46), fill="#8d877c")
    _tree(pen, 1040, 560, 200)


def parked_car(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 560, *SIZE), fill=ROAD)
    pen.rectangle((0, 500, 1200, 590), fill=STONE)
    pen.rectangle((250, 470, 950, 700), fill="#a83232")
    pen.polygon([(340, 470), (430, 320), (770, 320), (860, 470)], fill="#a83232")
    pen.polygon([(390, 465), (455, 345), (745, 345), (810, 465)], fill="#cfe0ea")
    for x in (340, 860):
        pen.ellipse(_around((x, 700), 62), fill=DARK)
        pen.ellipse(_around((x, 530), 34), fill="#f6e7a8")
    pen.rectangle((455, 590, 745, 660), fill="white", outline=DARK, width=5)
    pen.text((600, 625), "KL XX 000", fill=DARK, font=_font(48), anchor="mm")


PHOTOS = (
    DemoPhoto(
        "Brunnen am Kennedyplatz läuft seit Wochen nicht",
        dry_fountain,
        "Ein trockener Brunnen; im Becken liegt Laub.",
    ),
    DemoPhoto(
        "Gehweg an der Kita durch Wurzeln aufgebrochen",
        broken_pavement,
        "Wurzeln eines Baumes heben die Platten eines Gehwegs an.",
    ),
    DemoPhoto(
        "Streuobstwiesen am Ortsrand nicht für Solarfelder opfern",
        meadow,
        "Apfelbäume auf einer Wiese am Hang.",
    ),
    DemoPhoto(
        "Wasserspielplatz für die Kinder auf dem Berg",
        playground,
        "Eine Pumpe und eine Wasserrinne in einer Sandfläche.",
    ),
    # It waits for review: something to black out.
    DemoPhoto("Taxi- und Lieferwagen blockieren die Bushaltestelle", parked_car, ""),
)


@transaction.atomic
def load_photos() -> int:
    """Give the demo's pins their photos where they have none; return how many."""
    titles = {photo.title: photo for photo in PHOTOS}
    pins = Pin.objects.filter(title__in=titles, photos=None).order_by("pk")
    for pin in pins:
        photo = titles[pin.title]
        picture = read_photo(BytesIO(draw(photo.scene)))
        attach(pin=pin, album=Album(new=(NewPhoto(picture, photo.alt),)))
    return len(pins)


def draw(scene: Scene) -> bytes:
    """Return the scene below a sky, marked as an example, as a PNG."""
    image = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(image)
    scene(pen)
    # So low that it stays where a page cuts the picture to another shape.
    pen.rectangle((0, 76, 330, 152), fill=DARK)
    pen.text((24, 114), MARK, fill="white", font=_font(44), anchor="lm")
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
