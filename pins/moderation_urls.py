from django.urls import path

from pins.photo_urls import photo_paths
from pins.views import (
    card_moderation,
    comment_moderation,
    moderation,
    photo_moderation,
    photos,
)

app_name = "moderation"
urlpatterns = [
    path("", moderation.queue, name="queue"),
    path("cards/", card_moderation.cards, name="cards"),
    path("comments/", comment_moderation.queue, name="comments"),
    path("comments/<int:comment_id>/", comment_moderation.comment, name="comment"),
    *photo_paths("photos/", photos.moderated_photo, "photo-file"),
    path("<slug:reference>/", moderation.pin, name="pin"),
    path("<slug:reference>/photos/<slug:name>/", photo_moderation.photo, name="photo"),
]
