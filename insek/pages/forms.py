"""What editors write, checked where they write it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from insek.pages.addresses import RESERVED

HOME_DEPTH = 2


def check_address(slug: str) -> None:
    """Refuse an address that the application itself answers; raises ValidationError."""
    if slug.lower() in RESERVED:
        message = _(
            "“%(slug)s” is an address of the application: nobody would see this page. "
            "Please choose another one."
        )
        raise ValidationError(message % {"slug": slug}, code="reserved")


class ProcessPageForm(WagtailAdminPageForm):
    """The form of every page of the process."""

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if self.parent_page is not None and self.parent_page.depth == HOME_DEPTH:
            check_address(slug)
        return slug
