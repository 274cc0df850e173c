"""Putting contributions and proposals on an agenda, from wherever the desk has them."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from councils.access import Seat, get_seat
from councils.agendas import (
    SittingRefused,
    put_each_on_agenda,
    put_on_agenda,
    put_proposal_on_agenda,
)
from councils.desk.agenda import Part, read_parts, title_of
from councils.forms.agenda import PutForm
from councils.matters import MatterRefused
from councils.models import Consultation, Sitting
from councils.rights import Right
from pins.models import Pin, PublicPin

# More are no bundle that somebody could read.
MOST_PINS = 100


@dataclass(frozen=True)
class _Chosen:
    """What is to be put on an agenda: contributions of the body, or a proposal to it."""

    pins: list[PublicPin] = field(default_factory=list)
    proposal: Consultation | None = None
    parts: list[Part] = field(default_factory=list)
    title: str = ""
    # Contributions that come along, because they are part of the same matter.
    along: list[Part] = field(default_factory=list)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def put(request: HttpRequest, body_slug: str) -> HttpResponse:
    """Put `?pin=…&pin=…` or `?consultation=…` on the agenda of a sitting.

    404 for what is not the body's, 409 for what cannot be on an agenda, or no longer.
    """
    seat = get_seat(request.user, body_slug, Right.SCHEDULE)
    chosen = _chosen(request, seat)
    sittings = list(Sitting.objects.of_body(seat.body).editable())
    if request.method != "POST":
        first = request.GET.get("sitting", "")
        form = PutForm(
            initial={"sitting": first} if first else {},
            sittings=sittings,
            pins=chosen.pins,
        )
        return _page(request, seat, chosen, form)
    form = PutForm(request.POST, sittings=sittings, pins=chosen.pins)
    if not form.is_valid():
        return _page(request, seat, chosen, form, status=422)
    sitting = next(s for s in sittings if s.pk == form.cleaned_data["sitting"])
    try:
        count = _put(seat, sitting, chosen, form)
    except SittingRefused as error:
        form.add_error("sitting", str(error))
        return _page(request, seat, chosen, form, status=409)
    except MatterRefused as error:
        form.add_error(None, str(error))
        return _page(request, seat, chosen, form, status=409)
    words = ngettext(
        "One item is on the agenda.", "%(count)d items are on the agenda.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("councils:sitting", seat.body.slug, sitting.pk)


def _put(seat: Seat, sitting: Sitting, chosen: _Chosen, form: PutForm) -> int:
    is_public, title = form.cleaned_data["is_public"], form.cleaned_data["title"]
    if chosen.proposal is not None:
        put_proposal_on_agenda(
            sitting=sitting,
            consultation=chosen.proposal,
            actor=seat.user,
            title=title,
            is_public=is_public,
        )
        return 1
    pins = list(Pin.objects.filter(pk__in=[p.pk for p in chosen.pins]).order_by("pk"))
    if form.is_for_each:
        items = put_each_on_agenda(
            sitting=sitting, pins=pins, actor=seat.user, is_public=is_public
        )
        return len(items)
    put_on_agenda(
        sitting=sitting,
        pins=pins,
        actor=seat.user,
        title=title,
        is_public=is_public,
    )
    return 1


def _chosen(request: HttpRequest, seat: Seat) -> _Chosen:
    if "consultation" in request.GET:
        return _chosen_proposal(request.GET["consultation"], seat)
    references = list(dict.fromkeys(request.GET.getlist("pin")))
    if not references or len(references) > MOST_PINS:
        raise Http404
    if any("\x00" in reference for reference in references):
        raise Http404
    pins = list(
        PublicPin.objects.for_body(seat.body)
        .for_list()
        .filter(reference__in=references)
        .order_by("pk")
    )
    if len(pins) < len(references):
        raise Http404
    return _Chosen(pins=pins, along=_along(pins))


def _chosen_proposal(typed: str, seat: Seat) -> _Chosen:
    if not (typed.isascii() and typed.isdigit()):
        raise Http404
    proposal = (
        Consultation.objects.filter(pk=int(typed[:20]), body=seat.body)
        .select_related("matter", "body")
        .first()
    )
    if proposal is None:
        raise Http404
    parts = read_parts([proposal])[proposal.matter_id]
    title = title_of(proposal.matter, parts)
    return _Chosen(proposal=proposal, parts=parts, title=title)


def _along(pins: list[PublicPin]) -> list[Part]:
    of_matters = Consultation.objects.filter(
        matter__matterpin__pin__in=[p.pk for p in pins]
    )
    chosen = {p.reference for p in pins}
    parts = [part for ps in read_parts(of_matters).values() for part in ps]
    return [part for part in parts if part.reference not in chosen]


def _page(
    request: HttpRequest, seat: Seat, chosen: _Chosen, form: PutForm, status: int = 200
) -> HttpResponse:
    chosen_again = request.GET.copy()
    chosen_again.pop("sitting", None)
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "proposals" if chosen.proposal else "contributions",
        "chosen": chosen,
        "form": form,
        "has_sittings": form.has_sittings,
        "here": f"{request.path}?{chosen_again.urlencode()}",
        "new_sitting": reverse("councils:sitting-new", args=[seat.body.slug]),
    }
    return render(request, "councils/put_on_agenda.html", context, status=status)
