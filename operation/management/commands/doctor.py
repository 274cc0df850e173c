"""Say what is wrong on this machine: `manage.py doctor`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from operation.doctor import State, look_at_everything


class Command(BaseCommand):
    help = "Looks at database, worker, mail, disk, basemap, fonts, clock and settings."
    # They are among what it looks at.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        # A pool would try for a while, and not say why it got no connection.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        wrong = 0
        for result in look_at_everything():
            self.stdout.write(f"{result.state:6}{result.name}: {result.said}")
            if result.state != State.WELL and result.hint:
                self.stdout.write(f"      → {result.hint}")
            wrong += result.state == State.WRONG
        if wrong:
            message = f"{wrong} wrong."
            raise CommandError(message)
