from django.urls import path

from pins.views import following

app_name = "follow"
urlpatterns = [
    path("", following.new_follow, name="new"),
    path("sent", following.sent, name="sent"),
    path("confirm/<str:token>", following.confirm_follow, name="confirm"),
    path("<str:token>", following.manage, name="manage"),
    path("<str:token>/stop", following.stop, name="stop"),
]
