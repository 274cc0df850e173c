"""What holds for every test, whatever the environment it is started in."""

import datetime
import fcntl
import gc
import io
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.gis.db.models.fields import get_srid_info
from django.core.signals import setting_changed
from django.db import connection
from django.dispatch import receiver
from django.test import TransactionTestCase, override_settings
from django.urls import clear_url_caches
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker
from wagtail.models import Site

from exports.pin_tiles import content_of
from operation.watching import trail
from tests.migrated import MigratedRows
from trust.limits import Limit
from trust.questions import forget_questions
from trust.salts import salt_of

# The system of all coordinates in the database.
DEGREES = 4326
# Hardly any takes longer, whatever else the machine does.
LONG_TEST = datetime.timedelta(seconds=20)


def pytest_collection_finish() -> None:
    """Keep the collector from looking at all that was loaded again and again."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session", autouse=True)
def plain_settings(media_root: Path) -> Iterator[None]:
    """Settle what a developer's or an operator's environment may set otherwise.

    Once for all tests: whatever one of them changes is put back after it.
    """
    with override_settings(
        DEMO=False,
        HTTPS=False,
        SECURE_SSL_REDIRECT=False,
        SESSION_COOKIE_SECURE=False,
        CSRF_COOKIE_SECURE=False,
        SECURE_HSTS_SECONDS=0,
        BASE_URL="http://testserver",
        REFERENCE_PREFIX="KL",
        PLANNING_SRID=25832,
        WMS_HOSTS=[],
        CLAMD="",
        MEDIA_ROOT=media_root,
        MEDIA_BUCKET=None,
        BASEMAP_PATH=Path("no-basemap.pmtiles"),
        BASEMAP_STYLE_URL="",
        BASEMAP_ATTRIBUTION="",
        BASEMAP_ORIGIN=None,
        AGENDA_TEMPLATE=None,
        # The guard stands as it does in front of people, with small proofs of work.
        LIMITS={},
        TRUSTED_PROXIES=[],
        METRICS_FOLDER=None,
        METRICS_TOKEN="",
        METRICS_FROM=[],
        PROOF_STEPS=3,
        PROOF_COST=10,
        # What one test has seen is no news to another.
        PUBLIC_VERSION_AGE=datetime.timedelta(0),
        PAGE_AGE=datetime.timedelta(0),
        # Names without hashes: no test depends on collected files. Nor is there a folder of
        # them: WhiteNoise would look through it for each client, for as long as a test takes.
        STATIC_ROOT=Path("no-collected-files"),
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
            },
        },
        # Tests sign people in without a form; those of the second factor switch it on.
        SECOND_FACTOR=False,
        OIDC_URL="",
        # A slow hash protects real passwords, not those of tests.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """An empty bucket, in which all files lie instead of the folder."""
    # Takes tens of megabytes, and only here.
    from tests.buckets import a_bucket

    with a_bucket(settings) as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def either_storage(request: pytest.FixtureRequest) -> str:
    """Where the files lie: once in a folder, once in a bucket."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return str(request.param)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the site writes into its log, in the form that is set up."""
    written = io.StringIO()
    (console,) = [h for h in logging.getLogger().handlers if h.name == "console"]
    monkeypatch.setattr(console, "stream", written)
    return written


@receiver(setting_changed)
def forget_addresses(*, setting: str, **_changed: Any) -> None:
    """Let no test have the addresses of another one's language: Django keeps them."""
    if setting == "LANGUAGE_CODE":
        clear_url_caches()


@pytest.fixture(autouse=True)
def not_at_midnight() -> None:
    """Begin no test so late that it may end on another day, the city's or the database's.

    What it has made today would be of yesterday by then.
    """
    now = timezone.now()
    if _days(now) != _days(now + LONG_TEST):
        time.sleep(LONG_TEST.total_seconds())


def _days(moment: datetime.datetime) -> tuple[datetime.date, datetime.date]:
    return moment.date(), timezone.localdate(moment)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Let no test be answered with what another one asked for, or go on with its work."""
    content_of.cache_clear()
    salt_of.cache_clear()
    forget_questions()
    # An answer that nobody read to its end leaves it.
    trail.follow(trail.NOWHERE)


@pytest.fixture(autouse=True)
def spans_begin_with_the_test() -> Iterator[None]:
    """Let no span of a limit end while a test counts.

    They begin at whole minutes and hours, after which all that was counted is forgiven.
    """
    began = timezone.now()

    def ends_after(limit: Limit, now: datetime.datetime) -> datetime.datetime:
        return began + ((now - began) // limit.period + 1) * limit.period

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Limit, "ends_after", ends_after)
        yield


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """Start each test in the site's first language, whatever the last one spoke."""
    with translation.override("de"):
        yield


@pytest.fixture
def django_assert_num_queries(
    django_assert_num_queries: Callable[..., Any], known_site: None
) -> Callable[..., Any]:
    return django_assert_num_queries


@pytest.fixture
def django_assert_max_num_queries(
    django_assert_max_num_queries: Callable[..., Any], known_site: None
) -> Callable[..., Any]:
    return django_assert_max_num_queries


@pytest.fixture
def known_site(db: None) -> None:
    """Let the process know what it asks for once: the roots of the CMS, what degrees are.

    Else the first test of a process would count three queries more than any other.
    """
    Site.get_site_root_paths()
    get_srid_info(DEGREES, connection)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Take away what transactional tests leave behind, and that alone."""
    with django_db_blocker.unblock():
        migrated = MigratedRows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda _test: migrated.restore()
        )
        yield
