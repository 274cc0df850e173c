"""Phases and events, for everyone."""

from django.urls import path

from insek.views import event_files, events, phases, registration, registration_data

urlpatterns = [
    path("phases/", phases.phases, name="phases"),
    path("events/", events.events, name="events"),
    path("events/<int:event_id>/", events.event, name="event"),
    path("events/<int:event_id>/register", registration.new, name="register"),
    path("events/<int:event_id>/registered", registration.sent, name="registered"),
    path("registrations/<slug:token>/", registration.own, name="registration"),
    path(
        "registrations/<slug:token>/data",
        registration_data.own_data,
        name="registration-data",
    ),
    path("invitations/<slug:token>/", registration.invitation, name="invitation"),
    path(
        "events/documents/<int:document_id>.pdf",
        event_files.document,
        name="event-document",
    ),
    path(
        "events/photos/<slug:name>-small.jpg",
        event_files.photo,
        {"small": True},
        name="event-photo-small",
    ),
    path("events/photos/<slug:name>.jpg", event_files.photo, name="event-photo"),
]
