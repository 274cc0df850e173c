"""Where the checkout keeps its things, and what the environment chooses."""

from pathlib import Path

import pytest

from installer import cluster
from installer.checkout import MARKER, Checkout
from installer.errors import SetupError


def read(root: Path, **environ: str) -> Checkout:
    return Checkout.read(root, environ)


def test_process_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8001\nHOST=::1\n")
    checkout = read(tmp_path, PORT="8002")
    assert (checkout.host, checkout.port) == ("::1", 8002)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000 ", "٣"])
def test_port_that_is_none(tmp_path: Path, port: str) -> None:
    with pytest.raises(SetupError, match="is not a port"):
        assert read(tmp_path, PORT=port).port


@pytest.mark.parametrize("port", ["", "8000"])
def test_usual_port(tmp_path: Path, port: str) -> None:
    assert read(tmp_path, PORT=port).port == 8000


def test_private_folder_is_made_and_marked(tmp_path: Path) -> None:
    checkout = read(tmp_path)
    checkout.make_local()
    assert (tmp_path / ".local" / MARKER).exists()


def test_folder_of_somebody_else_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").touch()
    checkout = read(tmp_path, MITMACH_LOCAL="documents")
    with pytest.raises(SetupError, match="holds files that"):
        checkout.make_local()
    assert not checkout.owns_local


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("a file, not a folder")
    with pytest.raises(SetupError, match="cannot be written"):
        read(tmp_path).make_local()


def test_two_checkouts_share_nothing(tmp_path: Path) -> None:
    places = [cluster.of_site(read(tmp_path / name)) for name in ("a", "b")]
    assert places[0].folder != places[1].folder
    assert places[0].data != places[1].data


def test_tests_have_a_server_of_their_own(tmp_path: Path) -> None:
    checkout = read(tmp_path)
    site, tests = cluster.of_site(checkout), cluster.of_tests(checkout)
    assert {site.data, site.folder}.isdisjoint({tests.data, tests.folder})
    assert not site.options
    assert not site.disposable
    assert "fsync=off" in tests.options


def test_url_names_the_socket(tmp_path: Path) -> None:
    checkout = read(tmp_path, MITMACH_SOCKET="/run/karte")
    assert cluster.of_site(checkout).url == "postgis://app@%2Frun%2Fkarte:5432/app"


def test_path_of_the_socket_has_a_limit(tmp_path: Path) -> None:
    checkout = read(tmp_path, MITMACH_SOCKET=f"/run/{'long' * 25}")
    with pytest.raises(SetupError, match="too long for a socket"):
        cluster.of_site(checkout)
