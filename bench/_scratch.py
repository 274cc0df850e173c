"""How every measurement begins: Django set up, and a scratch database with the city."""

import hashlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@contextmanager
def scratch_city(pins: int = 0) -> Iterator[str]:
    """Load the city, with so many pins, into a database that is dropped afterwards.

    Yields its name. A city full of pins is made once and kept as a template beside the
    site's database, until the schema or the pins change. Only within this can modules be
    imported that need Django.
    """
    # Debugging keeps every query and would be measured along.
    os.environ |= {"DJANGO_SETTINGS_MODULE": "mapapp.settings", "MAPAPP_DEBUG": "false"}
    # All questions come from one address.
    os.environ["MAPAPP_LIMITS"] = ",".join(
        f"{name}={10**9}" for name in ("places", "similar", "export")
    )
    import django
    from django.conf import settings

    # Before setup: the CMS asks for a file's address while it is loaded.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.SECURE_SSL_REDIRECT = False
    django.setup()
    from django.db import connection

    name = connection.settings_dict["NAME"]
    database = _copy_of_template(pins) if pins else _new_city()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        yield database
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _new_city() -> str:
    from django.core.management import call_command
    from django.db import connection

    database = connection.creation.create_test_db(
        verbosity=0, autoclobber=True, serialize=False
    )
    call_command("load_city", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    return database


def _copy_of_template(pins: int) -> str:
    from django.db import connection

    template = f"bench_{pins}_{_fingerprint()}"
    if template not in _templates(pins):
        _make_template(template, pins)
    database = f"test_{connection.settings_dict['NAME']}"
    _maintain(
        f'DROP DATABASE IF EXISTS "{database}"',
        f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy',
    )
    return connection.creation.create_test_db(verbosity=0, keepdb=True, serialize=False)


def _make_template(template: str, pins: int) -> None:
    from django.db import connection

    from bench._pins import fill

    name = connection.settings_dict["NAME"]
    database = _new_city()
    fill(pins, lambda reached: sys.stderr.write(f"{reached:,} pins\n"))
    connection.close()
    # Nobody may be connected to what is renamed.
    pooled: Any = connection
    pooled.close_pool()
    _maintain(
        *(f'DROP DATABASE "{old}"' for old in _templates(pins)),
        f'ALTER DATABASE "{database}" RENAME TO "{template}"',
    )
    connection.settings_dict["NAME"] = name


def _templates(pins: int) -> list[str]:
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s",
            [rf"bench\_{pins}\_%"],
        )
        return [name for (name,) in cursor.fetchall()]


def _maintain(*statements: str) -> None:
    """Run statements on databases from outside of them."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _fingerprint() -> str:
    """Return what changes with the schema and with the pins that are made."""
    sources = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]
    sources.append(ROOT / "bench" / "_pins.py")
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
