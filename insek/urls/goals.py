"""Goals, measures and what bodies resolve on them, for everyone."""

from django.urls import path

from insek.views import goals, measures, submissions

urlpatterns = [
    path("goals/", goals.goals, name="goals"),
    path("goals/<str:number>/", goals.goal, name="goal"),
    path("fields/<slug:slug>/", goals.field, name="field"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<slug:slug>/", measures.measure, name="measure"),
    path("submissions/<int:submission_id>/", submissions.submission, name="submission"),
    path(
        "submissions/<int:submission_id>/draft.pdf",
        submissions.document,
        name="submission-document",
    ),
]
