"""What a web process does not load, and can all the same when it needs it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import sys
from mapapp.wsgi import SPARED, application
loaded = sorted(set(SPARED) & sys.modules.keys())
assert not loaded, loaded
import folium, geopandas, pyogrio
assert {"numpy", "jinja2"} <= sys.modules.keys()
"""


def test_what_nothing_of_ours_needs_is_not_loaded() -> None:
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "mapapp.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
