"""The system checks: each finds its fault, names the variable and says how to mend it."""

import docx
import pytest
from django.core.checks import run_checks

STRONG = "abcdefghij" * 5


@pytest.fixture(autouse=True)
def sound(settings, monkeypatch):
    monkeypatch.setattr("mapapp.environment.unknown", dict)
    settings.DEBUG = settings.DEMO = False
    settings.ALLOWED_HOSTS = ["mitmachen.example.de"]
    settings.SECRET_KEY = STRONG
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECURITY_CONTACT = "technik@example.de"
    settings.REFERENCE_PREFIX = "KL"


def faults():
    return {fault.id: fault for fault in run_checks(tags=["mapapp"])}


def test_a_sound_site_passes():
    assert faults() == {}


@pytest.mark.parametrize(
    ("meant", "hint"),
    [
        ("MAPAPP_MAIL_FROM", "Did you mean MAPAPP_MAIL_FROM?"),
        ("", ".env.example has them all."),
    ],
)
def test_a_variable_that_nothing_reads_is_pointed_out(monkeypatch, meant, hint):
    """It changes nothing, and whoever wrote it believes it does."""
    found = {"MAPAPP_MAIL_FORM": meant}
    monkeypatch.setattr("mapapp.environment.unknown", lambda: found)

    (warning,) = faults().values()

    assert warning.id == "mapapp.W002"
    assert not warning.is_serious()
    assert warning.msg == "MAPAPP_MAIL_FORM is no setting."
    assert warning.hint == hint


@pytest.mark.parametrize(("name", "check"), [("DEMO", "E001"), ("DEBUG", "E002")])
@pytest.mark.parametrize(
    "hosts", [["mitmachen.example.de"], ["localhost", ".example.de"], ["*"]]
)
def test_demo_and_debug_stay_at_home(settings, name, check, hosts):
    setattr(settings, name, True)
    settings.ALLOWED_HOSTS = hosts

    (found,) = faults().values()

    assert found.id == f"mapapp.{check}"
    assert found.is_serious()
    assert f"MAPAPP_{name}" in found.msg
    assert hosts[-1] in found.msg
    assert f"MAPAPP_{name}=false" in found.hint


@pytest.mark.parametrize("name", ["DEMO", "DEBUG"])
def test_at_home_they_are_welcome(settings, name):
    setattr(settings, name, True)
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

    assert faults() == {}


@pytest.mark.parametrize("secret", ["geheim", "x" * 49])
def test_a_secret_that_could_be_guessed(settings, secret):
    settings.SECRET_KEY = secret

    (found,) = faults().values()

    assert found.id == "mapapp.E003"
    assert "MAPAPP_SECRET_KEY" in found.msg
    assert secret not in f"{found.msg} {found.hint}"


@pytest.mark.parametrize("secret", ["x" * 50, "abcdefghi" * 9])
def test_a_secret_of_few_letters(settings, secret):
    settings.SECRET_KEY = secret

    (found,) = faults().values()

    assert found.id == "mapapp.E003"
    assert "different characters" in found.msg


def test_an_earlier_secret_that_could_be_guessed(settings):
    settings.SECRET_KEY_FALLBACKS = [STRONG, "geheim"]

    (found,) = faults().values()

    assert "MAPAPP_SECRET_KEY_FALLBACKS" in found.msg
    assert "geheim" not in found.msg


@pytest.mark.parametrize("contact", ["", "technik", "@", "http://example.de/"])
def test_a_contact_that_nobody_could_write_to(settings, contact):
    settings.SECURITY_CONTACT = contact

    (found,) = faults().values()

    assert found.id == "mapapp.E007"


def test_a_page_may_be_the_contact(settings):
    settings.SECURITY_CONTACT = "https://example.de/kontakt"

    assert faults() == {}


@pytest.mark.parametrize("prefix", ["", "K L", "Köln", "KL/", "KL-", "x" * 9])
def test_a_prefix_that_fits_into_no_address(settings, prefix):
    settings.REFERENCE_PREFIX = prefix

    (found,) = faults().values()

    assert found.id == "mapapp.E004"
    assert "MAPAPP_REFERENCE_PREFIX" in found.msg


@pytest.mark.parametrize("prefix", ["K", "kl", "KL2", "x" * 8])
def test_other_prefixes_do(settings, prefix):
    settings.REFERENCE_PREFIX = prefix

    assert faults() == {}


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8000", "https://localhost", "http://mitmachen.example.de", ""],
)
def test_an_address_that_nobody_could_open(settings, address):
    settings.HTTPS = True
    settings.BASE_URL = address

    (found,) = faults().values()

    assert found.id == "mapapp.E005"
    assert "MAPAPP_BASE_URL" in found.msg


@pytest.mark.parametrize(
    ("https", "address"),
    [(True, "https://mitmachen.example.de"), (False, "http://localhost:8123")],
)
def test_other_addresses_do(settings, https, address):
    settings.HTTPS = https
    settings.BASE_URL = address

    assert faults() == {}


def test_another_style_without_a_safe_address(settings):
    settings.BASEMAP_STYLE_URL = "https://name:secret@tiles.example.org/style.json"

    (found,) = faults().values()

    assert found.id == "mapapp.E006"
    assert "MAPAPP_BASEMAP_STYLE_URL" in found.msg
    assert "secret" not in f"{found.msg} {found.hint}"


@pytest.mark.parametrize("content", [None, b"no document"])
def test_a_template_of_agendas_that_is_none(settings, tmp_path, content):
    settings.AGENDA_TEMPLATE = tmp_path / "agenda.docx"
    if content is not None:
        settings.AGENDA_TEMPLATE.write_bytes(content)

    (found,) = faults().values()

    assert found.id == "mapapp.W001"
    assert "agenda.docx" in found.msg


def test_a_template_of_agendas(settings, tmp_path):
    settings.AGENDA_TEMPLATE = tmp_path / "agenda.docx"
    docx.Document().save(str(settings.AGENDA_TEMPLATE))

    assert faults() == {}
