"""What may be read from a replica: pages and data that are the same for every visitor.

Everything else goes to the primary, and so does a new address until it stands here: forms,
links with a secret, desks, and whatever writes.
"""

READ_BY_EVERYBODY = frozenset(
    {
        # Pages.
        *("home", "pin", "districts", "district", "sittings", "sitting", "search"),
        *("privacy", "imprint", "accessibility", "easy", "terms", "security"),
        *("insek:phases", "insek:events", "insek:event", "insek:numbers"),
        *("insek:goals", "insek:goal", "insek:field", "insek:measures"),
        *("insek:measure", "insek:submission", "insek:topics", "insek:topic"),
        *("wagtail_serve", "exports:index", "embed"),
        # The map, and what pages load.
        *("pin-tile", "pin-tilejson", "pin-geojson", "map-districts"),
        *("district-tile", "district-tilejson", "district-at", "places", "style"),
        *("overlays", "overlay-tile", "overlay-tilejson", "basemap", "theme-css"),
        *("photo", "photo-small", "pins:qr", "pins:support-state", "pins:similar"),
        *("insek:event-photo", "insek:event-photo-small", "page-picture"),
        *("measures-geojson", "numbers-map", "numbers-csv"),
        # Files, calendars and feeds.
        *("export-pins", "export-district-pins", "wagtaildocs_serve"),
        *("sitting-invitation", "sitting-minutes", "insek:event-document"),
        *("insek:submission-document", "events-calendar", "event-calendar"),
        *("sittings-calendar", "sitting-calendar", "sittings-feed", "news-feed"),
        *("body-feed", "pins-feed", "district-pins-feed", "theme-feed"),
        *("body-pins-feed", "sitemap", "sitemap-pins", "sitemap-part"),
        # Interfaces.
        *("ogc:landing", "ogc:landing-with-slash", "ogc:api", "ogc:conformance"),
        *("ogc:collections", "ogc:collection", "ogc:queryables", "ogc:items"),
        *("ogc:item", "ogc:tilesets", "ogc:tileset", "ogc:tile"),
        *("catalog", "catalog-file", "oparl:system", "oparl:list"),
        *("oparl:organization-list", "oparl:object"),
        *("open311:discovery", "open311:discovery-v2", "open311:base"),
        *("open311:services", "open311:service", "open311:requests"),
        "open311:request",
    }
)
