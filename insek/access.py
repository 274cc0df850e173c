"""Who works on the process: the INSEK office and the planners."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, permission_required
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

EDIT_PROCESS = "insek.edit_process"
PLAN = "pins.plan_pin"

View = Callable[..., HttpResponseBase]


def _only_with(permission: str) -> Callable[[View], View]:
    """Ask for a signed-in user with the permission: sign in first, 403 without it."""

    def protect(view: View) -> View:
        checked = permission_required(permission, raise_exception=True)(view)
        return never_cache(login_required(checked))

    return protect


# The INSEK office: phases, events, stands, cards.
for_editors = _only_with(EDIT_PROCESS)
# The planners: goals, measures, the trace, submissions to the bodies.
for_planners = _only_with(PLAN)
