"""The files: one address for all languages, so they are included apart from the page."""

from django.urls import path

from exports import numbers_files
from exports.calendars import views as calendar_views
from exports.feeds import pin_views as pin_feed_views
from exports.feeds import views as feed_views
from exports.files import views
from exports.large import views as large_views

urlpatterns = [
    path("exports/pins.<str:extension>", views.pins, name="export-pins"),
    path(
        "districts/<slug:slug>/pins.<str:extension>",
        views.district_pins,
        name="export-district-pins",
    ),
    path(
        "exports/files/<uuid:file_id>.<str:extension>",
        large_views.download,
        name="export-file",
    ),
    path("insek/numbers/map.html", numbers_files.choropleth, name="numbers-map"),
    path("insek/numbers/<slug:figure>.csv", numbers_files.table, name="numbers-csv"),
    path("insek/events.ics", calendar_views.all_events, name="events-calendar"),
    path(
        "insek/events/<int:event_id>.ics", calendar_views.event, name="event-calendar"
    ),
    path(
        "sittings/calendar.ics", calendar_views.all_sittings, name="sittings-calendar"
    ),
    path(
        "sittings/<int:sitting_id>.ics", calendar_views.sitting, name="sitting-calendar"
    ),
    path("feeds/sittings.atom", feed_views.sittings_feed, name="sittings-feed"),
    path("feeds/news.atom", feed_views.news_feed, name="news-feed"),
    path("feeds/bodies/<slug:slug>.atom", feed_views.sittings_feed, name="body-feed"),
    path("feeds/pins.atom", pin_feed_views.pins, name="pins-feed"),
    path(
        "feeds/districts/<slug:slug>.atom",
        pin_feed_views.district,
        name="district-pins-feed",
    ),
    path("feeds/themes/<slug:slug>.atom", pin_feed_views.theme, name="theme-feed"),
    path(
        "feeds/bodies/<slug:slug>/pins.atom",
        pin_feed_views.body,
        name="body-pins-feed",
    ),
]
