"""Which release it is that runs."""

import platform
import tomllib
from functools import cache

import django
from django.conf import settings
from prometheus_client import Info


@cache
def version() -> str:
    """Return the version of the site, as `pyproject.toml` has it."""
    project = tomllib.loads((settings.ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


@cache
def build() -> Info:
    """Return what is told of the release."""
    info = Info("mitmachkarte_build", "The release that runs.", registry=None)
    info.info(
        {
            "version": version(),
            "django": django.get_version(),
            "python": platform.python_version(),
        }
    )
    return info
