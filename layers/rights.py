"""What staff may do with the map; who has which right stands in `staff.roles`."""

from django.utils.translation import gettext_lazy as _

from trust.rights import Right

PUBLISH_OVERLAYS = Right(
    _("publish, change and delete"),
    _("overlays of the map"),
    (
        "layers.add_overlay",
        "layers.view_overlay",
        "layers.change_overlay",
        "layers.delete_overlay",
    ),
)
RIGHTS = (PUBLISH_OVERLAYS,)
