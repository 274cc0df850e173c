"""What the city heard: confirmed topics and hot spots, for everyone."""

from django.urls import path

from insek.views import topics

urlpatterns = [
    path("topics/", topics.topics, name="topics"),
    path("topics/<int:topic_id>/", topics.topic, name="topic"),
]
