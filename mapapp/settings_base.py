"""What several parts of the settings lean on: where the site is, and what it is called."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mapapp import environment as env
from mapapp.cityfile import City, CityFileError, choose_city, read_city


def chosen_city(root: Path, named: str) -> City:
    """Return the city of this site; raises ImproperlyConfigured where it is not clear."""
    try:
        return read_city(choose_city(root, named))
    except CityFileError as error:
        raise ImproperlyConfigured(error) from error


def own_folder(city: City, name: str) -> list[Path]:
    """Return the city's own folder of that name, where it has one."""
    return [folder] if (folder := city.folder / name).is_dir() else []


ROOT = Path(__file__).resolve().parent.parent
DEBUG = env.flag("MAPAPP_DEBUG", default=False)
DEMO = env.flag("MAPAPP_DEMO", default=False)
BASE_URL = env.url("MAPAPP_BASE_URL", "http://localhost:8000").rstrip("/")
CITY = chosen_city(ROOT, env.text("MAPAPP_CITY", ""))
_SPOKEN = {"de": _("German"), "en": _("English")}
LANGUAGES = [(code, _SPOKEN[code]) for code in CITY.languages]
CITY_NAME = env.text("MAPAPP_CITY_NAME", CITY.name)
SITE_NAME = env.text("MAPAPP_SITE_NAME", CITY.site_name)
# Who runs the site: reports of barriers go there.
OPERATOR_EMAIL = env.mail_address(
    "MAPAPP_OPERATOR_MAIL",
    env.mail_address("MAPAPP_MAIL_FROM", "mitmachkarte@localhost"),
)
