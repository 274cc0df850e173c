"""What is different in our CMS from Wagtail's own."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page, ReferenceIndex

from insek.pages.forms import HOME_DEPTH, check_address
from insek.pages.models import PageDocument
from insek.rights import WRITE_PAGES

ENTER = WRITE_PAGES.permission


@hooks.register("insert_global_admin_js")
def begin_date_choosers() -> SafeString:
    """Replace the inline scripts of the date fields: the policy of /cms/ has none."""
    return format_html('<script src="{}"></script>', static("js/cms.js"))


@hooks.register("construct_main_menu")
def leave_out_help(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Leave out what leads to other sites."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]


@hooks.register("get_avatar_url")
def show_no_avatar(user: User, size: int) -> str:
    """Show the same sign for everybody: no pictures of persons are kept."""
    return static("wagtailadmin/images/default-user-avatar.png")


@hooks.register("before_serve_document")
def keep_drafts_documents(document: PageDocument, request: HttpRequest) -> None:
    """Give a document to everyone once a published page names it, before to editors."""
    if request.user.has_perm(ENTER) or is_public(document):
        return
    raise Http404


def is_public(document: PageDocument) -> bool:
    """Tell whether a published page names a document."""
    ids = [
        int(reference.object_id)
        for reference in ReferenceIndex.get_references_to(document).filter(
            base_content_type__app_label__in=["wagtailcore", "insek_pages"]
        )
    ]
    return Page.objects.live().public().filter(pk__in=ids).exists()


@hooks.register("before_create_user")
def invite_instead(request: HttpRequest) -> HttpResponse:
    """Lead to the invitation: nobody gets an account otherwise."""
    return redirect("accounts:invite")


@hooks.register("before_copy_page")
def keep_addresses_on_copy(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse to copy a page to an address that the application answers."""
    if request.method != "POST":
        return None
    parent = Page.objects.filter(
        pk=_number(request.POST.get("new_parent_page"))
    ).first()
    return _refuse(
        request, page, parent or page.get_parent(), request.POST.get("new_slug", "")
    )


@hooks.register("before_move_page")
def keep_addresses_on_move(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """Refuse to move a page to an address that the application answers."""
    return _refuse(request, page, destination, page.slug)


def _refuse(
    request: HttpRequest, page: Page, parent: Page, slug: str
) -> HttpResponse | None:
    if parent.depth != HOME_DEPTH:
        return None
    try:
        check_address(slug)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


def _number(text: Any) -> int | None:
    wanted = str(text or "")
    return (
        int(wanted)
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10
        else None
    )
