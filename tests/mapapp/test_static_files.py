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
