"""Bad input to the new-pin form: refused where one can act on it, nothing typed is lost."""

from io import BytesIO
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from pins.models import Pin
from tests.factories import form_data, make_district, make_theme
from tests.geometries import point_in
from tests.pages import assert_refused, fields_of, text_of

URL = "/pins/new"
RTL = "שלום \u202eRechts nach links\u202c مرحبا"


@pytest.fixture(autouse=True)
def city(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility")
    make_theme("old", is_active=False)


@pytest.fixture(autouse=True)
def nothing_is_kept(city):
    yield
    assert Pin.objects.count() <= 1


def assert_kept(response, data, *but):
    """Check that the form of the answer holds what was typed."""
    shown = fields_of(response)
    for name, value in data.items():
        if name not in {"idempotency_key", *but}:
            assert shown.get(name, "") == value, name


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("7.0", "49.0"),
        ("7.7578125", "49.5"),
        ("-7.7578125", "49.3828125"),
        ("0", "0"),
        ("180", "90"),
        ("49.3828125", "7.7578125"),
        ("nan", "nan"),
        ("NaN", "49.3828125"),
        ("inf", "-inf"),
        ("1e999", "49.3828125"),
        ("7.7578125", ""),
        ("", "49.3828125"),
        ("7,7578125", "49,3828125"),
        ("east", "north"),
        ("181", "49"),
        ("7", "91"),
        ("7.75'; DROP TABLE pins_pin; --", "49.38"),
        ("0x7", "49"),
        ("9" * 400, "49"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_place_that_is_none(client, lon, lat):
    data = form_data(lon=lon, lat=lat)

    response = client.post(URL, data)

    assert_refused(response, "lon")
    assert_kept(response, data)
    assert not Pin.objects.exists()


def test_each_fault_of_a_place_has_its_own_message(client):
    places = [("7.0", "49.0"), ("49.3828125", "7.7578125"), ("nan", "nan")]
    messages = {
        tuple(
            client.post(URL, form_data(lon=lon, lat=lat)).context["form"].place_errors
        )
        for lon, lat in places
    }
    assert len(messages) == 3


def test_no_place_at_all(client):
    data = form_data(lon="", lat="")
    response = client.post(URL, data)

    assert_refused(response, "district")
    assert_kept(response, data)


def test_a_district_without_words(client):
    data = form_data(lon="", lat="", district="hohenecken", place_note=" \n ")
    response = client.post(URL, data)

    assert_refused(response, "place_note")
    assert_kept(response, data, "place_note")


@pytest.mark.parametrize("district", ["nowhere", "16", "hohenecken\x00", "<b>", "🌳"])
def test_a_district_that_is_none(client, district):
    data = form_data(lon="", lat="", district=district, place_note="Am Brunnen")
    response = client.post(URL, data)

    assert_refused(response, "district")
    assert_kept(response, data, "district")


def test_a_district_of_the_past(client):
    past = make_district(17, name="Früher")
    past.valid_to = past.valid_from.replace(year=2010)
    past.responsibility_set.update(valid_to=past.valid_to)
    past.save()

    response = client.post(
        URL, form_data(lon="", lat="", district="fruher", place_note="Am Brunnen")
    )
    assert_refused(response, "district")
    place = point_in(17)
    response = client.post(URL, form_data(lon=str(place.x), lat=str(place.y)))
    assert_refused(response, "lon")


@pytest.mark.parametrize("theme", ["", "sports", "old", "mobility\x00", "1", None])
def test_a_theme_that_is_none(client, theme):
    data = form_data(theme=theme)
    response = client.post(URL, data)

    assert_refused(response, "theme")
    assert_kept(response, data, "theme")


@pytest.mark.parametrize("kind", ["", "rant", "IDEA", "idea\x00", None])
def test_a_kind_that_is_none(client, kind):
    data = form_data(kind=kind)
    response = client.post(URL, data)

    assert_refused(response, "kind")
    assert_kept(response, data, "kind")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", None),
        ("title", ""),
        ("title", " \n\t "),
        ("title", "Bank"),
        ("title", " Ba nk".ljust(30).replace("a n", "n")),
        ("title", "x" * 121),
        ("title", "Eine\x00Bank"),
        ("title", "Eine\x07Bank"),
        ("text", None),
        ("text", "Zu kurz."),
        ("text", "   " + "kurz" + " " * 40),
        ("text", "x" * 4001),
        ("text", "Ein Text mit NUL\x00 darin, lang genug."),
        ("text", "Ein Text mit Escape\x1b[31m darin, lang genug."),
        ("place_note", "x" * 301),
        ("place_note", "Am\x00Brunnen"),
        ("email", "kim"),
        ("email", "kim@example.org\nBcc: a@example.org"),
        ("email", "kim@example.org, a@example.org"),
        ("email", "k" * 250 + "@example.org"),
        ("email", "kim\x00@example.org"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_words_that_cannot_be_kept(client, field, value):
    data = form_data(**{field: value})
    response = client.post(URL, data)

    assert_refused(response, field)
    assert_kept(response, data, field)
    if value:
        # HTML knows no NUL, and a browser sends a line end its own way.
        assert fields_of(response)[field].split() == value.split()


def test_everything_wrong_at_once_is_said_at_once(client):
    response = client.post(URL, {"idempotency_key": str(uuid4())})

    assert_refused(response, "kind", "theme", "title", "text", "district")


def test_a_megabyte_of_text_is_refused_at_its_field(client):
    data = form_data(text="Wort " * 200_000)
    response = client.post(URL, data)

    assert_refused(response, "text")
    assert_kept(response, data)


@pytest.mark.parametrize("path", [URL, "/en/pins/new"])
def test_ten_megabytes_are_refused_with_a_page(path):
    client = Client(enforce_csrf_checks=True)

    response = client.post(path, form_data(text="x" * 10_000_000))

    assert response.status_code == 413
    assert "<h1>" in response.content.decode()
    assert text_of(response)


def test_ten_megabytes_in_either_encoding(client):
    body = urlencode(form_data(text="x" * 10_000_000))
    response = client.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


def test_ten_megabytes_in_a_file_are_not_even_read(client):
    body = BytesIO(b"x" * 10_000_000)
    body.name = "photo.jpg"

    response = client.post("/nowhere", {"photo": body})

    assert response.status_code == 413
    assert not hasattr(response.wsgi_request, "_files")


def test_more_fields_than_any_form_has(client):
    many = form_data() | {f"field{n}": "x" for n in range(10_001)}
    response = client.post(
        URL,
        "&".join(f"{name}=x" for name in many),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400
    assert "<h1>" in response.content.decode()


def test_a_body_that_is_no_form(client):
    response = client.post(URL, b"\x00\xff{}", content_type="application/json")
    assert response.status_code == 422
    response = client.post(URL, b"--x", content_type="multipart/form-data; boundary=")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("🌳 Ein Baum 👩‍👧", "🌳🌳🌳 Bäume, Bäume, Bäume 👩‍👧 überall"),
        (RTL, RTL),
        ("<script>alert(1)</script>", "<script>alert(1)</script><img onerror=x>"),
        ('"onmouseover="alert(1)', "</textarea><script>alert(1)</script>"),
        ("{{ request.user }}", "{% load static %} {{ settings.SECRET_KEY }}"),
        ("%s %(x)s {0} ${x}", "%s %(x)s {0} ${x} '; DROP TABLE pins_pin; --"),
    ],
)
def test_strange_words_are_words(client, title, text):
    response = client.post(URL, form_data(title=title, text=text), follow=True)

    assert response.status_code == 200
    pin = Pin.objects.get()
    assert (pin.title, pin.text) == (title, text)
    assert fields_of(response)["title"] == title
    assert fields_of(response)["text"] == text
    assert "<script>alert" not in response.content.decode()
    assert "<img onerror" not in response.content.decode()


@pytest.mark.parametrize("key", [None, "", "x", "7a1ef1f0", "\x00", "{}" * 40])
def test_a_form_without_its_key_comes_back_with_a_new_one(client, key):
    data = form_data(idempotency_key=key)

    response = client.post(URL, data)

    assert response.status_code == 422
    assert response.context["form"].non_field_errors()
    assert_kept(response, data)
    again = fields_of(response) | {"csrfmiddlewaretoken": ""}
    assert client.post(URL, again).status_code == 302


def test_a_used_key_with_other_words_is_told_and_can_be_sent_again(client):
    data = form_data()
    client.post(URL, data)

    changed = data | {"title": "Zwei Bänke am Brunnen"}
    response = client.post(URL, changed)

    assert response.status_code == 409
    (message,) = response.context["form"].non_field_errors()
    assert message in text_of(response)
    assert_kept(response, changed)
    assert Pin.objects.count() == 1

    again = fields_of(response)
    assert again["idempotency_key"] != data["idempotency_key"]
    assert client.post(URL, again).status_code == 302
    assert set(Pin.objects.values_list("title", flat=True)) == {
        data["title"],
        "Zwei Bänke am Brunnen",
    }
    Pin.objects.all().delete()


def test_a_form_without_its_csrf_token_comes_back_with_everything(db):
    client = Client(enforce_csrf_checks=True)
    data = form_data(email="kim@example.org", place_note="Am Brunnen")

    response = client.post(URL, data)

    assert response.status_code == 403
    (message,) = response.context["form"].non_field_errors()
    assert message in text_of(response)
    assert_kept(response, data)
    assert not Pin.objects.exists()

    # And with the token that came along it goes through.
    assert client.post(URL, fields_of(response)).status_code == 302


def test_without_csrf_token_and_with_faults_both_are_told(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post(URL, form_data(title="Bank"))

    assert_refused(response, "__all__", "title", status=403)


def test_a_wrong_place_and_a_missing_title_are_told_at_once(client):
    data = form_data(lon="2.35", lat="48.85", title="")

    response = client.post("/pins/new", data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"lon", "title"}
