"""Invitation and minutes of a sitting: PDF files that only the application hands out."""

import logging
from enum import StrEnum
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.text import slugify

from councils.agendas import hold
from councils.models import Sitting
from pins.photos.files import StorageFailed
from trust.media import erase
from trust.sandbox import sandboxed

logger = logging.getLogger(__name__)


class Paper(StrEnum):
    """Which of a sitting's papers."""

    INVITATION = "invitation"
    MINUTES = "minutes"


PAPER_BYTES = 10 * 1024 * 1024
PDF_SIGNATURE = b"%PDF-"


def is_pdf(file: File[Any]) -> bool:
    """Tell by its first bytes whether a file is a PDF; it can be read from its start."""
    file.seek(0)
    first = file.read(len(PDF_SIGNATURE))
    file.seek(0)
    return bool(first == PDF_SIGNATURE)


def keep_papers(
    *,
    sitting: Sitting,
    invitation: File[Any] | None = None,
    minutes: File[Any] | None = None,
) -> Sitting:
    """Keep these files with the sitting; what they replace is erased afterwards.

    Raises StorageFailed where one of them could not be written: then all is as it was.
    """
    given = {"invitation": invitation, "minutes": minutes}
    written: list[str] = []
    try:
        with transaction.atomic():
            held = hold(sitting)
            for name, file in given.items():
                if file is not None:
                    _erase_later(held, name)
                    kept = getattr(held, name)
                    kept.save(file.name, file, save=False)
                    written.append(kept.name)
            held.modified_at = timezone.now()
            held.save(update_fields=["invitation", "minutes", "modified_at"])
    except OSError as error:
        logger.exception("A paper of a sitting could not be written.")
        erase(written)
        raise StorageFailed from error
    return held


@transaction.atomic
def remove_paper(*, sitting: Sitting, paper: Paper) -> Sitting:
    """Take a file away; the file itself is erased once that is certain."""
    held = hold(sitting)
    _erase_later(held, paper)
    setattr(held, paper, "")
    held.modified_at = timezone.now()
    held.save(update_fields=[paper, "modified_at"])
    return held


def _erase_later(sitting: Sitting, paper: str) -> None:
    file = getattr(sitting, paper)
    if file:
        transaction.on_commit(partial(erase, [file.name]))


def answer_with(sitting: Sitting, paper: Paper, *, cached: str) -> FileResponse:
    """Return a file to be saved, with `Cache-Control`; Http404 where there is none.

    The browsers' own readers refuse a page that may do nothing, so it is not shown in one.
    """
    file = getattr(sitting, paper)
    if not file:
        raise Http404
    day = timezone.localdate(sitting.start)
    name = f"{day:%Y-%m-%d}-{slugify(sitting.body.name)}-{paper}.pdf"
    try:
        content = file.storage.open(file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=name, content_type="application/pdf"
    )
    response["Cache-Control"] = cached
    sandboxed(response)
    return response
