"""Settings, all read from the environment; `.env.example` explains each variable."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mapapp import environment as env
from mapapp import logs
from mapapp.origins import https_origin

django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parent.parent


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

DEBUG = env.flag("MAPAPP_DEBUG", default=False)
DEMO = env.flag("MAPAPP_DEMO", default=False)
HTTPS = env.flag("MAPAPP_HTTPS", default=not (DEBUG or DEMO))
SECRET_KEY = env.required(
    "MAPAPP_SECRET_KEY",
    "Use at least 50 random characters; ./run makes one for the demo.",
)
# Former ones, for as long as something is around that they have signed or sealed.
SECRET_KEY_FALLBACKS = env.comma_list("MAPAPP_SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env.comma_list("MAPAPP_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("MAPAPP_BASE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
BEHIND_PROXY = env.flag("MAPAPP_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whose X-Forwarded-For is believed when requests are counted by address.
TRUSTED_PROXIES = (
    env.networks("MAPAPP_TRUSTED_PROXIES", "127.0.0.0/8,::1") if BEHIND_PROXY else []
)
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
SESSION_COOKIE_AGE = 12 * 60 * 60
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
    "axes.middleware.AxesMiddleware",
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

DATABASES = {
    "default": dj_database_url.parse(
        env.required(
            "DATABASE_URL",
            "Point it at PostgreSQL with PostGIS, e.g. postgis://user:password@host/name; "
            "./run makes a private one.",
        )
    )
}
DATABASES["default"]["OPTIONS"] = {
    # What the address itself asks for, such as ?sslmode=verify-full.
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {
        "min_size": 1,
        "max_size": env.whole_number("MAPAPP_DB_POOL", 8),
        # A database that is down is told after seconds: waiting requests would soon
        # hold every thread, and the probe of readiness with them.
        "timeout": 5,
    },
    # A web process that dies must not leave its query running. Compiling and parallel
    # workers take longer to start than a page's or a tile's query to run.
    "options": "-c statement_timeout=60s -c timezone=UTC -c jit=off "
    "-c max_parallel_workers_per_gather=0",
}
# What is large leaves by COPY; for the rest a cursor on the server is a detour, and one
# that a connection pooler in transaction mode breaks.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
# Folder with pg_dump and pg_restore; empty: the newest on this machine.
PG_PROGRAMS = env.text("MAPAPP_PG_PROGRAMS", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GDAL_LIBRARY_PATH = GEOS_LIBRARY_PATH = bundled_gdal()
FIXTURE_DIRS = [ROOT / "fixtures"]

# --- Language and time ----------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["mapapp.formats"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

# --- Static files -----------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = Path(env.text("MAPAPP_STATIC_ROOT", str(ROOT / ".local" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mapapp.storage.SiteStaticFilesStorage"},
}
# Forms without a network; false removes the worker from browsers that have it.
SERVICE_WORKER = env.flag("MAPAPP_SERVICE_WORKER", default=True)
BASEMAP_PATH = ROOT / env.text("MAPAPP_BASEMAP", ".local/basemap.pmtiles")
WHITENOISE_IMMUTABLE_FILE_TEST = (
    r"^.+([.-][0-9a-f]{12}\..+|/vendor/[^/]+-\d+\.\d+\.\d+/.+)$"
)

# --- Photos -----------------------------------------------------------------------------

# Never below a folder that a web server shows: each photo is asked for at the application.
MEDIA_ROOT = Path(env.text("MAPAPP_MEDIA_ROOT", str(ROOT / ".local" / "media")))
# Three photos as phones take them, and the words.
PHOTO_FORM_MAX_SIZE = 40 * 1024 * 1024
# Photos of forms that are not sent yet; one takes at most about 2 MB.
WAITING_PHOTOS = env.whole_number("MAPAPP_WAITING_PHOTOS", 500)

# --- Names ------------------------------------------------------------------------------

CITY_NAME = env.text("MAPAPP_CITY_NAME", "Kaiserslautern")
SITE_NAME = env.text("MAPAPP_SITE_NAME", f"Mitmachkarte {CITY_NAME}")

# --- Staff ------------------------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # One alone: each would hash a wrong password once more, and by its time somebody
    # could tell which accounts there are.
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# ASVS 5.0, 6.2: length and a list of common ones, no rules about kinds of letters.
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
INVITATION_LIFETIME = timedelta(days=env.whole_number("MAPAPP_INVITATION_DAYS", 7))

# Whoever signs in without one gets nowhere but to the page that sets it up (ADR 40).
SECOND_FACTOR = env.flag("MAPAPP_SECOND_FACTOR", default=not DEMO)
MFA_ADAPTER = "staff.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# Of clocks that are wrong by half a minute, too.
MFA_TOTP_TOLERANCE = 1
# An address is known from its invitation; an operator's own was typed at a prompt.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "staff.forms.second_factor.CodeForm",
    "reauthenticate": "staff.forms.second_factor.CodeAgainForm",
    "activate_totp": "staff.forms.second_factor.AppForm",
    "add_webauthn": "staff.forms.passkeys.AddPasskeyForm",
    "edit_webauthn": "staff.forms.passkeys.NamePasskeyForm",
    "authenticate_webauthn": "staff.forms.passkeys.PasskeyForm",
    "reauthenticate_webauthn": "staff.forms.passkeys.PasskeyAgainForm",
    "login_webauthn": "staff.forms.passkeys.PasskeyAloneForm",
}

ACCOUNT_ADAPTER = "staff.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "staff.forms.signing_in.SignInForm",
    "reauthenticate": "staff.forms.signing_in.PasswordAgainForm",
    "change_password": "staff.forms.signing_in.ChangePasswordForm",
    "reset_password_from_key": "staff.forms.signing_in.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# They would need a cache that all processes share; who guesses is kept out by axes, which
# counts in the database.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False

# The city's identity provider; without its address there is none.
OIDC_URL = env.text("MAPAPP_OIDC_URL", "")
OIDC_NAME = env.text("MAPAPP_OIDC_NAME", CITY_NAME)
# Whether it asks everybody for a second factor; else this site does.
OIDC_SECOND_FACTOR = env.flag("MAPAPP_OIDC_SECOND_FACTOR", default=False)
SOCIALACCOUNT_ADAPTER = "staff.provider.ProviderAdapter"
# By a link: no form may lead to another site (form-action).
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_URL:
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "city",
                    "name": OIDC_NAME,
                    "client_id": env.required(
                        "MAPAPP_OIDC_CLIENT_ID",
                        "The identity provider hands it out, as the secret.",
                    ),
                    "secret": env.required(
                        "MAPAPP_OIDC_SECRET",
                        "The identity provider hands it out, as the client's id.",
                    ),
                    "settings": {"server_url": OIDC_URL},
                }
            ],
        }
    }

# Who guesses passwords or codes: five times, then not for a quarter of an hour. What is
# counted is a hash of name and address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = "staff.lockout.counted_by"
AXES_LOCKOUT_CALLABLE = "staff.lockout.answer"
AXES_USERNAME_CALLABLE = "staff.lockout.hashed_name"
AXES_CLIENT_IP_CALLABLE = "staff.lockout.hashed_address"
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "user_agent", "code", "credential", "next"),
    *("oldpassword", "password1", "password2", "csrfmiddlewaretoken"),
]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- Mail -------------------------------------------------------------------------------

MAIL_FOLDER = env.text("MAPAPP_MAIL_FOLDER", "")
# Who runs the site: reports of barriers go there.
OPERATOR_EMAIL = env.text(
    "MAPAPP_OPERATOR_MAIL", env.text("MAPAPP_MAIL_FROM", "mitmachkarte@localhost")
)
# The single point of contact for authorities and users (DSA, Art. 11 and 12).
CONTACT_POINT_EMAIL = env.text("MAPAPP_CONTACT_POINT_MAIL", OPERATOR_EMAIL)
DEFAULT_FROM_EMAIL = env.text("MAPAPP_MAIL_FROM", "mitmachkarte@localhost")
_smtp = urlsplit(env.text("MAPAPP_SMTP_URL", "smtp://localhost:25"))
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_PORT = _smtp.port or 25
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_TLS = parse_qs(_smtp.query).get("tls") == ["starttls"]
EMAIL_USE_SSL = parse_qs(_smtp.query).get("tls") == ["tls"]
EMAIL_TIMEOUT = 20
if MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER

# --- Against spam -------------------------------------------------------------------------

# Other limits than those of trust/limits.py, by their names.
LIMITS = env.counts("MAPAPP_LIMITS")
# A browser derives so many keys at most, each in so many rounds: docs/operation.md.
PROOF_STEPS = env.whole_number("MAPAPP_PROOF_STEPS", 300)
PROOF_COST = env.whole_number("MAPAPP_PROOF_COST", 2_000)
PROOF_LIFETIME = timedelta(hours=1)
# Nobody reads and fills in a form in less.
LEAST_FORM_TIME = timedelta(seconds=env.whole_number("MAPAPP_LEAST_FORM_SECONDS", 3))
# More links than these in one text are pointed out to moderators.
MOST_LINKS = env.whole_number("MAPAPP_MOST_LINKS", 2)
# So long a text is known when it, or almost the same, is sent again.
TEXT_LIFETIME = timedelta(days=env.whole_number("MAPAPP_TEXT_DAYS", 14))
# So long moderators see why something looked like abuse.
SUSPICION_LIFETIME = timedelta(days=env.whole_number("MAPAPP_SUSPICION_DAYS", 90))

# --- The city and its rules ---------------------------------------------------------------

REFERENCE_PREFIX = env.text("MAPAPP_REFERENCE_PREFIX", "KL")
# EPSG code of the planners' coordinates: ETRS89/UTM zone 32N.
PLANNING_SRID = env.whole_number("MAPAPP_PLANNING_SRID", 25832)
# How far the basemap goes on around the city.
BASEMAP_MARGIN_METRES = env.whole_number("MAPAPP_BASEMAP_MARGIN", 1500)
# Whom the map names as its source; empty leaves it to the basemap or the style itself.
BASEMAP_ATTRIBUTION = env.text("MAPAPP_BASEMAP_ATTRIBUTION", "")
OWN_LINK_LIFETIME = timedelta(days=env.whole_number("MAPAPP_OWN_LINK_DAYS", 730))
# What authors are promised: until when a moderator has read a pin, and its body answered.
REVIEW_PERIOD = timedelta(days=env.whole_number("MAPAPP_REVIEW_DAYS", 7))
ANSWER_PERIOD = timedelta(days=env.whole_number("MAPAPP_ANSWER_DAYS", 30))
# Until when what somebody reported is decided, and how long after that the reporter and the
# author may complain (DSA, Art. 20(1): six months at least).
REPORT_PERIOD = timedelta(days=env.whole_number("MAPAPP_REPORT_DAYS", 3))
COMPLAINT_PERIOD = timedelta(days=183)
# What the desks aim at besides: until when a body has accepted what came to it.
ACCEPT_PERIOD = timedelta(days=env.whole_number("MAPAPP_ACCEPT_DAYS", 7))
# How long a step at the desk can be taken back.
UNDO_PERIOD = timedelta(seconds=60)
# The office's own template (.docx) of agendas; its styles and its letterhead are used.
_agenda_template = env.text("MAPAPP_AGENDA_TEMPLATE", "")
AGENDA_TEMPLATE = ROOT / _agenda_template if _agenda_template else None
# A moderator who reads something has it for themselves for so long, unless renewed.
CLAIM_PERIOD = timedelta(minutes=env.whole_number("MAPAPP_CLAIM_MINUTES", 10))
# Whether moderators get a mail, once a day, when something waits longer than it should.
REMIND_MODERATORS = env.flag("MAPAPP_REMIND_MODERATORS", default=True)
# Former versions of words, and questions about them, are kept so long after the last one.
WORDING_LIFETIME = timedelta(days=env.whole_number("MAPAPP_WORDING_DAYS", 90))
# An address is kept this long after its pin has come to its end.
CONTACT_LIFETIME = timedelta(days=env.whole_number("MAPAPP_CONTACT_DAYS", 30))
# What was not published, or withdrawn, can be read by its author and moderators so long:
# a month more than complaints may take (Art. 20(1) DSA: six months).
REFUSED_LIFETIME = timedelta(days=env.whole_number("MAPAPP_REFUSED_DAYS", 215))
# Who wants to be told of something confirms it by mail, within this time.
CONFIRM_PERIOD = timedelta(days=2)
# Who registered for an event, and who was invited, is erased so long after it.
REGISTRATION_LIFETIME = timedelta(days=env.whole_number("MAPAPP_REGISTRATION_DAYS", 30))
# One person gets at most one mail in this time; what comes meanwhile waits for the next.
MAIL_PAUSE = timedelta(hours=env.whole_number("MAPAPP_MAIL_PAUSE_HOURS", 24))
# How long a process takes the version of the public pins for granted: so much later than
# the rest may a map of tiles notice a change.
PUBLIC_VERSION_AGE = timedelta(seconds=1)
# What Open311 calls the city by.
OPEN311_JURISDICTION = env.text("MAPAPP_OPEN311_JURISDICTION", "kaiserslautern.de")
# Webhooks may lead to this very machine, without https: to try them out, in the demo or
# with debugging alone.
WEBHOOKS_TO_LOOPBACK = env.flag("MAPAPP_WEBHOOKS_TO_LOOPBACK", default=False) and (
    DEBUG or DEMO
)
LICENCE_NAME = env.text(
    "MAPAPP_LICENCE_NAME", "Datenlizenz Deutschland – Namensnennung – Version 2.0"
)
LICENCE_URL = env.text("MAPAPP_LICENCE_URL", "https://www.govdata.de/dl-de/by-2-0")
# The official key of the municipality (AGS, eight digits).
MUNICIPALITY_KEY = env.text("MAPAPP_MUNICIPALITY_KEY", "07312000")
# Who publishes the data, as the catalogue of open data (DCAT-AP.de) says it, and through
# which of the portals that are named at https://www.dcat-ap.de/def/contributors/.
PUBLISHER = env.text("MAPAPP_PUBLISHER", f"Stadt {CITY_NAME}")
PUBLISHER_URL = env.text("MAPAPP_PUBLISHER_URL", "")
DATA_CONTACT = env.text("MAPAPP_DATA_CONTACT", OPERATOR_EMAIL)
# Whom to tell of a weak spot: an address of mail, or of a page with https.
SECURITY_CONTACT = env.text("MAPAPP_SECURITY_CONTACT", OPERATOR_EMAIL)
CONTRIBUTOR_ID = env.text(
    "MAPAPP_CONTRIBUTOR_ID",
    "http://dcat-ap.de/def/contributors/openGovernmentDataPortalRheinlandPfalz",
)

# Of the large files that a job makes so many may wait at a time, and so much room may all
# of them take.
EXPORTS_WAITING = env.whole_number("MAPAPP_EXPORTS_WAITING", 10)
EXPORTS_SPACE = env.whole_number("MAPAPP_EXPORTS_MB", 4_000) * 1024 * 1024

# The one large body that somebody may send: staff, the file of an overlay.
OVERLAY_UPLOAD_BYTES = env.whole_number("MAPAPP_OVERLAY_UPLOAD_MB", 20) * 1024 * 1024

# --- Pages that editors write --------------------------------------------------------------

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
# No request to a third party, from editors' browsers either.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# The site's own accounts: nobody changes password or address a second way.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Who may write may publish; a second pair of eyes looks at the draft.
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        "SEARCH_CONFIG": "german",
    }
}
WAGTAILIMAGES_IMAGE_MODEL = "insek_pages.PagePicture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "insek.pages.file_forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
# As photos of contributions: what is larger, nobody needs on a page.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 12 * 1024 * 1024
# The form counts the pixels as it does those of photos: Wagtail would decode the picture
# for it, and fall over one that is cut off.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = None
WAGTAILDOCS_DOCUMENT_MODEL = "insek_pages.PageDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "insek.pages.file_forms.DocumentForm"
# Nothing that a browser would run.
WAGTAILDOCS_EXTENSIONS = [
    *("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt")
]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
# No second kind of passwords.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
# A long page is a form of many fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

LOGGING = logs.LOGGING
