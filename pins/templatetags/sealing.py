"""The public key of this site, for forms that may wait on a device."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pins.sealed_address import public_key

register = template.Library()


@register.simple_tag
def sealing_key() -> SafeString:
    """Put the key into a form, for which the outbox seals its address."""
    return format_html(
        '<input type="hidden" name="sealing_key" value="{}">', public_key()
    )
