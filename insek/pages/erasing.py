"""Files of the pages go with their rows, later where their storage is away.

Wagtail asks for it once, and leaves them where that fails.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from insek.pages.models.files import PageDocument, PagePicture, PageRendition
from trust.media import erase

MODELS = (PageDocument, PagePicture, PageRendition)


def erase_with_row(sender: type[Any], instance: Any, **_more: Any) -> None:
    """Erase the file of a row, once it is certain that the row is gone."""
    transaction.on_commit(partial(erase, [instance.file.name]))


def follow_rows() -> None:
    """Let it be so for every file; to be called once, when the site starts."""
    for model in MODELS:
        post_delete.connect(erase_with_row, sender=model)
