"""What is done with one contribution at the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from councils.access import get_desk_pin, get_seat
from councils.desk.answers import add_to, fill_in
from councils.desk.assignments import AssignmentRefused, assign
from councils.desk.file import name_of
from councils.desk.moving import hand_over_pin, move_pin, next_steps
from councils.desk.notes import add_note
from councils.desk.pin_page import DeskPin, show_handed_over, show_pin
from councils.desk.undoing import offer_undo
from councils.forms.bulk import AssignForm, HandOverForm
from councils.forms.pin import NoteForm, StatusForm
from councils.models import AnswerTemplate
from councils.rights import Right
from pins.handovers import HANDED_OVER_FROM, last_handover
from pins.models import Handover
from pins.validators import plain_text
from pins.workflow import MoveNotAllowed, Status


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Show one contribution; on POST move it on with a public answer.

    `use_template` on POST only fills the answer in. 404 for another body's, 403 without
    the right, 422 for what the form refuses, 409 where it has moved on meanwhile.
    """
    right = Right.MOVE if request.method == "POST" else Right.READ
    at = find(request, body_slug, reference, right, typed="public_note")
    if isinstance(at, HttpResponse):
        return at
    if request.method != "POST":
        return show_pin(request, at)
    if "use_template" in request.POST:
        return _use_template(request, at)
    offered = next_steps(at.found, at.seat.roles).statuses
    form = StatusForm(request.POST, offered=offered)
    if not form.is_valid():
        return show_pin(request, at, status_form=form, status=422)
    return _move(
        request,
        at,
        form,
        to=Status(form.cleaned_data["to_status"]),
        public_note=form.cleaned_data["public_note"],
    )


def _move(
    request: HttpRequest, at: DeskPin, form: StatusForm, *, to: Status, public_note: str
) -> HttpResponse:
    try:
        step = move_pin(
            pin=at.found,
            to=to,
            desk=at.seat.body,
            actor=at.seat.user,
            roles=at.seat.roles,
            body=at.seat.speaks_for,
            public_note=public_note,
        )
    except MoveNotAllowed as error:
        form.add_error(None, str(error))
        at.read_again()
        return show_pin(request, at, status_form=form, status=409)
    offer_undo(request, steps=[step])
    messages.success(request, _("Saved. Everyone can read it now."))
    return redirect(at.address)


def _use_template(request: HttpRequest, at: DeskPin) -> HttpResponse:
    """Show the page again with the answer of a template below what was typed."""
    chosen = request.POST.get("template", "")
    own = AnswerTemplate.objects.for_desk(at.seat.body)
    is_id = chosen.isdecimal() and len(chosen) < 19
    template = own.filter(pk=chosen).first() if is_id else None
    typed = request.POST.get("public_note", "")
    if template is not None:
        typed = add_to(typed, fill_in(template.text, at.shown))
    values = {"public_note": typed, "to_status": request.POST.get("to_status", "")}
    form = StatusForm(initial=values, offered=[])
    return show_pin(request, at, status_form=form)


@never_cache
@login_required
@require_POST
def accept(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Take a contribution on, without an answer yet; 409 where it has moved on."""
    at = find(request, body_slug, reference, Right.MOVE)
    if isinstance(at, HttpResponse):
        return at
    form = StatusForm({"to_status": Status.IN_REVIEW}, offered=[])
    form.full_clean()
    return _move(request, at, form, to=Status.IN_REVIEW, public_note="")


@never_cache
@login_required
@require_POST
def note(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Append an internal note; 422 for what the form refuses."""
    at = find(request, body_slug, reference, Right.WRITE_NOTES, typed="text")
    if isinstance(at, HttpResponse):
        return at
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show_pin(request, at, note_form=form, status=422)
    add_note(
        pin=at.found,
        body=at.seat.body,
        author=at.seat.user,
        text=form.cleaned_data["text"],
    )
    messages.success(request, _("The note is saved. Only this desk reads it."))
    return redirect(at.address)


@never_cache
@login_required
@require_POST
def assignment(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Give a contribution to a member of the body, or to nobody; 422 for others."""
    at = find(request, body_slug, reference, Right.ASSIGN)
    if isinstance(at, HttpResponse):
        return at
    form = AssignForm(request.POST, body=at.seat.body)
    if not form.is_valid():
        return show_pin(request, at, assign_form=form, status=422)
    assignee = form.cleaned_data["assignee"]
    try:
        assign(pin=at.found, body=at.seat.body, assignee=assignee, actor=at.seat.user)
    except AssignmentRefused as error:
        form.add_error("assignee", str(error))
        return show_pin(request, at, assign_form=form, status=422)
    if assignee is None:
        messages.success(request, _("Assigned to nobody."))
    else:
        said = _("Assigned to %(name)s.") % {"name": name_of(assignee)}
        messages.success(request, said)
    return redirect(at.address)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, body_slug: str, reference: str) -> HttpResponse:
    """Ask to which body and why; on POST hand the contribution over.

    422 for what the form refuses, 409 where it has moved on or is on an agenda.
    """
    at = find(request, body_slug, reference, Right.MOVE, typed="reason")
    if isinstance(at, HttpResponse):
        return at
    if request.method != "POST":
        if at.shown.status not in HANDED_OVER_FROM:
            return too_late(request, at)
        return _hand_over_page(request, at, HandOverForm(body=at.seat.body))
    form = HandOverForm(request.POST, body=at.seat.body)
    if not form.is_valid():
        return _hand_over_page(request, at, form, status=422)
    try:
        handover = hand_over_pin(
            pin=at.found,
            actor=at.seat.user,
            from_body=at.seat.body,
            **form.cleaned_data,
        )
    except MoveNotAllowed as error:
        form.add_error(None, str(error))
        return _hand_over_page(request, at, form, status=409)
    offer_undo(request, handovers=[handover])
    return _handed_over(request, handover)


def too_late(request: HttpRequest, at: DeskPin) -> HttpResponse:
    """Lead back to the page, which has come farther than this step."""
    messages.error(request, _("This step is not possible at the moment."))
    return redirect(at.address)


def _handed_over(request: HttpRequest, handover: Handover) -> HttpResponse:
    said = _("%(reference)s was handed over to %(body)s.")
    names = {"reference": handover.pin.reference, "body": handover.to_body}
    messages.success(request, said % names)
    return redirect("councils:desk", handover.from_body.slug)


def _hand_over_page(
    request: HttpRequest, at: DeskPin, form: HandOverForm, status: int = 200
) -> HttpResponse:
    context = {
        "seat": at.seat,
        "body": at.seat.body,
        "section": "contributions",
        "pin": at.shown,
        "form": form,
    }
    return render(request, "councils/hand_over.html", context, status=status)


def find(
    request: HttpRequest,
    body_slug: str,
    reference: str,
    right: Right,
    *,
    typed: str = "",
) -> DeskPin | HttpResponse:
    """Return the contribution, or what to answer where it has left this desk meanwhile.

    Raises as `get_desk_pin`. `typed` is the field whose content must not be lost.
    """
    try:
        return DeskPin(*get_desk_pin(request.user, body_slug, reference, right))
    except Http404:
        if request.method != "POST":
            raise
        seat = get_seat(request.user, body_slug, right)
        handover = last_handover(seat.body, reference)
        if handover is None:
            raise
        if _is_sent_twice(request, handover):
            return _handed_over(request, handover)
        words = request.POST.get(typed, "") if typed else ""
        return show_handed_over(request, seat, handover, words)


def _is_sent_twice(request: HttpRequest, handover: Handover) -> bool:
    """Tell whether a form asks for the very handover that has been made."""
    wanted = (request.POST.get("to_body"), plain_text(request.POST.get("reason", "")))
    return wanted == (str(handover.to_body_id), handover.reason)
