"""Compile the translations with Babel: `manage.py compile_messages`.

Django's own command needs the gettext tools, which a fresh machine lacks.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


def compile_catalogue(source: Path) -> Path:
    """Write the `.mo` file beside a `.po` file and return its path."""
    target = source.with_suffix(".mo")
    with source.open("rb") as file:
        catalogue = read_po(file)
    with target.open("wb") as file:
        write_mo(file, catalogue)
    return target


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po without the gettext tools."

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = compile_catalogue(source)
                self.stdout.write(str(target))
