"""The office plans events: list, form, publishing, cancelling, duplicating."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from insek.access import for_editors
from insek.events.keeping import (
    EventRefused,
    cancel_event,
    delete_draft,
    duplicate_event,
    keep_event,
    publish_event,
)
from insek.events.registering import places_of
from insek.forms.events import CancelEventForm, EventForm, InvitationForm
from insek.models import Event, InterestGroup, Phase
from insek.phases import calendar_of
from insek.reading import ChangedMeanwhile
from trust.audit import record

PAST_SHOWN = 50


@for_editors
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Show the phases with what they allow, and all events with their states."""
    today = timezone.localdate()
    phases = list(Phase.objects.all())
    listed = Event.objects.select_related("theme")
    context = {
        "section": "events",
        "today": today,
        "phases": phases,
        "spans": calendar_of(phases, today),
        "upcoming": listed.upcoming(),
        "past": listed.past()[:PAST_SHOWN],
        "group_count": InterestGroup.objects.count(),
    }
    return render(request, "insek/planning/events.html", context)


@for_editors
@require_safe
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show an event as the office sees it, with who registered; who looks at names and
    addresses stands in the audit log.
    """
    found = get_object_or_404(Event, pk=event_id)
    count = found.registrations.count() + found.invitations.count()
    if count and isinstance(request.user, User):
        record(
            "read who registered for an event",
            actor=request.user,
            target=found,
            after={"rows": count},
        )
    return event_page(request, found)


def event_page(
    request: HttpRequest,
    found: Event,
    *,
    form: InvitationForm | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the office's page of an event, with what is wrong."""
    context: dict[str, Any] = {
        "section": "events",
        "event": found,
        "places": places_of(found),
        "registrations": found.registrations.order_by("state", "confirmed_at", "pk"),
        "invitations": found.invitations.select_related("group", "registration"),
        "form": form or InvitationForm(),
        "is_open": found.takes_registrations_at(timezone.now()),
        "message": message,
    }
    return render(request, "insek/planning/event.html", context, status=status)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan an event, as a draft; 422 for what the form refuses."""
    return _edit(request, Event())


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, event_id: int) -> HttpResponse:
    """Change an event; 409 where somebody else has changed it meanwhile, 404 where it is
    gone.
    """
    return _edit(request, get_object_or_404(Event, pk=event_id))


def _edit(request: HttpRequest, found: Event) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, EventForm(instance=found))
    form = EventForm(request.POST, instance=found)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    groups, read = form.cleaned_data["groups"], form.cleaned_data["read"]
    try:
        kept = keep_event(event=form.event(), groups=groups, read=read)
    except ChangedMeanwhile as error:
        return _form_page(request, _again(request, found, error), status=409)
    except Event.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved."))
    return redirect("planning:event", kept.pk)


def _again(request: HttpRequest, found: Event, error: ChangedMeanwhile) -> EventForm:
    """Return the form with what was typed, to be sent over what somebody else saved."""
    data = request.POST.copy()
    data["read"] = error.digest
    form = EventForm(data, instance=found)
    message = _(
        "Somebody else has changed this meanwhile. Below is what you typed; if you save "
        "it, it takes the place of what they saved."
    )
    form.add_error(None, message)
    return form


def _form_page(
    request: HttpRequest, form: EventForm, *, status: int = 200
) -> HttpResponse:
    context = {"section": "events", "form": form, "event": form.instance}
    return render(request, "insek/planning/event_form.html", context, status=status)


@for_editors
@require_POST
def publish(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show a draft to everyone; 409 for a cancelled event."""
    found = get_object_or_404(Event, pk=event_id)
    try:
        publish_event(event=found)
    except EventRefused as error:
        return event_page(request, found, message=str(error), status=409)
    messages.success(request, _("Everyone can see the event now."))
    return redirect("planning:event", found.pk)


@for_editors
@require_POST
def duplicate(request: HttpRequest, event_id: int) -> HttpResponse:
    """Make a draft that says the same, and go on to its form."""
    made = duplicate_event(event=get_object_or_404(Event, pk=event_id))
    messages.success(request, _("This is the copy, a draft. Please set the new day."))
    return redirect("planning:event-edit", made.pk)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, event_id: int) -> HttpResponse:
    """Ask for the reason, then cancel, and tell everybody who registered."""
    found = get_object_or_404(Event, pk=event_id)
    form = CancelEventForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                cancel_event(event=found, reason=form.cleaned_data["reason"])
            except EventRefused as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, _("The event is cancelled."))
                return redirect("planning:event", found.pk)
    context = {
        "section": "events",
        "event": found,
        "form": form,
        "places": places_of(found),
    }
    return render(request, "insek/planning/event_cancel.html", context, status=status)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, event_id: int) -> HttpResponse:
    """Ask, and then delete a draft; 409 for what has been public."""
    found = get_object_or_404(Event, pk=event_id)
    if request.method == "POST":
        try:
            delete_draft(event=found)
        except EventRefused as error:
            return event_page(request, found, message=str(error), status=409)
        messages.success(request, _("The draft is deleted."))
        return redirect("planning:events")
    context = {
        "section": "events",
        "title": _("Delete the draft?"),
        "what": found.title,
        "back": "planning:event",
        "event": found,
        "button": _("Delete"),
    }
    return render(request, "insek/planning/confirm.html", context)
