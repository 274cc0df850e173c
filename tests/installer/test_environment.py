"""The environment the site and its tests run in."""

from pathlib import Path

import pytest

from installer import environment
from installer.checkout import Checkout
from installer.errors import SetupError

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
