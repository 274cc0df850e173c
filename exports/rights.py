"""What staff may do with the ways out; who has which right stands in `staff.roles`."""

from django.utils.translation import gettext_lazy as _

from trust.rights import Right

OPERATE = Right(
    _("open, change and close"),
    _("webhooks and clients of Open311"),
    ("exports.operate_interfaces",),
)
READ_LOG = Right(_("read and export"), _("the audit log"), ("trust.view_auditentry",))
RIGHTS = (OPERATE, READ_LOG)
