"""The environment the site and its tests run in."""

from pathlib import Path

import pytest

from installer import environment
from installer.checkout import Checkout
from installer.errors import SetupError
from installer.postgres import Installation

URL = "postgis://app@host/app"


def checkout(root: Path, **environ: str) -> Checkout:
    found = Checkout.read(root, environ)
    found.make_local()
    return found


def test_demo_needs_no_settings(tmp_path: Path) -> None:
    found = environment.of_site(checkout(tmp_path), URL)
    assert found["MAPAPP_DEMO"] == "true"
    assert found["MAPAPP_HTTPS"] == "false"
    assert found["MAPAPP_BASE_URL"] == "http://127.0.0.1:8000"
    assert found["MAPAPP_BASEMAP"] == f"{tmp_path}/.local/basemap.pmtiles"
    assert found["DATABASE_URL"] == URL
    assert found["PATH"].startswith(f"{tmp_path}/.local/venv/bin:")


def test_secret_key_of_the_demo_is_made_once_and_private(tmp_path: Path) -> None:
    keys = {
        environment.of_site(checkout(tmp_path), URL)["MAPAPP_SECRET_KEY"]
        for _ in range(2)
    }
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (tmp_path / ".local" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_what_was_chosen_holds(tmp_path: Path) -> None:
    chosen = {"MAPAPP_HTTPS": "true", "MAPAPP_BASE_URL": "https://karte.example.de"}
    found = environment.of_site(checkout(tmp_path, **chosen), URL)
    assert {key: found[key] for key in chosen} == chosen


def test_backups_use_the_programs_of_the_private_server(tmp_path: Path) -> None:
    unpacked = tmp_path / "deb/root/usr/lib/postgresql/15/bin"
    libraries = {"LD_LIBRARY_PATH": "/a/lib:/b/lib", "PROJ_DATA": "/a/proj"}
    server = Installation(unpacked, unpacked / "postgis-3.so", 15, libraries)
    found = environment.of_site(checkout(tmp_path), URL, server)
    assert found["MAPAPP_PG_PROGRAMS"] == str(unpacked)
    assert found["MAPAPP_PG_LIBRARIES"] == "/a/lib:/b/lib"
    # The site itself goes on with the libraries of its packages.
    assert "LD_LIBRARY_PATH" not in found


def test_an_installed_server_needs_no_libraries(tmp_path: Path) -> None:
    server = Installation(Path("/usr/lib/postgresql/15/bin"), Path("/postgis-3.so"), 15)
    found = environment.of_site(checkout(tmp_path), URL, server)
    assert found["MAPAPP_PG_PROGRAMS"] == "/usr/lib/postgresql/15/bin"
    assert found["MAPAPP_PG_LIBRARIES"] == ""


def test_chosen_programs_of_postgresql_hold(tmp_path: Path) -> None:
    """With their own libraries: those of another version would break them."""
    server = Installation(tmp_path, tmp_path, 15, {"LD_LIBRARY_PATH": "/a/lib"})
    chosen = checkout(tmp_path, MAPAPP_PG_PROGRAMS="/opt/pg17/bin")
    found = environment.of_site(chosen, URL, server)
    assert found["MAPAPP_PG_PROGRAMS"] == "/opt/pg17/bin"
    assert "MAPAPP_PG_LIBRARIES" not in found


def test_a_server_elsewhere_says_nothing_of_programs(tmp_path: Path) -> None:
    assert "MAPAPP_PG_PROGRAMS" not in environment.of_site(checkout(tmp_path), URL)


def test_site_that_is_no_demo_needs_a_key(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="MAPAPP_SECRET_KEY is not set"):
        environment.of_site(checkout(tmp_path, MAPAPP_DEMO="false"), URL)


def test_site_that_is_no_demo_gets_no_loose_defaults(tmp_path: Path) -> None:
    chosen = {"MAPAPP_DEMO": "false", "MAPAPP_SECRET_KEY": "key"}
    found = environment.of_site(checkout(tmp_path, **chosen), URL)
    assert "MAPAPP_HTTPS" not in found
    assert "MAPAPP_MAIL_FOLDER" not in found


def test_tests_do_not_see_the_settings_of_the_site(tmp_path: Path) -> None:
    chosen = {"MAPAPP_SMTP_URL": "smtp://real.example.de", "LANG": "C"}
    found = environment.of_tests(checkout(tmp_path, **chosen), URL, "/usr/bin/chrome")
    assert "MAPAPP_SMTP_URL" not in found
    assert found["LANG"] == "C"
    assert found["MITMACH_BROWSER"] == "/usr/bin/chrome"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),  # noqa: S104 -- what an operator may write
        ("::", "http://[::1]:8123"),
        ("::1", "http://[::1]:8123"),
        ("karte.example.de", "http://karte.example.de:8123"),
    ],
)
def test_address_from_this_machine(tmp_path: Path, host: str, address: str) -> None:
    assert environment.address(checkout(tmp_path, HOST=host, PORT="8123")) == address
