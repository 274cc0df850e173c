"""Photos that somebody sends, made into plain JPEG files that hold the picture alone.

Nothing of the file itself is kept: what it shows is decoded, turned upright, brought to
sRGB on white, scaled, and written anew without any metadata.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageDraw

FILE_LIMIT = 12 * 1024 * 1024
PIXEL_LIMIT = 25_000_000
LARGE_SIDE, SMALL_SIDE = 1_600, 400
QUALITY = 82
# Of the filters that keep edges sharp the cheapest: a photo takes half as long as with Lanczos.
DOWN = Image.Resampling.HAMMING
FORMATS = ("JPEG", "PNG", "WEBP")
# What decoders raise over files made to break them.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A photo of 25 megapixels takes 100 MB while it is decoded: two at a time are enough.
_decoders = BoundedSemaphore(2)


TOO_LARGE = _("It is too large. Please choose one of at most 12 MB and 25 megapixels.")


class PhotoRefused(ValidationError):
    """A file that is no photo we take; the message says why and what to do."""


@dataclass(frozen=True)
class Picture:
    """A photo ready to be kept: two JPEG files and the large one's size in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Box:
    """A rectangle of a photo, in percent of its width and height from the top left."""

    x: float
    y: float
    width: float
    height: float


def read_photo(file: IO[bytes]) -> Picture:
    """Return what the file shows; raises PhotoRefused for what is no photo."""
    _check_kind(file)
    with _decoders:
        try:
            image = _decode(file)
        except BROKEN as error:
            message = _("It is damaged or is no photo. Please choose another file.")
            raise PhotoRefused(message, code="broken") from error
        return _write(image)


def black_out(file: IO[bytes], boxes: list[Box]) -> Picture:
    """Return a kept photo with the boxes filled with black, to the full pixel."""
    with _decoders, Image.open(file, formats=["JPEG"]) as image:
        image.load()
        pen = ImageDraw.Draw(image)
        for box in boxes:
            pen.rectangle(_pixels(box, image.size), fill=(0, 0, 0))
        return _write(image)


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the corners, both inside, of all pixels that the box touches."""
    width, height = size
    right = -(-(box.x + box.width) * width // 100) - 1
    bottom = -(-(box.y + box.height) * height // 100) - 1
    return (
        int(box.x * width // 100),
        int(box.y * height // 100),
        int(right),
        int(bottom),
    )


def _check_kind(file: IO[bytes]) -> None:
    """Judge by the first bytes; names and what the browser says prove nothing."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if size > FILE_LIMIT:
        raise PhotoRefused(TOO_LARGE, code="size")
    if head[4:8] == b"ftyp":
        message = _(
            "This format (HEIC) cannot be shown everywhere. Please save the photo as "
            "JPEG: on an iPhone under Settings, Camera, Formats, “Most Compatible”. Or "
            "take a screenshot of it."
        )
        raise PhotoRefused(message, code="heic")
    is_known = (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or head[:4] + head[8:12] == b"RIFFWEBP"
    )
    if not is_known:
        message = _("It is no photo. Please choose a JPEG, PNG or WebP file.")
        raise PhotoRefused(message, code="kind")


def _decode(file: IO[bytes]) -> Image.Image:
    """Return the first picture of the file, upright, in sRGB and in its final size."""
    try:
        image: Image.Image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused(TOO_LARGE, code="size") from error
    if image.width * image.height > PIXEL_LIMIT:
        raise PhotoRefused(TOO_LARGE, code="size")
    turn = _orientation(image)
    # JPEG decodes straight into about the size that is needed.
    image.draft(None, _fit(image.size))
    image.load()
    image = _plain_colours(image)
    image.thumbnail((LARGE_SIDE, LARGE_SIDE), DOWN)
    return image.transpose(UPRIGHT[turn]) if turn in UPRIGHT else image


def _fit(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1, LARGE_SIDE / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _orientation(image: Image.Image) -> int | None:
    try:
        found = image.getexif().get(ORIENTATION_TAG)
    except BROKEN:
        # A photo does not lie on its side because its notes cannot be read.
        return None
    return found if isinstance(found, int) else None


def _plain_colours(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB, eight bits a channel, on white where it is clear."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    elif image.mode not in {"RGB", "CMYK", "L"}:
        image = image.convert("RGB")
    if image.mode == "RGBA":
        image = image.convert("RGB")
    if profile:
        image = _to_srgb(image, profile)
    return image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, *BROKEN):
        # A profile that is broken or of another colour model: the numbers will do.
        return image
    return converted or image


def _write(image: Image.Image) -> Picture:
    # Comments and profiles would travel along in it.
    image.info = {}
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), DOWN)
    return Picture(_jpeg(image), _jpeg(small), image.width, image.height)


def _jpeg(image: Image.Image) -> bytes:
    buffer = BytesIO()
    # In several passes it would be 4 % smaller and take twice as long to write.
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
