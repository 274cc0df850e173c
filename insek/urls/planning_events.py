"""Phases, events and who comes to them, for the office."""

from django.urls import path

from insek.views import planning_events as events
from insek.views import planning_guests as guests
from insek.views import planning_phases as phases
from insek.views import planning_results as results

EVENT = "events/<int:event_id>/"

urlpatterns = [
    path("phases/new", phases.new, name="phase-new"),
    path("phases/<int:phase_id>/", phases.edit, name="phase-edit"),
    path("phases/<int:phase_id>/delete", phases.delete, name="phase-delete"),
    path("events/", events.events, name="events"),
    path("events/new", events.new, name="event-new"),
    path(EVENT, events.event, name="event"),
    path(f"{EVENT}edit", events.edit, name="event-edit"),
    path(f"{EVENT}publish", events.publish, name="event-publish"),
    path(f"{EVENT}cancel", events.cancel, name="event-cancel"),
    path(f"{EVENT}duplicate", events.duplicate, name="event-duplicate"),
    path(f"{EVENT}delete", events.delete, name="event-delete"),
    path(f"{EVENT}results", results.results, name="event-results"),
    path(
        f"{EVENT}registrations/<int:registration_id>/cancel",
        guests.cancel_registration,
        name="registration-cancel",
    ),
    path(f"{EVENT}invite", guests.invite_somebody, name="event-invite"),
    path(
        f"{EVENT}invitations/<int:invitation_id>/revoke",
        guests.revoke_invitation,
        name="invitation-revoke",
    ),
    path("groups/", guests.groups, name="groups"),
    path("groups/new", guests.new_group, name="group-new"),
    path("groups/<int:group_id>/", guests.edit_group, name="group-edit"),
    path("groups/<int:group_id>/delete", guests.delete_group, name="group-delete"),
]
