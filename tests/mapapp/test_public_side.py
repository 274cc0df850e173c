"""The public side reads the public read model and nothing else of what people say.

The tables of the inner side are put out of reach, in the test's own transaction: whatever
asked for one of them, through Django, by COPY or in a database function, would fail.
"""

import io
import itertools
import re
from typing import Any
from uuid import uuid4
from zipfile import ZipFile, is_zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from councils.models import AnswerTemplate, Assignment, DeskNote, Matter, Sitting
from exports.files.formats import FORMATS
from exports.models import ExportFile
from insek.events.files import path_of
from insek.models import (
    EventDocument,
    EventPhoto,
    PinOrigin,
    Submission,
    Suggestion,
    SuggestionPin,
)
from pins.actions import change_status
from pins.models import Pin, PublicPin
from pins.workflow import Role, Status, Visibility
from tests.cms import make_document, make_rendition, make_trees, publish_news
from tests.factories import (
    make_body,
    make_comment,
    make_consultation,
    make_contact,
    make_district,
    make_event,
    make_goal,
    make_item,
    make_measure,
    make_milestone,
    make_overlay,
    make_phase,
    make_pin,
    make_planner,
    make_sitting,
    make_theme,
    make_user,
)
from tests.geometries import point_in, tile_url
from tests.photos import keep_file, make_photo

INNER_TABLES = [
    "pins_pin",
    "pins_contact",
    "pins_mailbox",
    "pins_follow",
    "pins_news",
    "pins_notice",
    "pins_statuschange",
    "pins_visibilitychange",
    "councils_membership",
    "councils_desknote",
    "councils_assignment",
    "councils_answertemplate",
    "auth_user",
    "django_session",
]
FILTERS = [
    "",
    "?theme=mobility&theme=energy",
    "?kind=problem",
    "?status=in_review",
    "?district=hohenecken",
    "?q=Zebrastreifen",
    "?sort=oldest",
    "?sort=supported",
    "?sort=nearest&near=7.75,49.38",
    "?theme=mobility&kind=problem&status=in_review&district=hohenecken&q=Weg&sort=oldest",
    "?after=1800000000000000-1",
    "?before=1000000000000000-1",
    "?status=wrong",
]
# Photos of a published pin, of one that waits for review, of a form that is not sent.
SHOWN, UNSEEN, WAITING = "ab" * 16, "cd" * 16, "ef" * 16
HIDDEN_PLACE = point_in(16, 0.3141, 0.2718)
DESK = "/desk/ortsbeirat-hohenecken/"
PAPER = "00000000-0000-4000-8000-000000000001"
OGC = "/ogc/v1/collections"
OGC_COLLECTIONS = ("pins", "districts", "measures", "resolutions")
# Reachable without signing in; {} stands for the reference of a published pin.
PUBLIC = {
    "healthz": ["/healthz"],
    "readyz": ["/readyz"],
    "district-at": [
        "/districts/at.json?lon=7.7578125&lat=49.3828125",
        "/districts/at.json?lon=0&lat=0",
        "/districts/at.json?lon=x",
    ],
    "pin-tile": [
        f"{tile_url(point_in(16), zoom)}{query}"
        for zoom in (0, 11, 16)
        for query in FILTERS
    ],
    "pin-tilejson": [f"/tiles/pins/tiles.json{query}" for query in FILTERS],
    "places": ["/places.json?q=Hohen"],
    "pins:similar": [
        "/pins/similar.json?lon=7.7578125&lat=49.3828125&title=Weg",
        "/pins/similar.json",
    ],
    "pins:qr": ["/pins/{}/qr.svg", "/pins/KL-1999-00001/qr.svg"],
    "district-tile": [
        tile_url(point_in(16), 11).replace("pins", "districts"),
        "/tiles/districts/99/0/0.pbf",
    ],
    "district-tilejson": ["/tiles/districts/tiles.json"],
    "style": ["/style.json", "/style.json?x=1"],
    "overlays": ["/overlays.json"],
    "overlay-tile": [
        tile_url(point_in(16), 11).replace("pins", "overlays/cycle-route")
    ],
    "overlay-tilejson": ["/tiles/overlays/cycle-route/tiles.json"],
    "embed": ["/embed/hohenecken", "/embed/nowhere"],
    "map-districts": ["/map/districts.geojson"],
    "pin-geojson": ["/pins/{}.geojson", "/pins/KL-1999-00001.geojson"],
    "theme-css": ["/themes.css"],
    "photo": [f"/photos/{SHOWN}.jpg", f"/photos/{UNSEEN}.jpg"],
    "photo-small": [f"/photos/{SHOWN}-small.jpg", f"/photos/{UNSEEN}-small.jpg"],
    "pins:waiting-photo": [f"/pins/new/photos/{WAITING}.jpg"],
    "pins:waiting-photo-small": [f"/pins/new/photos/{WAITING}-small.jpg"],
    "open311:base": ["/open311/v2/"],
    "open311:discovery": ["/open311/discovery.json", "/open311/discovery.xml"],
    "open311:discovery-v2": ["/open311/v2/discovery.json"],
    "open311:services": ["/open311/v2/services.json", "/open311/v2/services.xml"],
    "open311:service": [
        "/open311/v2/services/mobility.json",
        "/open311/v2/services/nothing.xml",
    ],
    "open311:requests": [
        *(
            f"/open311/v2/requests.{end}"
            for end in ("json", "xml", "json?status=closed", "json?status=x")
        ),
        "/open311/v2/requests.json?service_request_id={}&extensions=true",
        "/open311/v2/requests.json?lat=49.3828125&long=7.7578125&radius=500",
    ],
    "open311:request": [
        "/open311/v2/requests/{}.json?extensions=true",
        "/open311/v2/requests/KL-1999-00001.xml",
    ],
    "operation:overview": ["/operation/"],
    **{
        f"operation:{name}": [f"/operation/{path}"]
        for name, path in {
            "webhooks": "webhooks/",
            "webhook-new": "webhooks/new",
            "webhook": "webhooks/7/",
            "webhook-edit": "webhooks/7/edit",
            "webhook-delete": "webhooks/7/delete",
            "clients": "clients/",
            "client-new": "clients/new",
            "client": "clients/7/",
            "client-edit": "clients/7/edit",
        }.items()
    },
    "favicon": ["/favicon.ico"],
    "robots": ["/robots.txt"],
    "sitemap": ["/sitemap.xml"],
    "sitemap-part": [
        *(f"/sitemap-{name}.xml" for name in ("pages", "written", "districts")),
        *(f"/sitemap-{name}.xml" for name in ("sittings", "events", "goals")),
        *(f"/sitemap-{name}.xml" for name in ("fields", "measures", "nothing")),
    ],
    "sitemap-pins": ["/sitemap-pins-0.xml", "/sitemap-pins-999999.xml"],
    "service-worker": ["/sw.js"],
    "manifest": ["/manifest.webmanifest"],
    "offline": ["/offline"],
    "pins:form-token": ["/pins/new/token.json"],
    "export-pins": [
        *(f"/exports/pins.{ext}" for ext in FORMATS),
        *("/exports/pins.csv?dialect=rfc4180", "/exports/pins.geojsonl?f=seq"),
        *("/exports/pins.gpkg?crs=4326", "/exports/pins.kml?crs=1"),
        *(f"/exports/pins.csv{query}" for query in FILTERS[1:6]),
    ],
    "export-district-pins": [f"/districts/hohenecken/pins.{ext}" for ext in FORMATS],
    "home": [f"/{query}" for query in FILTERS] + ["/en/"],
    "pins:new": ["/pins/new", "/en/pins/new?district=hohenecken"],
    "pins:support": ["/pins/{}/support", "/pins/KL-1999-00001/support"],
    "pins:support-state": ["/pins/{}/support.json", "/pins/KL-1999-00001/support.json"],
    "follow:new": [
        "/follow/",
        "/follow/?pin={}",
        "/en/follow/?district=hohenecken",
        "/follow/?theme=mobility",
        "/follow/?near=7.7578125,49.3828125",
        "/follow/?pin=KL-1999-00001",
    ],
    "follow:sent": ["/follow/sent"],
    "pins:comment": ["/pins/{}/comment", "/en/pins/KL-1999-00001/comment"],
    "pin": [
        "/pins/{}",
        "/en/pins/{}?from=KL-1999-00001",
        "/pins/{}?original=1",
        "/pins/KL-1999-00001",
    ],
    "districts": ["/districts/", "/en/districts/"],
    "district": [f"/districts/hohenecken/{query}" for query in FILTERS]
    + ["/districts/nowhere/"],
    # Number 7 of the fixture, with an item that is public and one that is not.
    "sittings": [
        "/sittings/",
        "/en/sittings/?body=ortsbeirat-hohenecken&month=2026-12",
        "/sittings/?body=nowhere",
        "/sittings/?page=2",
    ],
    "sitting": ["/sittings/7/", "/en/sittings/7/", "/sittings/8/"],
    "sitting-invitation": ["/sittings/7/invitation.pdf", "/sittings/8/invitation.pdf"],
    "sitting-minutes": ["/sittings/7/minutes.pdf"],
    "sittings-calendar": [
        "/sittings/calendar.ics",
        "/sittings/calendar.ics?body=ortsbeirat-hohenecken&lang=en",
        "/sittings/calendar.ics?body=nowhere",
    ],
    "sitting-calendar": ["/sittings/7.ics", "/sittings/8.ics"],
    "sittings-feed": ["/feeds/sittings.atom", "/feeds/sittings.atom?lang=x"],
    "body-feed": [
        "/feeds/bodies/ortsbeirat-hohenecken.atom",
        "/feeds/bodies/nowhere.atom",
    ],
    "oparl:system": ["/oparl/v1/"],
    "oparl:list": [
        *(
            f"/oparl/v1/{name}"
            for name in (
                *("bodies", "organizations", "persons", "meetings", "agendaitems"),
                *("papers", "consultations", "files", "locations"),
            )
        ),
        "/oparl/v1/agendaitems?modified_since=2026-01-01T00:00:00Z",
        "/oparl/v1/papers?page=2",
        "/oparl/v1/nothing",
    ],
    "oparl:organization-list": [
        "/oparl/v1/organization/7/meetings",
        "/oparl/v1/organization/7/consultations",
        "/oparl/v1/organization/8/meetings",
    ],
    "oparl:object": [
        "/oparl/v1/meeting/7",
        "/oparl/v1/body/1",
        "/oparl/v1/organization/7",
        "/oparl/v1/file/invitation-7",
        "/oparl/v1/file/draft-7",
        "/oparl/v1/file/draft-8",
        "/oparl/v1/location/pin-{}",
        "/oparl/v1/paper/1",
        "/oparl/v1/nothing/at/all",
    ],
    "insek:goals": ["/insek/goals/", "/en/insek/goals/"],
    "insek:goal": ["/insek/goals/2.1/", "/insek/goals/2.2/", "/insek/goals/%00/"],
    "insek:field": ["/insek/fields/feld-2/", "/insek/fields/nothing/"],
    "insek:measures": [
        "/insek/measures/",
        "/en/insek/measures/?district=hohenecken&goal=2.1&state=planned&sort=end",
        "/insek/measures/?goal=2.2",
    ],
    "insek:measure": ["/insek/measures/m-1/", "/insek/measures/m-2/"],
    "insek:submission": ["/insek/submissions/7/", "/insek/submissions/8/"],
    "insek:submission-document": [
        "/insek/submissions/7/draft.pdf",
        "/insek/submissions/8/draft.pdf",
    ],
    "measures-geojson": [
        "/insek/measures.geojson",
        "/insek/measures.geojson?state=unknown",
    ],
    "insek:topics": ["/insek/topics/", "/en/insek/topics/"],
    "insek:topic": ["/insek/topics/7/", "/en/insek/topics/8/"],
    "insek:phases": ["/insek/phases/", "/en/insek/phases/"],
    "insek:events": ["/insek/events/", "/insek/events/?theme=x"],
    "insek:event": ["/insek/events/7/", "/en/insek/events/7/", "/insek/events/8/"],
    "insek:register": ["/insek/events/7/register", "/insek/events/8/register"],
    "insek:registered": ["/insek/events/7/registered"],
    "insek:event-document": [f"/insek/events/documents/{n}.pdf" for n in (7, 8)],
    "insek:event-photo": [f"/insek/events/photos/{n}.jpg" for n in (SHOWN, UNSEEN)],
    "insek:event-photo-small": [f"/insek/events/photos/{SHOWN}-small.jpg"],
    "events-calendar": ["/insek/events.ics", "/insek/events.ics?lang=x"],
    "event-calendar": ["/insek/events/7.ics", "/insek/events/8.ics"],
    "insek:numbers": [
        "/insek/numbers/",
        "/en/insek/numbers/?period=year&district=hohenecken",
        "/insek/numbers/?period=x",
    ],
    "numbers-csv": ["/insek/numbers/district.csv", "/insek/numbers/nothing.csv"],
    "numbers-map": ["/insek/numbers/map.html", "/insek/numbers/map.html?lang=x"],
    "ogc:landing": ["/ogc/v1"],
    "ogc:landing-with-slash": ["/ogc/v1/?f=html"],
    "ogc:api": ["/ogc/v1/api", "/ogc/v1/api?f=html"],
    "ogc:conformance": ["/ogc/v1/conformance"],
    "ogc:collections": ["/ogc/v1/collections", "/ogc/v1/collections?f=html"],
    "ogc:collection": [f"{OGC}/{name}" for name in (*OGC_COLLECTIONS, "nothing")],
    "ogc:queryables": [f"{OGC}/{name}/queryables" for name in OGC_COLLECTIONS],
    "ogc:items": [
        f"{OGC}/{name}/items{query}"
        for name in OGC_COLLECTIONS
        for query in (
            "",
            "?f=html",
            "?bbox=7.7,49.3,7.8,49.5",
            "?crs=http://www.opengis.net/def/crs/EPSG/0/25832",
            "?datetime=../2999-01-01T00:00:00Z",
            "?filter=NOT S_DISJOINT(geometry, BBOX(7, 49, 8, 50))",
        )
    ],
    "ogc:item": [
        f"{OGC}/pins/items/{{}}",
        f"{OGC}/districts/items/hohenecken",
        f"{OGC}/measures/items/m-1",
        f"{OGC}/measures/items/m-2",
        f"{OGC}/resolutions/items/1",
    ],
    "ogc:tilesets": [f"{OGC}/pins/tiles", f"{OGC}/measures/tiles"],
    "ogc:tileset": [f"{OGC}/pins/tiles/WebMercatorQuad"],
    "ogc:tile": [f"{OGC}/pins/tiles/WebMercatorQuad/0/0/0"],
    "exports:index": [f"/exports/{query}" for query in FILTERS[:6]],
    "wagtail_serve": [
        *(
            f"{language}/insek/{page}"
            for language in ("", "/en")
            for page in ("", "news/", "documents/", "people/", "faq/", "nothing/")
        ),
        "/insek/news/neues/",
        "/insek/news/entwurf/",
    ],
    "wagtaildocs_serve": ["/documents/7/konzept.pdf", "/documents/8/entwurf.pdf"],
    "wagtailcore_login": ["/insek/_util/login/"],
    "cms-login": ["/cms/login/"],
    "page-picture": ["/pictures/bach.jpg", "/pictures/nothing.jpg"],
    "pins-feed": [
        "/feeds/pins.atom",
        "/feeds/pins.atom?status=in_review&theme=mobility&lang=en",
        "/feeds/pins.atom?before=1-1",
        "/feeds/pins.atom?q=x",
    ],
    "district-pins-feed": [
        "/feeds/districts/hohenecken.atom",
        "/feeds/districts/nowhere.atom",
    ],
    "theme-feed": ["/feeds/themes/mobility.atom", "/feeds/themes/nothing.atom"],
    "body-pins-feed": [
        "/feeds/bodies/ortsbeirat-hohenecken/pins.atom",
        "/feeds/bodies/nowhere/pins.atom",
    ],
    "catalog": ["/catalog"],
    "catalog-file": [*(f"/catalog.{e}" for e in ("ttl", "rdf", "jsonld", "xml"))],
    "news-feed": ["/feeds/news.atom", "/feeds/news.atom?lang=x"],
    "search": [
        "/search/",
        "/en/search/?q=Zebrastreifen",
        "/search/?q=%C3%B6ffentlich",
        "/search/?q=%00",
        "/search/?q=Konzept&in=pages",
    ],
    "terms": ["/about/terms/", "/en/about/terms/"],
    "barrier": ["/about/barrier/", "/en/about/barrier/?page=/insek/"],
    "barrier-sent": ["/about/barrier/sent/"],
    "privacy": ["/about/privacy/", "/en/about/privacy/"],
    "own-data": ["/about/my-data/"],
    "own-data-sent": ["/about/my-data/sent/"],
    "own-data-erased": ["/about/my-data/erased/"],
    "security": ["/about/security/", "/en/about/security/"],
    "security-txt": ["/.well-known/security.txt"],
    "imprint": ["/about/imprint/", "/en/about/imprint/"],
    "accessibility": ["/about/accessibility/", "/en/about/accessibility/"],
    "login": ["/accounts/login/"],
    "easy": ["/about/easy/", "/en/about/easy/"],
    "proof-challenge": ["/proof/challenge.json"],
    "pins:report": ["/pins/{}/report", "/en/pins/{}/report", "/pins/KL-1-1/report"],
    "pins:report-photo": [f"/pins/{{}}/photos/{SHOWN}/report"],
    "pins:report-comment": ["/pins/{}/comments/7000007/report"],
    # They lead to where one signs in, or ask for an address and say no more.
    **{
        name: [f"/accounts/{path}"]
        for name, path in {
            "account": "",
            "mfa_index": "",
            "account_login": "login/",
            "account_signup": "signup/",
            "account_inactive": "ended/",
            "account_change_password": "password/",
            "account_reset_password": "password/reset/",
            "account_reset_password_done": "password/reset/sent/",
            "account_reset_password_from_key_done": "password/reset/done/",
            "account_reauthenticate": "again/",
            "socialaccount_login_cancelled": "cancelled/",
            "usersessions_list": "sessions/",
            "second-factor": "second-factor/",
            "mfa_authenticate": "second-factor/code/",
            "mfa_reauthenticate": "second-factor/again/",
            "mfa_activate_totp": "second-factor/app/",
            "mfa_deactivate_totp": "second-factor/app/remove/",
            "mfa_view_recovery_codes": "second-factor/codes/",
            "mfa_generate_recovery_codes": "second-factor/codes/new/",
            "mfa_download_recovery_codes": "second-factor/codes/file/",
            "mfa_list_webauthn": "second-factor/passkeys/",
            "mfa_add_webauthn": "second-factor/passkeys/add/",
            "mfa_reauthenticate_webauthn": "second-factor/passkeys/again/",
            "mfa_edit_webauthn": "second-factor/passkeys/1/name/",
            "mfa_remove_webauthn": "second-factor/passkeys/1/remove/",
            "mfa_login_webauthn": "passkey/",
        }.items()
    },
    "admin-login": ["/admin/login/"],
    "admin-password-change": ["/admin/password_change/"],
    **{
        name: [f"/operation/{path}"]
        for name, path in {
            "accounts:overview": "accounts/",
            "accounts:invite": "accounts/invite",
            "accounts:account": "accounts/1/",
            "accounts:end": "accounts/1/end",
            "operation:audit": "audit/",
            "operation:audit-csv": "audit/entries.csv",
            "support:roles": "roles/",
            "support:look": "look/",
        }.items()
    },
    **{
        f"moderation:{name}": [f"/moderation/{path}"]
        for name, path in {
            "reports": "reports/",
            "report": "reports/1/",
            "erasures": "erasures/",
            "erasure": "erasures/1/",
            "erase": "erasures/pin/{}/",
            "erase-comment": "erasures/comment/1/",
            "erase-photo": f"erasures/pin/{{}}/{SHOWN}/",
        }.items()
    },
    "councils:bodies": ["/desk/"],
    "councils:desk": ["/desk/ortsbeirat-hohenecken/"],
    "councils:pin": ["/desk/ortsbeirat-hohenecken/{}/"],
    "councils:comment": ["/desk/ortsbeirat-hohenecken/{}/comment"],
    "councils:hand-over": ["/desk/ortsbeirat-hohenecken/{}/hand-over"],
    "councils:merge": ["/desk/ortsbeirat-hohenecken/{}/merge"],
    "councils:propose": ["/desk/ortsbeirat-hohenecken/{}/propose"],
    "councils:pin-dossier": ["/desk/ortsbeirat-hohenecken/{}/dossier.pdf"],
    "desk-pins": [f"{DESK}pins.geojson"],
    "desk-sitting-pins": [f"{DESK}sittings/7/pins.geojson"],
    "desk-files": [f"{DESK}files/"],
    "desk-file": [f"{DESK}files/{PAPER}"],
    "desk-file-download": [f"{DESK}files/{PAPER}.gpkg"],
    "desk-token": [f"{DESK}files/tokens/1/"],
    # A large file that waits to be made.
    "exports:file": [f"/exports/files/{PAPER}", f"/en/exports/files/{PAPER}"],
    "export-file": [f"/exports/files/{PAPER}.gpkg", f"/exports/files/{PAPER}.exe"],
    **{
        f"councils:{name}": [f"{DESK}{path}"]
        for name, path in {
            "sittings": "sittings/",
            "sitting-new": "sittings/new",
            "sitting": "sittings/7/",
            "sitting-edit": "sittings/7/edit",
            "sitting-cancel": "sittings/7/cancel",
            "sitting-invite": "sittings/7/invite",
            "sitting-preview": "sittings/7/preview",
            "sitting-papers": "sittings/7/papers",
            "sitting-invitation": "sittings/7/invitation.pdf",
            "sitting-minutes": "sittings/7/minutes.pdf",
            "item-edit": "sittings/items/1/edit",
            "item-off": "sittings/items/1/off",
            "agenda": "agenda?pin={}",
            "proposals": "proposals/",
            "dossier": "sittings/7/dossier.pdf",
            "dossier-xlsx": "sittings/7/dossier.xlsx",
            "agenda-docx": "sittings/7/agenda.docx",
            "paper": f"papers/{PAPER}",
            "paper-file": f"papers/{PAPER}.pdf",
            "live": "sittings/7/live",
            "result": "sittings/7/items/1/result",
            "close": "sittings/7/close",
            "sitting-results": "sittings/7/results",
            "forward": "sittings/7/forward",
            "hearings": "hearings/",
            "hearing": "hearings/1",
        }.items()
    },
    "reports:body": [f"{DESK}reports/"],
    "reports:file": [f"{DESK}reports/2026-10.pdf"],
    "planning:reports": ["/planning/reports/"],
    "councils:templates": ["/desk/ortsbeirat-hohenecken/templates/"],
    "councils:template-new": ["/desk/ortsbeirat-hohenecken/templates/new"],
    "councils:template-edit": ["/desk/ortsbeirat-hohenecken/templates/1/"],
    "councils:template-delete": ["/desk/ortsbeirat-hohenecken/templates/1/delete"],
    "moderation:queue": ["/moderation/"],
    "moderation:pin": ["/moderation/{}/"],
    "moderation:photo": [f"/moderation/{{}}/photos/{SHOWN}/"],
    "moderation:photo-file": [f"/moderation/photos/{SHOWN}.jpg"],
    "moderation:photo-file-small": [f"/moderation/photos/{SHOWN}-small.jpg"],
    "moderation:cards": ["/moderation/cards/"],
    "moderation:comments": ["/moderation/comments/"],
    "moderation:comment": ["/moderation/comments/1/"],
    "moderation:comment-words": ["/moderation/comments/1/words/"],
    "moderation:words": ["/moderation/{}/words/"],
    "moderation:next": ["/moderation/next"],
    "moderation:claim": ["/moderation/entries/1/claim"],
    "moderation:reasons": ["/moderation/reasons/"],
    "moderation:reason-new": ["/moderation/reasons/new"],
    "moderation:reason-edit": ["/moderation/reasons/1/"],
    "moderation:reason-delete": ["/moderation/reasons/1/delete"],
    "start": ["/accounts/start/"],
    "planning:overview": ["/planning/"],
    "planning:suggestions": ["/planning/suggestions/"],
    "planning:suggestion": ["/planning/suggestions/8/"],
    "planning:trace": ["/planning/trace/"],
    "planning:trace-target": ["/planning/trace/measure/7/"],
    "planning:trace-links": ["/planning/trace/measure/7/links/"],
    "planning:trace-sources": ["/planning/trace/measure/7/sources/"],
    "event-registrations": ["/planning/events/7/registrations.csv"],
    **{
        f"planning:{name}": [f"/planning/{path}"]
        for name, path in {
            "phase-new": "phases/new",
            "phase-edit": "phases/7/",
            "phase-delete": "phases/7/delete",
            "events": "events/",
            "event-new": "events/new",
            "event": "events/7/",
            "event-edit": "events/7/edit",
            "event-cancel": "events/7/cancel",
            "event-delete": "events/7/delete",
            "event-results": "events/7/results",
            "registration-cancel": "events/7/registrations/7/cancel",
            "groups": "groups/",
            "group-new": "groups/new",
            "group-edit": "groups/7/",
            "group-delete": "groups/7/delete",
        }.items()
    },
    **{
        f"planning:{name}": [f"/planning/{path}"]
        for name, path in {
            "concept": "concept/",
            "field-new": "concept/fields/new",
            "field": "concept/fields/7/",
            "field-delete": "concept/fields/7/delete",
            "goal-new": "concept/goals/new",
            "goal": "concept/goals/7/",
            "goal-delete": "concept/goals/7/delete",
            "measure-new": "concept/measures/new",
            "measure": "concept/measures/7/",
            "measure-delete": "concept/measures/7/delete",
            "milestone": "concept/milestones/7/",
            "submissions": "submissions/",
            "submission-new": "submissions/new",
            "submission": "submissions/7/",
            "submission-document": "submissions/7/draft.pdf",
        }.items()
    },
    **{
        f"planning:{name}": [f"/planning/input/{path}"]
        for name, path in {
            "input": "",
            "stand-new": "stands/new",
            "stand": "stands/1/",
            "prints": "prints/",
            "print": "prints/1.pdf",
            "poster": "poster.pdf",
            "sheets": "cards/",
            "template-xlsx": "cards/template.xlsx",
            "template-csv": "cards/template.csv",
            "sheet": f"cards/{PAPER}/",
            "sheet-places": f"cards/{PAPER}/places.geojson",
            "sheet-problems": f"cards/{PAPER}/problems.xlsx",
        }.items()
    },
}
# The author's own link and the end of mails lead to the pin itself; signing out is sent.
BEHIND_A_SECRET = {
    "metrics",
    "pins:own",
    "pins:own-comment",
    "pins:own-data",
    "pins:own-comment-data",
    "pins:own-mail",
    "pins:confirm-mail",
    "insek:registration-data",
    "own-data-of-address",
    "pins:own-report",
    "pins:pin-decision",
    "pins:comment-decision",
    "invitation",
    "account_reset_password_from_key",
    "pins:answer",
    "pins:stop-mail",
    "follow:confirm",
    "follow:manage",
    "follow:stop",
    "pins:own-photo",
    "pins:own-photo-small",
    "insek:registration",
    "insek:invitation",
    "insek:stand",
    "insek:stand-token",
}
ONLY_SENT = {
    "planning:suggestions-search",
    "planning:suggestions-hotspots",
    "planning:trace-choose",
    "planning:trace-link",
    "planning:trace-undo",
    "planning:trace-unlink",
    "planning:measure-state",
    "planning:milestone-new",
    "planning:milestone-done",
    "planning:milestone-reopen",
    "planning:milestone-delete",
    "planning:event-publish",
    "planning:event-duplicate",
    "planning:event-invite",
    "planning:invitation-revoke",
    "planning:reports-make",
    "planning:report-send",
    "logout",
    "account_logout",
    "sessions-end",
    "accounts:act",
    "accounts:end-seat",
    "accounts:invitation-act",
    "accounts:roles",
    "support:look-end",
    "desk-token-revoke",
    "operation:webhook-act",
    "operation:client-act",
    "councils:bulk",
    "councils:undo",
    "councils:accept",
    "councils:notes",
    "councils:assign",
    "councils:agenda-order",
    "councils:item-add",
    "councils:item-move",
    "councils:proposal-decline",
}
# There are none: always 404 (tests/exports/open311/test_reading.py, tests/exports/ogc/);
# or as long as the city has no identity provider (tests/staff/test_provider.py).
NEVER_THERE = {
    "ogc:nothing",
    "open311:token",
    "openid_connect_login",
    "openid_connect_callback",
}
READ_FROM_A_FILE = {"basemap", "basemap-tile"}


@pytest.fixture
def city(db, monkeypatch):
    # Numbers go on from test to test: all contributions are in the first piece.
    monkeypatch.setattr("mapapp.sitemap.PIECE", 10**9)
    body = make_body("Ortsbeirat Hohenecken", pk=7)
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility")
    make_theme("energy")
    pin = make_pin()
    change_status(
        pin=pin,
        to=Status.IN_REVIEW,
        actor=make_user("anna"),
        roles={Role.BODY},
        body=body,
        public_note="Wir sehen es uns an.",
    )
    make_contact(pin)
    make_overlay("cycle-route")
    unseen = make_pin(visibility=Visibility.SUBMITTED, title="Noch nicht öffentlich")
    make_photo(pin, name=SHOWN)
    make_photo(unseen, name=UNSEEN, alt="Noch nicht öffentlich")
    make_photo(name=WAITING, form_key=uuid4())
    make_sitting_7(body, pin, unseen)
    make_what_the_desk_keeps(body, pin)
    make_comment(pin, pk=7_000_007)
    make_pages()
    make_events(pin, unseen)
    make_suggestions(pin, unseen)
    make_concept(body)
    ExportFile.objects.create(pk=PAPER, extension="gpkg", language="de", total=1)
    for visibility in Visibility:
        if visibility != Visibility.PUBLISHED:
            make_comment(pin, visibility=visibility, text="Noch nicht öffentlich.")
    make_every_pin(pin)
    return pin


def make_every_pin(survivor):
    """Make a pin in each visibility and status, at one place, each with a contact.

    The published ones are shown roughly: nobody learns of that place either.
    """
    for visibility, status in itertools.product(Visibility, Status):
        is_shown = visibility == Visibility.PUBLISHED
        words = ("title", "text", "place_note")
        unseen: dict[str, Any] = dict.fromkeys(words, "Noch nicht öffentlich")
        pin = make_pin(
            visibility=visibility,
            status=status,
            location=HIDDEN_PLACE,
            is_rough=is_shown,
            duplicate_of=survivor if status == Status.DUPLICATE else None,
            **({} if is_shown else unseen),
        )
        make_contact(pin, email=f"{visibility}-{status}@geheim.example")


def make_suggestions(pin, unseen):
    confirmed = {
        "state": "confirmed",
        "name_de": "Schulwege",
        "decided_by": make_planner(),
        "decided_at": timezone.now(),
    }
    shown = Suggestion.objects.create(pk=7, kind="topic", **confirmed)
    open_one = Suggestion.objects.create(
        pk=8, kind="topic", words=["Noch nicht öffentlich"]
    )
    for suggestion in (shown, open_one):
        for one in (pin, unseen):
            SuggestionPin.objects.create(suggestion=suggestion, pin=one)


def make_events(pin, unseen):
    make_phase()
    shown = make_event(pk=7, takes_registrations=True, capacity=9)
    draft = make_event(pk=8, state="draft", title_de="Noch nicht öffentlich")
    for event, came, name in [(shown, pin, SHOWN), (draft, unseen, UNSEEN)]:
        PinOrigin.objects.create(event=event, pin=came)
        document = EventDocument(pk=event.pk, event=event, title_de="Bericht", size=8)
        document.file.save("bericht.pdf", ContentFile(b"%PDF-1.7"))
        photo = {"name": name, "width": 8, "height": 8, "alt_de": "Ein Saal"}
        EventPhoto.objects.create(event=event, **photo)
        for small in (False, True):
            keep_file(path_of(name, small=small), b"\xff\xd8\xff")
    PinOrigin.objects.filter(event=draft).update(event=shown)


def make_concept(body):
    goal = make_goal("2.1")
    hidden = make_goal("2.2", is_public=False, title_de="Noch nicht öffentlich")
    make_milestone(make_measure("M 1", goal, hidden, geometry=point_in(16)))
    draft = make_measure("M 2", goal, is_public=False, title_de="Noch nicht öffentlich")
    make_milestone(draft)
    for pk, is_public in ((7, True), (8, False)):
        title = "Ziele beschließen" if is_public else "Noch nicht öffentlich"
        item = make_item(Sitting.objects.get(pk=7), title, is_public=is_public)
        matter = Matter.objects.create(title=title, text=title)
        make_consultation(body, matter=matter, item=item)
        submission = Submission.objects.create(
            pk=pk,
            kind="goals",
            matter=matter,
            text=title,
            created_by=make_user(f"p{pk}"),
        )
        submission.goals.set([goal, hidden])
        submission.measures.set([draft])
        submission.document.save("vorlage.pdf", ContentFile(b"%PDF-1.7"))


def make_pages():
    make_trees()
    # Left by another test, it would give this one's another name.
    for name in ("konzept.pdf", "entwurf.pdf"):
        default_storage.delete(f"documents/{name}")
    document = make_document("konzept.pdf", pk=7)
    publish_news("Neues", body=[("document", document)])
    publish_news("Entwurf", intro="Noch nicht öffentlich", live=False)
    make_document("entwurf.pdf", pk=8, title="Noch nicht öffentlich")
    make_rendition("bach.jpg")


def make_sitting_7(body, pin, unseen):
    # A new database counts from 1: others must not be given the number 7 as well.
    with connection.cursor() as cursor:
        sequence = "pg_get_serial_sequence('councils_sitting', 'id')"
        cursor.execute(f"SELECT setval({sequence}, greatest(nextval({sequence}), 100))")
    sitting = make_sitting(body, id=7, days=-3, state=Sitting.State.HELD)
    for item, on_it in [
        (make_item(sitting, "Zebrastreifen"), pin),
        (make_item(sitting, unseen.title), unseen),
    ]:
        make_consultation(body, on_it, item=item)
    make_item(sitting, "Noch nicht öffentlich", is_public=False)
    sitting.invitation.save("einladung.pdf", ContentFile(b"%PDF-1.7"))
    sitting.minutes.save("niederschrift.pdf", ContentFile(b"%PDF-1.7"))
    make_every_sitting(body)


def make_every_sitting(body):
    """Make a sitting in each state, also one that was cancelled before it was invited to.

    Of none the public sees an item that is not public, of some no item yet.
    """
    words = "Noch nicht öffentlich"
    early = make_sitting(body, days=-8, state=Sitting.State.CANCELLED, invited_at=None)
    each = [make_sitting(body, days=-9, state=state) for state in Sitting.State]
    for sitting in [early, *each]:
        make_item(sitting, words, is_public=False)
        if not sitting.has_public_agenda:
            matter = Matter.objects.create(title=words, text=words)
            make_consultation(body, matter=matter, item=make_item(sitting, words))


def make_what_the_desk_keeps(body, pin):
    clerk = make_user("bert", last_name="Noch nicht öffentlich")
    note = {"pin": pin, "body": body, "author": clerk}
    DeskNote.objects.create(text="Noch nicht öffentlich", **note)
    Assignment.objects.create(pin=pin, body=body, assignee=clerk, assigned_by=clerk)
    AnswerTemplate.objects.create(body=body, title="Noch nicht öffentlich", text="x")
    repeating = make_pin(title="Dasselbe noch einmal")
    change_status(
        pin=repeating,
        to=Status.DUPLICATE,
        actor=clerk,
        roles={Role.BODY},
        body=body,
        duplicate_of=pin,
    )


@pytest.fixture
def only_the_public_side(city):
    """Put the inner tables out of reach until the test ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in INNER_TABLES:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_out_of_reach")


# What they are asked about takes longer to make than to ask: several share it.
TOGETHER = 16
NAMES = sorted(PUBLIC)


@pytest.mark.parametrize("start", range(0, len(NAMES), TOGETHER), ids=NAMES.__getitem__)
def test_no_page_asks_for_more(client, city, secrets, only_the_public_side, start):
    for name in NAMES[start : start + TOGETHER]:
        for address in PUBLIC[name]:
            response = client.get(address.format(city.reference))

            assert response.status_code in {200, 204, 302, 400, 404}, address
            assert not what_leaks(response, secrets), address


def what_leaks(response, secrets):
    """Return which of the secrets an answer holds; archives are opened for that."""
    content = response.getvalue()
    if is_zipfile(io.BytesIO(content)):
        with ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(map(archive.read, archive.namelist()))
    said = f"{response.headers}".encode() + content
    return [secret for secret in secrets if secret in said]


def unseen_pins():
    return Pin.objects.exclude(visibility=Visibility.PUBLISHED)


@pytest.fixture
def secrets(city):
    """Return what no answer may hold: words, addresses, places, references, tokens."""
    # To about a metre, cut off: however many decimals follow, it is in there.
    place = (f"{number:.9f}"[:-4] for number in HIDDEN_PLACE.coords)
    references = unseen_pins().values_list("reference", flat=True)
    tokens = Pin.objects.values_list("token_hash", flat=True)
    texts = ("Noch nicht öffentlich", "@geheim.example", *place, *references, *tokens)
    return [text.encode() for text in texts]


def test_the_read_model_is_what_is_published(city):
    """What the addresses above read; binary files hide what they say from a search."""
    found = set(PublicPin.objects.values_list("reference", flat=True))

    published = Pin.objects.filter(visibility=Visibility.PUBLISHED)
    assert found == set(published.values_list("reference", flat=True))
    assert len(found) > len(Status)


def test_what_is_not_published_has_no_address(client, city, secrets):
    """Who knows or guesses a reference learns nothing but that there is nothing."""
    addresses = [a for name in PUBLIC for a in PUBLIC[name] if "{}" in a]
    public = [
        address
        for address in addresses
        if client.get(address.format(city.reference)).status_code in {200, 204}
    ]
    unseen = list(unseen_pins().values_list("reference", flat=True))
    assert len(public) > 10
    assert len(unseen) > len(Status) * (len(Visibility) - 1)

    for address, reference in itertools.product(public, unseen):
        response = client.get(address.format(reference))
        nothing = client.get(address.format("KL-1999-00001"))

        assert response.status_code == nothing.status_code, address
        others = [secret for secret in secrets if secret != reference.encode()]
        assert not what_leaks(response, others), address


def test_the_addresses_are_meant_and_there(client, city):
    """A row of the table above that only gives 404 would prove nothing."""
    for name, addresses in PUBLIC.items():
        response = client.get(addresses[0].format(city.reference))
        assert response.status_code in {200, 302}, name
        assert response.getvalue() or response.status_code == 302


DATA = [
    name
    for name in NAMES
    if re.match(r"(ogc|oparl|open311):|export-|catalog|sitemap|style|overlay", name)
    or re.fullmatch(r"[a-z-]+-(feed|calendar|tile|tilejson|geojson|csv|map)", name)
]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_programs_are_told_what_can_only_be_read(city, method):
    """By 405 at every address of data, and not by what is wrong with a form."""
    program = Client(enforce_csrf_checks=True)
    assert len(DATA) > 40

    for name in set(DATA) - {"open311:base", "open311:requests"}:
        response = getattr(program, method)(PUBLIC[name][0].format(city.reference))

        assert response.status_code == 405, name
        assert {"GET", "HEAD"} <= set(response["Allow"].split(", ")), name
        assert "json" in response["Content-Type"], name


# Their parameters say which version is meant, or nothing: there is no part to ask for.
WHOLE = re.compile(
    r"sitemap.*|.+-tile|(district|overlay)-tilejson|map-districts|pin-geojson|export-file"
)


def test_a_mistyped_parameter_is_not_left_out(client, city):
    """Who asks for a part by a wrong name must not take everything for it."""
    asked = [name for name in DATA if not WHOLE.fullmatch(name)]
    assert len(asked) > 30

    answers = {}
    for name in set(asked) - {"open311:base"}:
        address = PUBLIC[name][0].format(city.reference).partition("?")[0]
        answers[name] = client.get(f"{address}?distrikt=x").status_code
    assert {name for name, status in answers.items() if status != 400} == set()


def test_what_is_out_of_reach_is_missed(client, city, only_the_public_side):
    """So that the test above cannot pass because renaming changes nothing."""
    url = reverse("pins:own", args=[city.reference, "0" * 64])

    with pytest.raises(ProgrammingError, match="pins_pin"), transaction.atomic():
        client.get(url)


def test_no_address_of_the_site_is_left_out():
    admin = re.compile(r"^admin:")
    names = [name for name in names_of(get_resolver()) if not admin.match(name)]
    elsewhere = BEHIND_A_SECRET | ONLY_SENT | READ_FROM_A_FILE | NEVER_THERE
    assert len(names) == len(set(names)), "two addresses share a name"
    assert set(names) == (set(PUBLIC) | elsewhere)


def names_of(resolver, namespace=""):
    for entry in resolver.url_patterns:
        # The CMS asks for an editor everywhere: tests/insek/test_cms.py.
        if str(entry.pattern) == "cms/":
            continue
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from names_of(entry, inner)
