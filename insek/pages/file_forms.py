"""Pictures and documents, checked when they come in."""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from pins.photos.reading import PhotoRefused, read_photo
from trust.scanning import refuse_infected

# The first bytes of what we take; text has none.
BEGINNINGS = {
    "pdf": b"%PDF-",
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), b"PK\x03\x04"),
}


class PictureForm(BaseImageForm):
    """The form of a picture: it is read when it comes in, and a broken one is refused."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                read_photo(file)
            except PhotoRefused as refused:
                raise ValidationError(refused.messages) from refused
            file.seek(0)
        return file


class DocumentForm(BaseDocumentForm):
    """The form of a document: what it is must be what its name says."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            suffix = PurePath(file.name or "").suffix.lower().removeprefix(".")
            wanted = BEGINNINGS.get(suffix, b"")
            begins = file.read(8)
            file.seek(0)
            if not begins.startswith(wanted):
                message = _("This file is no %(kind)s, or it is damaged.")
                raise ValidationError(message % {"kind": suffix.upper()})
            refuse_infected(file)
        return file
