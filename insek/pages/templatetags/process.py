"""The pages of the process that its navigation names."""

from django import template
from django.db.models import Q
from django.utils.translation import get_language
from wagtail.models import Page

from insek.pages.addresses import SECTIONS
from insek.pages.forms import HOME_DEPTH

register = template.Library()


@register.simple_tag
def process_pages() -> dict[str, str]:
    """Return the addresses of the published pages, by section; one query."""
    is_home, is_section = Q(depth=HOME_DEPTH), Q(depth=HOME_DEPTH + 1)
    pages = (
        Page.objects.live()
        .public()
        .filter(is_home | is_section & Q(slug__in=SECTIONS))
        .filter(locale__language_code=get_language())
        .select_related("locale")
    )
    return {
        "home" if page.depth == HOME_DEPTH else page.slug: page.url or ""
        for page in pages
    }
