"""Small pages of the site frame, and the way in for staff."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils.access import bodies_of
from exports.operation.access import OPERATE
from insek.access import may_work_on_process
from pins.rights import MODERATE
from staff.access import MANAGE_ACCOUNTS


@never_cache
@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead somebody who has just signed in to their work."""
    if MODERATE.held_by(request.user):
        return redirect("moderation:queue")
    if bodies_of(request.user).exists():
        return redirect("councils:bodies")
    if may_work_on_process(request.user):
        return redirect("planning:overview")
    if request.user.has_perm(OPERATE):
        return redirect("operation:webhooks")
    if request.user.has_perm(MANAGE_ACCOUNTS):
        return redirect("accounts:overview")
    return redirect("admin:index" if request.user.is_staff else "home")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead programs that ask for the old address to the site's mark."""
    return redirect(static("images/mark.svg"))
