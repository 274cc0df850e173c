"""The compose file gives its containers no more than they need, and knows our settings."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "deploy" / "compose"
SERVICES: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())[
    "services"
]
OURS = ("web1", "web2", "worker", "prepare", "backup")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_container_may_more_than_it_needs(name: str):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert service.get("cap_add", []) == (
        ["NET_BIND_SERVICE"] if name == "proxy" else []
    )


@pytest.mark.parametrize("name", ["database", "web1", "web2", "worker", "proxy"])
def test_what_goes_on_is_looked_at_and_started_again(name: str):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == [
        "proxy"
    ]


def test_nothing_serves_before_the_migrations_have_run():
    for name in ("web1", "web2", "worker"):
        before = SERVICES[name]["depends_on"]["prepare"]["condition"]
        assert before == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_settings_are_known_and_no_secret_is_among_them(name: str):
    known = (ROOT / ".env.example").read_text()
    for setting in SERVICES[name]["environment"]:
        assert f"#{setting}=" in known
        assert not re.search(r"SECRET|PASSWORD|DATABASE_URL", setting)


def test_the_proxy_is_believed_by_the_network_that_it_is_in():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    ((subnet,),) = [
        [entry["subnet"] for entry in network["ipam"]["config"]]
        for network in compose["networks"].values()
    ]
    assert SERVICES["web1"]["environment"]["MAPAPP_TRUSTED_PROXIES"] == subnet


def test_images_have_their_short_names_and_the_site_is_not_root():
    file = (FOLDER / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", file, re.MULTILINE)
    assert set(bases) == {"python:3.11-slim-bookworm"}
    assert re.findall(r"^USER (\S+)", file, re.MULTILINE) == ["mitmachkarte"]
    assert {SERVICES[name]["image"] for name in ("database", "proxy")} == {
        "postgis/postgis:15-3.3",
        "caddy:2",
    }


def test_both_proxies_say_the_same_of_the_same():
    """What is refused in the clear, and how long somebody may take."""
    with_docker = (FOLDER / "Caddyfile").read_text()
    without = (ROOT / "deploy" / "caddy" / "Caddyfile").read_text()
    for pattern in (r"@data path_regexp .*", r"read_body .*", r"max_size .*"):
        assert re.findall(pattern, with_docker) == re.findall(pattern, without)


def test_no_secret_comes_into_the_image():
    left_out = (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
    assert {".env", "deploy/compose/*.env", ".git", ".local"} <= set(left_out)
