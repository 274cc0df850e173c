"""Load the demo: `manage.py load_demo` (only with MAPAPP_DEMO=true).

Adds what is missing and leaves alone what is there; prints the users to sign in with.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mapapp.demo import FOLDER, PASSWORD, load_pins, load_users
from mapapp.demo_answers import load_answers
from mapapp.demo_concept import load_goals, load_links, load_measures
from mapapp.demo_moderation import load_cases, load_erasures, load_questions
from mapapp.demo_office import load_cards, load_reports, load_suggestions
from mapapp.demo_overlays import load_overlays
from mapapp.demo_pages import load_news, load_pages
from mapapp.demo_photos import load_photos
from mapapp.demo_process import load_events, load_origins, load_phases
from mapapp.demo_submissions import load_submissions
from mapapp.demo_voices import load_comments, load_supports


class Command(BaseCommand):
    help = "Loads demo users, contributions and overlays (demo mode only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo has users whose password everyone knows; it loads only with "
                "MAPAPP_DEMO=true."
            )
        if not FOLDER.is_dir():
            self.stdout.write(f"{settings.CITY_NAME} has no demo: nothing was added.")
            return
        users = load_users()
        added = load_pins()
        self.stdout.write(f"{added} contributions added.")
        self.stdout.write(f"{load_photos()} photos added.")
        self.stdout.write(f"{load_comments()} comments added.")
        self.stdout.write(f"{load_supports()} supports added.")
        self.stdout.write(f"{load_cases()} reported things added.")
        self.stdout.write(f"{load_questions()} questions to authors added.")
        self.stdout.write(f"{load_erasures()} requests to erase added.")
        self.stdout.write(f"{load_answers()} templates of answers added.")
        self.stdout.write(f"{load_overlays()} overlays added.")
        self._load_process()
        self.stdout.write(f"Sign in with the password {PASSWORD} as one of:")
        for user in users:
            self.stdout.write(f"  {user.name:28} {user.does}")

    def _load_process(self) -> None:
        """Load the process of the INSEK, each part after those it leans on."""
        self.stdout.write(f"{load_phases()} phases added.")
        self.stdout.write(f"{load_events()} events added.")
        self.stdout.write(f"{load_origins()} origins of contributions added.")
        self.stdout.write(f"{load_goals()} goals added.")
        self.stdout.write(f"{load_measures()} measures added.")
        self.stdout.write(f"{load_links()} further links added.")
        self.stdout.write(f"{load_submissions()} submissions added.")
        self.stdout.write(f"{load_news()} pieces of news added.")
        self.stdout.write(f"{load_pages()} pages filled.")
        self.stdout.write(f"{load_cards()} typed cards added.")
        self.stdout.write(f"{load_suggestions()} topics and hot spots added.")
        self.stdout.write(f"{load_reports()} reports to bodies added.")
