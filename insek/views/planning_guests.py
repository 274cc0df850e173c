"""The office looks after who comes: registrations, invitations, groups."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from insek.access import for_editors
from insek.events.keeping import delete_unused
from insek.events.registering import (
    NoSuchRegistration,
    RegistrationClosed,
    cancel,
    invite,
    revoke,
)
from insek.forms.events import GroupForm, InvitationForm
from insek.models import Event, InterestGroup, Invitation, Registration
from insek.views.planning_events import event_page


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_registration(
    request: HttpRequest, event_id: int, registration_id: int
) -> HttpResponse:
    """Ask, then cancel somebody's registration and tell them; who waits moves up."""
    found = get_object_or_404(
        Registration.objects.select_related("event"),
        pk=registration_id,
        event=event_id,
    )
    if request.method == "POST":
        try:
            cancel(registration=found, by_office=True)
        except NoSuchRegistration:
            messages.warning(request, _("This registration is not there any more."))
        else:
            messages.success(request, _("Cancelled. The person is told by e-mail."))
        return redirect("planning:event", event_id)
    context = {
        "section": "events",
        "title": _("Cancel this registration?"),
        "what": found.name or found.email,
        "note": _("The person is told by e-mail, and who waits moves up."),
        "back": "planning:event",
        "event": found.event,
        "button": _("Cancel the registration"),
    }
    return render(request, "insek/planning/confirm.html", context)


@for_editors
@require_POST
def invite_somebody(request: HttpRequest, event_id: int) -> HttpResponse:
    """Send a personal invitation; 422 for what the form refuses, 409 where nobody can
    register.
    """
    found = get_object_or_404(Event, pk=event_id)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return event_page(request, found, form=form, status=422)
    try:
        invite(event=found, actor_id=request.user.pk or 0, **form.cleaned_data)
    except RegistrationClosed:
        message = _("Nobody can register for this event now.")
        return event_page(request, found, form=form, message=message, status=409)
    messages.success(request, _("The invitation is on its way."))
    return redirect("planning:event", found.pk)


@for_editors
@require_POST
def revoke_invitation(
    request: HttpRequest, event_id: int, invitation_id: int
) -> HttpResponse:
    """Make a personal link invalid."""
    found = get_object_or_404(Invitation, pk=invitation_id, event=event_id)
    revoke(invitation=found)
    messages.success(request, _("The link of this invitation is no longer valid."))
    return redirect("planning:event", event_id)


@for_editors
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """List the groups that are invited to expert dialogues."""
    listed = InterestGroup.objects.select_related("body").annotate(n=Count("events"))
    context = {"section": "events", "groups": listed}
    return render(request, "insek/planning/groups.html", context)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: HttpRequest) -> HttpResponse:
    """Add a group; 422 for what the form refuses."""
    return _edit_group(request, InterestGroup())


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def edit_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Change a group; 422 for what the form refuses."""
    return _edit_group(request, get_object_or_404(InterestGroup, pk=group_id))


def _edit_group(request: HttpRequest, group: InterestGroup) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=group)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("planning:groups")
        status = 422
    context = {"section": "events", "form": form}
    return render(request, "insek/planning/group_form.html", context, status=status)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def delete_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Ask, then delete a group; one that was invited stays."""
    group = get_object_or_404(InterestGroup, pk=group_id)
    if request.method == "POST":
        if delete_unused(group=group):
            messages.success(request, _("The group is deleted."))
        else:
            messages.warning(
                request, _("This group has been invited to an event, so it stays.")
            )
        return redirect("planning:groups")
    context = {
        "section": "events",
        "title": _("Delete the group?"),
        "what": group.name,
        "button": _("Delete"),
    }
    return render(request, "insek/planning/confirm.html", context)
