"""The inbox: its lists, what each entry tells, and the overview of all desks."""

import datetime

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from councils.desk.inbox import Inbox, InboxFilter
from councils.models import Assignment, DeskNote, Membership
from pins.handovers import hand_over
from pins.models import Pin
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_planner,
    make_sitting,
    make_theme,
    make_user,
)
from tests.pages import links_of, text_of
from tests.public_rows import multiply_public_rows

DESK = "/desk/ortsbeirat-west/"


def days_ago(days):
    # By the clock on the wall: so many days, also where one of them had 23 or 25 hours.
    return timezone.localtime() - datetime.timedelta(days=days)


def waiting(days, status=Status.RECEIVED, **fields):
    return make_pin(published_at=days_ago(days), status=status, **fields)


def assign(pin, body, user):
    return Assignment.objects.create(
        pin=pin, body=body, assignee=user, assigned_by=user
    )


def titles(client, **query):
    response = client.get(DESK, query)
    assert response.status_code == 200, text_of(response)[:500]
    return [pin.title for pin in response.context["page"].pins]


def entry_of(client, **query):
    (entry,) = client.get(DESK, query).context["entries"]
    return entry


class TestTabs:
    @pytest.fixture
    def pins(self, desk, west, anna):
        made = {
            "ganz neu": waiting(1),
            "neu und alt": waiting(9),
            "in Arbeit": waiting(9, Status.IN_REVIEW),
            "lange in Arbeit": waiting(40, Status.IN_REVIEW),
            "auf der Tagesordnung": waiting(90, Status.SCHEDULED),
            "erledigt": waiting(400, Status.DONE),
        }
        for title, pin in made.items():
            Pin.objects.filter(pk=pin.pk).update(title=title)
        for title in ("in Arbeit", "auf der Tagesordnung", "erledigt"):
            assign(made[title], west, anna)
        assign(made["ganz neu"], west, make_member(west, "bert"))
        return made

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({}, ["neu und alt", "ganz neu"]),
            ({"tab": "new"}, ["neu und alt", "ganz neu"]),
            ({"tab": "waiting"}, ["lange in Arbeit", "in Arbeit"]),
            ({"tab": "overdue"}, ["lange in Arbeit", "neu und alt"]),
            ({"tab": "overdue", "sort": "newest"}, ["neu und alt", "lange in Arbeit"]),
            ({"tab": "overdue", "status": "received"}, ["neu und alt"]),
            ({"tab": "mine"}, ["auf der Tagesordnung", "in Arbeit"]),
            ({"tab": "all", "status": "done"}, ["erledigt"]),
            ({"status": "done"}, ["erledigt"]),
        ],
    )
    def test_what_is_in_them_and_in_which_order(self, desk, pins, query, expected):
        assert titles(desk, **query) == expected

    def test_all_begins_with_the_newest_or_with_what_waits(self, desk, pins):
        assert titles(desk, tab="all")[0] == "ganz neu"
        assert titles(desk, tab="all", sort="waiting") == [
            "erledigt",
            "auf der Tagesordnung",
            "lange in Arbeit",
            # Made one after the other, within the same day.
            "neu und alt",
            "in Arbeit",
            "ganz neu",
        ]

    def test_their_numbers(self, desk, pins):
        tabs = desk.get(DESK).context["tabs"]

        assert [(row["tab"], row["number"]) for row in tabs] == [
            ("new", 2),
            ("waiting", 2),
            ("overdue", 2),
            ("mine", 2),
            ("all", None),
        ]

    def test_words_find_within_a_tab(self, desk, pins):
        assert titles(desk, tab="overdue", q="Arbeit") == ["lange in Arbeit"]
        assert titles(desk, tab="all", sort="waiting", q="Arbeit") == [
            "lange in Arbeit",
            "in Arbeit",
        ]

    def test_the_map_shows_the_tab_by_filters_or_by_the_list(self, desk, pins):
        def tiles(**query):
            return desk.get(DESK, query).context["map_query"]

        assert tiles(tab="new") == "status=received&body=ortsbeirat-west"
        assert tiles(tab="all", kind="problem", q="Rad") == (
            "kind=problem&body=ortsbeirat-west&q=Rad"
        )
        overdue = desk.get(DESK, {"tab": "overdue"})
        assert "data-listed" in overdue.text
        assert "data-pins" not in overdue.text

    def test_what_a_tab_cannot_hold(self, desk, pins):
        response = desk.get(DESK, {"tab": "new", "status": "done"})

        assert response.status_code == 400
        assert list(response.context["filters"].errors) == ["status"]

    @pytest.mark.parametrize("tab", ["x", "NEW", "new\x00", "all" * 500])
    def test_a_tab_that_is_none(self, desk, pins, tab):
        response = desk.get(DESK, {"tab": tab})

        assert response.status_code == 400
        assert list(response.context["filters"].errors) == ["tab"]

    def test_what_was_handed_over_is_at_the_other_desk_with_its_district(
        self, desk, pins, west, east, client
    ):
        hand_over(
            pin=pins["ganz neu"],
            to_body=east,
            actor=make_user("otto"),
            from_body=west,
            reason="Das liegt im Osten.",
        )

        assert titles(desk) == ["neu und alt"]
        client.force_login(make_member(east, "egon"))
        response = client.get("/desk/ortsbeirat-ost/", {"district": "westdorf"})
        assert [pin.title for pin in response.context["page"].pins] == ["ganz neu"]


class TestList:
    def test_just_the_published_pins_of_the_bodys_districts(self, desk, east):
        make_pin(title="Liegt in Westdorf")
        make_pin(title="Liegt in Ostdorf", district=17)
        make_pin(title="Wartet noch", visibility=Visibility.SUBMITTED)
        make_pin(title="Ist versteckt", visibility=Visibility.HIDDEN)

        for tab in ("new", "all"):
            assert titles(desk, tab=tab) == ["Liegt in Westdorf"]

    def test_filters(self, desk):
        make_pin(title="Neu hier")
        make_pin(title="In Arbeit", status=Status.IN_REVIEW, theme=make_theme("energy"))

        assert titles(desk, tab="all", theme="energy") == ["In Arbeit"]
        assert titles(desk, tab="all", theme="energy", status="received") == []
        assert titles(desk, tab="all", kind="idea") == []
        assert titles(desk, q="Neu") == ["Neu hier"]

    @pytest.mark.parametrize(
        "query",
        [
            {"status": "x"},
            {"theme": "x"},
            {"district": "x"},
            {"district": "a\x00b"},
            {"q": "a\x00b"},
            {"sort": "x"},
            {"sort": "nearest"},
        ],
    )
    def test_a_filter_that_is_none(self, desk, query):
        response = desk.get(DESK, query)

        assert response.status_code == 400
        ((_, messages),) = response.context["filters"].errors.items()
        assert messages[0] in text_of(response)

    @pytest.mark.parametrize("query", [{"after": "x"}, {"before": ""}])
    @pytest.mark.parametrize("tab", ["new", "overdue", "all"])
    def test_a_cursor_that_is_none(self, desk, query, tab):
        assert desk.get(DESK, query | {"tab": tab}).status_code == 400

    @pytest.mark.parametrize("tab", ["new", "overdue", "all"])
    def test_twenty_a_page_forwards_and_backwards(self, desk, tab):
        for number in range(45):
            status = (
                Status.IN_REVIEW if number % 2 and tab != "new" else Status.RECEIVED
            )
            waiting(100 - number // 5, status, title=f"Titel {number}")
        query = f"tab={tab}&sort=waiting"

        seen, pages = [], []
        while query:
            page = desk.get(f"{DESK}?{query}").context["page"]
            pages.append(page)
            seen += [pin.pk for pin in page.pins]
            query = page.next_query
        back = desk.get(f"{DESK}?{pages[-1].previous_query}").context["page"]

        assert [len(page.pins) for page in pages] == [20, 20, 5]
        order = Pin.objects.order_by("published_at", "pk")
        assert seen == list(order.values_list("pk", flat=True))
        assert [pin.pk for pin in back.pins] == seen[20:40]

    @pytest.mark.parametrize("number", [1, 30])
    def test_few_queries(self, desk, west, anna, django_assert_max_num_queries, number):
        sitting = make_sitting(west)
        for _ in range(number):
            for status in (Status.RECEIVED, Status.IN_REVIEW):
                pin = waiting(40, status)
                assign(pin, west, anna)
                make_consultation(west, pin, item=make_item(sitting))

        # Session, user, two of rights, seat, numbers, themes, districts, count, page,
        # what the desk knows of its pins, and the map's overlays.
        for tab in ("new", "waiting", "overdue", "mine", "all"):
            with django_assert_max_num_queries(13):
                page = desk.get(DESK, {"tab": tab, "sort": "waiting"})
            assert page.status_code == 200, tab

    def test_the_order_by_waiting_reads_the_index(self, desk, west):
        waiting(40)
        multiply_public_rows(3_000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE pins_publicpin")
        filters = InboxFilter.at_desk(west, QueryDict("tab=overdue"), [])
        assert filters.is_valid()
        inbox = Inbox(west, make_user("otto"), filters)
        for part in inbox.parts():
            first = inbox.pins().filter(part).order_by("waiting_since", "id")[:21]
            plan = first.explain()
            assert "publicpin_body_waiting" in plan
            assert "Sort" not in plan

    def test_anothers_desk_is_not_there(self, desk, east):
        assert desk.get("/desk/ortsbeirat-ost/").status_code == 404
        assert desk.get("/desk/nowhere/").status_code == 404

    def test_strange_words_stay_words(self, desk):
        make_pin(
            title="<script>alert(1)</script>", text="<script>alert(2)</script>" * 2
        )

        html = desk.get(DESK).text
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html

    def test_nothing_is_kept_by_caches(self, desk):
        assert "no-store" in desk.get(DESK)["Cache-Control"]

    def test_pins_lead_to_their_page_at_the_desk(self, desk):
        pin = make_pin()

        hrefs = [link.get("href") for link in links_of(desk.get(DESK))]
        assert f"{DESK}{pin.reference}/" in hrefs
        assert pin.get_absolute_url() not in hrefs

    def test_members_only_read(self, client, west):
        make_pin()
        member = make_member(west, "mia", role=Membership.Role.MEMBER)
        client.force_login(member)

        assert 'name="pin"' not in client.get(DESK).text

    def test_a_single_district_is_no_filter(self, desk, west):
        pin = make_pin()
        assert 'name="district"' not in desk.get(DESK).text
        make_district(17, name="Ostdorf", body=west)
        assert 'name="district"' in desk.get(DESK).text
        assert desk.get(DESK, {"district": pin.district.slug}).status_code == 200


class TestEntry:
    def test_since_when_and_until_when(self, desk):
        pin = waiting(0)

        entry = entry_of(desk)

        assert entry.pin.waiting_since == pin.published_at
        assert entry.deadline.days_left == 7
        assert not entry.deadline.is_over

    def test_overdue_in_words(self, desk):
        waiting(12)
        waiting(33, Status.IN_REVIEW)

        shown = text_of(desk.get("/en" + DESK, {"tab": "overdue"}))
        assert "acceptance overdue for 5 days" in shown
        assert "answer overdue for 3 days" in shown

    def test_who_works_on_it_and_how_many_notes_there_are(self, desk, west, east, anna):
        pin = make_pin()
        petra = make_member(west, "petra")
        petra.first_name, petra.last_name = "Petra", "Müller"
        petra.save()
        assign(pin, west, petra)
        assign(pin, east, anna)
        for body in (west, west, east):
            DeskNote.objects.create(pin=pin, body=body, author=anna, text="Notiz")

        entry = entry_of(desk)

        assert (entry.assignee, entry.note_count) == ("Petra Müller", 2)
        assert "Petra Müller" in text_of(desk.get(DESK))

    def test_nobody_and_nothing(self, desk):
        make_pin()

        entry = entry_of(desk)

        assert (entry.assignee, entry.note_count) == ("", 0)
        assert (entry.agenda, entry.is_proposed) == (None, False)

    @pytest.mark.parametrize("state", ["planned", "invited"])
    def test_on_an_agenda_be_it_a_draft(self, desk, west, state):
        sitting = make_sitting(west, state=state)
        make_item(sitting)
        pin = make_pin()
        make_consultation(west, pin, item=make_item(sitting))

        agenda = entry_of(desk).agenda

        assert (agenda.sitting_id, agenda.number) == (sitting.pk, 2)
        assert agenda.start == sitting.start
        assert agenda.is_draft == (state == "planned")

    def test_another_bodys_agenda_stays_its_own(self, desk, west, east):
        pin = make_pin()
        make_consultation(east, pin, item=make_item(make_sitting(east)))

        assert entry_of(desk).agenda is None

    def test_proposed(self, desk, west):
        make_consultation(west, make_pin())

        response = desk.get(DESK)

        (entry,) = response.context["entries"]
        assert (entry.agenda, entry.is_proposed) == (None, True)
        assert response.context["desk_numbers"].proposal_count == 1


class TestOverview:
    def test_the_only_desk_is_entered_at_once(self, desk):
        assert desk.get("/desk/")["Location"] == DESK

    def test_planners_see_what_waits_where(self, client, west, east):
        waiting(1)
        waiting(9)
        waiting(40, Status.IN_REVIEW)
        make_sitting(east, days=20)
        make_sitting(east, days=3, state="cancelled")
        first = make_sitting(east, days=5)
        client.force_login(make_planner())

        response = client.get("/desk/")

        rows = {
            body.slug: (
                body.new_count,
                body.waiting_count,
                body.overdue_count,
                body.next_sitting_id,
            )
            for body in response.context["bodies"]
        }
        assert rows == {
            "ortsbeirat-ost": (0, 0, 0, first.pk),
            "ortsbeirat-west": (2, 1, 2, None),
        }
        assert "Ortsbeirat Ost" in text_of(response)

    def test_members_of_two_bodies_see_just_these(self, client, west, east, anna):
        make_body("Stadtrat")
        Membership.objects.create(user=anna, body=east, role="member")
        client.force_login(anna)

        bodies = client.get("/desk/").context["bodies"]
        assert [body.name for body in bodies] == ["Ortsbeirat Ost", "Ortsbeirat West"]

    def test_others_may_not(self, client, west):
        client.force_login(make_user())
        assert client.get("/desk/").status_code == 403

    def test_one_has_to_sign_in(self, client, west):
        for url in ("/desk/", DESK, f"{DESK}KL-2026-00001/"):
            response = client.get(url)
            assert response["Location"] == f"/accounts/login/?next={url}"

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_it_is_only_read(self, desk, method):
        assert getattr(desk, method)("/desk/").status_code == 405
        assert getattr(desk, method)(DESK).status_code == 405

    def test_the_number_of_queries_does_not_grow(
        self, client, db, django_assert_num_queries
    ):
        client.force_login(make_planner())
        for number in range(1, 4):
            make_district(number)
        # Session, user, two of rights, and all bodies with their numbers.
        with django_assert_num_queries(6):
            client.get("/desk/")
        for number in range(4, 19):
            make_district(number)
            make_pin(district=number)
        with django_assert_num_queries(6):
            client.get("/desk/")
