"""The translations are compiled without the gettext tools."""

import shutil
from gettext import GNUTranslations

import pytest
from django.conf import settings as project
from django.core.management import call_command


@pytest.fixture
def folder(settings, tmp_path):
    """A copy of the translations, within what the command takes for the checkout."""
    source = project.ROOT / "locale"
    shutil.copytree(source, tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    settings.ROOT = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    return tmp_path / "locale" / "de" / "LC_MESSAGES"


def test_what_is_translated_arrives(folder, capsys):
    call_command("compile_messages")

    with (folder / "django.mo").open("rb") as file:
        german = GNUTranslations(file)
    assert german.gettext("Skip to content") == "Direkt zum Inhalt"
    assert german.gettext("no such text") == "no such text"
    plural = german.ngettext("%(counter)s contribution", "%(counter)s contributions", 2)
    assert "Beiträge" in plural
    assert "locale/de/LC_MESSAGES/django.mo" in capsys.readouterr().out


def test_compiling_again_takes_what_is_new(folder):
    call_command("compile_messages")
    source = folder / "django.po"
    source.write_text(source.read_text().replace("Direkt zum Inhalt", "Zum Inhalt"))

    call_command("compile_messages")

    with (folder / "django.mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Skip to content") == "Zum Inhalt"
