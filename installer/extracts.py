"""The OpenStreetMap extract that the basemap is built from."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from installer import downloads
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError, UsageError

SCHEMES = ("http://", "https://")


def provide(checkout: Checkout, console: Console, given: str) -> Path:
    """Return the extract: the file that is named, or what is at the address.

    Without either it is the one of MITMACH_EXTRACT, or of the city's file. Raises
    SetupError where it cannot be had.
    """
    source = given or checkout.environ.get("MITMACH_EXTRACT") or of_city(checkout)
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


def of_city(checkout: Checkout) -> str:
    """Return the address that the file of the city names.

    Only what is read here is looked at: the site itself checks the whole file. Raises
    SetupError where it names none.
    """
    named = checkout.root / checkout.environ.get("MAPAPP_CITY", "cities")
    found = [named] if named.is_file() else sorted(named.rglob("city.toml"))
    for file in found[:1]:
        try:
            said = tomllib.loads(file.read_text("utf-8")).get("basemap", {})
        except ValueError as error:
            message = f"{file} is not TOML: {error}."
            raise SetupError(message, "Mend it first.") from error
        if isinstance(said, dict) and isinstance(said.get("extract"), str):
            return str(said["extract"])
    raise SetupError(
        "It is not known which extract of OpenStreetMap holds the city.",
        "./run basemap FILE, or name one in MITMACH_EXTRACT.",
    )


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
