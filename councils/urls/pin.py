"""What is done with one contribution at the desk, and the templates of its answers.

Included last: a reference looks like any other word.
"""

from django.urls import path

from councils.views import comments as comment_views
from councils.views import merge as merge_views
from councils.views import pin as pin_views
from councils.views import templates as template_views
from councils.views import undo as undo_views

_TEMPLATES = "<slug:body_slug>/templates/"
_PIN = "<slug:body_slug>/<slug:reference>/"

urlpatterns = [
    path("<slug:body_slug>/undo", undo_views.undo, name="undo"),
    path(_TEMPLATES, template_views.templates, name="templates"),
    path(f"{_TEMPLATES}new", template_views.new, name="template-new"),
    path(f"{_TEMPLATES}<int:template_id>/", template_views.edit, name="template-edit"),
    path(
        f"{_TEMPLATES}<int:template_id>/delete",
        template_views.delete,
        name="template-delete",
    ),
    path(_PIN, pin_views.pin, name="pin"),
    path(f"{_PIN}accept", pin_views.accept, name="accept"),
    path(f"{_PIN}hand-over", pin_views.hand_over, name="hand-over"),
    path(f"{_PIN}merge", merge_views.merge, name="merge"),
    path(f"{_PIN}notes", pin_views.note, name="notes"),
    path(f"{_PIN}assign", pin_views.assignment, name="assign"),
    path(f"{_PIN}comment", comment_views.comment, name="comment"),
]
