"""The addresses of pages and documents; what Wagtail has beside them is not used here."""

from django.urls import path, re_path
from django.views.generic import RedirectView
from wagtail.urls import serve_pattern
from wagtail.views import serve

from insek.pages.views import document

page_urls = [
    # Wagtail leads there from a page for those who have signed in.
    path(
        "_util/login/",
        RedirectView.as_view(pattern_name="login"),
        name="wagtailcore_login",
    ),
    re_path(serve_pattern, serve, name="wagtail_serve"),
]
document_urls = [
    path(
        "<int:document_id>/<str:document_filename>",
        document,
        name="wagtaildocs_serve",
    ),
]
