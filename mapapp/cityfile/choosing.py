"""Which city this site is of."""

from pathlib import Path

from mapapp.cityfile.tables import CityFileError

NAME = "city.toml"


def choose_city(root: Path, named: str) -> Path:
    """Return the file of the city: the one that is named, or the only one at hand.

    `named` is a path (from `root`, where it is not absolute) of the file or its folder.
    Raises CityFileError where nothing is named and `cities/` does not hold just one.
    """
    if named:
        path = root / named
        return path / NAME if path.is_dir() else path
    found = sorted((root / "cities").glob(f"*/{NAME}"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(str(path.relative_to(root)) for path in found) or "none"
    message = (
        f"Say which city this is: MAPAPP_CITY=path of its file. There are: {names}."
    )
    raise CityFileError(message)
