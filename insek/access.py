"""Who works on the process: the INSEK office and the planners."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, user_passes_test
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from insek.rights import EDIT, PLAN_CONCEPT

EDIT_PROCESS = EDIT.permission
PLAN = PLAN_CONCEPT.permission

View = Callable[..., HttpResponseBase]


def may_work_on_process(user: User | AnonymousUser) -> bool:
    """Tell whether somebody works on the process in any way."""
    return user.has_perm(EDIT_PROCESS) or user.has_perm(PLAN)


def get_editor(user: User | AnonymousUser) -> User:
    """Return the user as one of the INSEK office; raises PermissionDenied for others."""
    if isinstance(user, AnonymousUser) or not user.has_perm(EDIT_PROCESS):
        raise PermissionDenied
    return user


def get_planner(user: User | AnonymousUser) -> User:
    """Return the user as one of the planners; raises PermissionDenied for others."""
    if isinstance(user, AnonymousUser) or not user.has_perm(PLAN):
        raise PermissionDenied
    return user


def _only_for(may: Callable[[User | AnonymousUser], bool]) -> Callable[[View], View]:
    """Ask for a signed-in user who may: sign in first, 403 for who may not."""

    def check(user: User | AnonymousUser) -> bool:
        if not may(user):
            raise PermissionDenied
        return True

    def protect(view: View) -> View:
        return never_cache(login_required(user_passes_test(check)(view)))

    return protect


# The INSEK office: phases, events, stands, cards.
for_editors = _only_for(lambda user: user.has_perm(EDIT_PROCESS))
# The planners: goals, measures, the trace, submissions to the bodies.
for_planners = _only_for(lambda user: user.has_perm(PLAN))
for_everyone_at_work = _only_for(may_work_on_process)
