"""The URLs of the site; the contract is in docs/architecture.md."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as cms_urls

from insek.pages.urls import document_urls, page_urls
from insek.pages.views import picture
from insek.views.measures import geojson as measures_geojson
from layers.views import district_at, places
from mapapp.views import (
    district_tiles,
    districts,
    easy,
    embed,
    home,
    legal,
    map_data,
    map_style,
    offline,
    overlays,
    own_data,
    pins,
    search,
    security,
    site,
    sitemap,
    sittings,
    tiles,
)
from operation import views as watching
from pins.photo_urls import photo_paths
from pins.views.photos import photo
from staff.urls import account_urls, provider_urls

admin.site.site_header = admin.site.site_title = settings.SITE_NAME

# Data for programs and maps has one address whatever the language of the page.
urlpatterns = [
    path("healthz", watching.healthz, name="healthz"),
    path("metrics", watching.metrics, name="metrics"),
    path("favicon.ico", site.favicon, name="favicon"),
    path(".well-known/security.txt", security.security_txt, name="security-txt"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-pins-<int:number>.xml", sitemap.pins, name="sitemap-pins"),
    path("sitemap-<slug:name>.xml", sitemap.part, name="sitemap-part"),
    path("readyz", watching.readyz, name="readyz"),
    path("districts/at.json", district_at, name="district-at"),
    path("places.json", places, name="places"),
    path("map/districts.geojson", map_data.districts, name="map-districts"),
    path("pins/<slug:reference>.geojson", map_data.pin, name="pin-geojson"),
    path("tiles/pins/<int:z>/<int:x>/<int:y>.pbf", tiles.pins, name="pin-tile"),
    path("tiles/pins/tiles.json", tiles.pins_json, name="pin-tilejson"),
    path(
        "tiles/districts/<int:z>/<int:x>/<int:y>.pbf",
        district_tiles.tile,
        name="district-tile",
    ),
    path(
        "tiles/districts/tiles.json", district_tiles.tilejson, name="district-tilejson"
    ),
    path("style.json", map_style.style, name="style"),
    path("overlays.json", overlays.overlays, name="overlays"),
    path(
        "tiles/overlays/<slug:slug>/tiles.json",
        overlays.tile_json,
        name="overlay-tilejson",
    ),
    path(
        "tiles/overlays/<slug:slug>/<int:z>/<int:x>/<int:y>.pbf",
        overlays.tile,
        name="overlay-tile",
    ),
    path("tiles/base/", include("layers.basemap.urls")),
    *photo_paths("photos/", photo, "photo"),
    path("embed/<slug:slug>", embed.district, name="embed"),
    path("themes.css", map_data.theme_css, name="theme-css"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path(
        "sittings/<int:sitting_id>/invitation.pdf",
        sittings.invitation,
        name="sitting-invitation",
    ),
    path(
        "sittings/<int:sitting_id>/minutes.pdf",
        sittings.minutes,
        name="sitting-minutes",
    ),
    path("", include("trust.urls")),
    path("", include("exports.file_urls")),
    path("", include("exports.ogc.urls")),
    path("", include("exports.catalog.urls")),
    path("oparl/v1/", include("exports.oparl.urls")),
    path("open311/", include("exports.open311.urls")),
    path("insek/measures.geojson", measures_geojson, name="measures-geojson"),
    path("pictures/<slug:name>.<slug:suffix>", picture, name="page-picture"),
    # Everybody signs in at one place, and changes the password at one.
    path(
        "admin/login/",
        RedirectView.as_view(url="/accounts/login/", query_string=True),
        name="admin-login",
    ),
    path(
        "admin/password_change/",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="admin-password-change",
    ),
    path("admin/", admin.site.urls),
    path(
        "cms/login/",
        RedirectView.as_view(url="/accounts/login/?next=/cms/"),
        name="cms-login",
    ),
    path("accounts/oidc/", include(provider_urls)),
    path("cms/", include(cms_urls)),
    path("documents/", include(document_urls)),
]
urlpatterns += i18n_patterns(
    path("", home.home, name="home"),
    path("offline", offline.offline, name="offline"),
    path("pins/", include("pins.urls")),
    path("pins/<slug:reference>", pins.pin, name="pin"),
    path("follow/", include("pins.follow_urls")),
    path("districts/", districts.districts, name="districts"),
    path("districts/<slug:slug>/", districts.district, name="district"),
    path("sittings/", sittings.sittings, name="sittings"),
    path("sittings/<int:sitting_id>/", sittings.sitting, name="sitting"),
    path("moderation/", include("pins.moderation_urls")),
    path("desk/", include("exports.desk_urls")),
    path("desk/", include("insek.urls.desk")),
    path("desk/", include("councils.urls")),
    path("planning/", include("exports.planning_urls")),
    path("planning/", include("insek.urls.planning")),
    path("insek/", include("insek.urls")),
    # What is no page of the process may be one that the office has written.
    path("insek/", include(page_urls)),
    path("exports/", include("exports.urls")),
    path("operation/accounts/", include("staff.operation_urls")),
    path("operation/", include("exports.operation.urls")),
    path("operation/", include("staff.support_urls")),
    path("about/privacy/", legal.privacy, name="privacy"),
    path("about/imprint/", legal.imprint, name="imprint"),
    path("about/accessibility/", legal.accessibility, name="accessibility"),
    path("about/easy/", easy.easy, name="easy"),
    path("about/terms/", legal.terms, name="terms"),
    path("about/my-data/", own_data.ask, name="own-data"),
    path("about/my-data/sent/", own_data.sent, name="own-data-sent"),
    path("about/my-data/erased/", own_data.erased, name="own-data-erased"),
    path("about/my-data/<str:token>/", own_data.of_address, name="own-data-of-address"),
    path("about/security/", security.security, name="security"),
    path("about/barrier/", legal.barrier, name="barrier"),
    path("about/barrier/sent/", legal.barrier_sent, name="barrier-sent"),
    path("search/", search.search, name="search"),
    path("accounts/start/", site.start, name="start"),
    path("accounts/", include(account_urls)),
    prefix_default_language=False,
)
handler400 = "mapapp.views.errors.bad_request"
handler500 = "mapapp.views.errors.fault"
