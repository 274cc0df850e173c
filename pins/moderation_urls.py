from django.urls import path

from pins.views import moderation

app_name = "moderation"
urlpatterns = [
    path("", moderation.queue, name="queue"),
    path("<slug:reference>/", moderation.pin, name="pin"),
]
