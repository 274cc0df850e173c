"""What is no longer public is in no file either: those made before it are made anew."""

import logging
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from exports.large.asking import State, start_over
from exports.models import ExportFile
from pins.models import Pin, VisibilityChange
from pins.workflow import Visibility

logger = logging.getLogger(__name__)


def follow_hiding(
    sender: type[VisibilityChange], instance: VisibilityChange, **_more: Any
) -> None:
    """Drop the large files when a contribution is published no more."""
    if instance.from_visibility == Visibility.PUBLISHED:
        # Not before: what a job reads until then still has it.
        transaction.on_commit(drop_files)


def follow_words(sender: type[Pin], *, pin: Pin, **_more: Any) -> None:
    """Drop the large files when moderation takes words out of what is published."""
    if pin.is_published:
        transaction.on_commit(drop_files)


def drop_files() -> None:
    """Let every file be made anew that is ready or being made."""
    for file in ExportFile.objects.filter(state__in=[State.READY, State.RUNNING]):
        if file.state == State.READY:
            _drop(file)
        else:
            start_over(file)


def _drop(file: ExportFile) -> None:
    """Erase a file: whoever comes for it starts it again."""
    try:
        default_storage.delete(file.file.name)
    except OSError:
        # It may be back with the storage: nothing leads to it any longer, and the nightly
        # sweep finds it.
        logger.exception("A large file could not be erased.")
        start_over(file)
