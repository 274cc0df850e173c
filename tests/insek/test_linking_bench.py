"""The planners' bench: find, choose, look, link with a reason, take back."""

import datetime

import pytest
from django.db.models import F

from insek.models import Link
from insek.trace.tracing import link_pins
from pins.models import PublicPin
from pins.workflow import Visibility
from tests.factories import (
    make_comment,
    make_district,
    make_event,
    make_goal,
    make_link,
    make_measure,
    make_milestone,
    make_moderator,
    make_pin,
    make_planner,
    make_theme,
)
from tests.geometries import STEP, point_in
from tests.pages import fields_of, text_of

REASON = "Liegt auf dem Schulweg."
PAGES = ["", "links/", "sources/", "sources/?of=event", "sources/?of=consultation"]
ACTIONS = ["choose/", "link/", "undo/", "unlink/"]


@pytest.fixture
def measure(db):
    make_district(16, name="Hohenecken")
    make_district(17, name="Ostdorf")
    return make_measure("M 12")


@pytest.fixture
def planner(client, measure):
    user = make_planner()
    client.force_login(user)
    return user


def url(target, page=""):
    kind = type(target).__name__.lower()
    return f"/en/planning/trace/{kind}/{target.pk}/{page}"


def pins_on(response):
    return {pin.pk for pin in response.context["page"].pins}


def link(client, target, pins, reason=REASON):
    data = {"pins": ",".join(str(pin.pk) for pin in pins), "reason": reason}
    return client.post(url(target, "link/"), data, follow=True)


def around(east, north, size=0.2):
    """Return the corners of a small square in district 16, in fractions of it."""
    middle = point_in(16, east, north)
    half = size * STEP / 2
    corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
    return ";".join(f"{middle.x + x:.6f},{middle.y + y:.6f}" for x, y in corners)


def test_targets_can_be_searched(client, planner, measure):
    make_goal("2.1", title_de="Sichere Wege")

    page = client.get("/en/planning/trace/?q=sichere")

    assert "2.1" in text_of(page)
    assert "M 12" not in text_of(page)


def test_what_is_linked_already_is_left_out_at_first(client, planner, measure):
    linked, other = make_pin(), make_pin()
    elsewhere = make_pin()
    make_link(measure, pin=linked)
    make_link(make_goal(), pin=elsewhere)

    assert pins_on(client.get(url(measure))) == {other.pk, elsewhere.pk}
    assert pins_on(client.get(url(measure, "?scope=none"))) == {other.pk}
    assert len(pins_on(client.get(url(measure, "?scope=all")))) == 3


def test_the_filters_of_the_list_work(client, planner, measure):
    make_theme("energy")
    here = make_pin(title="Zebrastreifen fehlt an der Schule")
    make_pin(district=17)

    assert pins_on(client.get(url(measure, "?district=hohenecken"))) == {here.pk}
    assert pins_on(client.get(url(measure, "?q=zebrastreifen&theme=mobility"))) >= {
        here.pk
    }
    assert client.get(url(measure, "?district=nirgendwo")).status_code == 400
    assert client.get(url(measure, "?after=quatsch")).status_code == 400


def test_a_line_drawn_on_the_map_finds_what_lies_in_it(client, planner, measure):
    inside = make_pin(location=point_in(16, 0.5, 0.5))
    make_pin(location=point_in(16, 0.9, 0.9))

    response = client.get(url(measure), {"area": around(0.5, 0.5)})

    assert pins_on(response) == {inside.pk}
    assert "Only within the area" in text_of(response)


def test_a_line_that_crosses_itself_still_goes_round_something(
    client, planner, measure
):
    inside = make_pin(location=point_in(16, 0.25, 0.5))
    low, high = point_in(16, 0.1, 0.1), point_in(16, 0.9, 0.9)
    bow = [(low.x, low.y), (high.x, high.y), (high.x, low.y), (low.x, high.y)]

    response = client.get(url(measure), {"area": ";".join(f"{x},{y}" for x, y in bow)})

    assert pins_on(response) == {inside.pk}


@pytest.mark.parametrize(
    "area",
    [
        "x",
        "7.5,49.4",
        "7.5,49.4;7.6,49.5",
        "7.5,49.4;7.6,49.5;nan,49",
        "7.5,49.4;7.5,49.4;7.5,49.4",
        "7.5,999;7.6,49;7.7,49",
        ";".join(["7.5,49.4"] * 500),
        "7,49,3;8,49,3;8,50,3",
        "7.5,49.4;\0",
    ],
)
def test_an_area_that_is_none_is_refused(client, planner, measure, area):
    assert client.get(url(measure), {"area": area}).status_code == 400


def test_others_like_those_linked_are_suggested(client, planner, measure):
    words = "Zebrastreifen am Kindergarten Sonnenblume fehlt"
    linked = make_pin(title=words, text=words + " an der Bushaltestelle.")
    like = make_pin(title=words, text="Am Kindergarten Sonnenblume ein Zebrastreifen.")
    for n in range(12):
        make_pin(title=f"Bank Nummer {n}", text="Hier fehlt eine Bank zum Sitzen.")
    make_link(measure, pin=linked)

    assert pins_on(client.get(url(measure, "?similar=on"))) == {like.pk}


def test_without_links_nothing_is_like_them(client, planner, measure):
    make_pin()

    page = client.get(url(measure, "?similar=on"))

    assert "Link some contributions first" in text_of(page)


def test_the_choice_is_shown_before_it_is_linked(client, planner, measure):
    pins = [make_pin(), make_pin(), make_pin(district=17)]

    page = client.post(url(measure, "choose/"), {"pin": [pin.pk for pin in pins]})

    assert page.status_code == 200
    assert "Link 3 contributions" in text_of(page)
    assert "Hohenecken: 2" in text_of(page)
    assert not Link.objects.exists()
    sent = fields_of(page) | {"reason": REASON}
    client.post(url(measure, "link/"), sent)
    assert {found.pin_id for found in Link.objects.all()} == {pin.pk for pin in pins}
    assert set(Link.objects.values_list("reason", "linked_by")) == {
        (REASON, planner.pk)
    }


def test_all_that_were_found_can_be_taken(client, planner, measure):
    pins = [make_pin() for _ in range(25)]
    make_pin(district=17)

    page = client.post(
        url(measure, "choose/"), {"all": "1", "query": "district=hohenecken"}
    )

    assert fields_of(page)["pins"].count(",") == len(pins) - 1


def test_too_many_are_refused_with_the_number(client, planner, measure, monkeypatch):
    monkeypatch.setattr("insek.views.trace.MOST", 2)
    for _ in range(3):
        make_pin()

    page = client.post(url(measure, "choose/"), {"all": "1"})

    assert page.status_code == 422
    assert "At most 2 contributions" in text_of(page)


def test_too_many_are_refused_when_linking_too(client, planner, measure, monkeypatch):
    monkeypatch.setattr("insek.trace.linking.MOST", 2)

    page = link(client, measure, [make_pin() for _ in range(3)])

    assert page.status_code == 422
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"pin": "x"}, 422),
        ({"pin": "1" * 400}, 422),
        ({"all": "1", "query": "theme=x"}, 400),
    ],
)
def test_a_choice_that_is_none_is_refused(client, planner, measure, data, status):
    assert client.post(url(measure, "choose/"), data).status_code == status


@pytest.mark.parametrize("reason", ["", "abc", "x" * 301, "Ein\x00Zeichen"])
def test_a_reason_is_asked_for_and_nothing_is_lost(client, planner, measure, reason):
    pin = make_pin()

    page = link(client, measure, [pin], reason)

    assert page.status_code == 422
    assert fields_of(page)["pins"] == str(pin.pk)
    assert not Link.objects.exists()


@pytest.mark.parametrize("pins", ["", "x", "1,2,y", "-1", "9" * 30, "1,,2"])
def test_garbage_instead_of_a_choice_is_refused(client, planner, measure, pins):
    page = client.post(url(measure, "link/"), {"pins": pins, "reason": REASON})

    assert page.status_code == 422


def test_what_is_not_public_is_named_and_nothing_is_linked(client, planner, measure):
    hidden = make_pin(visibility=Visibility.HIDDEN)

    page = link(client, measure, [make_pin(), hidden])

    assert page.status_code == 422
    assert hidden.reference in text_of(page)
    assert not Link.objects.exists()


def test_a_duplicate_is_named_and_nothing_is_linked(client, planner, measure):
    pin = make_pin(status="duplicate", duplicate_of=make_pin())

    page = link(client, measure, [pin])

    assert page.status_code == 422
    assert pin.reference in text_of(page)
    assert pin.pk not in pins_on(client.get(url(measure, "?scope=all")))


def test_a_double_click_links_once(client, planner, measure):
    pin = make_pin()
    link(client, measure, [pin])

    page = link(client, measure, [pin])

    assert "Nothing new is linked." in text_of(page)
    assert Link.objects.count() == 1


def test_within_the_minute_it_can_be_taken_back(client, planner, measure):
    old = make_pin()
    make_link(measure, pin=old)
    page = link(client, measure, [make_pin(), make_pin()])

    page = client.post(
        url(measure, "undo/"), {"at": fields_of(page)["at"]}, follow=True
    )

    assert "2 links taken back." in text_of(page)
    assert Link.objects.get().pin == old


def test_later_it_cannot(client, planner, measure):
    at = fields_of(link(client, measure, [make_pin()]))["at"]
    early = datetime.datetime.fromisoformat(at) - datetime.timedelta(minutes=2)
    Link.objects.update(linked_at=F("linked_at") - datetime.timedelta(minutes=2))

    page = client.post(url(measure, "undo/"), {"at": early.isoformat()}, follow=True)

    assert "The minute is over." in text_of(page)
    assert Link.objects.exists()
    assert "at" not in fields_of(page)


@pytest.mark.parametrize(
    "at",
    [
        *("", "x", "2026-01-01", "2026-99-01T00:00:00+00:00"),
        *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
    ],
)
def test_garbage_instead_of_a_moment_is_refused(client, planner, measure, at):
    assert client.post(url(measure, "undo/"), {"at": at}).status_code == 400


def test_the_links_say_who_and_why_and_can_be_taken_back(client, planner, measure):
    planner.last_name = "Musterfrau"
    planner.save()
    kept, gone = make_pin(), make_pin()
    link(client, measure, [kept, gone])
    page = client.get(url(measure, "links/"))
    assert "Musterfrau" in text_of(page)
    assert REASON in text_of(page)

    client.post(url(measure, "unlink/"), {"link": Link.objects.get(pin=gone).pk})

    assert Link.objects.get().pin == kept
    assert PublicPin.objects.get(pk=gone.pk).measure is None
    assert PublicPin.objects.get(pk=kept.pk).measure == "M 12 Maßnahme M 12"


def test_all_links_can_be_taken_back_and_only_of_this_target(client, planner, measure):
    other = make_link(make_goal(), pin=make_pin())
    link(client, measure, [make_pin(), make_pin()])

    client.post(url(measure, "unlink/"), {"all": "1", "link": other.pk})

    assert Link.objects.get() == other


def test_links_of_another_target_stay(client, planner, measure):
    other = make_link(make_goal(), pin=make_pin())

    client.post(url(measure, "unlink/"), {"link": other.pk})

    assert Link.objects.exists()
    assert client.post(url(measure, "unlink/"), {"link": "x"}).status_code == 400


def test_comments_and_events_are_linked_with_a_reason(client, planner, measure):
    comment = make_comment(make_pin(), text="Bitte auch an die Kita denken.")
    make_comment(make_pin(), visibility=Visibility.SUBMITTED, text="Wartet noch.")
    event, draft = make_event(), make_event(state="draft", title_de="Entwurf")
    page = client.get(url(measure, "sources/?q=Kita"))
    assert "Kita" in text_of(page)
    assert "Wartet noch" not in text_of(client.get(url(measure, "sources/")))

    client.post(url(measure, "sources/"), {"source": comment.pk, "reason": REASON})
    client.post(
        url(measure, "sources/?of=event"), {"source": event.pk, "reason": REASON}
    )
    refused = client.post(
        url(measure, "sources/?of=event"), {"source": draft.pk, "reason": REASON}
    )

    assert refused.status_code == 422
    assert {(found.comment, found.event) for found in Link.objects.all()} == {
        (comment, None),
        (None, event),
    }


@pytest.mark.parametrize("data", [{}, {"source": "x"}, {"source": "9" * 25}])
def test_a_source_that_is_none_is_refused(client, planner, measure, data):
    page = client.post(url(measure, "sources/"), data | {"reason": REASON})

    assert page.status_code == 422


def test_unknown_sources_are_refused(client, planner, measure):
    assert client.get(url(measure, "sources/?of=pin")).status_code == 400


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_planners(client, measure, page):
    assert client.get(url(measure, page)).status_code == 302
    client.force_login(make_moderator())
    assert client.get(url(measure, page)).status_code == 403
    client.force_login(make_planner())
    assert client.get(url(measure, page)).status_code == 200


@pytest.mark.parametrize("action", ACTIONS)
def test_only_planners_act_and_only_by_post(client, measure, action):
    make_link(measure, pin=make_pin())
    assert client.post(url(measure, action), {"all": "1"}).status_code == 401
    client.force_login(make_moderator())
    assert client.post(url(measure, action), {"all": "1"}).status_code == 403
    client.force_login(make_planner())
    assert client.get(url(measure, action)).status_code == 405
    assert Link.objects.exists()


@pytest.mark.parametrize("path", ["pin/1/", "measure/999999/", f"goal/{'9' * 30}/"])
def test_what_is_no_target_is_not_there(client, planner, path):
    assert client.get(f"/en/planning/trace/{path}").status_code == 404


def test_milestones_and_drafts_are_targets_too(client, planner, measure):
    milestone = make_milestone(make_measure("M 13", is_public=False))
    link(client, milestone, [make_pin()])

    page = client.get(url(milestone, "links/"))

    assert "A draft" in text_of(page)
    assert Link.objects.get().milestone == milestone


def test_the_queries_do_not_grow(
    client, planner, measure, django_assert_max_num_queries
):
    link_pins(pins=[make_pin() for _ in range(25)], target=measure, actor=planner)
    for _ in range(25):
        make_pin()

    with django_assert_max_num_queries(16):
        client.get(url(measure))
    with django_assert_max_num_queries(12):
        client.get(url(measure, "links/"))
    with django_assert_max_num_queries(14):
        client.get("/en/planning/trace/")
