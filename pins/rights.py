"""What staff may do with contributions; who has which right stands in `staff.roles`."""

from django.utils.translation import gettext_lazy as _

from trust.rights import Right

MODERATE = Right(
    _("decide what is published, hide it, give reasons"),
    _("contributions, photos, comments and what events bring in"),
    ("pins.moderate_pin",),
)
# By the permission of moderation: the database sees to it that these are two people.
ERASE = Right(
    _("erase for good, after somebody else has asked for it"),
    _("contributions, photos and comments that have been published"),
    ("pins.moderate_pin",),
)
PLAN = Right(
    _("act at the desk of every body, and carry matters out"),
    _("published contributions of all districts"),
    ("pins.plan_pin",),
)
RIGHTS = (MODERATE, ERASE, PLAN)
