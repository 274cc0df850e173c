"""Where planners decide what becomes of suggestions."""

from django.urls import path

from insek.views import suggestions

urlpatterns = [
    path("", suggestions.suggestions, name="suggestions"),
    path("search", suggestions.search_topics, name="suggestions-search"),
    path("hotspots", suggestions.search_hotspots, name="suggestions-hotspots"),
    path("<int:suggestion_id>/", suggestions.suggestion, name="suggestion"),
]
