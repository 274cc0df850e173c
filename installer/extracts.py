"""The OpenStreetMap extract that the basemap is built from."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from installer import downloads
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError, UsageError

# Geofabrik makes it anew every day.
DEFAULT = "https://download.geofabrik.de/europe/germany/rheinland-pfalz-latest.osm.pbf"
SCHEMES = ("http://", "https://")


def provide(checkout: Checkout, console: Console, given: str) -> Path:
    """Return the extract: the file that is named, or what is at the address.

    Without either it is the one of MITMACH_EXTRACT, or of Rhineland-Palatinate. Raises
    SetupError where it cannot be had.
    """
    source = given or checkout.environ.get("MITMACH_EXTRACT") or DEFAULT
    if source.lower().startswith(SCHEMES):
        target = checkout.local / "extracts" / _name(source)
        try:
            downloads.fetch(source, target, console)
        except downloads.DownloadError as error:
            raise _with_the_last_one(error, target) from error
        return target
    file = Path(source).expanduser().resolve()
    if not file.is_file():
        message = f"There is no file {file}."
        raise SetupError(message, "./run basemap without a name downloads one.")
    return file


def _name(url: str) -> str:
    """Return the file's name; its ending tells which of OpenStreetMap's formats it is.

    Raises UsageError for what is no address.
    """
    try:
        is_address = urlsplit(url).hostname and re.fullmatch(r"[!-~]+", url)
    except ValueError:
        is_address = None
    if not is_address:
        message = f"{url} is no address that can be downloaded from."
        raise UsageError(message)
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    return name if ".osm" in name or ".pbf" in name else "extract.osm.pbf"


def _with_the_last_one(error: SetupError, target: Path) -> SetupError:
    if not target.exists():
        return error
    hint = f"{error.hint}\nThe one of last time is still there: ./run basemap {target}"
    return SetupError(error.message, hint)
