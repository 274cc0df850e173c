from django.urls import path

from pins.photo_urls import photo_paths
from pins.views import (
    card_moderation,
    comment_moderation,
    erasures,
    moderation,
    photo_moderation,
    photos,
    queue,
    reason_templates,
    redaction,
    report_moderation,
)

app_name = "moderation"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("next", queue.next_entry, name="next"),
    path("entries/<int:entry_id>/claim", queue.claim, name="claim"),
    path("reasons/", reason_templates.reasons, name="reasons"),
    path("reasons/new", reason_templates.new, name="reason-new"),
    path("reasons/<int:template_id>/", reason_templates.edit, name="reason-edit"),
    path(
        "reasons/<int:template_id>/delete",
        reason_templates.delete,
        name="reason-delete",
    ),
    path("erasures/", erasures.overview, name="erasures"),
    path("erasures/<int:request_id>/", erasures.decide, name="erasure"),
    path(
        "erasures/comment/<int:comment_id>/",
        erasures.ask_for_comment,
        name="erase-comment",
    ),
    path("erasures/pin/<slug:reference>/", erasures.ask_for_pin, name="erase"),
    path(
        "erasures/pin/<slug:reference>/<slug:name>/",
        erasures.ask_for_photo,
        name="erase-photo",
    ),
    path("cards/", card_moderation.cards, name="cards"),
    path("comments/", queue.comments, name="comments"),
    path("comments/<int:comment_id>/", comment_moderation.comment, name="comment"),
    path(
        "comments/<int:comment_id>/words/",
        redaction.comment_words,
        name="comment-words",
    ),
    path("reports/", report_moderation.reports, name="reports"),
    path("reports/<int:case_id>/", report_moderation.report, name="report"),
    *photo_paths("photos/", photos.moderated_photo, "photo-file"),
    path("<slug:reference>/", moderation.pin, name="pin"),
    path("<slug:reference>/words/", redaction.pin_words, name="words"),
    path("<slug:reference>/photos/<slug:name>/", photo_moderation.photo, name="photo"),
]
