"""The trees of pages that the site begins with, and who may write in them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
)

from insek.pages.addresses import DOCUMENTS, FAQ, NEWS, PEOPLE
from insek.pages.models import (
    DocumentsPage,
    FaqPage,
    HomePage,
    LegalPage,
    NewsIndexPage,
    PeoplePage,
)
from insek.pages.models.base import ProcessPage
from insek.rights import EDIT, OFFICE, WRITE_PAGES

PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "unlock_page")
FILE_RIGHTS = (
    *(f"wagtailimages.{verb}_image" for verb in ("add", "change", "choose", "delete")),
    *(f"wagtaildocs.{verb}_document" for verb in ("add", "change", "choose", "delete")),
)
RIGHTS = (*EDIT.permissions, *WRITE_PAGES.permissions)
Kind = LegalPage.Kind
# Class, address, titles in German and English, and what else it has.
PAGES: tuple[tuple[type[ProcessPage], str, str, str, dict[str, Any]], ...] = (
    (NewsIndexPage, NEWS, "Aktuelles", "News", {}),
    (DocumentsPage, DOCUMENTS, "Dokumente", "Documents", {}),
    (PeoplePage, PEOPLE, "Beteiligte", "People", {}),
    (FaqPage, FAQ, "Fragen und Antworten", "Questions and answers", {}),
    (LegalPage, "imprint", "Impressum", "Imprint", {"kind": Kind.IMPRINT}),
    (LegalPage, "privacy", "Datenschutz", "Privacy", {"kind": Kind.PRIVACY}),
    (
        LegalPage,
        "accessibility",
        "Barrierefreiheit",
        "Accessibility",
        {"kind": Kind.ACCESSIBILITY},
    ),
    (LegalPage, "terms", "Nutzungsbedingungen", "Terms of use", {"kind": Kind.TERMS}),
)


@transaction.atomic
def plant(
    *, city_name: str = "", site_name: str = "", languages: Sequence[str] = ()
) -> list[str]:
    """Make the tree of each language where it is missing; return what was made.

    What is there stays as it is: safe to repeat. Wagtail's own first page goes. Names and
    languages are those of the settings, unless told otherwise.
    """
    german = _locale("de")
    is_translated = "en" in (languages or dict(settings.LANGUAGES))
    english = _locale("en") if is_translated else None
    made: list[str] = []
    home = HomePage.objects.filter(locale=german).first()
    if home is None:
        home = _add_home(german, city_name or settings.CITY_NAME)
        made.append(home.title)
    _remove_first_page(home)
    _point_site_at(home, site_name or settings.SITE_NAME)
    homes: list[ProcessPage] = [home]
    if english:
        title_en = "Urban development concept INSEK"
        homes.append(_translation(home, english, title_en, made))
    for model, slug, title, title_en, more in PAGES:
        page = model.objects.child_of(home).filter(slug=slug).first()
        if page is None:
            page = model(title=title, slug=slug, locale=german, **more)
            home.add_child(instance=page)
            _publish(page)
            made.append(title)
        if english:
            _translation(page, english, title_en, made)
    _let_office_write(*homes)
    return made


def _locale(code: str) -> Locale:
    return Locale.objects.get_or_create(language_code=code)[0]


def _add_home(german: Locale, city_name: str) -> HomePage:
    home = HomePage(title=f"INSEK {city_name}", slug="insek", locale=german)
    root = Page.get_first_root_node()
    # A tree that lost its root has nothing to hang a page on.
    if root is None:
        root = Page.add_root(title="Root", slug="root", locale=german)
    root.add_child(instance=home)
    _publish(home)
    return home


def _remove_first_page(home: HomePage) -> None:
    first = Page.objects.exact_type(Page).filter(depth=2, slug="home").first()
    if first is None:
        return
    Site.objects.filter(root_page=first).update(root_page=home)
    first.delete()
    # Its groups would be a second way to the same rights.
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


def _point_site_at(home: HomePage, site_name: str) -> None:
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": port,
            "site_name": site_name,
            "root_page": home,
        },
    )


def _translation(
    page: ProcessPage, locale: Locale, title: str, made: list[str]
) -> ProcessPage:
    known: ProcessPage | None = page.get_translation_or_none(locale)
    if known is not None:
        return known
    copied: ProcessPage = page.copy_for_translation(locale)
    copied.title = title
    _publish(copied)
    made.append(title)
    return copied


def _publish(page: ProcessPage) -> None:
    page.save_revision().publish()


def _let_office_write(*homes: ProcessPage) -> None:
    """Give the group of the INSEK office the right to its pages and files, and no more."""
    office, _is_new = Group.objects.get_or_create(name=OFFICE)
    office.permissions.add(*map(_permission, RIGHTS))
    rights = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=PAGE_RIGHTS
    )
    for home in homes:
        for right in rights:
            GroupPagePermission.objects.get_or_create(
                group=office, page_id=home.pk, permission=right
            )
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for name in FILE_RIGHTS:
        GroupCollectionPermission.objects.get_or_create(
            group=office, collection=collection, permission=_permission(name)
        )


def _permission(right: str) -> Permission:
    app_label, codename = right.split(".")
    return Permission.objects.get(codename=codename, content_type__app_label=app_label)
