"""The WSGI application for gunicorn.

WSGI on purpose: under ASGI GeoDjango leaks GEOS handles per request (Django #29878).
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mapapp.settings")
application = get_wsgi_application()
