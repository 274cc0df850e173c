"""What the settings make of an operator's environment: safe unless told otherwise."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

READ = """
import json, sys
from mapapp import settings
names = json.loads(sys.argv[1])
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""
REQUIRED = {
    "MAPAPP_SECRET_KEY": "geheim",
    "DATABASE_URL": "postgis://app:p%40ss@db.example.org/app",
}


def start(names=(), **environment):
    """Read the settings in a process of its own with nothing but this environment."""
    return subprocess.run(  # noqa: S603 – Python and the text above
        [sys.executable, "-c", READ, json.dumps(names)],
        cwd=settings.ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def read(*names, **environment):
    done = start(names, **REQUIRED, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_stops_the_start_with_a_hint(name):
    others = {key: value for key, value in REQUIRED.items() if key != name}

    done = start(**others)

    assert done.returncode != 0
    *_, last = done.stderr.strip().splitlines()
    assert f"{name} is not set" in last
    assert "geheim" not in done.stderr


def test_a_bare_environment_is_a_public_and_guarded_site():
    found = read(
        "DEBUG",
        "DEMO",
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_HTTPONLY",
        "ALLOWED_HOSTS",
        "EMAIL_HOST",
        "LANGUAGE_CODE",
    )

    assert found == {
        "DEBUG": False,
        "DEMO": False,
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_HTTPONLY": True,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "EMAIL_HOST": "localhost",
        "LANGUAGE_CODE": "de",
    }


def test_what_an_operator_sets_arrives():
    found = read(
        "BASE_URL",
        "EMAIL_HOST",
        "EMAIL_PORT",
        "EMAIL_HOST_USER",
        "EMAIL_HOST_PASSWORD",
        "EMAIL_USE_TLS",
        "EMAIL_USE_SSL",
        "CONTACT_LIFETIME",
        "REFERENCE_PREFIX",
        "DATABASES",
        MAPAPP_BASE_URL="https://mitmachen.example.de/",
        MAPAPP_SMTP_URL="smtp://karte%40example.de:p%2Fw@mail.example.de:587?tls=starttls",
        MAPAPP_CONTACT_DAYS="7",
        MAPAPP_REFERENCE_PREFIX="ZW",
    )

    database = found.pop("DATABASES")["default"]
    assert (database["HOST"], database["PASSWORD"]) == ("db.example.org", "p@ss")
    assert found == {
        "BASE_URL": "https://mitmachen.example.de",
        "EMAIL_HOST": "mail.example.de",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "karte@example.de",
        "EMAIL_HOST_PASSWORD": "p/w",
        "EMAIL_USE_TLS": True,
        "EMAIL_USE_SSL": False,
        "CONTACT_LIFETIME": "7 days, 0:00:00",
        "REFERENCE_PREFIX": "ZW",
    }


def test_a_demo_writes_its_mails_into_a_folder(tmp_path):
    found = read(
        "EMAIL_BACKEND",
        "EMAIL_FILE_PATH",
        "SECURE_SSL_REDIRECT",
        MAPAPP_DEMO="true",
        MAPAPP_MAIL_FOLDER=str(tmp_path),
    )

    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert found["EMAIL_FILE_PATH"] == str(tmp_path)
    assert found["SECURE_SSL_REDIRECT"] is False


def test_pages_take_pictures_from_allowed_map_servers_and_nothing_else():
    found = read(
        "WMS_HOSTS",
        "CONTENT_SECURITY_POLICY",
        "OVERLAY_UPLOAD_BYTES",
        MAPAPP_WMS_HOSTS="https://maps.example.de, https://geo.example.org:8443/",
        MAPAPP_OVERLAY_UPLOAD_MB="5",
    )

    hosts = ["https://maps.example.de", "https://geo.example.org:8443"]
    assert found["WMS_HOSTS"] == hosts
    assert found["OVERLAY_UPLOAD_BYTES"] == 5 * 1024 * 1024
    directives = found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    opened = {name for name, sources in directives.items() if set(hosts) & set(sources)}
    assert opened == {"img-src", "connect-src"}
    assert all(host in directives[name] for host in hosts for name in opened)


@pytest.mark.parametrize("hosts", ["http://maps.example.de", "https://*.example.de"])
def test_a_map_server_that_is_none_stops_the_start(hosts):
    done = start(**REQUIRED, MAPAPP_WMS_HOSTS=hosts)

    assert done.returncode != 0
    assert "MAPAPP_WMS_HOSTS" in done.stderr.strip().splitlines()[-1]


def test_earlier_secrets_are_read_and_none_has_a_default():
    found = read(
        "SECRET_KEY_FALLBACKS", MAPAPP_SECRET_KEY_FALLBACKS=f"{'a' * 50}, {'b' * 50}"
    )

    assert found == {"SECRET_KEY_FALLBACKS": ["a" * 50, "b" * 50]}
    assert read("SECRET_KEY_FALLBACKS", "EMAIL_HOST_PASSWORD") == {
        "SECRET_KEY_FALLBACKS": [],
        "EMAIL_HOST_PASSWORD": "",
    }


def test_cookies_belong_to_the_host_wherever_there_is_https():
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")

    assert read(*names) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
    }
    assert read(*names, MAPAPP_HTTPS="false") == {
        "SESSION_COOKIE_NAME": "sessionid",
        "CSRF_COOKIE_NAME": "csrftoken",
    }


def test_the_issuer_is_the_address_of_the_identity_provider_unless_told_otherwise():
    issuer = "https://id.example.de/realms/city"
    client = {"MAPAPP_OIDC_CLIENT_ID": "map", "MAPAPP_OIDC_SECRET": "geheim"}

    for end in ("", "/.well-known/openid-configuration"):
        found = read("OIDC_ISSUER", MAPAPP_OIDC_URL=f"{issuer}{end}", **client)
        assert found == {"OIDC_ISSUER": issuer}
    other = {"MAPAPP_OIDC_URL": issuer, "MAPAPP_OIDC_ISSUER": f"{issuer}/"}
    assert read("OIDC_ISSUER", **other, **client) == {"OIDC_ISSUER": f"{issuer}/"}


POOLER = {"DATABASE_POOLER_URL": "postgis://app@pool.example.org:6432/app"}


def hosts_of(**environment):
    """Return where a command and a web process connect to, and how sessions begin."""
    script = (
        "import json, sys; from mapapp import process; "
        "process.answers_requests = sys.argv[1] == 'web'; "
        "from mapapp.settings import DATABASES; found = DATABASES['default']; "
        "print(json.dumps([found['HOST'], 'options' in found['OPTIONS']]))"
    )
    found = []
    for kind in ("command", "web"):
        done = subprocess.run(  # noqa: S603 – Python and the text above
            [sys.executable, "-c", script, kind],
            cwd=settings.ROOT,
            env={"PATH": os.environ["PATH"], **REQUIRED, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
    return found


def test_only_web_processes_go_through_a_pooler_which_takes_no_options():
    direct = ["db.example.org", True]

    assert hosts_of() == [direct, direct]
    assert hosts_of(**POOLER) == [direct, ["pool.example.org", False]]


def test_the_address_of_a_pooler_that_is_none():
    done = start(**REQUIRED, DATABASE_POOLER_URL="pool:geheim")

    assert done.returncode != 0
    assert "DATABASE_POOLER_URL does not begin with postgis://" in done.stderr
    assert "geheim" not in done.stderr


def test_replicas_are_known_to_web_processes_and_cannot_be_written_to():
    two = "postgis://app@one.example.org/app, postgis://app@two.example.org/app"
    script = (
        "import json; from mapapp import process; process.answers_requests = True; "
        "from mapapp.settings import DATABASES; print(json.dumps("
        "{alias: [found['HOST'], found['OPTIONS']['options']] "
        "for alias, found in DATABASES.items()}))"
    )
    done = subprocess.run(  # noqa: S603 – Python and the text above
        [sys.executable, "-c", script],
        cwd=settings.ROOT,
        env={"PATH": os.environ["PATH"], **REQUIRED, "DATABASE_REPLICA_URLS": two},
        capture_output=True,
        text=True,
        check=True,
    )

    found = json.loads(done.stdout)

    assert list(found) == ["default", "replica_1", "replica_2"]
    assert found["replica_2"][0] == "two.example.org"
    assert "default_transaction_read_only=on" in found["replica_2"][1]
    assert "read_only" not in found["default"][1]
    assert list(read("DATABASES", DATABASE_REPLICA_URLS=two)["DATABASES"]) == [
        "default"
    ]


def test_the_address_of_a_replica_that_is_none():
    done = start(**REQUIRED, DATABASE_REPLICA_URLS="postgis://app@db/app,db:geheim")

    assert done.returncode != 0
    assert "DATABASE_REPLICA_URLS does not begin with postgis://" in done.stderr
    assert "geheim" not in done.stderr
