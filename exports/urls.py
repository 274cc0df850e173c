from django.urls import path

from exports import open_data
from exports.large import views as large_views

app_name = "exports"
urlpatterns = [
    path("", open_data.index, name="index"),
    path("files/<uuid:file_id>", large_views.file, name="file"),
]
