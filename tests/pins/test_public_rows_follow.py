"""Whatever the public row tells follows in the same transaction, whoever changes it."""

import datetime

from districts.actions import Description, correct_district
from districts.models import District, Responsibility, today
from pins.actions import (
    edit_pin,
    publish_pin,
)
from pins.models import PublicPin, PublicVersion
from pins.models.public import WebSearchQuery
from pins.outcomes import Outcome, show_outcomes
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_district,
    make_moderator,
    make_pin,
    make_theme,
)
from tests.geometries import district_square, point_in
from tests.pins.public_rows import move, properties, shown


def test_words_place_kind_and_theme(district):
    east = make_district(17)
    pin = make_pin()

    pin.title, pin.text = "Ein neuer Titel", "Ein neuer Text mit Laternen darin."
    pin.kind, pin.theme = "idea", make_theme("energy")
    pin.location = point_in(17)
    pin.save()

    row = shown()
    assert (row.title, row.text, row.kind) == (pin.title, pin.text, "idea")
    assert row.theme_slug == "energy"
    assert row.district_name == east.name
    assert row.body_slug == "ortsbeirat-17"
    assert PublicPin.objects.matching(WebSearchQuery("Laterne")).exists()
    found = properties(row)
    assert found["title"] == "Ein neuer Titel"
    assert found["district"] == "Stadtteil 17"


def test_a_districts_name(district):
    make_pin()
    District.objects.update(number=26, name="Neuhohenecken", slug="neu")

    row = shown()
    assert (row.district_number, row.district_name, row.district_slug) == (
        26,
        "Neuhohenecken",
        "neu",
    )
    assert properties(row)["district"] == "Neuhohenecken"


def test_a_bodys_name_in_its_pins_and_in_every_timeline(district, body, anna):
    other = make_body("Bauausschuss")
    pin = make_pin()
    move(pin, Status.IN_REVIEW, anna, other)

    body.name, body.slug = "Ortsbeirat West", "west"
    body.save()
    other.name = "Ausschuss für Bauen"
    other.save()

    row = shown()
    assert (row.body_name, row.body_slug) == ("Ortsbeirat West", "west")
    assert row.timeline[0]["body"] == "Ausschuss für Bauen"
    assert properties(row)["body_slug"] == "west"


def test_a_themes_slug(district):
    theme = make_theme("energy")
    make_pin(theme=theme)

    theme.slug = "power"
    theme.save()

    assert shown().theme_slug == "power"
    assert properties(shown())["theme"] == "power"


def test_a_new_duty(district):
    day = today()
    new = make_body("Ortsbeirat Neudorf")
    make_pin()

    Responsibility.objects.update(valid_to=day)
    Responsibility.objects.create(district=district, body=new, valid_from=day)

    assert shown().body == new


def test_a_duty_that_comes_to_be_the_latest(district):
    day = today()
    ended, latest = day - datetime.timedelta(9), day - datetime.timedelta(5)
    first = Responsibility.objects.get()
    Responsibility.objects.update(valid_to=ended)
    second = make_body("Ortsbeirat Neudorf")
    Responsibility.objects.create(
        district=district, body=second, valid_from=ended, valid_to=latest
    )
    make_pin()
    assert shown().body == second

    # Its body is the same as before: what changes is that no other came later.
    Responsibility.objects.filter(pk=first.pk).update(valid_from=latest, valid_to=None)

    assert shown().body == first.body
    Responsibility.objects.create(
        district=district,
        body=second,
        valid_from=district.valid_from,
        valid_to=ended,
    )


def test_a_duty_that_begins_earlier(district):
    day = today()
    Responsibility.objects.update(valid_to=day)
    new = make_body("Ortsbeirat Neudorf")
    duty = Responsibility.objects.create(
        district=district, body=new, valid_from=day + datetime.timedelta(2)
    )
    make_pin()
    assert shown().body != new

    duty.valid_from = day
    duty.save()

    assert shown().body == new


def test_a_duty_that_ends_changes_nothing(district):
    make_pin()
    version = PublicVersion.now()
    last = today() + datetime.timedelta(30)

    Responsibility.objects.update(valid_to=last)
    Responsibility.objects.create(
        district=district, body=make_body("Ortsbeirat Neudorf"), valid_from=last
    )

    assert PublicVersion.now() == version


def test_a_boundary_put_right_changes_nothing(district):
    make_pin()
    version = PublicVersion.now()
    said = {
        field: getattr(district, field)
        for field in ("number", "name", "slug", "kind", "source")
    }

    correct_district(
        district=district,
        description=Description(**said, geometry=district_square(17)),
    )

    district.refresh_from_db()
    assert district.geometry.equals(district_square(17))
    assert PublicVersion.now() == version


def test_a_duty_given_to_another_body(district):
    new = make_body("Ortsbeirat Neudorf")
    make_pin()

    Responsibility.objects.update(body=new)

    assert shown().body == new


def test_what_others_count_and_link_survives(district):
    pin = make_pin()
    PublicPin.objects.update(support_count=7, comment_count=3)
    show_outcomes({pin.pk: Outcome("G1", None)})

    pin.refresh_from_db()
    pin.title = "Ein neuer Titel"
    pin.save()

    row = shown()
    assert (row.support_count, row.comment_count, row.goal) == (7, 3, "G1")
    found = properties(row)
    assert (found["support_count"], found["goal"]) == (7, "G1")


def test_an_edit_before_publishing(district):
    pin = make_pin(visibility=Visibility.SUBMITTED)
    pin = edit_pin(
        pin=pin, title="Ein neuer Titel", text="Ein neuer Text, länger als zuvor."
    )
    publish_pin(pin=pin, actor=make_moderator(), read=pin.words_digest)

    assert shown().title == "Ein neuer Titel"
