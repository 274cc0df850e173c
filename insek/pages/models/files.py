"""Pictures and documents of the pages, kept where no web server shows them."""

from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    WagtailImageField,
    WagtailImageFieldFile,
)

from pins.photos.reading import read_photo

PICTURES = "pages/pictures"
RENDITIONS = "pages/renditions"
DOCUMENTS = "pages/documents"
# Letters of a title in the name under which a browser saves a document.
LONGEST_NAME = 80


def _random_name(folder: str, file_name: str) -> str:
    return f"{folder}/{uuid4().hex}{PurePath(file_name).suffix.lower()}"


def picture_path(instance: "PagePicture", file_name: str) -> str:
    return _random_name(PICTURES, file_name)


def rendition_path(instance: "PageRendition", file_name: str) -> str:
    return _random_name(RENDITIONS, file_name)


def document_path(instance: "PageDocument", file_name: str) -> str:
    return _random_name(DOCUMENTS, file_name)


class PlainPictureFile(WagtailImageFieldFile):
    """Keeps what a picture shows, and nothing else of the file."""

    def save(self, name: str, content: "File[bytes]", save: bool = True) -> None:  # noqa: FBT001, FBT002 – Django's signature
        with content.open() as file:
            picture = read_photo(file)
        plain = ContentFile(picture.large)
        super().save(f"{PurePath(name).stem}.jpg", plain, save=False)
        self.instance.width, self.instance.height = picture.width, picture.height
        if save:
            self.instance.save()


class PlainPictureField(WagtailImageField):
    attr_class = PlainPictureFile


class PagePicture(AbstractImage):
    """A picture, written anew when it comes in, with words for who does not see it."""

    file = PlainPictureField(
        verbose_name=_("file"),
        upload_to=picture_path,
        width_field="width",
        height_field="height",
    )
    description = models.CharField(
        _("description"),
        max_length=255,
        help_text=_(
            "What the picture shows, for people who do not see it. One sentence is "
            "enough; leave out “picture of”."
        ),
    )
    credit = models.CharField(
        _("credit"),
        max_length=160,
        blank=True,
        help_text=_("Who made it, and the licence; shown below the picture."),
    )

    admin_form_fields = ("title", "file", "description", "credit", "collection", "tags")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def default_alt_text(self) -> str:
        return self.description

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Before its size is read: what is written anew may be smaller.
        if not self.file._committed:
            self.file.save(self.file.name, self.file.file, save=False)
        super().save(*args, **kwargs)

    def generate_rendition_file(
        self, *args: Any, **kwargs: Any
    ) -> "ContentFile[bytes]":
        """Return the picture in some size; Wagtail would leave a temporary file open."""
        with super().generate_rendition_file(*args, **kwargs) as made:
            made.seek(0)
            return ContentFile(made.read(), name=made.name)


class PageRendition(AbstractRendition):
    """A picture in a size that a page asks for."""

    image = models.ForeignKey(
        PagePicture, on_delete=models.CASCADE, related_name="renditions"
    )
    file = WagtailImageField(
        upload_to=rendition_path, width_field="width", height_field="height"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="page_rendition_once",
                fields=["image", "filter_spec", "focal_point_key"],
            )
        ]
        indexes = [models.Index("file", name="page_rendition_file")]

    @property
    def url(self) -> str:
        # Of a picture whose file is lost, Wagtail makes one without an ending.
        path = PurePath(self.file.name)
        suffix = path.suffix.removeprefix(".") or "jpg"
        return reverse("page-picture", args=[path.stem, suffix])


class PageDocument(AbstractDocument):
    """A document to load down: kept under a random name, saved under that of its title."""

    file = models.FileField(_("file"), upload_to=document_path)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="de"
    )
    issued_on = models.DateField(_("date of the document"), default=timezone.localdate)
    description = models.CharField(
        _("description"),
        max_length=300,
        blank=True,
        help_text=_("What somebody finds in it, in a sentence."),
    )

    admin_form_fields = (
        "title",
        "file",
        "description",
        "language",
        "issued_on",
        "collection",
        "tags",
    )

    class Meta(AbstractDocument.Meta):
        pass

    @property
    def file_extension(self) -> str:
        return PurePath(self.file.name).suffix.removeprefix(".")

    @property
    def filename(self) -> str:
        name = slugify(self.title[:LONGEST_NAME], allow_unicode=True)
        return f"{name or 'document'}.{self.file_extension}"

    @property
    def kind(self) -> str:
        """The type of the file in capitals, such as PDF."""
        return self.file_extension.upper()
