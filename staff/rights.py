"""What staff may do with accounts; who has which right stands in `staff.roles`."""

from django.utils.translation import gettext_lazy as _

from trust.rights import Right

MANAGE_ACCOUNTS = Right(
    _("invite people, give and end roles and seats, end"),
    _("accounts"),
    ("staff.manage_accounts",),
)
# By the permission of who manages accounts: they could give themselves every role.
VIEW_AS = Right(
    _("look at the site as somebody else, for half an hour, and change nothing"),
    _("accounts of other roles"),
    MANAGE_ACCOUNTS.permissions,
)
SEE_ROLES = Right(_("see this table"), _("roles"), MANAGE_ACCOUNTS.permissions)
RIGHTS = (MANAGE_ACCOUNTS, VIEW_AS, SEE_ROLES)
