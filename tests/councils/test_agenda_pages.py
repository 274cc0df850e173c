"""The editor of an agenda: items, their order, what is added and taken off."""

import json

import pytest

from councils.models import AgendaItem, Consultation, Sitting
from councils.views import agenda
from pins.actions import hide_pin, withdraw_pin
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_moderator,
    make_pin,
    make_sitting,
)
from tests.pages import assert_refused, fields_of, links_of, text_of

State = Sitting.State
DESK = "/desk/ortsbeirat-west/"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def sitting(body):
    return make_sitting(body)


@pytest.fixture
def url(sitting):
    return f"{DESK}sittings/{sitting.pk}/"


def titles(sitting):
    return list(sitting.items.order_by("order").values_list("title", flat=True))


class TestEditor:
    def test_items_with_what_they_are_about(self, clerk, body, sitting, url):
        pin = make_pin(title="Der Weg")
        make_consultation(body, pin, item=make_item(sitting, "Schulwege"))
        make_item(sitting, "Grundstück", is_public=False)

        page = clerk.get(url)

        text = text_of(page)
        assert (
            text.index("Schulwege") < text.index("Der Weg") < text.index("Grundstück")
        )
        assert pin.reference in text
        assert f"{DESK}{pin.reference}/" in [a.get("href") for a in links_of(page)]

    def test_contributions_out_of_sight(self, clerk, body, sitting, url):
        hidden, withdrawn, shown = (
            make_pin(title=t) for t in ("Sehr böse", "Nicht mehr", "Sehr gut")
        )
        make_consultation(body, hidden, item=make_item(sitting, "Eins"))
        make_consultation(body, withdrawn, shown, item=make_item(sitting, "Zwei"))
        hide_pin(pin=hidden, actor=make_moderator(), reason="Ein Name")
        withdraw_pin(pin=withdrawn)

        page = clerk.get(url)

        text = text_of(page)
        assert "Sehr böse" not in text
        assert hidden.reference in text
        assert withdrawn.reference in text
        assert "Sehr gut" in text
        assert [row.is_out_of_sight for row in page.context["rows"]] == [True, False]

    def test_titles_are_text(self, clerk, sitting, url):
        make_item(sitting, SCRIPT)
        for page in (url, f"{url}preview"):
            assert SCRIPT not in clerk.get(page).content.decode()

    def test_few_queries_whatever_the_length(
        self, clerk, body, sitting, url, django_assert_max_num_queries
    ):
        for number in range(30):
            pins = [make_pin(), make_pin()]
            make_consultation(body, *pins, item=make_item(sitting, f"{number}"))
        for page in (url, f"{url}preview", f"{url}invite"):
            with django_assert_max_num_queries(13):
                assert clerk.get(page).status_code in {200, 403}

    @pytest.mark.parametrize("state", [State.HELD, State.CANCELLED])
    def test_what_is_over_is_only_read(self, clerk, body, state):
        sitting = make_sitting(body, state=state)
        make_item(sitting)
        page = clerk.get(f"{DESK}sittings/{sitting.pk}/")
        assert not page.context["may_edit"]
        assert "<button" not in page.content.decode().split('id="agenda"')[1]

    def test_members_only_read(self, client, body, sitting, url):
        make_item(sitting)
        client.force_login(make_member(body, "max", role="member"))
        page = client.get(url)
        assert page.status_code == 200
        assert not page.context["may_edit"]


class TestAdd:
    def test_public_or_not(self, clerk, sitting, url):
        clerk.post(f"{url}items", {"title": "Mitteilungen", "is_public": "yes"})
        clerk.post(f"{url}items", {"title": "Grundstück", "is_public": "no"})

        values = sitting.items.order_by("order").values_list("title", "is_public")
        assert list(values) == [("Mitteilungen", True), ("Grundstück", False)]

    def test_usual_ones_are_offered_once(self, clerk, sitting, url):
        first = clerk.get(url).context["usual_titles"]
        clerk.post(f"{url}items", {"title": first[0], "is_public": "yes"})
        assert clerk.get(url).context["usual_titles"] == first[1:]

    @pytest.mark.parametrize(
        "title", ["", " ", "a", "x" * 201, "a\x00b", "\u200b\u200b"]
    )
    def test_titles_that_are_none(self, clerk, sitting, url, title):
        answer = clerk.post(f"{url}items", {"title": title, "is_public": "yes"})
        assert_refused(answer, "title")
        assert titles(sitting) == []

    def test_on_one_that_is_over(self, clerk, body):
        sitting = make_sitting(body, state=State.CANCELLED)
        answer = clerk.post(
            f"{DESK}sittings/{sitting.pk}/items", {"title": "Neu", "is_public": "yes"}
        )
        assert answer.status_code == 409
        assert titles(sitting) == []


class TestOrder:
    @pytest.fixture
    def ids(self, sitting):
        return [make_item(sitting, title).pk for title in ("A", "B", "C")]

    def send(self, client, url, data):
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        return client.post(f"{url}order", body, content_type="application/json")

    def test_at_once(self, clerk, sitting, url, ids):
        answer = self.send(clerk, url, {"items": ids[::-1], "read": ids})
        assert answer.json() == {"items": ids[::-1]}
        assert titles(sitting) == ["C", "B", "A"]

    def test_somebody_else_was_faster(self, clerk, sitting, url, ids):
        self.send(clerk, url, {"items": ids[::-1], "read": ids})
        answer = self.send(clerk, url, {"items": [ids[1], ids[0], ids[2]], "read": ids})
        assert answer.status_code == 409
        assert titles(sitting) == ["C", "B", "A"]
        page = clerk.get(url, {"changed": "1"}, follow=True)
        assert [m.level_tag for m in page.context["messages"]] == ["warning"]

    @pytest.mark.parametrize(
        "data",
        [
            "",
            "[]",
            "null",
            b"\xff",
            "{",
            "[" * 100_000,
            {"items": []},
            {"items": "123", "read": []},
            {"items": [1.5], "read": []},
            {"items": [True], "read": []},
            {"items": [None], "read": []},
            {"items": [[1]], "read": []},
        ],
    )
    def test_what_is_no_order(self, clerk, sitting, url, ids, data):
        assert self.send(clerk, url, data).status_code == 422
        assert titles(sitting) == ["A", "B", "C"]

    @pytest.mark.parametrize("more", [[-1], [10**30], [0]])
    def test_items_that_are_not_there(self, clerk, sitting, url, ids, more):
        answer = self.send(clerk, url, {"items": ids + more, "read": ids})
        assert answer.status_code == 409

    def test_after_the_sitting(self, clerk, sitting, url, ids):
        Sitting.objects.update(state=State.HELD)
        answer = self.send(clerk, url, {"items": ids[::-1], "read": ids})
        assert answer.status_code == 409
        assert titles(sitting) == ["A", "B", "C"]

    def test_without_a_script(self, clerk, sitting, url, ids):
        move = f"{DESK}sittings/items/{ids[2]}/move"
        answer = clerk.post(move, {"move": "up"})
        assert answer["Location"] == f"{url}#item-{ids[2]}"
        assert titles(sitting) == ["A", "C", "B"]
        clerk.post(move, {"move": "down"})
        assert titles(sitting) == ["A", "B", "C"]
        assert clerk.post(move, {"move": "sideways"}).status_code == 400

    def test_what_cannot_be_moved_says_so(self, clerk, sitting, url, ids):
        Sitting.objects.update(state=State.HELD)
        move = f"{DESK}sittings/items/{ids[2]}/move"
        page = clerk.post(move, {"move": "up"}, follow=True)
        assert [m.level_tag for m in page.context["messages"]] == ["error"]


class TestItem:
    @pytest.fixture
    def item(self, sitting):
        return make_item(sitting, "Alt")

    @pytest.fixture
    def page(self, item):
        return f"{DESK}sittings/items/{item.pk}/"

    def test_change(self, clerk, item, page):
        kept = fields_of(clerk.get(f"{page}edit"))
        assert (kept["title"], kept["is_public"]) == ("Alt", "yes")

        clerk.post(f"{page}edit", kept | {"title": "Neu", "is_public": "no"})

        item.refresh_from_db()
        assert (item.title, item.is_public) == ("Neu", False)

    def test_somebody_else_was_faster(self, clerk, item, page):
        mine = fields_of(clerk.get(f"{page}edit"))
        clerk.post(f"{page}edit", mine | {"title": "Von Max"})

        answer = clerk.post(f"{page}edit", mine | {"title": "Von Clara"})

        assert answer.status_code == 409
        assert "Von Max" in text_of(answer)
        again = fields_of(answer)
        assert again["title"] == "Von Clara"
        assert clerk.post(f"{page}edit", again).status_code == 302
        item.refresh_from_db()
        assert item.title == "Von Clara"

    @pytest.mark.parametrize(
        ("fields", "at"),
        [
            ({"title": ""}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"is_public": ""}, "is_public"),
            ({"is_public": "maybe"}, "is_public"),
        ],
    )
    def test_what_cannot_be(self, clerk, item, page, fields, at):
        values = {"title": "Neu", "is_public": "yes"} | fields
        assert_refused(clerk.post(f"{page}edit", values), at)

    def test_take_off(self, clerk, body, sitting, url, item, page):
        make_consultation(body, make_pin(), item=item)
        assert clerk.get(f"{page}off").status_code == 200
        assert titles(sitting) == ["Alt"]

        assert clerk.post(f"{page}off")["Location"] == url

        assert titles(sitting) == []
        assert Consultation.objects.proposed_to(body).count() == 1
        assert clerk.post(f"{page}off").status_code == 404

    def test_after_the_sitting(self, clerk, sitting, item, page):
        typed = fields_of(clerk.get(f"{page}edit")) | {"title": "Zu spät"}
        Sitting.objects.update(state=State.HELD)

        edited = clerk.post(f"{page}edit", typed)
        taken = clerk.post(f"{page}off", follow=True)

        assert edited.status_code == 409
        assert fields_of(edited)["title"] == "Zu spät"
        assert [m.level_tag for m in taken.context["messages"]] == ["error"]
        assert titles(sitting) == ["Alt"]

    @pytest.mark.parametrize(
        ("address", "action", "data"),
        [
            ("edit", "change_item", {"title": "Neu", "is_public": "yes"}),
            ("move", "move_item", {"move": "up"}),
            ("off", "take_off", {}),
        ],
    )
    def test_taken_off_a_moment_ago(
        self, clerk, url, page, item, monkeypatch, address, action, data
    ):
        """Between the look at it and the change somebody takes it off the agenda."""

        act = getattr(agenda, action)

        def act_too_late(**wanted):
            AgendaItem.objects.all().delete()
            act(**wanted)

        monkeypatch.setattr(agenda, action, act_too_late)

        answer = clerk.post(f"{page}{address}", data, follow=True)

        assert answer.redirect_chain[0][0].startswith(url)
        assert [m.level_tag for m in answer.context["messages"]] == ["warning"]
