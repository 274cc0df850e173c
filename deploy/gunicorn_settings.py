"""gunicorn behind a proxy, for one of the instances that `mitmachkarte-web@` starts.

Two instances serve, so that one goes on while the other takes over a new release.
"""

import gc
import os
import sys
from typing import Any

wsgi_app = "mapapp.wsgi"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
# Threads: queries wait for PostgreSQL most of the time; what computes is short. Who has got
# through to it is answered before it goes.
worker_class = "operation.serving.PatientWorker"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once, then copied: half the time and memory.
preload_app = True
# A request under way is answered before the process goes.
graceful_timeout = 30
# A thread that hangs must not take the others with it for long.
timeout = 90
# The proxy is on the same machine, and a connection costs it nothing. One that is kept could
# end just as a form is sent by it, which no proxy may send again.
keepalive = 0
# Memory that fragments in weeks goes with the process; not both at the same time.
max_requests = 500_000
max_requests_jitter = 100_000
# In memory: a busy disk must not make a process look as if it hung.
worker_tmp_dir = "/dev/shm"  # noqa: S108 -- gunicorn makes its file with mkstemp
# The proxy's own word goes by X-Forwarded-Proto, which the application reads where
# MAPAPP_BEHIND_PROXY says so; a path in a header moves nothing.
forwarder_headers = ""
# What goes on is in the log of the application, without who and where, and in the proxy's,
# with shortened addresses and without the secrets of links.
accesslog = None
errorlog = "-"
loglevel = "warning"
umask = 0o007


def on_starting(server: Any) -> None:
    """Let gunicorn say what it has to say as the site does: it would name addresses."""
    # Found there once the site is loaded.
    from mapapp.logs import JsonLines, WithoutPersons

    for handler in server.log.error_log.handlers:
        handler.setFormatter(JsonLines())
        handler.addFilter(WithoutPersons())


# It begins its log anew.
on_reload = on_starting


def when_ready(_server: Any) -> None:
    """Leave what has been loaded out of all later searches for garbage.

    One search through it holds up every thread for a tenth of a second, and makes each
    process keep a copy of what it shares with the first.
    """
    gc.collect()
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """Let threads take turns five times as often as Python does by itself.

    A tile waits for the processor several times, before and after each answer of the
    database, and each time as long as a page that is being made may keep it.
    """
    sys.setswitchinterval(0.001)
