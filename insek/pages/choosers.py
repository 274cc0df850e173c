"""Choosers of pages, pictures and documents without inline scripts.

Wagtail writes a script behind each of these fields, which the policy of /cms/ refuses.
`static/js/cms.js` begins them instead, from what is written here.
"""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets.chooser import BaseChooser


def render(
    self: BaseChooser,
    name: str,
    value: Any,
    attrs: dict[str, Any] | None = None,
    renderer: Any = None,
) -> SafeString:
    """Return the field, and behind it what its script needs to know."""
    field_id = (attrs or {})["id"]
    known = self.get_value_data(value)
    return format_html(
        '{}<span hidden data-begins="{}" data-field="{}" data-config="{}"></span>',
        self.render_html(name, known, attrs),
        self.js_constructor,
        field_id,
        json.dumps(self.get_js_init_options(field_id, name, known)),
    )


def leave_out_scripts() -> None:
    """Let every chooser be written so; to be called once, when the site starts."""
    BaseChooser.render = render
