"""Files of the npm packages that look at pages, where `./run conformance` puts them."""

from pathlib import Path

import pytest
from django.conf import settings as site

FOLDER = Path(site.ROOT) / ".local" / "checkers" / "node_modules"


def file_of(package: str, name: str) -> Path:
    """Return a file of a package; skips without it."""
    found = FOLDER / package / name
    if not found.exists():
        pytest.skip("./run conformance installs what this needs")
    return found
