"""What several parts of the settings lean on: where the site is, and what it is called."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from mapapp import environment as env

ROOT = Path(__file__).resolve().parent.parent
DEBUG = env.flag("MAPAPP_DEBUG", default=False)
DEMO = env.flag("MAPAPP_DEMO", default=False)
BASE_URL = env.text("MAPAPP_BASE_URL", "http://localhost:8000").rstrip("/")
LANGUAGES = [("de", _("German")), ("en", _("English"))]
CITY_NAME = env.text("MAPAPP_CITY_NAME", "Kaiserslautern")
SITE_NAME = env.text("MAPAPP_SITE_NAME", f"Mitmachkarte {CITY_NAME}")
# Who runs the site: reports of barriers go there.
OPERATOR_EMAIL = env.text(
    "MAPAPP_OPERATOR_MAIL", env.text("MAPAPP_MAIL_FROM", "mitmachkarte@localhost")
)
