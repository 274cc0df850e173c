from django.urls import path

from pins.photo_urls import photo_paths
from pins.views import (
    comments,
    own,
    own_data,
    own_mail,
    photos,
    questions,
    reporting,
    sharing,
    similar,
    submit,
    support,
    token,
)

app_name = "pins"
urlpatterns = [
    path("new", submit.new_pin, name="new"),
    path("new/token.json", token.form_token, name="form-token"),
    path("similar.json", similar.similar, name="similar"),
    path("updates/<str:token>/stop", own.stop_mail, name="stop-mail"),
    path("updates/<str:token>/confirm", own_mail.confirm_mail, name="confirm-mail"),
    path("questions/<str:token>", questions.answer, name="answer"),
    path("<slug:reference>/edit/<str:token>", own.own_pin, name="own"),
    path("<slug:reference>/edit/<str:token>/mail", own_mail.own_mail, name="own-mail"),
    path("<slug:reference>/edit/<str:token>/data", own_data.pin_data, name="own-data"),
    path(
        "<slug:reference>/comments/<int:comment_id>/edit/<str:token>/data",
        own_data.comment_data,
        name="own-comment-data",
    ),
    path(
        "reports/<int:report_id>/<str:token>", reporting.own_report, name="own-report"
    ),
    path(
        "<slug:reference>/edit/<str:token>/decisions/<int:case_id>",
        reporting.pin_decision,
        name="pin-decision",
    ),
    path("<slug:reference>/report", reporting.report_pin, name="report"),
    path(
        "<slug:reference>/photos/<slug:name>/report",
        reporting.report_photo,
        name="report-photo",
    ),
    path(
        "<slug:reference>/comments/<int:comment_id>/report",
        reporting.report_comment,
        name="report-comment",
    ),
    path("<slug:reference>/qr.svg", sharing.qr_code, name="qr"),
    path("<slug:reference>/support", support.support, name="support"),
    path("<slug:reference>/support.json", support.support_state, name="support-state"),
    path("<slug:reference>/comment", comments.new_comment, name="comment"),
    path(
        "<slug:reference>/comments/<int:comment_id>/edit/<str:token>",
        comments.own_comment,
        name="own-comment",
    ),
    path(
        "<slug:reference>/comments/<int:comment_id>/edit/<str:token>/decisions/"
        "<int:case_id>",
        reporting.comment_decision,
        name="comment-decision",
    ),
    *photo_paths("new/photos/", photos.waiting_photo, "waiting-photo"),
    *photo_paths(
        "<slug:reference>/edit/<str:token>/photos/", photos.own_photo, "own-photo"
    ),
]
