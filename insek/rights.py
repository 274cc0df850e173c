"""What staff may do with the process; who has which right stands in `staff.roles`."""

from django.utils.translation import gettext_lazy as _

from pins.rights import PLAN as PLAN_PINS
from trust.rights import Right

# The name of the group, which the pages of the CMS know, too.
OFFICE = "insek office"
EDIT = Right(
    _("prepare and evaluate"),
    _("phases, events, stands and cards"),
    ("insek.edit_process",),
)
WRITE_PAGES = Right(
    _("write and publish"),
    _("news and pages of the process"),
    ("wagtailadmin.access_admin", "simple_translation.submit_translation"),
)
# By the permission of planning: one office does both.
PLAN_CONCEPT = Right(
    _("write, link and lay before the bodies"),
    _("goals, measures and milestones"),
    PLAN_PINS.permissions,
)
RIGHTS = (EDIT, WRITE_PAGES, PLAN_CONCEPT)
