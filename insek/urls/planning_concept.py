"""The planners' pages of the concept, and what they lay before the bodies."""

from django.urls import path

from insek.views import planning_concept as concept
from insek.views import planning_measures as measures
from insek.views import planning_submissions as submissions

urlpatterns = [
    path("concept/", concept.concept, name="concept"),
    path("concept/fields/new", concept.field_new, name="field-new"),
    path("concept/fields/<int:field_id>/", concept.field_edit, name="field"),
    path(
        "concept/fields/<int:field_id>/delete",
        concept.field_delete,
        name="field-delete",
    ),
    path("concept/goals/new", concept.goal_new, name="goal-new"),
    path("concept/goals/<int:goal_id>/", concept.goal_edit, name="goal"),
    path("concept/goals/<int:goal_id>/delete", concept.goal_delete, name="goal-delete"),
    path("concept/measures/new", measures.new, name="measure-new"),
    path("concept/measures/<int:measure_id>/", measures.edit, name="measure"),
    path(
        "concept/measures/<int:measure_id>/state", measures.state, name="measure-state"
    ),
    path(
        "concept/measures/<int:measure_id>/delete",
        measures.delete,
        name="measure-delete",
    ),
    path(
        "concept/measures/<int:measure_id>/milestones",
        measures.milestone_new,
        name="milestone-new",
    ),
    path(
        "concept/milestones/<int:milestone_id>/",
        measures.milestone_edit,
        name="milestone",
    ),
    path(
        "concept/milestones/<int:milestone_id>/done",
        measures.milestone_done,
        name="milestone-done",
    ),
    path(
        "concept/milestones/<int:milestone_id>/reopen",
        measures.milestone_reopen,
        name="milestone-reopen",
    ),
    path(
        "concept/milestones/<int:milestone_id>/delete",
        measures.milestone_delete,
        name="milestone-delete",
    ),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/new", submissions.new, name="submission-new"),
    path("submissions/<int:submission_id>/", submissions.submission, name="submission"),
    path(
        "submissions/<int:submission_id>/draft.pdf",
        submissions.document,
        name="submission-document",
    ),
]
