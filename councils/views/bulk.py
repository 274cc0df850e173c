"""Several contributions at once: accepted, assigned, handed over, put on an agenda."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from councils.access import Seat, get_seat
from councils.desk.bulk import (
    MOST_AT_ONCE,
    Outcome,
    accept_all,
    assign_all,
    hand_over_all,
)
from councils.desk.undoing import offer_undo
from councils.forms.bulk import AssignForm, HandOverForm
from councils.rights import Right
from pins.models import PublicPin


class Action(StrEnum):
    """What is done with those that are selected."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    AGENDA = "agenda"
    HAND_OVER = "hand-over"


RIGHT_FOR = {
    Action.ACCEPT: Right.MOVE,
    Action.ASSIGN: Right.ASSIGN,
    Action.AGENDA: Right.SCHEDULE,
    Action.HAND_OVER: Right.MOVE,
}


@never_cache
@login_required
@require_POST
def bulk(request: HttpRequest, body_slug: str) -> HttpResponse:
    """Do one thing with every selected contribution (`pin`), and say what was done.

    What has to be asked first is asked on a page of its own. 400 for an action that does
    not exist, 422 where nothing, or too much, is selected or a field is wrong.
    """
    try:
        action = Action(request.POST.get("action", ""))
    except ValueError:
        get_seat(request.user, body_slug)
        return render(request, "400.html", status=400)
    seat = get_seat(request.user, body_slug, RIGHT_FOR[action])
    selected = _selected(request.POST)
    if not 0 < len(selected) <= MOST_AT_ONCE:
        return _refused(request, seat, too_many=bool(selected))
    return _ANSWERS[action](request, seat, selected)


def _selected(data: QueryDict) -> list[str]:
    """Return the references, each once; no reference holds what no database takes."""
    return [r for r in dict.fromkeys(data.getlist("pin")) if r and "\x00" not in r]


def _accept(request: HttpRequest, seat: Seat, selected: list[str]) -> HttpResponse:
    outcome = accept_all(seat, selected)
    if outcome.steps:
        offer_undo(request, steps=outcome.steps)
    _tell(
        request,
        outcome,
        done=pgettext("several contributions", "Accepted: %(references)s."),
        refused=pgettext("several contributions", "Not accepted: %(references)s."),
    )
    return _back(request, seat)


def _assign(request: HttpRequest, seat: Seat, selected: list[str]) -> HttpResponse:
    if "assignee" not in request.POST:
        return _ask(request, seat, selected, AssignForm(body=seat.body))
    form = AssignForm(request.POST, body=seat.body)
    if not form.is_valid():
        return _ask(request, seat, selected, form)
    assignee = form.cleaned_data["assignee"]
    outcome = assign_all(seat, selected, assignee=assignee)
    if assignee is None:
        done = _("Assigned to nobody any more: %(references)s.")
    else:
        done = _("Assigned to %(name)s: %(references)s.")
    _tell(
        request,
        outcome,
        done=done,
        refused=_("Not assigned: %(references)s."),
        name=(assignee.get_full_name() or assignee.get_username()) if assignee else "",
    )
    return _back(request, seat)


def _hand_over(request: HttpRequest, seat: Seat, selected: list[str]) -> HttpResponse:
    if "to_body" not in request.POST:
        return _ask(request, seat, selected, HandOverForm(body=seat.body))
    form = HandOverForm(request.POST, body=seat.body)
    if not form.is_valid():
        return _ask(request, seat, selected, form)
    outcome = hand_over_all(seat, selected, **form.cleaned_data)
    if outcome.steps:
        offer_undo(request, handovers=outcome.steps)
    _tell(
        request,
        outcome,
        done=_("Handed over to %(body)s: %(references)s."),
        refused=_("Not handed over: %(references)s."),
        body=form.cleaned_data["to_body"],
    )
    return _back(request, seat)


def _put_on_agenda(
    request: HttpRequest, seat: Seat, selected: list[str]
) -> HttpResponse:
    query = QueryDict(mutable=True)
    query.setlist("pin", selected)
    address = reverse("councils:agenda", args=[seat.body.slug])
    return redirect(f"{address}?{query.urlencode()}")


_ANSWERS: dict[Action, Callable[[HttpRequest, Seat, list[str]], HttpResponse]] = {
    Action.ACCEPT: _accept,
    Action.ASSIGN: _assign,
    Action.AGENDA: _put_on_agenda,
    Action.HAND_OVER: _hand_over,
}


def _ask(
    request: HttpRequest, seat: Seat, selected: list[str], form: forms.Form
) -> HttpResponse:
    """Ask for what the action needs, or say what of it is wrong."""
    context = _page(request, seat) | {
        "form": form,
        "action": request.POST["action"],
        "pins": PublicPin.objects.for_body(seat.body)
        .filter(reference__in=selected)
        .only("reference", "title", "language"),
        "selected": selected,
    }
    status = 422 if form.errors else 200
    return render(request, "councils/bulk.html", context, status=status)


def _refused(request: HttpRequest, seat: Seat, *, too_many: bool) -> HttpResponse:
    context = _page(request, seat) | {"too_many": too_many, "most": MOST_AT_ONCE}
    return render(request, "councils/bulk_refused.html", context, status=422)


def _page(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    return {
        "seat": seat,
        "body": seat.body,
        "section": "contributions",
        "may_use_desk": True,
        "back": request.POST.get("back", ""),
        "back_url": _inbox_url(request, seat),
    }


def _inbox_url(request: HttpRequest, seat: Seat) -> str:
    """Return the address of the list it came from; its query is written anew."""
    address = reverse("councils:desk", args=[seat.body.slug])
    query = QueryDict(request.POST.get("back", "").replace("\x00", "")).urlencode()
    return f"{address}?{query}" if query else address


def _back(request: HttpRequest, seat: Seat) -> HttpResponse:
    return redirect(_inbox_url(request, seat))


def _tell(
    request: HttpRequest,
    outcome: Outcome[Any],
    *,
    done: str,
    refused: str,
    **names: Any,
) -> None:
    """Say what was done and, of the rest, why not."""
    if outcome.done:
        references = ", ".join(pin.reference for pin in outcome.done)
        messages.success(request, done % (names | {"references": references}))
    if outcome.refused:
        reasons = ", ".join(
            f"{reference} ({reason})" for reference, reason in outcome.refused.items()
        )
        messages.warning(request, refused % {"references": reasons})
