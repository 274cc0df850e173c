"""The pages of the process that its navigation names."""

from django import template
from django.utils.translation import get_language
from wagtail.models import Page

from insek.pages.addresses import SECTIONS

register = template.Library()


@register.simple_tag
def process_pages() -> dict[str, str]:
    """Return the addresses of the published pages, by section; one query."""
    pages = (
        Page.objects.live()
        .public()
        .filter(locale__language_code=get_language(), depth__in=(2, 3))
    )
    urls: dict[str, str] = {}
    for page in pages.select_related("locale"):
        section = "home" if page.depth == 2 else page.slug
        if section == "home" or section in SECTIONS:
            urls[section] = page.url or ""
    return urls
