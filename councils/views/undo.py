"""The button that takes the last steps back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from councils.access import get_seat
from councils.desk.undoing import undo_offered
from councils.rights import Right


@never_cache
@login_required
@require_POST
def undo(request: HttpRequest, body_slug: str) -> HttpResponse:
    """Take back what was just done, and return to the page it was done on (`next`)."""
    seat = get_seat(request.user, body_slug, Right.MOVE)
    outcome = undo_offered(request, seat.user)
    if outcome.done:
        said = ngettext("{n} step taken back.", "{n} steps taken back.", outcome.done)
        messages.success(request, said.format(n=outcome.done))
    for reason in dict.fromkeys(outcome.refused):
        messages.error(request, reason)
    if not outcome.done and not outcome.refused:
        messages.info(request, _("There is nothing to take back any more."))
    back = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    # A bare word would be taken for the name of a page.
    if not (own and back.startswith("/")):
        back = reverse("councils:desk", args=[seat.body.slug])
    return redirect(back)
