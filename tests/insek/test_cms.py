"""The CMS: for the INSEK office alone, with pictures, documents and addresses checked."""

import json
import re
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLResolver, get_resolver
from PIL import Image
from wagtail.models import Page

from insek.pages.addresses import RESERVED
from insek.pages.forms import check_address
from insek.pages.models import (
    HomePage,
    NewsIndexPage,
    NewsPage,
    PageDocument,
    PagePicture,
    TextPage,
)
from tests.cms import (
    make_document,
    make_office_user,
    make_picture,
    make_trees,
    picture_bytes,
    publish_news,
)
from tests.factories import make_district, make_moderator, make_pin
from tests.pages import text_of
from trust import sandbox


@pytest.fixture
def office(db, client):
    make_trees()
    client.force_login(make_office_user())
    return client


def post_news(client, **over):
    index = NewsIndexPage.objects.get(locale__language_code="de")
    data = {
        "title": "Neues",
        "slug": "neues",
        "date": "2026-11-28",
        "intro": "Kurz gesagt.",
        "picture": "",
        "body-count": "0",
        "action-publish": "1",
    }
    return client.post(f"/cms/pages/add/insek_pages/newspage/{index.pk}/", data | over)


def post_text_page(client, slug):
    home = HomePage.objects.get(locale__language_code="de")
    data = {
        "title": "Eine Seite",
        "slug": slug,
        "intro": "",
        "body-count": "0",
        "action-publish": "1",
    }
    return client.post(f"/cms/pages/add/insek_pages/textpage/{home.pk}/", data)


def test_an_editor_publishes(office):
    assert post_news(office).status_code == 302
    office.logout()
    assert "Kurz gesagt." in text_of(office.get("/insek/news/neues/"))


def test_everybody_signs_in_at_one_place(client, db):
    for path in ("", "pages/", "images/", "documents/", "account/", "login/"):
        response = client.get(f"/cms/{path}")

        assert response.status_code == 302, path
        assert response["Location"].startswith("/accounts/login/?next=/cms/"), path


def test_who_may_not_write_is_told_so_and_not_sent_around(client, db):
    client.force_login(make_moderator())

    assert client.get("/cms/").status_code == 403
    assert client.get("/cms/login/", follow=True).status_code == 403


def test_an_editor_reaches_no_settings(office):
    for path in ("cms/users", "cms/groups", "cms/sites", "cms/collections", "admin"):
        response = office.get(f"/{path}/")

        assert response.status_code in {302, 403, 404}, path
        assert response.get("Location", "/cms/").startswith(("/cms/", "/admin/login"))


def test_passwords_are_no_matter_of_the_cms(office):
    assert office.get("/cms/password_reset/").status_code == 404
    assert b"password" not in office.get("/cms/account/").content


def test_nobody_plans_by_another_clock_than_the_citys(office):
    assert b"time_zone" not in office.get("/cms/account/").content


def test_the_cms_has_a_policy_of_its_own(office):
    # The directives come in any order.
    inside = office.get("/cms/")["Content-Security-Policy"] + ";"
    outside = office.get("/insek/")["Content-Security-Policy"] + ";"

    assert "script-src 'self';" in inside
    assert "style-src 'self' 'unsafe-inline';" in inside
    assert "frame-ancestors 'self';" in inside
    assert "unsafe" not in outside
    assert "frame-ancestors 'none';" in outside


def test_no_page_of_the_cms_has_a_script_in_it(office):
    index = NewsIndexPage.objects.get(locale__language_code="de")

    for path in (
        "",
        f"pages/add/insek_pages/newspage/{index.pk}/",
        f"pages/{index.pk}/edit/",
        "images/add/",
    ):
        html = office.get(f"/cms/{path}").content.decode()

        assert "<script>" not in html, path
        assert "gravatar.com" not in html, path
        assert "guide.wagtail.org" not in html, path


def test_addresses_of_the_application_are_refused_at_the_field(office):
    response = post_text_page(office, "goals")

    assert response.status_code == 200
    assert "goals" in str(response.context["form"].errors["slug"])
    assert not TextPage.objects.exists()


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_each_address_of_the_application_is_kept(slug):
    with pytest.raises(ValidationError, match=slug):
        check_address(slug)


def test_every_address_of_the_application_is_among_them():
    first = re.compile(r"insek/([a-z-]+)/")
    answered = {m[1] for route in _routes(get_resolver()) if (m := first.match(route))}

    assert "goals" in answered
    assert answered <= RESERVED


def _routes(resolver, before=""):
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        else:
            yield route


@pytest.mark.parametrize("is_known", [True, False])
def test_a_contribution_is_named_by_its_reference(office, is_known):
    make_district(16)
    pin = make_pin(title="Mehr Bäume")
    typed = f" {pin.reference.lower()} " if is_known else "KL-2026-99999"
    part = {
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "pin",
        "body-0-id": "",
        "body-0-value": typed,
    }

    response = post_news(office, **part)

    assert NewsPage.objects.exists() is is_known
    if is_known:
        assert "Mehr Bäume" in text_of(office.get(NewsPage.objects.get().url))
    else:
        assert response.status_code == 200
        assert "99999" in response.content.decode()


def test_other_addresses_are_taken(office):
    assert post_text_page(office, "charta").status_code == 302
    assert office.get("/insek/charta/").status_code == 200


def test_a_page_is_not_copied_to_an_address_of_the_application(office):
    post_text_page(office, "charta")
    page = TextPage.objects.get()
    data = {
        "new_title": "Ziele",
        "new_slug": "goals",
        "new_parent_page": page.get_parent().pk,
    }

    office.post(f"/cms/pages/{page.pk}/copy/", data)

    assert not Page.objects.filter(slug="goals").exists()


def test_what_no_page_of_the_application_answers_is_copied(office):
    post_text_page(office, "charta")
    page = TextPage.objects.get()
    copy, home = f"/cms/pages/{page.pk}/copy/", page.get_parent()
    assert office.get(copy).status_code == 200

    # Below another page it is another address.
    for slug, parent in (("charta-2", home), ("goals", page)):
        data = {"new_title": "Neu", "new_slug": slug, "new_parent_page": parent.pk}
        office.post(copy, data)
        assert Page.objects.get(slug=slug).get_parent().pk == parent.pk


def test_a_page_is_not_moved_to_an_address_of_the_application(office):
    post_text_page(office, "charta")
    parent = TextPage.objects.get()
    page = TextPage(title="Ziele", slug="goals", locale=parent.locale)
    parent.add_child(instance=page)
    home = parent.get_parent()

    office.post(f"/cms/pages/{page.pk}/move/{home.pk}/confirm/")

    assert Page.objects.get(slug="goals").get_parent().pk == parent.pk


def add_picture(client, **over):
    file = SimpleUploadedFile("bach.png", picture_bytes(), "image/png")
    data = {"title": "Bach", "description": "Ein Bach", "file": file, "credit": ""}
    return client.post("/cms/images/chooser/create/", prefixed(data | over))


def prefixed(data):
    return {f"image-chooser-upload-{name}": value for name, value in data.items()}


def test_a_picture_needs_a_description(office):
    add_picture(office, description="")
    assert not PagePicture.objects.exists()

    add_picture(office)
    assert PagePicture.objects.get().description == "Ein Bach"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("x.png", b"<script>alert(1)</script>"),
        ("x.gif", picture_bytes(kind="GIF")),
    ],
)
def test_what_is_no_picture_is_refused(office, name, content):
    add_picture(office, file=SimpleUploadedFile(name, content, "image/png"))

    assert not PagePicture.objects.exists()


def test_a_picture_that_is_cut_off_is_refused_with_the_reason(office):
    noise = Image.effect_noise((64, 64), 90)
    buffer = BytesIO()
    noise.save(buffer, "JPEG")
    cut = buffer.getvalue()[:-900]

    page = add_picture(office, file=SimpleUploadedFile("x.jpg", cut, "image/jpeg"))

    assert "beschädigt" in page.json()["htmlFragment"]
    assert not PagePicture.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused(office, monkeypatch):
    monkeypatch.setattr("pins.photos.reading.PIXEL_LIMIT", 64 * 48 - 1)

    page = add_picture(office)

    assert "Megapixel" in page.json()["htmlFragment"]
    assert not PagePicture.objects.exists()


def test_what_is_said_about_a_file_changes_without_the_file(office):
    picture, document = make_picture(), make_document()
    names = picture.file.name, document.file.name

    data = {"title": "Lauter", "description": "Die Lauter", "credit": ""}
    assert office.post(f"/cms/images/{picture.pk}/", data).status_code == 302
    data = {"title": "Entwurf", "language": "de", "issued_on": "2026-11-28"}
    assert office.post(f"/cms/documents/edit/{document.pk}/", data).status_code == 302

    picture.refresh_from_db()
    document.refresh_from_db()
    assert (picture.description, document.title) == ("Die Lauter", "Entwurf")
    assert (picture.file.name, document.file.name) == names


def test_a_picture_is_written_anew(db):
    exif = Image.Exif()
    exif[0x010E] = "Geheime Notiz"
    buffer = BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(buffer, "JPEG", exif=exif)

    picture = make_picture()
    picture.file.save("Anna Muster.jpg", SimpleUploadedFile("a.jpg", buffer.getvalue()))

    assert "Anna" not in picture.file.name
    with picture.file.open() as file:
        kept = file.read()
    assert b"Geheime Notiz" not in kept
    assert (picture.width, picture.height) == (1600, 800)


def test_the_size_of_a_new_picture_is_that_of_its_file(db):
    large = SimpleUploadedFile("a.png", picture_bytes((2000, 1000)))

    picture = PagePicture.objects.create(title="x", description="x", file=large)

    picture.refresh_from_db()
    assert (picture.width, picture.height) == (1600, 800)


@pytest.mark.usefixtures("either_storage")
def test_pictures_are_served_under_random_names(client, db):
    rendition = make_picture().get_rendition("max-32x32")

    response = client.get(rendition.url)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue()
    assert "bach" not in rendition.url
    for other in ("/pictures/../settings.py", "/pictures/%00", "/pictures/x.jpg"):
        assert client.get(other).status_code == 404


@pytest.mark.usefixtures("either_storage")
def test_a_picture_whose_file_is_lost_is_not_there(client, db):
    rendition = make_picture().get_rendition("max-32x32")
    rendition.file.storage.delete(rendition.file.name)

    assert client.get(rendition.url).status_code == 404


def add_document(client, name, content, **over):
    data = {
        "document-chooser-upload-title": "Konzept",
        "document-chooser-upload-file": SimpleUploadedFile(name, content),
        "document-chooser-upload-language": "de",
        "document-chooser-upload-issued_on": "2026-11-28",
    }
    return client.post("/cms/documents/chooser/create/", data | over)


@pytest.mark.parametrize(
    ("name", "content", "is_kept"),
    [
        ("konzept.pdf", b"%PDF-1.7", True),
        ("daten.csv", b"a;b", True),
        ("seite.html", b"<script>alert(1)</script>", False),
        ("bild.svg", b"<svg/>", False),
        ("konzept.pdf", b"<html>", False),
        ("tabelle.xlsx", b"MZ", False),
    ],
)
def test_documents_are_of_kinds_that_no_browser_runs(office, name, content, is_kept):
    add_document(office, name, content)

    assert PageDocument.objects.exists() == is_kept


@pytest.mark.usefixtures("either_storage")
def test_documents_are_public_with_a_page_that_names_them(client, db):
    make_trees()
    document = make_document()
    draft = publish_news("Entwurf", live=False, body=[("document", document)])
    assert client.get(document.url).status_code == 404

    draft.save_revision().publish()
    response = client.get(document.url)

    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == sandbox.FILE
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue()


def test_a_document_lies_under_a_random_name_and_is_saved_under_its_title(office):
    add_document(office, "Entwurf Müller intern.PDF", b"%PDF-1.7")
    document = PageDocument.objects.get()

    assert re.fullmatch(r"pages/documents/[0-9a-f]{32}\.pdf", document.file.name)
    assert document.kind == "PDF"
    document.title = "Lärm & Ruhe: das Konzept"
    document.save()
    response = office.get(document.url)
    named = response["Content-Disposition"]
    assert "l%C3%A4rm-ruhe-das-konzept.pdf" in named
    assert "Entwurf" not in f"{document.url}{named}"
    assert response.getvalue()


@pytest.mark.usefixtures("either_storage")
def test_old_documents_and_addresses_stay_good(office):
    document = make_document()
    old = default_storage.save("documents/Alter Name.pdf", ContentFile(b"%PDF-1.7"))
    PageDocument.objects.update(file=old)

    for name in ("alter-name.pdf", "Alter_Name.pdf", document.filename):
        response = office.get(f"/documents/{document.pk}/{name}")
        assert response.status_code == 200
        assert "konzept.pdf" in response["Content-Disposition"]
        assert response.getvalue() == b"%PDF-1.7"
    assert office.get("/documents/999999/konzept.pdf").status_code == 404
    default_storage.delete(old)
    assert office.get(document.url).status_code == 404


def test_a_title_without_a_letter_is_a_name_as_well(db):
    assert make_document(title="!?").filename == "document.pdf"
    assert make_document(title="x" * 255).filename == "x" * 80 + ".pdf"


def test_an_editor_sees_documents_before(office):
    response = office.get(make_document().url)

    assert response.status_code == 200
    assert response.getvalue()


def test_only_editors_send_large_files(client, office):
    large = SimpleUploadedFile("gross.pdf", b"%PDF-" + b"x" * 3_000_000)
    data = {"document-chooser-upload-title": "x", "document-chooser-upload-file": large}
    assert office.post("/cms/documents/chooser/create/", data).status_code == 200

    office.logout()
    large.seek(0)
    assert office.post("/cms/documents/chooser/create/", data).status_code == 401


def test_links_that_would_run_something_are_left_out(office):
    block = {
        "key": "a",
        "text": "Hier",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [{"key": 0, "offset": 0, "length": 4}],
    }
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:x"}}
    part = {
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-id": "",
        "body-0-value": json.dumps({"blocks": [block], "entityMap": {"0": link}}),
    }

    assert post_news(office, **part).status_code == 302

    html = office.get(NewsPage.objects.get().url).content.decode()
    assert "Hier" in html
    assert "javascript:" not in html
