"""Finding PostgreSQL with PostGIS, in a tree of stand-ins."""

import os
from pathlib import Path

import pytest

from installer import cluster, postgres, server
from installer.checkout import Checkout
from installer.errors import SetupError


def plant(root: Path, binaries: str, version: str, postgis: str | None) -> Path:
    """Put a stand-in of a server below `root`; `postgis` is seen from the binaries."""
    folder = root / binaries
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n')
        program.chmod(0o755)
    if postgis:
        extension = Path(os.path.normpath(folder / postgis))
        extension.parent.mkdir(parents=True, exist_ok=True)
        extension.touch()
    return folder


def debian(root: Path, major: int, *, postgis: bool = True) -> Path:
    extension = "../lib/postgis-3.so" if postgis else None
    return plant(root, f"usr/lib/postgresql/{major}/bin", f"{major}.4", extension)


def find(root: Path, chosen: str = "") -> list[postgres.Installation]:
    return postgres.find(root / "unpacked", chosen, root)


def test_newest_first(tmp_path: Path) -> None:
    debian(tmp_path, 15)
    debian(tmp_path, 17)
    assert [found.major for found in find(tmp_path)] == [17, 15]


def test_server_without_postgis_does_not_count(tmp_path: Path) -> None:
    debian(tmp_path, 17, postgis=False)
    assert find(tmp_path) == []


def test_server_older_than_django_supports_does_not_count(tmp_path: Path) -> None:
    debian(tmp_path, 13)
    assert find(tmp_path) == []


def test_other_systems_have_other_places(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "opt/homebrew/opt/postgresql@17/bin",
        "17.2 (Homebrew)",
        "../lib/postgresql/postgis-3.dylib",
    )
    plant(tmp_path, "usr/bin", "16.1", "../lib64/pgsql/postgis-3.so")
    assert [found.major for found in find(tmp_path)] == [17, 16]


def test_unpacked_server_gets_its_libraries(tmp_path: Path) -> None:
    debian(tmp_path / "unpacked", 15)
    libraries = tmp_path / "unpacked/usr/lib/x86_64-linux-gnu"
    libraries.mkdir()
    [found] = find(tmp_path)
    assert str(libraries) in found.environ["LD_LIBRARY_PATH"]


def test_installed_server_goes_before_the_same_one_unpacked(tmp_path: Path) -> None:
    debian(tmp_path / "unpacked", 15)
    installed = debian(tmp_path, 15)
    assert find(tmp_path)[0].binaries == installed


def test_chosen_folder_is_the_only_one(tmp_path: Path) -> None:
    debian(tmp_path, 17)
    chosen = plant(tmp_path, "srv/pg/bin", "16.0", "../lib/postgis-3.so")
    assert [f.binaries for f in find(tmp_path, str(chosen))] == [chosen]


def test_program_that_does_not_start_does_not_count(tmp_path: Path) -> None:
    (debian(tmp_path, 15) / "initdb").write_text("not a program")
    assert find(tmp_path) == []


@pytest.fixture
def place(tmp_path: Path) -> cluster.Cluster:
    checkout = Checkout.read(tmp_path, {"MITMACH_PGDATA": "data"})
    return cluster.of_site(checkout)


def test_no_server_at_all(place: cluster.Cluster) -> None:
    with pytest.raises(SetupError, match="no PostgreSQL 15 or newer with PostGIS"):
        server.choose(place, [])


def test_data_decide_the_version(tmp_path: Path, place: cluster.Cluster) -> None:
    debian(tmp_path, 15)
    debian(tmp_path, 17)
    assert server.choose(place, find(tmp_path)).major == 17
    place.data.mkdir()
    (place.data / "PG_VERSION").write_text("15\n")
    assert server.choose(place, find(tmp_path)).major == 15


def test_version_of_the_data_is_gone(tmp_path: Path, place: cluster.Cluster) -> None:
    debian(tmp_path, 17)
    place.data.mkdir()
    (place.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(SetupError, match="are of PostgreSQL 15") as caught:
        server.choose(place, find(tmp_path))
    assert "postgresql-15-postgis-3" in caught.value.hint
