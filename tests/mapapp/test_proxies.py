"""The examples of `deploy/` for the proxies are what these take, and what the site needs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from drills._proxy import Proxy

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = (DEPLOY / "nginx/mitmachkarte.conf").read_text("utf-8")
SHARED = (DEPLOY / "nginx/mitmachkarte-proxy.conf").read_text("utf-8")
CADDY = (DEPLOY / "caddy/Caddyfile").read_text("utf-8")


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"no {program} here"
    )


def check(*command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- a program of the system
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(home)},
    )


@needs("nginx")
@needs("openssl")
def test_nginx_takes_its_settings(tmp_path: Path) -> None:
    file = Proxy(tmp_path, tmp_path).prepare()

    done = check("nginx", "-t", "-e", "stderr", "-c", file, home=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "conflicting" not in done.stderr


@needs("caddy")
def test_caddy_takes_its_settings(tmp_path: Path) -> None:
    file = DEPLOY / "caddy/Caddyfile"

    done = check(
        "caddy", "validate", "--adapter", "caddyfile", "--config", file, home=tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert "not formatted" not in done.stderr


def test_nginx_lets_photos_through_to_the_application() -> None:
    (size,) = re.findall(r"pins/\(new.*client_max_body_size (\d+)m;", NGINX)

    assert int(size) * 1024**2 >= settings.PHOTO_FORM_MAX_SIZE


def test_nginx_lets_overlays_through_to_the_application() -> None:
    (size,) = re.findall(r"layers/overlay/ .*client_max_body_size (\d+)m;", NGINX)

    assert int(size) * 1024**2 > settings.OVERLAY_UPLOAD_BYTES


def test_nginx_refuses_only_what_the_application_would() -> None:
    (size,) = re.findall(r"^    client_max_body_size (\d+)m;", NGINX, re.MULTILINE)

    assert int(size) * 1024**2 >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_nginx_keeps_tiles_of_streets_and_what_strangers_share_for_a_moment() -> None:
    """All else may be gone a moment later, or be for one person alone.

    `test_shared_answers.py` says what is at the addresses of the moment.
    """
    kept = re.findall(r"location (?:~ )?(\S+) \{([^{}]*proxy_cache \w[^{}]*)\}", NGINX)

    (_moment, rules), (streets, _rules) = kept
    assert streets == r"^/tiles/base/\d+/\d+/\d+\.pbf$"
    assert "proxy_cache_bypass $http_cookie;" in rules
    assert "proxy_no_cache $http_cookie;" in rules
    # What the application does not let it keep, it keeps nowhere.
    assert "proxy_cache " not in SHARED
    assert not re.search("proxy_cache_valid|proxy_ignore_headers", NGINX + SHARED)


def test_no_proxy_sends_a_form_twice() -> None:
    """No connection is kept on which one could be lost, and none is sent again."""
    (again,) = re.findall(r"^proxy_next_upstream (.*);", SHARED, re.MULTILINE)

    assert set(again.split()) == {"error", "timeout"}
    assert "keepalive off" in CADDY
    assert not re.search(r"^\s*keepalive \d", NGINX, re.MULTILINE)


def test_no_instance_is_left_alone_while_the_other_restarts() -> None:
    servers = re.findall(r"^\s*server unix:(.*);", NGINX, re.MULTILINE)

    assert len(servers) == 2
    assert all("max_fails=0" in server for server in servers)
    assert "fail_duration" not in CADDY


def test_caddy_asks_for_health_by_a_name_that_the_site_knows() -> None:
    """By its own it would be refused, and every instance taken for ill."""
    (site,) = re.findall(r"^([\w.]+) \{", CADDY, re.MULTILINE)
    (named,) = re.findall(r"health_headers \{\s*Host (\S+)", CADDY)

    assert named == site
