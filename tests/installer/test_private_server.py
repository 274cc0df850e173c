"""The private PostgreSQL server: made, crashed, restarted and deleted for real."""

import io
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer import cluster, postgres, postmaster, server
from installer.checkout import Checkout
from installer.console import Console
from installer.errors import SetupError
from installer.unpacking import unpacked

ROOT = Path(__file__).resolve().parents[2]
FOUND = postgres.find(unpacked(Checkout.read(ROOT, os.environ).local))
needs_postgres = pytest.mark.skipif(not FOUND, reason="no PostgreSQL with PostGIS")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder the server's account may enter; pytest's own is closed to it."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made)
        path.chmod(0o755)
        yield path


@pytest.fixture
def place(folder: Path) -> Iterator[cluster.Cluster]:
    environ = {"MITMACH_PGDATA": f"{folder}/data", "MITMACH_SOCKET": f"{folder}/s"}
    made = cluster.of_site(Checkout.read(folder, environ))
    yield made
    postmaster.stop(made.data)


def bring_up(place: cluster.Cluster) -> str:
    """Bring the server up and return what was said about it."""
    output = io.StringIO()
    server.bring_up(place, FOUND[0], Console(output))
    return output.getvalue()


@needs_postgres
def test_life_of_a_server(place: cluster.Cluster) -> None:
    assert "Making" in bring_up(place)
    assert bring_up(place) == ""

    crashed = postmaster.find(place.data)
    assert crashed is not None
    os.kill(crashed.pid, signal.SIGKILL)
    while postmaster.find(place.data):
        time.sleep(0.05)
    assert (place.data / "postmaster.pid").exists()
    assert "Starting" in bring_up(place)

    shutil.rmtree(place.folder)
    assert "Restarting" in bring_up(place)

    assert server.delete(place)
    assert not place.data.exists()
    assert postmaster.find(place.data) is None


@needs_postgres
def test_damaged_data_end_in_a_sentence(place: cluster.Cluster) -> None:
    bring_up(place)
    postmaster.stop(place.data)
    (place.data / "global" / "pg_control").write_bytes(b"broken")
    with pytest.raises(SetupError, match="does not start with the data") as caught:
        bring_up(place)
    assert "./run reset" in caught.value.hint


def test_left_over_number_of_another_process_means_nothing(
    place: cluster.Cluster,
) -> None:
    place.data.mkdir()
    left_over = place.data / "postmaster.pid"
    left_over.write_text(f"{os.getpid()}\n{place.data}\n{time.time():.0f}\n")
    assert postmaster.find(place.data) is None
    postmaster.forget_dead(place.data, place.socket)
    assert not left_over.exists()


def test_lock_file_that_a_power_cut_left_empty(place: cluster.Cluster) -> None:
    place.data.mkdir()
    (place.data / "postmaster.pid").touch()
    postmaster.forget_dead(place.data, place.socket)
    assert not (place.data / "postmaster.pid").exists()


def test_data_that_run_has_not_made_are_left_alone(place: cluster.Cluster) -> None:
    place.data.mkdir()
    (place.data / "PG_VERSION").write_text("15\n")
    installation = postgres.Installation(Path("/bin"), Path("/bin/sh"), 15)
    with pytest.raises(SetupError, match="holds files that"):
        server.bring_up(place, installation, Console(io.StringIO()))
    assert not server.delete(place)
    assert (place.data / "PG_VERSION").exists()
