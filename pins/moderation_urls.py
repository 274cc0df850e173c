from django.urls import path

from pins.views import moderation

app_name = "moderation"
urlpatterns = [
    path("", moderation.queue, name="queue"),
    path("<str:reference>/", moderation.pin, name="pin"),
]
