"""The demo: templates of answers for all bodies."""

import json

from django.conf import settings

from councils.models import AnswerTemplate

FIXTURE = settings.CITY.folder / "demo" / "answers.json"


def load_answers() -> int:
    """Add the templates that are missing, by their titles; return how many."""
    known = set(
        AnswerTemplate.objects.filter(body=None).values_list("title", flat=True)
    )
    entries = json.loads(FIXTURE.read_text("utf-8"))
    added = [
        AnswerTemplate(**entry) for entry in entries if entry["title"] not in known
    ]
    return len(AnswerTemplate.objects.bulk_create(added))
