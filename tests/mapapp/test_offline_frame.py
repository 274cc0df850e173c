"""The service worker, its switch, the manifest, the offline page and the token."""

import json
import re
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from mapapp.views import offline
from pins.models import Pin
from tests.factories import make_district, make_moderator, make_theme
from tests.geometries import point_in


def build_of(response):
    found = re.search(r"BUILD = (\{.*\});", response.content.decode())
    assert found
    return json.loads(found[1])


def is_found(path):
    return finders.find(path.removeprefix("/static/")) is not None


class TestWorker:
    def test_it_may_serve_the_whole_site_and_is_asked_for_anew(self, client):
        response = client.get("/sw.js")

        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/javascript")
        assert response["Service-Worker-Allowed"] == "/"
        assert "no-cache" in response["Cache-Control"]
        assert "connect-src 'self'" in response["Content-Security-Policy"]
        assert not response.cookies

    def test_all_it_keeps_is_there(self, client, db):
        build = build_of(client.get("/sw.js"))

        assert [url for url in build["assets"] if not is_found(url)] == []
        assert all(is_found(url) for url in build["scripts"])
        names = {url.rsplit("/", 1)[1] for url in build["assets"]}
        assert {"place.js", "photos.js", "form.css", "maplibre-gl.mjs"} <= names
        assert not any("leaflet" in url for url in build["assets"])
        copies = [page[kind] for page in build["pages"] for kind in ("form", "offline")]
        for path in (*build["data"], *copies):
            assert client.get(path).status_code == 200

    def test_a_longer_prefix_is_looked_for_first(self, client):
        pages = build_of(client.get("/sw.js"))["pages"]

        assert [(page["prefix"], page["form"]) for page in pages] == [
            ("/en/", "/en/pins/new"),
            ("/", "/pins/new"),
        ]

    @pytest.mark.parametrize(
        "path",
        [
            "/moderation/",
            "/en/moderation/",
            "/desk/",
            "/en/desk/",
            "/accounts/login/",
            "/en/accounts/login/",
            "/admin/",
            "/cms/",
            "/planning/",
            "/en/planning/",
        ],
    )
    def test_it_stays_out_of_the_pages_of_staff(self, client, db, path):
        untouched = build_of(client.get("/sw.js"))["untouched"]

        assert client.get(path).status_code in {200, 302}
        assert any(path.startswith(start) for start in untouched)

    def test_its_version_changes_with_a_file(self, client, monkeypatch):
        before = build_of(client.get("/sw.js"))["version"]
        assert build_of(client.get("/sw.js"))["version"] == before

        monkeypatch.setattr(offline, "_own_files", lambda: ["js/site.js"])

        assert build_of(client.get("/sw.js"))["version"] != before

    def test_switched_off_it_removes_itself(self, client, settings):
        settings.SERVICE_WORKER = False

        response = client.get("/sw.js")

        assert response.status_code == 200
        assert "service-worker-off.js" in response.content.decode()
        assert "service-worker.js" not in response.content.decode()

    @pytest.mark.parametrize(
        "path", ["/sw.js", "/manifest.webmanifest", "/offline", "/pins/new/token.json"]
    )
    def test_nothing_is_posted_there(self, client, path):
        assert client.post(path).status_code == 405

    def test_it_has_one_address_for_all_languages(self, client, db):
        assert client.get("/en/sw.js").status_code == 404


class TestWhoGetsIt:
    def test_readers(self, client, db):
        page = client.get("/about/imprint/").content.decode()

        assert '<meta name="service-worker" content="/sw.js">' in page
        assert "js/offline.js" in page

    def test_not_the_staff(self, client, db):
        make_theme()
        client.force_login(make_moderator())

        for path in ("/about/imprint/", "/pins/new", "/moderation/"):
            page = client.get(path).content.decode()
            assert "service-worker" not in page
            assert "offline.js" not in page
            assert "outbox" not in page

    def test_nobody_where_it_is_switched_off(self, client, db, settings):
        settings.SERVICE_WORKER = False

        page = client.get("/about/imprint/").content.decode()

        assert "service-worker" not in page
        # What waits on a device is sent all the same.
        assert "js/offline.js" in page


class TestManifest:
    def test_it_names_the_site_and_icons_that_are_there(self, client, settings):
        response = client.get("/manifest.webmanifest")

        assert response["Content-Type"] == "application/manifest+json"
        content = response.json()
        assert content["name"] == settings.SITE_NAME
        assert (content["lang"], content["start_url"]) == ("de", "/")
        assert all(is_found(icon["src"]) for icon in content["icons"])
        assert {"any", "maskable"} == {icon["purpose"] for icon in content["icons"]}

    def test_every_page_leads_to_it(self, client, db):
        page = client.get("/en/about/imprint/").content.decode()

        assert '<link rel="manifest" href="/manifest.webmanifest">' in page


@pytest.mark.parametrize("path", ["/offline", "/en/offline"])
def test_the_offline_page_needs_no_database_and_leads_to_the_form(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert f'href="{path.replace("offline", "pins/new")}"' in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_token_fetched_alone_lets_a_kept_form_in(db, prefix):
    make_district(16)
    theme = make_theme()
    browser = Client(enforce_csrf_checks=True)
    answer = browser.get(f"{prefix}/pins/new/token.json")
    assert "no-store" in answer["Cache-Control"]
    point = point_in(16)
    fields = {
        "idempotency_key": str(uuid4()),
        "kind": "idea",
        "theme": theme.slug,
        "title": "Ein Trinkbrunnen",
        "text": "Auf dem Platz fehlt an heißen Tagen ein Brunnen.",
        "lon": f"{point.x:.6f}",
        "lat": f"{point.y:.6f}",
    }
    assert browser.post(f"{prefix}/pins/new", fields).status_code == 403

    fields["csrfmiddlewaretoken"] = answer.json()["token"]
    sent = browser.post(f"{prefix}/pins/new", fields)

    assert sent.status_code == 302
    pin = Pin.objects.get()
    # By this form the outbox knows the own link (static/js/outbox-core.js).
    assert re.search(
        rf"/pins/{pin.reference}/edit/[^/]+$", sent["Location"].split("?")[0]
    )
