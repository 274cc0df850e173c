"""Modules import each other by hashed names, so that releases never mix."""

import re

from django.core.files.base import ContentFile

from mapapp.storage import SiteStaticFilesStorage


def test_imports_between_modules_point_at_hashed_names(tmp_path):
    storage = SiteStaticFilesStorage(location=tmp_path, base_url="/static/")
    for name, text in [
        ("js/page.js", 'import {\n  draw,\n} from "./map.js";\ndraw();\n'),
        ("js/map.js", "export const draw = () => {};\n"),
    ]:
        storage.save(name, ContentFile(text.encode()))

    for _name, _hashed, processed in storage.post_process(
        {"js/page.js": (storage, "js/page.js"), "js/map.js": (storage, "js/map.js")}
    ):
        assert not isinstance(processed, Exception)

    page = (tmp_path / storage.stored_name("js/page.js")).read_text()
    found = re.search(r'from "\./(map\.[0-9a-f]{12}\.js)"', page)
    assert found
    assert (tmp_path / "js" / found[1]).exists()


def test_the_old_address_of_the_icon_leads_to_the_mark(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith("images/mark.svg")


def test_a_file_is_looked_up_once(tmp_path, settings, monkeypatch):
    settings.DEBUG = False
    storage = SiteStaticFilesStorage(location=tmp_path, base_url="/static/")
    asked = []

    def stored_name(name):
        asked.append(name)
        return name.replace(".", ".0123456789ab.")

    monkeypatch.setattr(storage, "stored_name", stored_name)
    addresses = {storage.url("css/site.css") for _ in range(3)}

    assert addresses == {"/static/css/site.0123456789ab.css"}
    assert asked == ["css/site.css"]


def test_while_developing_a_file_has_its_own_name(tmp_path, settings):
    settings.DEBUG = True
    storage = SiteStaticFilesStorage(location=tmp_path, base_url="/static/")
    assert storage.url("css/site.css") == "/static/css/site.css"
