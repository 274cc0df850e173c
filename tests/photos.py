"""Files for tests of photos, drawn on the spot: small, and always the same."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from pins.models import Photo, Pin
from pins.photos.files import path_of, write_files
from pins.photos.reading import Picture, read_photo

RED, GREEN, BLUE, WHITE, BLACK = (
    (200, 0, 0),
    (0, 180, 0),
    (0, 0, 200),
    (255, 255, 255),
    (0, 0, 0),
)


def picture_of(
    size: tuple[int, int] = (80, 60), corner: tuple[int, int, int] = RED
) -> Image.Image:
    """Return a green picture whose upper left quarter has the colour of the corner."""
    image = Image.new("RGB", size, GREEN)
    image.paste(corner, (0, 0, size[0] // 2, size[1] // 2))
    return image


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def upload(
    content: bytes | None = None, name: str = "brunnen.jpg"
) -> SimpleUploadedFile:
    """Return a file as a browser sends it; a small JPEG unless told otherwise."""
    if content is None:
        content = file_of(picture_of())
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def make_picture(corner: tuple[int, int, int] = RED) -> Picture:
    return read_photo(BytesIO(file_of(picture_of(corner=corner))))


def make_photo(pin: Pin | None = None, **fields: Any) -> Photo:
    """Make a photo of a pin with its files."""
    picture = make_picture()
    values: dict[str, Any] = {
        "pin": pin,
        "position": 1,
        "width": picture.width,
        "height": picture.height,
        "alt": "Der Brunnen",
    }
    if pin is not None:
        values["form_key"] = pin.idempotency_key
    photo = Photo.objects.create(**(values | fields))
    write_files(photo.name, picture)
    return photo


def keep_file(path: str, content: bytes = b"x") -> None:
    default_storage.save(path, ContentFile(content))


def is_kept(name: str) -> bool:
    """Tell whether both files of a photo are there; neither may be there alone."""
    large, small = (
        default_storage.exists(path_of(name, small=small)) for small in (False, True)
    )
    assert large == small
    return large


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that says it is that large, and hardly is more than its header."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
