"""The planners' bench of the trace, below /planning/trace/."""

from django.urls import path

from insek.views import trace, trace_links

TARGET = "<str:kind>/<int:target_id>/"

urlpatterns = [
    path("", trace.targets, name="trace"),
    path(TARGET, trace.bench, name="trace-target"),
    path(f"{TARGET}choose/", trace.choose, name="trace-choose"),
    path(f"{TARGET}link/", trace.link, name="trace-link"),
    path(f"{TARGET}undo/", trace.undo, name="trace-undo"),
    path(f"{TARGET}links/", trace_links.links, name="trace-links"),
    path(f"{TARGET}unlink/", trace_links.unlink, name="trace-unlink"),
    path(f"{TARGET}sources/", trace_links.sources, name="trace-sources"),
]
