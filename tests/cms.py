"""Pages, documents and pictures of the CMS, as an editor would make them."""

import datetime
from functools import cache
from io import BytesIO
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import connection, transaction
from django.utils.text import slugify
from PIL import Image
from wagtail.models import Page, Site

from insek.pages.models import (
    NewsIndexPage,
    NewsPage,
    PageDocument,
    PagePicture,
    PageRendition,
)
from insek.pages.models.files import RENDITIONS
from insek.pages.tree import plant
from insek.rights import OFFICE
from tests.factories import make_user


@transaction.atomic
def make_trees() -> None:
    """Leave the database as `plant` does, which takes two thousand statements.

    Only the first time in a run; then its rows are put in again.
    """
    rows = _rows_of_trees(ContentType.objects.get_for_model(Page).pk)
    with connection.cursor() as cursor:
        for table in rows:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 – names of our tables
        for table, values in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(values)
    Site.clear_site_root_paths_cache()


@cache
def _rows_of_trees(_page_type: int) -> dict[str, bytes]:
    """Plant the trees and return the rows of each table that has some before or after.

    They name types of content, which get new numbers when the database has been emptied.
    """
    before = _rows_of_cms()
    plant()
    after = _rows_of_cms()
    return {table: rows for table, rows in after.items() if rows or before[table]}


def _rows_of_cms() -> dict[str, bytes]:
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label.startswith(("wagtail", "insek_pages"))
    }
    tables |= {Group._meta.db_table, Group.permissions.through._meta.db_table}
    rows = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = b"".join(copy)
    return rows


def make_office_user(username: str = "redaktion") -> User:
    """Make a user of the INSEK office with the rights of its group; needs the trees."""
    user = make_user(username)
    user.groups.add(Group.objects.get(name=OFFICE))
    return user


def publish_news(
    title: str, *, live: bool = True, language: str = "de", **fields: Any
) -> NewsPage:
    """Make a piece of news; a draft where it is not `live`. Needs the trees."""
    index = NewsIndexPage.objects.get(locale__language_code=language)
    slug = fields.pop("slug", slugify(title))
    values = {"intro": "Kurz gesagt.", "date": datetime.date(2026, 11, 20)} | fields
    news = NewsPage(title=title, slug=slug, live=live, locale=index.locale, **values)
    index.add_child(instance=news)
    revision = news.save_revision()
    if live:
        revision.publish()
    made: NewsPage = NewsPage.objects.get(pk=news.pk)
    return made


def make_document(name: str = "konzept.pdf", **fields: Any) -> PageDocument:
    """Make a document of a few bytes."""
    values = {"title": "Konzept", "issued_on": datetime.date(2025, 10, 6)} | fields
    document = PageDocument(**values)
    document.file.save(name, ContentFile(b"%PDF-1.7"), save=False)
    document.file_size = document.file.size
    document.save()
    return document


def picture_bytes(size: tuple[int, int] = (64, 48), kind: str = "PNG") -> bytes:
    """Return a small picture."""
    buffer = BytesIO()
    Image.new("RGB", size, "teal").save(buffer, kind)
    return buffer.getvalue()


def make_picture(**fields: Any) -> PagePicture:
    """Make a picture of a stream."""
    values = {"title": "Bach", "description": "Ein Bach mit Weiden"} | fields
    file = ImageFile(BytesIO(picture_bytes()), "bach.png")
    picture: PagePicture = PagePicture.objects.create(file=file, **values)
    return picture


def make_rendition(name: str) -> PageRendition:
    """Make a picture that the site serves under this name."""
    picture = make_picture()
    storage = picture.file.storage
    path = f"{RENDITIONS}/{name}"
    if not storage.exists(path):
        storage.save(path, ContentFile(picture_bytes(kind="JPEG")))
    rendition: PageRendition = PageRendition.objects.create(
        image=picture, filter_spec="max-9x9", file=path, width=9, height=9
    )
    return rendition
