"""Other people's servers of the same pins, each set up as its documentation says.

They are served from an environment of their own, which `./run bench` installs, with two
workers each, as the site is. All of them read one view with the columns that a
feature of the site has; its rows come by the same indexes. What an answer costs them
beside its features is theirs: each of them counts all matches, every time.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench._http_load import free_port, served

ENVIRONMENT = Path(sys.prefix).parent / "peers"
BIN = ENVIRONMENT / "bin"
VIEW = "bench_pins"
COLUMNS = """
    reference, kind, theme_slug AS theme, status, title, text AS body, district_number,
    district_name AS district, body_slug, support_count, comment_count, created_at,
    published_at, status_changed_at, nullif(public_answer, '') AS public_answer, goal,
    measure, 'http://127.0.0.1/pins/' || reference || '/' AS url, location
"""
LIMIT = 1_000


@dataclass(frozen=True)
class Peer:
    """A server of a package: where it answers, and how it is started.

    `path` has room for a box. `least` is how many times as many requests a second the
    site must answer.
    """

    package: str
    least: float
    port: int
    path: str
    command: list[str]
    health: str
    environ: dict[str, str]

    def path_of(self, box: str) -> str:
        return self.path.format(box=box)


def make_view(database: str) -> None:
    """Make the view that peers read, in a scratch database."""
    from django.db import connection

    with connection.cursor() as cursor:
        rows = f"SELECT {COLUMNS} FROM pins_publicpin"  # noqa: S608 -- names from here only
        cursor.execute(f"CREATE VIEW {VIEW} AS {rows}")
        # As the site asks for itself: compiling costs more than these queries.
        cursor.execute(f'ALTER DATABASE "{database}" SET jit = off')


def versions() -> dict[str, str]:
    """Return the versions of the peers; ends the program where they are not installed."""
    python = BIN / "python"
    if not python.exists():
        sys.exit("The peers are not installed: ./run bench ogc does it.")
    program = (
        "import importlib.metadata as m, json, sys;"
        "print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
    )
    packages = ["tipg", "pygeoapi", "djangorestframework-gis"]
    command = [str(python), "-c", program, *packages]
    answer = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 -- no text from outside
    found: dict[str, str] = json.loads(answer.stdout)
    return found


@contextmanager
def serving_peers(url: str, folder: Path) -> Iterator[list[Peer]]:
    """Serve all peers with the database of an address of libpq."""
    with ExitStack() as running:
        peers = [
            make(url, free_port(), folder) for make in (tipg, pygeoapi, django_rest)
        ]
        for peer in peers:
            address = f"http://127.0.0.1:{peer.port}{peer.health}"
            environ = os.environ | peer.environ
            running.enter_context(served(peer.command, environ, address))
        yield peers


def _by_gunicorn(application: str, port: int) -> list[str]:
    return [
        *(str(BIN / "gunicorn"), application, "--log-level", "error"),
        *("--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"),
    ]


def tipg(url: str, port: int, _folder: Path) -> Peer:
    """Set up tipg by its environment, served by uvicorn: it is asynchronous."""
    collection = f"public.{VIEW}"
    return Peer(
        package="tipg",
        least=5,
        port=port,
        path=f"/collections/{collection}/items?f=geojson&limit={LIMIT}"
        "&sortby=-published_at&bbox={box}",
        command=[
            *(str(BIN / "uvicorn"), "tipg.main:app", "--workers", "2"),
            *("--port", str(port), "--log-level", "error", "--no-access-log"),
        ],
        health="/healthz",
        environ={
            "DATABASE_URL": url,
            "TIPG_DB_TABLES": json.dumps([collection]),
            "TIPG_DB_FUNCTIONS": "[]",
            # Only what it says of itself: nothing that an answer with items needs.
            "TIPG_DB_SPATIAL_EXTENT": "false",
            "TIPG_DB_DATETIME_EXTENT": "false",
            f"TIPG_TABLE_CONFIG__PUBLIC_{VIEW.upper()}__PK": "reference",
        },
    )


def pygeoapi(url: str, port: int, folder: Path) -> Peer:
    """Set up pygeoapi by its files, served by gunicorn, as its own container does."""
    settings, described = folder / "pygeoapi.json", folder / "openapi.json"
    # JSON is YAML, too.
    settings.write_text(json.dumps(_of_pygeoapi(url, port)), encoding="utf-8")
    environ = {
        "PYGEOAPI_CONFIG": str(settings),
        "PYGEOAPI_OPENAPI": str(described),
        # The environment is the peers': Python must not find the project's modules.
        "PYTHONSAFEPATH": "1",
    }
    command = [str(BIN / "pygeoapi"), "openapi", "generate", str(settings)]
    subprocess.run(  # noqa: S603 -- no text from outside
        [*command, "--format", "json", "--output-file", str(described)],
        check=True,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
    )
    return Peer(
        package="pygeoapi",
        least=5,
        port=port,
        path=f"/collections/pins/items?f=json&limit={LIMIT}"
        "&sortby=-published_at&bbox={box}",
        command=_by_gunicorn("pygeoapi.flask_app:APP", port),
        health="/conformance?f=json",
        environ=environ,
    )


def _of_pygeoapi(url: str, port: int) -> dict[str, object]:
    address = f"http://127.0.0.1:{port}"
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "language": "en-US",
            "limits": {"default_items": 10, "max_items": LIMIT},
            "map": {"url": address, "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "Pins",
                "description": "Pins",
                "keywords": ["pins"],
                "keywords_type": "theme",
                "terms_of_service": address,
                "url": address,
            },
            "license": {"name": "", "url": address},
            "provider": {"name": "", "url": address},
            "contact": {"name": ""},
        },
        "resources": {
            "pins": {
                "type": "collection",
                "title": "Pins",
                "description": "Pins",
                "keywords": ["pins"],
                "links": [],
                "extents": {"spatial": {"bbox": [7, 49, 8, 50]}},
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": _login(url),
                        "id_field": "reference",
                        "table": VIEW,
                        "geom_field": "location",
                    }
                ],
            }
        },
    }


def _login(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    host, _, port = parts.netloc.rpartition("@")[2].partition(":")
    return {
        "host": unquote(host),
        "port": int(port or 5432),
        "dbname": parts.path[1:],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "search_path": ["public"],
    }


def django_rest(url: str, port: int, _folder: Path) -> Peer:
    """Set up Django REST framework with its GIS part, served as the site is."""
    from django.conf import settings

    login = _login(url)
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port"}
    names |= {"USER": "user", "PASSWORD": "password"}
    return Peer(
        package="djangorestframework-gis",
        least=15,
        port=port,
        path=f"/items?page_size={LIMIT}&in_bbox={{box}}",
        command=[
            *_by_gunicorn("drf_gis:application", port),
            *("--chdir", str(Path(__file__).parent / "peers")),
        ],
        health="/",
        environ={
            "BENCH_VIEW": VIEW,
            "BENCH_DATABASE": json.dumps({key: login[names[key]] for key in names}),
            # None of the peers' packages brings these libraries for Django to find.
            "BENCH_GDAL": settings.GDAL_LIBRARY_PATH or "",
        },
    )
