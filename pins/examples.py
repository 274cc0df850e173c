"""How a reference looks, for what shows how it is written."""

from django.conf import settings
from django.utils.functional import lazy


def _example() -> str:
    return f"{settings.REFERENCE_PREFIX}-2026-00042"


# With the city's own letters, as they are when it is shown.
EXAMPLE_REFERENCE = lazy(_example, str)()
