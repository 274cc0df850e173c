"""Numbers as the pages of a desk show them."""

from django import template

from pins.counts import COUNT_LIMIT

register = template.Library()


@register.filter
def up_to_limit(number: int) -> str:
    """Return a number as it is, or "500+" where counting stopped."""
    return str(number) if number <= COUNT_LIMIT else f"{COUNT_LIMIT}+"
