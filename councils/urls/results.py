from django.urls import path

from councils.views import closing as closing_views
from councils.views import hearings as hearing_views
from councils.views import live as live_views

urlpatterns = [
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/live", live_views.live, name="live"
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/items/<int:item_id>/result",
        live_views.result,
        name="result",
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/close",
        closing_views.close,
        name="close",
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/results",
        closing_views.results,
        name="sitting-results",
    ),
    path(
        "<slug:body_slug>/sittings/<int:sitting_id>/forward",
        closing_views.forward,
        name="forward",
    ),
    path("<slug:body_slug>/hearings/", hearing_views.hearings, name="hearings"),
    path(
        "<slug:body_slug>/hearings/<int:matter_id>",
        hearing_views.hearing,
        name="hearing",
    ),
]
