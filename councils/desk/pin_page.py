"""The page of one contribution at the desk: what it shows, whatever was just done."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from councils.access import Seat, get_desk_pin
from councils.desk.answers import fill_in
from councils.desk.deadlines import deadline_of
from councils.desk.file import DeskFile, read_desk_file
from councils.desk.moving import next_steps
from councils.forms.bulk import AssignForm
from councils.forms.pin import NoteForm, StatusForm
from councils.models import Consultation, Sitting
from councils.rights import Right
from pins.comment_paging import read_comments
from pins.handovers import HANDED_OVER_FROM
from pins.models import Comment, Handover, Pin, PublicPin
from pins.paging import BadCursor
from pins.similar import SimilarPin, similar_pins
from pins.workflow import Status


@dataclass(frozen=True)
class Before:
    """The matter before one body, as this desk may read it."""

    body: str
    role: str
    state: str
    sitting: Sitting | None
    url: str


@dataclass
class DeskPin:
    """A contribution at a desk: the user's seat, and the pin as the public and as the
    actions see it.
    """

    seat: Seat
    shown: PublicPin
    found: Pin

    def read_again(self) -> None:
        """Look what others have made of it meanwhile; raises Http404 where it is gone."""
        self.seat, self.shown, self.found = get_desk_pin(
            self.seat.user, self.seat.body.slug, self.shown.reference
        )

    @property
    def address(self) -> str:
        return reverse("councils:pin", args=[self.seat.body.slug, self.shown.reference])


def show_pin(
    request: HttpRequest,
    at: DeskPin,
    *,
    status_form: StatusForm | None = None,
    note_form: NoteForm | None = None,
    assign_form: AssignForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page, with the form that was refused instead of an empty one."""
    seat, shown, found = at.seat, at.shown, at.found
    try:
        comments = read_comments(Comment.objects.to(shown), request.GET)
    except BadCursor:
        return render(request, "400.html", status=400)
    steps = next_steps(found, seat.roles)
    file = read_desk_file(found, seat.body)
    if status_form is None:
        status_form = StatusForm(offered=steps.statuses)
    else:
        status_form.offer(steps.statuses)
    refused = [status_form, note_form, assign_form]
    context: dict[str, Any] = {
        "seat": seat,
        "body": seat.body,
        "section": "contributions",
        "desk_numbers": file,
        "pin": shown,
        # Who works on it sees the exact place, also where the public does not.
        "place": found.location,
        "history": file.history,
        "comments": comments,
        "form": next((f for f in refused if f is not None and f.errors), None),
        "status_form": status_form if status_form.is_needed else None,
        "note_form": note_form or NoteForm(),
        "steps": steps,
        "movers": file.movers,
        "deadline": deadline_of(shown),
        "notes": file.notes,
        "before": before_bodies(seat, shown),
        "nearby": nearby(seat, found),
        "templates": [
            replace(template, text=fill_in(template.text, shown))
            for template in file.templates
        ],
        "assignee": file.assignee,
        "assign_form": _assign_form(seat, file, assign_form),
    } | _offered(seat, shown, file)
    return render(request, "councils/pin.html", context, status=status)


def _offered(seat: Seat, shown: PublicPin, file: DeskFile) -> dict[str, bool]:
    """Return what the page offers besides the steps of the workflow."""
    is_mine = file.assignee is not None and file.assignee.id == seat.user.pk
    is_colleague = seat.user.pk in {colleague.id for colleague in file.colleagues}
    return {
        "may_accept": shown.status == Status.RECEIVED and seat.may(Right.MOVE),
        "may_hand_over": shown.status in HANDED_OVER_FROM and seat.may(Right.MOVE),
        "may_schedule": shown.status != Status.DUPLICATE and seat.may(Right.SCHEDULE),
        "may_take": seat.may(Right.ASSIGN) and is_colleague and not is_mine,
    }


def show_handed_over(
    request: HttpRequest, seat: Seat, handover: Handover, typed: str
) -> HttpResponse:
    """Say that a contribution has left the desk meanwhile; what was typed is kept."""
    context = {
        "seat": seat,
        "body": seat.body,
        "section": "contributions",
        "handover": handover,
        "typed": typed,
    }
    return render(request, "councils/pin_handed_over.html", context, status=409)


def before_bodies(seat: Seat, pin: PublicPin) -> list[Before]:
    """Return where the matter of a contribution is or was dealt with. One query.

    Of another body only what everyone knows: non-public items never leave its desk.
    """
    about = Consultation.objects.about(pin).order_by("order")
    return [
        _before(seat, consultation)
        for consultation in about.select_related("body", "item__sitting")
    ]


def _before(seat: Seat, consultation: Consultation) -> Before:
    sitting, item = consultation.sitting, consultation.item
    is_own = consultation.body_id == seat.body.pk
    is_known = is_own or bool(
        sitting and item and item.is_public and sitting.has_public_agenda
    )
    if sitting is None:
        state, url = _("proposed"), ""
    elif not is_known:
        state, sitting, url = _("before this body"), None, ""
    else:
        is_decided = consultation.is_decided and (
            is_own or sitting.state == Sitting.State.HELD
        )
        outcome = consultation.get_outcome_display()
        state = outcome if is_decided else _("on the agenda")
        url = (
            reverse("councils:sitting", args=[seat.body.slug, sitting.pk])
            if is_own
            else sitting.get_absolute_url()
        )
    return Before(
        body=consultation.body.name,
        role=consultation.get_role_display(),
        state=str(state),
        sitting=sitting,
        url=url,
    )


@dataclass(frozen=True)
class Nearby:
    """Another contribution that may be about the same, and its page for this desk."""

    similar: SimilarPin
    url: str


def nearby(seat: Seat, pin: Pin) -> list[Nearby]:
    """Return what may be about the same, the likeliest first."""
    found = similar_pins(
        pin.location, pin.title, is_approximate=pin.is_approximate, besides=pin.pk
    )
    return [
        Nearby(
            similar=one,
            url=reverse("councils:pin", args=[seat.body.slug, one.pin.reference])
            if one.pin.body_id == seat.body.pk
            else one.pin.get_absolute_url(),
        )
        for one in found
    ]


def _assign_form(
    seat: Seat, file: DeskFile, refused: AssignForm | None
) -> AssignForm | None:
    """Return the form with the colleagues to choose from; None without the right."""
    if not seat.may(Right.ASSIGN):
        return None
    initial = {"assignee": file.assignee and file.assignee.id}
    form = refused or AssignForm(body=seat.body, initial=initial)
    form.offer((colleague.id, colleague.name) for colleague in file.colleagues)
    return form
