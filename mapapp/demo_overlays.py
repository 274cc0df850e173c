"""The overlays of the demo: one for each theme, invented and marked as an example."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User

from geo.uploads import Wanted, read_upload
from layers.actions import save_overlay
from layers.models import Overlay, Theme

FOLDER: Path = settings.CITY.folder / "demo" / "overlays"


def load_overlays(folder: Path = FOLDER) -> int:
    """Add the overlays of the folder that are missing; return how many.

    Their files go the same way as those that staff send.
    """
    entries: list[dict[str, Any]] = json.loads((folder / "overlays.json").read_text())
    known = set(Overlay.objects.values_list("slug", flat=True))
    missing = [entry for entry in entries if entry["slug"] not in known]
    planner = User.objects.filter(username="planung").first() or AnonymousUser()
    for entry in missing:
        values = dict(entry)
        file = folder / values.pop("file")
        theme = Theme.objects.get(slug=values.pop("theme"))
        overlay = Overlay(theme=theme, file_name=file.name, **values)
        wanted = Wanted(columns=tuple(overlay.columns), label=overlay.label_column)
        save_overlay(
            overlay=overlay, actor=planner, upload=read_upload(file, wanted=wanted)
        )
    return len(missing)
