"""What other bodies propose to this one, and what it proposes to them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from councils.access import Seat, get_desk_pin, get_seat
from councils.desk.agenda import read_proposals
from councils.forms.agenda import ProposeForm
from councils.matters import (
    MatterRefused,
    propose_pin,
    withdraw_proposal,
)
from councils.models import Consultation
from councils.rights import Right
from pins.models import PublicPin


@never_cache
@login_required
@require_safe
def proposals(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List what waits for the body: with its origin and what earlier bodies said."""
    seat = get_seat(request.user, body_slug)
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "proposals",
        "proposals": read_proposals(seat.body),
    }
    return render(request, "councils/proposals.html", context)


@never_cache
@login_required
@require_POST
def decline(request: HttpRequest, body_slug: str, consultation_id: int) -> HttpResponse:
    """Take a proposal to the body from its list; what is on an agenda stays there."""
    seat = get_seat(request.user, body_slug, Right.SCHEDULE)
    consultation = Consultation.objects.filter(
        pk=consultation_id, body=seat.body
    ).first()
    if consultation is None:
        raise Http404
    try:
        withdraw_proposal(consultation=consultation)
    except MatterRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The proposal is off the list."))
    return redirect("councils:proposals", seat.body.slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Propose a contribution's matter to another body; 409 where that has it already."""
    seat, shown, found = get_desk_pin(
        request.user, body_slug, reference, Right.SCHEDULE
    )
    if request.method != "POST":
        return _page(request, seat, shown, ProposeForm(besides=seat.body))
    form = ProposeForm(request.POST, besides=seat.body)
    if not form.is_valid():
        return _page(request, seat, shown, form, status=422)
    body = form.cleaned_data["body"]
    try:
        propose_pin(pin=found, body=body, role=form.cleaned_data["role"])
    except MatterRefused as error:
        form.add_error("body", str(error))
        return _page(request, seat, shown, form, status=409)
    messages.success(request, _("Proposed: %(body)s.") % {"body": body})
    return redirect("councils:pin", seat.body.slug, shown.reference)


def _page(
    request: HttpRequest,
    seat: Seat,
    shown: PublicPin,
    form: ProposeForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "contributions",
        "pin": shown,
        "form": form,
    }
    return render(request, "councils/propose.html", context, status=status)
