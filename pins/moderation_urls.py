from django.urls import path

from pins.views import comment_moderation, moderation

app_name = "moderation"
urlpatterns = [
    path("", moderation.queue, name="queue"),
    path("comments/", comment_moderation.queue, name="comments"),
    path("comments/<int:comment_id>/", comment_moderation.comment, name="comment"),
    path("<slug:reference>/", moderation.pin, name="pin"),
]
