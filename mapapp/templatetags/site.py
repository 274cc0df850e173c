"""What the templates need beyond Django's own tags: icons, vendored files, form fields."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.core.validators import MinLengthValidator
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe

from layers.credit import borders_credit
from layers.models import Theme
from layers.tiles import tile_template

register = template.Library()

ICONS = "@tabler/icons"


@cache
def _pinned_versions() -> dict[str, str]:
    """Return the version of each browser library, by its npm name."""
    package = json.loads((settings.ROOT / "package.json").read_text("utf-8"))
    versions: dict[str, str] = package["dependencies"]
    return versions


@register.filter
def breakable(name: str) -> SafeString:
    """Let a name such as “Lämmchesberg/Uniwohnstadt” break after its slash."""
    # Safe: the mark is ours; every part of the name goes through the escaping "{}".
    return format_html_join(mark_safe("/<wbr>"), "{}", ((p,) for p in name.split("/")))


@register.filter
def number_of(numbers: Mapping[str, int], value: str) -> int:
    """Return how many there are of one value: `counts.kind|number_of:"idea"`."""
    return numbers.get(value, 0)


@register.simple_tag
def vendor(package: str, path: str) -> str:
    """Return the URL of a file that the set-up copied from an npm package."""
    folder = package.removeprefix("@").replace("/", "-")
    return static(f"vendor/{folder}-{_pinned_versions()[package]}/{path}")


@register.simple_tag(name="borders_credit")
def borders() -> str:
    """Return whom maps name as the source of the districts' borders."""
    return borders_credit()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a decorative icon; the text beside it carries the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        vendor(ICONS, "sprite.svg"),
        name,
    )


@register.simple_tag
def least_length(field: BoundField) -> int:
    """Return how many characters a field demands at least; 0 where it demands none."""
    limits = [
        int(validator.limit_value)
        for validator in field.field.validators
        if isinstance(validator, MinLengthValidator)
    ]
    return max(limits, default=0)


@register.simple_tag
def contact_days() -> int:
    """Return how many days an address is kept after its pin has come to its end."""
    return int(settings.CONTACT_LIFETIME.days)


@register.simple_tag
def registration_days() -> int:
    """Return how many days after an event it is known who registered for it."""
    return int(settings.REGISTRATION_LIFETIME.days)


@register.simple_tag
def own_link_days() -> int:
    """Return for how many days an author's own link is valid."""
    return int(settings.OWN_LINK_LIFETIME.days)


@register.simple_tag
def pin_tiles(query: str) -> str:
    """Return the address of the tiles of the pins that pass the filters of a query."""
    address = tile_template("pin-tile")
    return f"{address}?{query}" if query else address


@register.simple_tag
def themes_json(themes: list[Theme]) -> SafeString:
    """Return the themes as data for the maps, in the order of the legend."""
    data = [
        {
            "slug": theme.slug,
            "title": theme.title,
            "colour": theme.colour,
            "icon": theme.icon,
        }
        for theme in themes
    ]
    return json_script(data, "themes")


def described_by(field: BoundField) -> str:
    """Return the ids of a field's hint and errors, for aria-describedby."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}-hint")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    return " ".join(ids)


@register.simple_tag
def group_description(field: BoundField) -> SafeString:
    """Return the attribute that ties a group of choices to its hint and errors."""
    ids = described_by(field)
    return format_html(' aria-describedby="{}"', ids) if ids else SafeString("")


@register.simple_tag
def control(field: BoundField, css_class: str, **attributes: Any) -> SafeString:
    """Render a field's widget in the design system's class, tied to hint and errors.

    Further attributes are written with underscores for hyphens: `data_limit=120`.
    """
    attrs: dict[str, str | bool] = {
        name.replace("_", "-"): str(value) for name, value in attributes.items()
    }
    attrs["class"] = f"{css_class} {css_class}--error" if field.errors else css_class
    ids = described_by(field)
    if ids:
        attrs["aria-describedby"] = ids
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)
