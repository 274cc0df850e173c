"""Hearings that are due: the chair of a district council can waive one, with a reason."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, get_seat
from councils.forms.results import WaiverForm
from councils.matters import MatterRefused, awaiting_hearing, waive_hearing
from councils.models import Consultation, Hearing, Matter, MatterPin
from councils.rights import Right
from pins.models import PublicPin


@dataclass
class Waiting:
    """A matter on which the body must be heard, and who deals with it."""

    matter: Matter
    pins: list[PublicPin] = field(default_factory=list)
    # How many of its contributions are not shown (any longer).
    unseen: int = 0
    elsewhere: list[Consultation] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title, unless it may speak of what is no longer shown."""
        if not self.unseen:
            return self.matter.title
        # A bundle is often called like its first contribution.
        return self.pins[0].title if self.pins else _("Contribution no longer shown")


@never_cache
@login_required
@require_safe
def hearings(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List the matters of other bodies on which this one has not been heard."""
    seat = get_seat(request.user, body_slug)
    waived = (
        Hearing.objects.filter(body=seat.body, waived_at__isnull=False)
        .select_related("matter")
        .order_by("-waived_at")[:20]
    )
    titles = {
        one.matter.pk: one.title
        for one in _with_details(seat, [hearing.matter for hearing in waived])
    }
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "proposals",
        "waiting": _with_details(seat, awaiting_hearing(seat.body)),
        "waived": [(titles[hearing.matter_id], hearing) for hearing in waived],
    }
    return render(request, "councils/hearings.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request: HttpRequest, body_slug: str, matter_id: int) -> HttpResponse:
    """Show a matter whose hearing is due; on POST waive it.

    404 for a matter the body has nothing to do with, 409 where the hearing is no longer
    due.
    """
    seat = get_seat(request.user, body_slug, Right.WAIVE_HEARING)
    matter, waived = _get_matter(seat, matter_id)
    if request.method != "POST":
        return _page(request, seat, matter, WaiverForm(), waived)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _page(request, seat, matter, form, waived, status=422)
    try:
        waive_hearing(
            matter=matter,
            body=seat.body,
            actor=seat.user,
            reason=form.cleaned_data["reason"],
        )
    except MatterRefused as error:
        form.add_error(None, str(error))
        matter, waived = _get_matter(seat, matter_id)
        return _page(request, seat, matter, form, waived, status=409)
    messages.success(request, _("Saved. The hearing is waived."))
    return redirect("councils:hearings", body_slug)


def _get_matter(seat: Seat, matter_id: int) -> tuple[Matter, Hearing | None]:
    """Return the matter, with the waiver where there is one; raises Http404."""
    hearing = Hearing.objects.filter(
        body=seat.body, matter=matter_id, waived_at__isnull=False
    ).first()
    if hearing is not None:
        return hearing.matter, hearing
    for matter in awaiting_hearing(seat.body):
        if matter.pk == matter_id:
            return matter, None
    heard = Consultation.objects.filter(
        body=seat.body, matter=matter_id, decided_at__isnull=False
    ).first()
    if heard is None:
        raise Http404
    return heard.matter, None


def _with_details(seat: Seat, matters: list[Matter]) -> list[Waiting]:
    found = {matter.pk: Waiting(matter) for matter in matters}
    parts = MatterPin.objects.filter(matter__in=found)
    matter = parts.filter(pin=OuterRef("pk")).values("matter")
    shown = PublicPin.objects.for_list().filter(pk__in=parts.values("pin"))
    # As many as the matter has, whether they are shown or not.
    siblings = MatterPin.objects.filter(matter=OuterRef("matter")).order_by()
    counted = siblings.values("matter").annotate(n=Count("pk")).values("n")
    shown = shown.annotate(matter=Subquery(matter), of_matter=Subquery(counted))
    for pin in shown.order_by("pk"):
        found[pin.matter].pins.append(pin)  # type: ignore[attr-defined]  # annotated by the query
    for one in found.values():
        one.unseen = (
            one.pins[0].of_matter - len(one.pins)  # type: ignore[attr-defined]  # annotated by the query
            if one.pins
            else one.matter.pins.count()
        )
    elsewhere = Consultation.objects.filter(matter__in=found, decided_at=None)
    for consultation in (
        elsewhere.exclude(body=seat.body)
        .select_related("body", "item__sitting")
        .order_by("order")
    ):
        found[consultation.matter_id].elsewhere.append(consultation)
    return list(found.values())


def _page(
    request: HttpRequest,
    seat: Seat,
    matter: Matter,
    form: WaiverForm,
    waived: Hearing | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "proposals",
        "waiting": _with_details(seat, [matter])[0],
        "waived": waived,
        "form": form,
    }
    return render(request, "councils/hearing.html", context, status=status)
