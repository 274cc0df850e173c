"""The operator's pages, below /operation/."""

from django.urls import path
from django.views.generic import RedirectView

from exports.operation import audit_views, client_views, webhook_views

app_name = "operation"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="operation:webhooks"), name="overview"),
    path("webhooks/", webhook_views.overview, name="webhooks"),
    path("webhooks/new", webhook_views.new, name="webhook-new"),
    path("webhooks/<int:webhook_id>/", webhook_views.webhook, name="webhook"),
    path("webhooks/<int:webhook_id>/edit", webhook_views.edit, name="webhook-edit"),
    path("webhooks/<int:webhook_id>/act", webhook_views.act, name="webhook-act"),
    path(
        "webhooks/<int:webhook_id>/delete",
        webhook_views.delete,
        name="webhook-delete",
    ),
    path("audit/", audit_views.overview, name="audit"),
    path("audit/entries.csv", audit_views.table, name="audit-csv"),
    path("clients/", client_views.overview, name="clients"),
    path("clients/new", client_views.new, name="client-new"),
    path("clients/<int:client_id>/", client_views.client, name="client"),
    path("clients/<int:client_id>/edit", client_views.edit, name="client-edit"),
    path("clients/<int:client_id>/act", client_views.act, name="client-act"),
]
