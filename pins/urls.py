from django.urls import path

from pins.views import own, similar, submit

app_name = "pins"
urlpatterns = [
    path("new", submit.new_pin, name="new"),
    path("similar.json", similar.similar, name="similar"),
    path("updates/<str:token>/stop", own.stop_mail, name="stop-mail"),
    path("<slug:reference>/edit/<str:token>", own.own_pin, name="own"),
]
