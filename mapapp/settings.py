"""Settings, all read from the environment; `.env.example` explains each variable.

Those of accounts, of databases, of the city's rules and of the CMS lie beside, in `settings_*.py`.
"""

from email.utils import formataddr
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from mapapp import environment as env
from mapapp.origins import https_origin
from mapapp.settings_accounts import *
from mapapp.settings_base import *
from mapapp.settings_base import (
    BASE_URL,
    CITY,
    DEBUG,
    DEMO,
    OPERATOR_EMAIL,
    ROOT,
    own_folder,
)
from mapapp.settings_databases import *
from mapapp.settings_media import *
from mapapp.settings_media import MEDIA_STORAGE
from mapapp.settings_pages import *
from mapapp.settings_rules import *
from mapapp.settings_watching import *

django_stubs_ext.monkeypatch()


def bundled_gdal() -> str | None:
    """Return the path of the GDAL library inside the pyogrio wheel.

    It holds GDAL, GEOS and PROJ, so that nothing has to come from the system.
    Returns None where pyogrio was built against the system's GDAL.
    """
    spec = find_spec("pyogrio")
    if spec is None or spec.origin is None:
        raise ImproperlyConfigured("pyogrio is not installed: run ./run once.")
    package = Path(spec.origin).parent
    found = [
        *package.parent.glob("pyogrio.libs/libgdal*.so*"),
        *package.glob(".dylibs/libgdal*.dylib"),
    ]
    return str(found[0]) if found else None


# --- Safety -----------------------------------------------------------------------

HTTPS = env.flag("MAPAPP_HTTPS", default=not (DEBUG or DEMO))
SECRET_KEY = env.required(
    "MAPAPP_SECRET_KEY",
    "Use at least 50 random characters; ./run makes one for the demo.",
)
# Former ones, for as long as something is around that they have signed or sealed.
SECRET_KEY_FALLBACKS = env.comma_list("MAPAPP_SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.comma_list("MAPAPP_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
BEHIND_PROXY = env.flag("MAPAPP_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whose X-Forwarded-For is believed when requests are counted by address.
_proxies = env.networks("MAPAPP_TRUSTED_PROXIES", "127.0.0.0/8,::1")
TRUSTED_PROXIES = _proxies if BEHIND_PROXY else []
# The own link of a pin is a secret in a URL: no other site is told where one was.
# "no-referrer" would be too much: browsers then send `Origin: null` with every form,
# and the CSRF check refuses it.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# A browser takes cookies of that name from this very host alone, and only by HTTPS.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "trust.cookies.HostMessages"
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "mapapp.views.errors.csrf_failure"

# Map servers (WMS) that overlays may take pictures from; nobody else is ever asked.
WMS_HOSTS = env.origins("MAPAPP_WMS_HOSTS")

# Another style of the map than our own. Pages may then load from its host, and from no
# other; an address that is none opens nothing, and the checks refuse it.
BASEMAP_STYLE_URL = env.text("MAPAPP_BASEMAP_STYLE_URL", "")
BASEMAP_ORIGIN = https_origin(BASEMAP_STYLE_URL)
MAP_HOSTS = [BASEMAP_ORIGIN] if BASEMAP_ORIGIN else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *MAP_HOSTS, *WMS_HOSTS],
        "connect-src": [SELF, *MAP_HOSTS, *WMS_HOSTS],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# The CMS shows a page beside the form that it is written in, and sets styles of its own.
# It reads pictures that are being uploaded.
CMS_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "img-src": [SELF, "data:", "blob:"],
    "style-src": [SELF, UNSAFE_INLINE],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

# --- What runs ----------------------------------------------------------------------

INSTALLED_APPS = [
    "mapapp",
    "operation",
    "staff",
    "exports",
    "insek",
    "insek.pages",
    "councils",
    "pins",
    "layers",
    "districts",
    "trust",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.forms",
    "wagtail.users",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.contrib.simple_translation",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "pgtrigger",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "operation.watching.requests.watch_requests",
    # Before that: it leads everybody to HTTPS.
    "mapapp.in_clear.refuse_programs_in_clear",
    "django.middleware.security.SecurityMiddleware",
    "mapapp.headers.guard_answers",
    "mapapp.middleware.SecurityPolicy",
    "mapapp.middleware.answer_unchanged_tiles",
    "mapapp.middleware.drop_who_stops_reading",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mapapp.middleware.GZipAllButPhotos",
    "mapapp.middleware.forget_garbled_session",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mapapp.middleware.limit_bodies",
    # Before that: a program with a token is told that it can only read.
    "exports.pulling.middleware.PullTokens",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staff.guarding.demand_second_factor",
    "mapapp.middleware.keep_cms_to_editors",
    "staff.middleware.look_as_somebody",
    "mapapp.garbled.RefuseGarbledRequests",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mapapp.middleware.hold_what_staff_sent",
    "mapapp.middleware.explain_wrong_methods",
    "mapapp.middleware.TellThatFilesAreAway",
    "axes.middleware.AxesMiddleware",
    # The last: only what views do is done elsewhere.
    "operation.replicas.middleware.ReadFromReplicas",
]
ROOT_URLCONF = "mapapp.urls"
WSGI_APPLICATION = "mapapp.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mapapp.context.site",
            ],
        },
    }
]

# --- Data ---------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = GEOS_LIBRARY_PATH = bundled_gdal()

# --- Language and time ----------------------------------------------------------------

LANGUAGE_CODE = CITY.languages[0]
# What the city says in other words, first.
LOCALE_PATHS = [*own_folder(CITY, "locale"), ROOT / "locale"]
FORMAT_MODULE_PATH = ["mapapp.formats"]
TIME_ZONE = CITY.time_zone
USE_TZ = True

# --- Static files -----------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [*own_folder(CITY, "static"), ROOT / "static"]
STATIC_ROOT = Path(env.text("MAPAPP_STATIC_ROOT", str(ROOT / ".local" / "static")))
STORAGES = {
    "default": MEDIA_STORAGE,
    "staticfiles": {"BACKEND": "mapapp.storage.SiteStaticFilesStorage"},
}
# Forms without a network; false removes the worker from browsers that have it.
SERVICE_WORKER = env.flag("MAPAPP_SERVICE_WORKER", default=True)
BASEMAP_PATH = ROOT / env.text("MAPAPP_BASEMAP", ".local/basemap.pmtiles")
WHITENOISE_IMMUTABLE_FILE_TEST = (
    r"^.+([.-][0-9a-f]{12}\..+|/vendor/[^/]+-\d+\.\d+\.\d+/.+)$"
)

# --- Mail -------------------------------------------------------------------------------

MAIL_FOLDER = env.text("MAPAPP_MAIL_FOLDER", "")
# The single point of contact for authorities and users (DSA, Art. 11 and 12).
CONTACT_POINT_EMAIL = env.text("MAPAPP_CONTACT_POINT_MAIL", OPERATOR_EMAIL)
DEFAULT_FROM_EMAIL = env.text("MAPAPP_MAIL_FROM", "mitmachkarte@localhost")
if CITY.mail_sender and "<" not in DEFAULT_FROM_EMAIL:
    DEFAULT_FROM_EMAIL = formataddr((CITY.mail_sender, DEFAULT_FROM_EMAIL))
_smtp = env.mail_server("MAPAPP_SMTP_URL", "smtp://localhost:25")
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_PORT = _smtp.port or 25
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_TLS = parse_qs(_smtp.query).get("tls") == ["starttls"]
EMAIL_USE_SSL = parse_qs(_smtp.query).get("tls") == ["tls"]
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "trust.mails.MailServer"
if MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
