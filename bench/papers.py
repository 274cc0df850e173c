"""What a dossier costs: `./run bench papers`.

Makes the dossier of a sitting with 30 and with 200 contributions, each with two photos,
as a process that has just started would, and once more as one that has warmed up. Times
and the most memory a process held; the site's own basemap is used where there is one. Half
the contributions crowd around one place, the rest lie anywhere in the city.
"""

import io
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

from bench._pins import fill
from bench._scratch import scratch_city

SIZES = {30: 3.0, 200: 20.0}
MOST_MEGABYTES = 400
PHOTOS, DIFFERENT = 2, 40


@dataclass(frozen=True)
class Measured:
    """Seconds of the first and the second dossier, size of the file, and the most
    memory in MB that this process and the typesetter’s held."""

    first: float
    second: float
    size: float
    memory: float
    typesetter: float


def prepare(sizes: list[int]) -> dict[int, int]:
    """Put sittings into the scratch database; return their ids by size."""
    from django.utils import timezone

    from councils.models import (
        AgendaItem,
        Consultation,
        Matter,
        MatterPin,
        Sitting,
    )
    from districts.models import Body
    from pins.models import Pin

    fill(sum(sizes), lambda reached: None, batch=300)
    add_photos()
    pins = iter(Pin.objects.order_by("pk"))
    council = Body.objects.get(slug="stadtrat")
    sittings = {}
    for size in sizes:
        sitting = Sitting.objects.create(
            body=council,
            start=timezone.now().replace(minute=size % 60),
            place="Rathaus",
        )
        sittings[size] = sitting.pk
        for order in range(1, size + 1):
            pin = next(pins)
            item = AgendaItem.objects.create(
                sitting=sitting, order=order, title=pin.title
            )
            matter = Matter.objects.create(title=pin.title)
            MatterPin.objects.create(matter=matter, pin=pin)
            Consultation.objects.create(
                matter=matter, order=1, body=council, role="advice", item=item
            )
    return sittings


def add_photos() -> None:
    """Give each contribution photos as uneven as those of phones."""
    from uuid import uuid4

    from PIL import Image, ImageFilter

    from pins.models import Photo, Pin
    from pins.photos.files import write_files
    from pins.photos.reading import read_photo

    pictures = []
    for _ in range(DIFFERENT):
        buffer = io.BytesIO()
        noise = Image.effect_noise((1_200, 900), 60).filter(ImageFilter.GaussianBlur(6))
        noise.convert("RGB").save(buffer, "JPEG")
        pictures.append(read_photo(io.BytesIO(buffer.getvalue())))
    picture = pictures[0]
    photos = [
        Photo(
            pin=pin,
            form_key=uuid4(),
            position=position,
            width=picture.width,
            height=picture.height,
            alt="Ein Radweg, der plötzlich endet.",
        )
        for pin in Pin.objects.all()[: sum(SIZES)]
        for position in range(1, PHOTOS + 1)
    ]
    made = Photo.objects.bulk_create(photos)
    for photo, picture in zip(made, cycle(pictures), strict=False):
        write_files(photo.name, picture)


def dossier(database: str, media: str, sitting_id: int) -> Measured:
    """Make a dossier twice in this process."""
    import django
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = Path(media)
    from councils.models import Sitting
    from councils.papers.content import read_sitting
    from councils.papers.pdf import make_dossier

    seconds, made = [], b""
    for _ in range(2):
        started = time.perf_counter()
        sitting = Sitting.objects.select_related("body").get(pk=sitting_id)
        made = make_dossier(read_sitting(sitting, is_public=False))
        seconds.append(time.perf_counter() - started)
    # In KiB on Linux.
    memory, typesetter = (
        resource.getrusage(who).ru_maxrss / 1_024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    first, second = seconds
    return Measured(first, second, len(made) / 1e6, memory, typesetter)


def measure(database: str, media: str, sittings: dict[int, int]) -> bool:
    """Print a line for each size; return whether all were good enough."""
    good = True
    sys.stdout.write(
        "contributions   first   second       file    process  typesetter\n"
    )
    for size, sitting_id in sittings.items():
        with get_context("spawn").Pool(1) as pool:
            found = pool.apply(dossier, (database, media, sitting_id))
        sys.stdout.write(
            f"{size:13}  {found.first:4.1f} s   {found.second:4.1f} s  "
            f"{found.size:6.1f} MB  {found.memory:6.0f} MB   {found.typesetter:6.0f} MB\n"
        )
        most = max(found.memory, found.typesetter)
        good = good and found.first < SIZES[size] and most < MOST_MEGABYTES
    return good


def main() -> None:
    with scratch_city() as database, tempfile.TemporaryDirectory() as media:
        from django.conf import settings
        from django.db import connection

        settings.MEDIA_ROOT = Path(media)
        sittings = prepare(list(SIZES))
        connection.close()
        good = measure(database, media, sittings)
    if not good:
        sys.exit("That is too slow, or takes too much memory.")


if __name__ == "__main__":
    main()
