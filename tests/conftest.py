"""What holds for every test, whatever the environment it is started in."""

import datetime
import fcntl
import os
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.utils import translation
from pytest_django import Settings
from wagtail.models import Collection

from exports.pin_tiles import content_of
from pins.models import PublicVersion


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Take a test database that no other run at the same time has.

    The first takes the plain name, so that it can be used again.
    """
    database = site_settings.DATABASES["default"]
    test = database.setdefault("TEST", {})
    name = test.get("NAME") or f"test_{database['NAME']}"
    for number in count():
        own = f"{name}_{number}" if number else name
        file = f"mitmachkarte-{os.getuid()}-{own}.lock"
        with Path(tempfile.gettempdir(), file).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            test["NAME"] = own
            yield
            return


@pytest.fixture(scope="session")
def media_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def plain_settings(settings: Settings, media_root: Path) -> None:
    """Settle what a developer's or an operator's environment may set otherwise."""
    settings.DEMO = False
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SECURE_HSTS_SECONDS = 0
    settings.BASE_URL = "http://testserver"
    settings.REFERENCE_PREFIX = "KL"
    settings.PLANNING_SRID = 25832
    settings.WMS_HOSTS = []
    settings.MEDIA_ROOT = media_root
    settings.BASEMAP_PATH = Path("no-basemap.pmtiles")
    settings.BASEMAP_STYLE_URL = settings.BASEMAP_ATTRIBUTION = ""
    settings.BASEMAP_ORIGIN = None
    settings.AGENDA_TEMPLATE = None
    # What one test has seen is no news to another.
    settings.PUBLIC_VERSION_AGE = datetime.timedelta(0)
    content_of.cache_clear()
    # Names without hashes: no test depends on collected files.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }
    # A slow hash protects real passwords, not those of tests.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """Start each test in the site's first language, whatever the last one spoke."""
    with translation.override("de"):
        yield


@pytest.fixture(autouse=True)
def database_as_migrated(request: pytest.FixtureRequest) -> None:
    """Mend what a transactional test leaves behind.

    Its flush empties the tables of Django's models: the counter of the public data and the
    root of Wagtail's collections go, which migrations made, and the jobs stay, which are
    not Django's.
    """
    if (
        request.node.get_closest_marker("django_db")
        or "_django_db_helper" in request.fixturenames
    ):
        request.getfixturevalue("db")
        PublicVersion.objects.get_or_create(pk=1)
        if not Collection.objects.exists():
            Collection.add_root(name="Root")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
