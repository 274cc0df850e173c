"""How every measurement begins: Django set up, and a scratch database with the city."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def scratch_city() -> Iterator[str]:
    """Load the city into a database that is dropped afterwards; yield its name.

    Only within it can modules be imported that need Django.
    """
    # Debugging keeps every query and would be measured along.
    os.environ |= {"DJANGO_SETTINGS_MODULE": "mapapp.settings", "MAPAPP_DEBUG": "false"}
    import django
    from django.conf import settings

    # Before setup: the CMS asks for a file's address while it is loaded.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.SECURE_SSL_REDIRECT = False
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    database = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("load_city", stdout=io.StringIO())
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        yield database
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
