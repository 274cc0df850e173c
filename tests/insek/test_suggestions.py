"""What planners decide about suggestions, and what everyone sees of it."""

import pytest
from django.contrib.gis.geos import Polygon
from django.http import QueryDict
from procrastinate.contrib.django.models import ProcrastinateJob

from districts.models import District
from insek.digest import deciding
from insek.digest.deciding import Seen, SuggestionChanged
from insek.digest.selection import (
    UnknownSuggestion,
    pins_of_suggestion,
    read_suggestion,
)
from insek.models import Suggestion, SuggestionPin
from insek.models.suggestion import area_of
from pins.actions import hide_pin
from tests.factories import (
    make_district,
    make_moderator,
    make_pin,
    make_planner,
    make_user,
)
from tests.pages import text_of

LIST = "/en/planning/suggestions/"
AREA = Polygon.from_bbox((7.75, 49.37, 7.77, 49.39))


def make_suggestion(pins=(), **fields):
    if fields.get("kind") == "hotspot":
        fields |= {"geometry": AREA, "metres": 80}
    row = Suggestion.objects.create(**{"kind": "topic", "words": ["Schulweg"]} | fields)
    for pin in pins:
        SuggestionPin.objects.create(suggestion=row, pin=pin, score=0.5)
    return row


@pytest.fixture
def planner(db):
    make_district(16)
    return make_planner()


@pytest.fixture
def desk(client, planner):
    client.force_login(planner)
    return client


@pytest.fixture
def topic(planner):
    return make_suggestion([make_pin(title="Zebrastreifen"), make_pin(title="Ampel")])


def send(client, row, action, **data):
    data = {"action": action, "version": row.version, **data}
    return client.post(f"{LIST}{row.pk}/", data)


def members(row):
    rows = row.members.filter(state="member")
    return set(rows.values_list("pin__title", flat=True))


def test_planners_see_the_list_and_nobody_else_does(client, planner, topic):
    for path in (LIST, f"{LIST}{topic.pk}/"):
        assert client.get(path).status_code == 302
    client.force_login(make_user())
    for path in (LIST, f"{LIST}{topic.pk}/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{LIST}search").status_code == 403
    client.force_login(planner)
    assert "Schulweg" in text_of(client.get(LIST))


@pytest.mark.parametrize(
    ("query", "status", "seen"),
    [
        ("", 200, True),
        ("?kind=topic", 200, True),
        ("?kind=hotspot", 200, False),
        ("?state=confirmed", 200, False),
        ("?theme=mobility", 200, False),
        ("?district=nowhere", 400, False),
        ("?page=99999999999999999999", 200, True),
        ("?state=wrong", 400, False),
        ("?theme=%00", 400, False),
    ],
)
def test_filters(desk, topic, query, status, seen):
    page = desk.get(LIST + query)
    assert page.status_code == status
    assert (f"/planning/suggestions/{topic.pk}/" in page.text) is seen


def test_a_district_has_its_topics_and_the_spots_that_touch_it(desk, topic):
    slug = District.objects.get(number=16).slug
    of_it = make_suggestion([make_pin()], district_slug=slug)
    touching = make_suggestion([make_pin()], kind="hotspot")

    page = desk.get(f"{LIST}?district={slug}").text
    for row, is_seen in ((of_it, True), (touching, True), (topic, False)):
        assert (f"/planning/suggestions/{row.pk}/" in page) is is_seen


def test_a_list_of_many_asks_few_questions(desk, topic, django_assert_max_num_queries):
    for _ in range(8):
        make_suggestion([make_pin()], kind="hotspot")
    with django_assert_max_num_queries(16):
        desk.get(LIST)


def test_confirming_with_a_name_makes_it_public(desk, topic, planner):
    public = f"/en/insek/topics/{topic.pk}/"
    assert desk.get(public).status_code == 404

    assert send(desk, topic, "confirm", name_de="Schulwege").status_code == 302
    topic.refresh_from_db()
    assert (topic.state, topic.name, topic.decided_by) == (
        "confirmed",
        "Schulwege",
        planner,
    )
    assert "Zebrastreifen" in text_of(desk.get(public))
    assert "Schulwege" in text_of(desk.get("/en/insek/topics/"))


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\x00b"])
def test_a_bad_name_is_told_and_kept(desk, topic, name):
    page = send(desk, topic, "confirm", name_de=name, name_en="Ways to school")
    assert page.status_code == 422
    assert "Ways to school" in page.text
    topic.refresh_from_db()
    assert topic.state == "suggested"


def test_who_saw_an_older_version_is_refused_and_keeps_what_was_typed(desk, topic):
    send(desk, topic, "dismiss")

    page = send(desk, topic, "confirm", name_de="Schulwege")
    assert page.status_code == 409
    assert "Somebody else has changed" in text_of(page)
    topic.refresh_from_db()
    assert topic.state == "dismissed"


def test_what_a_search_has_replaced_is_said(desk, topic):
    topic.delete()
    page = desk.post(f"{LIST}99/", {"action": "dismiss", "version": 1}, follow=True)
    assert "a new search has replaced it" in text_of(page)
    assert desk.get(f"{LIST}99/").status_code == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"action": "explode", "version": 1}, 400),
        ({"action": "dismiss"}, 422),
        ({"action": "dismiss", "version": "9" * 30}, 422),
        ({"action": "remove", "version": 1}, 422),
        ({"action": "remove", "version": 1, "pin": "0"}, 422),
        ({"action": "merge", "version": 1, "into": "x"}, 422),
    ],
)
def test_garbage_is_refused(desk, topic, data, status):
    assert desk.post(f"{LIST}{topic.pk}/", data).status_code == status


def test_taking_out_and_in(desk, topic):
    pin = topic.members.get(pin__title="Ampel").pin
    send(desk, topic, "remove", pin=pin.pk)
    assert members(topic) == {"Zebrastreifen"}

    topic.refresh_from_db()
    send(desk, topic, "accept", pin=pin.pk)
    assert members(topic) == {"Zebrastreifen", "Ampel"}


def test_dismissing_and_taking_it_back(desk, topic):
    send(desk, topic, "dismiss")
    topic.refresh_from_db()
    assert topic.state == "dismissed"
    send(desk, topic, "reopen")
    topic.refresh_from_db()
    assert (topic.state, topic.decided_by) == ("suggested", None)


def test_merging(desk, topic):
    other = make_suggestion([make_pin(title="Gehweg")])

    assert send(desk, topic, "merge", into=other.pk).url.endswith(f"/{other.pk}/")
    assert members(other) == {"Zebrastreifen", "Ampel", "Gehweg"}
    topic.refresh_from_db()
    assert topic.state == "dismissed"


def test_merging_brings_nothing_back_that_was_taken_out(desk, topic):
    both = make_pin(title="Bordstein")
    other = make_suggestion([make_pin(title="Gehweg"), both])
    SuggestionPin.objects.create(suggestion=topic, pin=both)
    send(desk, other, "remove", pin=both.pk)
    other.refresh_from_db()

    send(desk, topic, "merge", into=other.pk)

    assert members(other) == {"Zebrastreifen", "Ampel", "Gehweg"}
    assert other.members.get(pin=both).state == "removed"


def test_merging_takes_in_what_was_merely_offered(topic, planner):
    pin = topic.members.get(pin__title="Ampel").pin
    other = make_suggestion([make_pin(title="Gehweg")])
    SuggestionPin.objects.create(suggestion=other, pin=pin, state="offered")

    deciding.merge(seen=Seen(topic.pk, 1), into=Seen(other.pk, 1), actor=planner)

    assert members(other) == {"Zebrastreifen", "Ampel", "Gehweg"}


def test_what_was_dismissed_or_replaced_meanwhile_is_not_merged(topic, planner):
    other = make_suggestion([make_pin(title="Gehweg")])
    now = deciding.dismiss(seen=Seen(other.pk, 1), actor=planner).version
    for seen, said in ((Seen(other.pk, now), "verworfen"), (Seen(10**6, 1), "Suche")):
        with pytest.raises(SuggestionChanged, match=said):
            deciding.merge(seen=Seen(topic.pk, 1), into=seen, actor=planner)
    assert members(other) == {"Gehweg"}


def test_merging_two_of_a_kind_only(topic, planner):
    spot = make_suggestion(kind="hotspot")
    for into in (spot, topic):
        with pytest.raises(SuggestionChanged):
            deciding.merge(seen=Seen(topic.pk, 1), into=Seen(into.pk, 1), actor=planner)


def test_hot_spots_that_are_merged_lie_in_one_area(planner):
    one, two = make_suggestion(kind="hotspot"), make_suggestion(kind="hotspot")
    deciding.merge(seen=Seen(one.pk, 1), into=Seen(two.pk, 1), actor=planner)
    two.refresh_from_db()
    assert two.geometry.contains(AREA.centroid)


def test_the_contributions_of_a_suggestion(topic, planner):
    hidden = topic.members.get(pin__title="Ampel").pin
    kept = topic.members.get(pin__title="Zebrastreifen").pin_id
    hide_pin(pin=hidden, actor=make_moderator(), reason="Ein Name.")

    assert pins_of_suggestion("topic", topic.pk) == [kept]
    for kind, pk in (("hotspot", topic.pk), ("topic", 0), ("x", topic.pk)):
        with pytest.raises(UnknownSuggestion):
            pins_of_suggestion(kind, pk)
    deciding.dismiss(seen=Seen(topic.pk, 1), actor=planner)
    with pytest.raises(UnknownSuggestion):
        read_suggestion(QueryDict(f"topic={topic.pk}"))


def test_hidden_ones_are_neither_shown_nor_counted(desk, topic):
    hidden = topic.members.get(pin__title="Ampel").pin
    hide_pin(pin=hidden, actor=make_moderator(), reason="Ein Name.")

    assert "1 contribution " in text_of(desk.get(LIST))
    assert "Ampel" not in text_of(desk.get(f"{LIST}{topic.pk}/"))


def test_searching_is_a_job_and_one_at_a_time(desk):
    jobs = ProcrastinateJob.objects.filter(task_name="insek.tasks.make_suggestions")
    desk.post(f"{LIST}search")
    page = desk.post(f"{LIST}search", follow=True)
    assert "already" in text_of(page)
    assert jobs.count() == 1
    assert desk.get(f"{LIST}search").status_code == 405


def test_the_same_hot_spots_are_looked_for_once(desk):
    make_pin()
    jobs = ProcrastinateJob.objects.filter(task_name="insek.tasks.look_for_hotspots")
    for metres in (120, 120, 80):
        data = {"metres": metres, "fewest": 4}
        assert desk.post(f"{LIST}hotspots", data).status_code == 302
    assert [job.args["metres"] for job in jobs.order_by("pk")] == [120, 80]


@pytest.mark.parametrize("words", ["x", "-1", "²", "9" * 10])
def test_what_names_no_suggestion(db, words):
    with pytest.raises(UnknownSuggestion):
        read_suggestion(QueryDict(f"topic={words}"))


def test_a_topic_has_no_area(topic):
    with pytest.raises(ValueError, match="topic"):
        area_of(topic)


def test_who_dismisses_an_older_version_is_refused(desk, topic):
    Suggestion.objects.update(version=7)
    page = send(desk, topic, "dismiss")
    assert page.status_code == 409
    assert page.context["error"]
    topic.refresh_from_db()
    assert topic.state == "suggested"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"metres": 120, "fewest": 4, "theme": "mobility", "kind": "idea"}, 302),
        ({"metres": 1, "fewest": 4}, 400),
        ({"metres": 80, "fewest": "9" * 40}, 400),
        ({"metres": 80, "fewest": 5, "theme": "x"}, 400),
        ({}, 400),
    ],
)
def test_asking_for_hot_spots(desk, data, status):
    make_pin()
    assert desk.post(f"{LIST}hotspots", data).status_code == status
    jobs = ProcrastinateJob.objects.filter(task_name="insek.tasks.look_for_hotspots")
    assert jobs.exists() is (status == 302)


def test_a_script_in_a_name_stays_text(desk):
    row = make_suggestion(
        [make_pin()],
        kind="hotspot",
        state="confirmed",
        name_de="</script><script>alert(1)</script>",
        decided_by=make_user("kim"),
        decided_at="2026-11-28T10:00Z",
    )
    for path in (LIST, "/insek/topics/", f"/insek/topics/{row.pk}/"):
        assert "<script>alert" not in desk.get(f"{path}?state=confirmed").text
