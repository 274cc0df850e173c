"""What pages tell search engines about their subject (JSON-LD, schema.org)."""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SCHEMA = "https://schema.org"


def data_block(data: dict[str, Any]) -> SafeString:
    """Return a subject in the terms of schema.org as a block of data for the page.

    No browser runs it: the Content Security Policy has nothing to allow.
    """
    text = json.dumps({"@context": SCHEMA, **data}, ensure_ascii=False).translate(
        {ord(c): f"\\u{ord(c):04x}" for c in "<>&"}
    )
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308 -- nothing in it can end the block
    )
