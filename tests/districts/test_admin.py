"""The admin of bodies, districts and duties: every page works, no input breaks it."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from districts.models import Body, District, Responsibility
from tests.factories import IN_FORCE, make_body, make_district

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime.date(2027, 1, 1)


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin"))
    return client


def address(model, page, *args):
    return reverse(f"admin:districts_{model}_{page}", args=args)


def duties(*rows, **fields):
    """Return the posted form of a district with its duties, one tuple for each."""
    data = {
        "name": "Hohenecken",
        "kind": "ortsbezirk",
        "responsibility_set-TOTAL_FORMS": len(rows),
        "responsibility_set-INITIAL_FORMS": sum(row[0] is not None for row in rows),
        **fields,
    }
    for index, (pk, body, begin, end, *delete) in enumerate(rows):
        prefix = f"responsibility_set-{index}-"
        data |= {
            f"{prefix}id": pk or "",
            f"{prefix}body": body.pk,
            f"{prefix}valid_from": begin,
            f"{prefix}valid_to": end or "",
        }
        if delete:
            data[f"{prefix}DELETE"] = "on"
    return data


def post_duties(admin, district, *rows, **fields):
    url = address("district", "change", district.pk)
    response = admin.post(url, duties(*rows, **fields))
    connection.check_constraints()
    return response


def spans(district):
    found = Responsibility.objects.filter(district=district).order_by("valid_from")
    return [(row.body.name, row.valid_from, row.valid_to) for row in found]


@pytest.mark.parametrize("model", ["body", "district", "responsibility"])
def test_lists_open_with_search_and_filters(admin, model):
    make_district()

    for query in ("", "?q=hohen", "?q=16", "?q=%00", "?o=1", "?nonsense=1"):
        response = admin.get(address(model, "changelist") + query, follow=True)
        assert response.status_code == 200, query


def test_pages_of_a_body_open(admin):
    body = make_body()

    assert admin.get(address("body", "add")).status_code == 200
    for page in ("change", "history", "delete"):
        assert admin.get(address("body", page, body.pk)).status_code == 200


def test_pages_of_a_district_open(admin):
    district = make_district()

    for page in ("change", "history"):
        assert admin.get(address("district", page, district.pk)).status_code == 200


def test_the_page_of_a_duty_opens(admin):
    make_district()
    duty = Responsibility.objects.get()

    assert admin.get(address("responsibility", "change", duty.pk)).status_code == 200


@pytest.mark.parametrize("pk", ["0", "abc", "99999999999999999999999", "%00"])
def test_what_is_not_there_is_said_so(admin, pk):
    response = admin.get(f"/admin/districts/district/{pk}/change/", follow=True)

    assert response.status_code == 200
    assert response.redirect_chain


def test_no_page_asks_a_third_party(admin):
    district = make_district()

    page = admin.get(address("district", "change", district.pk)).content.decode()

    assert 'src="http' not in page
    assert "openlayers" not in page.lower()


def test_a_body_is_added_and_keeps_its_slug(admin):
    data = {"name": "Seniorenbeirat", "slug": "seniorenbeirat", "mail": ""}
    admin.post(address("body", "add"), {**data, "kind": "advisory_board"})
    body = Body.objects.get(slug="seniorenbeirat")

    admin.post(
        address("body", "change", body.pk),
        {**data, "name": "Beirat", "slug": "other", "kind": "advisory_board"},
    )

    body.refresh_from_db()
    assert (body.name, body.slug) == ("Beirat", "seniorenbeirat")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "a\x00b"},
        {"slug": "with space"},
        {"slug": "taken"},
        {"kind": "club"},
        {"mail": "nobody"},
    ],
)
def test_a_wrong_body_is_explained(admin, wrong):
    make_body(slug="taken")
    right = {"name": "A", "slug": "a", "kind": "council", "mail": ""}

    response = admin.post(address("body", "add"), {**right, **wrong})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() == wrong.keys()
    assert Body.objects.count() == 1


def test_a_body_that_answers_for_a_district_is_not_deleted(admin):
    make_district()
    body = Body.objects.get()

    admin.post(address("body", "delete", body.pk), {"post": "yes"})
    admin.post(
        address("body", "changelist"),
        {"action": "delete_selected", "_selected_action": [body.pk], "post": "yes"},
    )

    assert Body.objects.count() == 1


def test_boundaries_districts_and_duties_are_not_edited_by_hand(admin):
    district = make_district()
    duty = Responsibility.objects.get()
    before = district.geometry

    post_duties(
        admin,
        district,
        (duty.pk, duty.body, IN_FORCE, None),
        geometry="POINT(0 0)",
        number=99,
        valid_to="2026-01-01",
    )

    district.refresh_from_db()
    assert district.geometry == before
    assert (district.number, district.valid_to) == (16, None)
    assert district.name == "Hohenecken"
    for url in (
        address("district", "add"),
        address("district", "delete", district.pk),
        address("responsibility", "add"),
        address("responsibility", "delete", duty.pk),
    ):
        assert admin.post(url, {"post": "yes"}).status_code == 403


def test_a_body_takes_over_from_a_day_on(admin):
    district = make_district()
    duty = Responsibility.objects.get()
    other = make_body("Anderer Rat")

    response = post_duties(
        admin,
        district,
        (duty.pk, duty.body, IN_FORCE, NEW_YEAR),
        (None, other, NEW_YEAR, None),
    )

    assert response.status_code == 302
    assert spans(district) == [
        ("Ortsbeirat 16", IN_FORCE, NEW_YEAR),
        ("Anderer Rat", NEW_YEAR, None),
    ]


def test_a_duty_may_be_removed_where_another_covers_its_days(admin):
    district = make_district()
    duty = Responsibility.objects.get()
    other = make_body("Anderer Rat")

    response = post_duties(
        admin,
        district,
        (duty.pk, duty.body, IN_FORCE, None, "delete"),
        (None, other, IN_FORCE, None),
    )

    assert response.status_code == 302
    assert spans(district) == [("Anderer Rat", IN_FORCE, None)]


DAY_AFTER = NEW_YEAR + datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        ((IN_FORCE, NEW_YEAR), None, "gap 1. Januar 2027"),
        ((IN_FORCE, NEW_YEAR), (DAY_AFTER, None), "gap 1. Januar 2027"),
        ((NEW_YEAR, None), None, "gap 1. Juli 2004"),
        (
            (IN_FORCE, datetime.date(9999, 12, 31)),
            None,
            "gap 31. Dezember 9999",
        ),
        ((IN_FORCE, DAY_AFTER), (NEW_YEAR, None), "overlap 1. Januar 2027"),
        ((IN_FORCE, None), (NEW_YEAR, None), "overlap 1. Januar 2027"),
        ((IN_FORCE, None), (IN_FORCE, None), "overlap 1. Juli 2004"),
    ],
)
def test_a_gap_or_an_overlap_is_explained(admin, first, second, fault):
    district = make_district()
    duty = Responsibility.objects.get()
    rows = [(duty.pk, duty.body, *first)]
    rows += [(None, make_body("Anderer Rat"), *second)] if second else []

    response = post_duties(admin, district, *rows)

    assert response.status_code == 200
    (formset,) = response.context["inline_admin_formsets"]
    (error,) = formset.formset.non_form_errors().as_data()
    assert f"{error.code} {error.params['day']}" == fault
    assert spans(district) == [("Ortsbeirat 16", IN_FORCE, None)]


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [
        (IN_FORCE, IN_FORCE, "valid_to"),
        (NEW_YEAR, IN_FORCE, "valid_to"),
        ("soon", None, "valid_from"),
        ("", None, "valid_from"),
        (IN_FORCE, "31.02.2027", "valid_to"),
        (IN_FORCE, "2027-01-01\x00", "valid_to"),
    ],
)
def test_a_wrong_day_is_explained(admin, begin, end, field):
    district = make_district()
    duty = Responsibility.objects.get()

    response = post_duties(admin, district, (duty.pk, duty.body, begin, end))

    assert response.status_code == 200
    (formset,) = response.context["inline_admin_formsets"]
    (errors,) = formset.formset.errors
    assert errors.keys() == {field}
    assert spans(district) == [("Ortsbeirat 16", IN_FORCE, None)]


def test_a_page_that_others_have_overtaken_is_refused(admin):
    district = make_district()
    duty = Responsibility.objects.get()
    opened = [(duty.pk, duty.body, IN_FORCE, None)]
    post_duties(
        admin,
        district,
        (duty.pk, duty.body, IN_FORCE, NEW_YEAR),
        (None, make_body("Anderer Rat"), NEW_YEAR, None),
    )

    response = post_duties(admin, district, *opened)

    assert response.status_code == 200
    assert len(spans(district)) == 2


def test_duties_of_an_ended_version_may_end_with_it(admin):
    district = make_district(valid_to=NEW_YEAR)
    duty = Responsibility.objects.get()

    response = post_duties(admin, district, (duty.pk, duty.body, IN_FORCE, NEW_YEAR))

    assert response.status_code == 302


def test_strangers_are_sent_to_the_login(client):
    response = client.get(address("district", "changelist"))

    assert response.status_code == 302
    assert District.objects.count() == 0
