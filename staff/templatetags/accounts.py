"""What pages of accounts say of roles."""

from django import template
from django.contrib.auth.models import Group

from staff.accounts import role_label

register = template.Library()


@register.filter
def role(group: Group) -> str:
    """Return what people call a role."""
    return role_label(group)
