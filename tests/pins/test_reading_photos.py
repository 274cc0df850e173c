"""Photos are read with suspicion, and only what they show is kept."""

import zipfile
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

from pins.photos import reading
from pins.photos.reading import Box, PhotoRefused, black_out, read_photo
from tests.photos import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    WHITE,
    file_of,
    picture_of,
    png_header,
)

GPS = 0x8825
SECRETS = [b"Exif", b"GPS", b"Geheimkamera", b"ICC_PROFILE", b"xpacket", b"Kommentar"]


def read(content):
    return read_photo(BytesIO(content))


def refusal(content):
    with pytest.raises(PhotoRefused) as refused:
        read(content)
    return refused.value.code


def shown(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def assert_colour(image, place, expected, off=12):
    found = image.convert("RGB").getpixel(place)
    assert all(abs(a - b) <= off for a, b in zip(found, expected, strict=True)), found


def noise_of(size, mode="L"):
    """Return what JPEG finds hard to keep: noise, and the same each time."""
    width, height = size
    return Image.frombytes("L", size, Random(0).randbytes(width * height)).convert(mode)


def photo_with_secrets():
    exif = Image.Exif()
    exif[0x010F] = "Geheimkamera"
    exif.get_ifd(GPS).update({1: "N", 2: (49.0, 26.0, 38.0), 3: "E", 4: (7.0, 46.0, 8)})
    return file_of(
        picture_of(),
        exif=exif,
        comment=b"Kommentar",
        xmp=b"<?xpacket begin=''?>",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )


def test_no_metadata_is_left():
    content = photo_with_secrets()
    assert all(secret in content for secret in SECRETS if secret != b"GPS")
    assert shown(content).getexif().get_ifd(GPS)

    picture = read(content)

    for kept in (picture.large, picture.small):
        assert not any(secret in kept for secret in SECRETS)
        image = shown(kept)
        assert not image.getexif()
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
        }
        assert_colour(image, (10, 10), RED)


def test_text_in_a_png_is_left_behind():
    notes = PngInfo()
    notes.add_text("Author", "Geheimkamera")
    notes.add_itxt("XML:com.adobe.xmp", "xpacket")

    picture = read(file_of(picture_of(), "PNG", pnginfo=notes))

    assert b"Geheimkamera" not in picture.large
    assert b"xpacket" not in picture.large


@pytest.mark.parametrize("turn", range(1, 9))
def test_photos_stand_upright(turn):
    exif = Image.Exif()
    exif[reading.ORIENTATION_TAG] = turn
    lying = picture_of().transpose(
        {
            1: Image.Transpose.ROTATE_180,
            2: Image.Transpose.FLIP_LEFT_RIGHT,
            3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270,
        }[turn]
    )

    picture = read(file_of(lying, exif=exif, quality=95))

    assert (picture.width, picture.height) == (80, 60)
    assert shown(picture.large).size == (80, 60)
    corner = (70, 50) if turn == 1 else (10, 10)
    assert_colour(shown(picture.large), corner, RED)


@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning")
@pytest.mark.parametrize("turn", [0, 9, 300])
def test_an_orientation_that_is_none_turns_nothing(turn):
    exif = Image.Exif()
    exif[reading.ORIENTATION_TAG] = turn

    picture = read(file_of(picture_of(), exif=exif))

    assert_colour(shown(picture.large), (10, 10), RED)


@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning")
def test_broken_notes_do_not_break_a_photo():
    content = file_of(picture_of(), exif=b"Exif\0\0II*\0\xff\xff\xff\xffunsinn")

    assert read(content).width == 80


def test_large_photos_are_scaled_and_small_ones_are_not():
    picture = read(file_of(Image.new("RGB", (4000, 3000), GREEN)))

    assert (picture.width, picture.height) == (1600, 1200)
    assert shown(picture.large).size == (1600, 1200)
    assert shown(picture.small).size == (400, 300)
    assert shown(read(file_of(Image.new("RGB", (3, 2), GREEN))).large).size == (3, 2)


def test_a_thread_of_a_picture_keeps_a_pixel():
    picture = read(file_of(Image.new("RGB", (9000, 1), GREEN), "PNG"))

    assert (picture.width, picture.height) == (1600, 1)


def clear_png(mode):
    image = picture_of().convert("RGBA")
    image.putalpha(0)
    image.paste((*BLUE, 255), (0, 0, 40, 30))
    if mode == "P":
        image = image.quantize(16)
    return file_of(image.convert(mode), "PNG")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_what_is_clear_becomes_white(mode):
    image = shown(read(clear_png("RGBA" if mode == "PA" else mode)).large)

    assert image.mode == "RGB"
    assert_colour(image, (70, 50), WHITE)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("RGB", "WEBP")],
)
def test_every_colour_model_becomes_rgb(mode, kind):
    content = file_of(picture_of(corner=WHITE).convert(mode), kind)

    image = shown(read(content).large)

    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert_colour(image, (10, 10), WHITE)


def test_sixteen_bits_are_scaled_and_not_cut():
    grey = Image.new("I;16", (40, 40), 0x8000)

    image = shown(read(file_of(grey, "PNG")).large)

    assert_colour(image, (20, 20), (128, 128, 128))


def test_of_an_animation_the_first_picture():
    frames = [picture_of(corner=BLUE), picture_of(corner=RED)]
    for kind in ("WEBP", "PNG"):
        content = file_of(frames[0], kind, save_all=True, append_images=frames[1:])

        assert_colour(shown(read(content).large), (10, 10), BLUE, off=40)


def test_other_profiles_are_brought_to_srgb():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (lab, b"no profile at all"):
        content = file_of(picture_of(), icc_profile=profile)

        assert_colour(shown(read(content).large), (10, 10), RED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
        b"GIF89a" + b"\0" * 100,
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\xff\xd8",
    ],
    ids=["empty", "html", "svg", "gif", "pdf", "wav", "two bytes"],
)
def test_what_is_no_photo_is_refused_whatever_its_name(content):
    assert refusal(content) == "kind"


def test_a_zip_is_refused_and_one_behind_a_photo_is_left_behind():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("evil.js", "alert(1)")

    assert refusal(buffer.getvalue()) == "kind"
    picture = read(file_of(picture_of()) + buffer.getvalue())

    assert b"PK" not in picture.large
    assert b"evil.js" not in picture.large


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_of_heic_it_says_how_to_get_a_jpeg(brand):
    assert refusal(b"\0\0\0\x18ftyp" + brand + b"\0" * 40) == "heic"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_photo_is_refused(kind):
    noise = noise_of((200, 200))
    content = file_of(noise, kind)

    assert refusal(content[: len(content) // 2]) == "broken"


def test_headers_followed_by_nonsense():
    for start in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"):
        assert refusal(start + b"\xff\x00ab" * 500) == "broken"


@pytest.mark.parametrize(
    ("width", "height"),
    [(50_000, 50_000), (10_000, 10_000), (5_001, 5_000), (2**31 - 1, 1)],
)
def test_a_bomb_is_judged_by_its_header(width, height):
    content = png_header(width, height)
    assert len(content) < 200

    assert refusal(content) == "size"


def test_more_bytes_than_allowed_are_not_decoded(monkeypatch):
    monkeypatch.setattr(reading, "FILE_LIMIT", 100)

    assert refusal(file_of(picture_of())) == "size"


def test_black_boxes_are_burnt_in():
    noise = noise_of((400, 200), "RGB")
    ImageDraw.Draw(noise).text((40, 40), "KL-AB 123")
    photo = read(file_of(noise, exif=Image.Exif()))

    picture = black_out(
        BytesIO(photo.large), [Box(10, 10, 25.1, 50), Box(99, 99, 1, 1)]
    )

    image = shown(picture.large)
    assert image.size == (400, 200)
    for x in range(40, 141):
        for y in range(20, 120):
            # Next to the box JPEG smears the border; what was below is not there.
            assert max(image.getpixel((x, y))) < 100
    assert_colour(image, (90, 70), BLACK, off=2)
    assert_colour(shown(picture.small), (90, 70), BLACK, off=2)
    assert_colour(image, (398, 199), BLACK, off=60)
    assert max(image.getpixel((300, 60))) > 20
