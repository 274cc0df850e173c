"""Generated from the table of rights: who may open and send what of sittings and agendas."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.utils import timezone

from councils.models import AgendaItem, Consultation, Sitting
from councils.rights import RIGHTS, Right, SeatRole
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_planner,
    make_sitting,
    make_user,
)

# Page below the desk → what it takes to open it, and to send it (None: it takes no form).
PAGES: dict[str, tuple[Right | None, Right | None]] = {
    "sittings/": (Right.READ, None),
    "sittings/new": (Right.SCHEDULE, Right.SCHEDULE),
    "sittings/{sitting}/": (Right.READ, None),
    "sittings/{sitting}/edit": (Right.SCHEDULE, Right.SCHEDULE),
    "sittings/{sitting}/cancel": (Right.SCHEDULE, Right.SCHEDULE),
    "sittings/{sitting}/invite": (Right.INVITE, Right.INVITE),
    "sittings/{sitting}/preview": (Right.READ, None),
    "sittings/{sitting}/papers": (Right.SCHEDULE, Right.SCHEDULE),
    "sittings/{sitting}/order": (None, Right.SCHEDULE),
    "sittings/{sitting}/items": (None, Right.SCHEDULE),
    "sittings/items/{item}/move": (None, Right.SCHEDULE),
    "sittings/items/{item}/edit": (Right.SCHEDULE, Right.SCHEDULE),
    "sittings/items/{item}/off": (Right.SCHEDULE, Right.SCHEDULE),
    "agenda?pin={pin}": (Right.SCHEDULE, Right.SCHEDULE),
    "agenda?consultation={proposal}": (Right.SCHEDULE, Right.SCHEDULE),
    "proposals/": (Right.READ, None),
    "proposals/{proposal}/decline": (None, Right.SCHEDULE),
    "{pin}/propose": (Right.SCHEDULE, Right.SCHEDULE),
}
VISITORS = [*SeatRole, "anonymous", "stranger", "member of another body", "former"]


@pytest.fixture
def address(db):
    """Return a page of the desk of Ortsbeirat West, by its pattern."""
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    sitting = make_sitting(body)
    values = {
        "sitting": sitting.pk,
        "item": make_item(sitting).pk,
        "pin": make_pin().reference,
        "proposal": make_consultation(body, make_pin()).pk,
    }
    return lambda pattern: f"/desk/ortsbeirat-west/{pattern.format(**values)}"


def sign_in(client, visitor):
    if visitor == "anonymous":
        return
    west = AgendaItem.objects.get().sitting.body
    if visitor == SeatRole.PLANNER:
        user = make_planner()
    elif visitor == "stranger":
        user = make_user()
    elif visitor == "member of another body":
        user = make_member(make_body("Ortsbeirat Ost"))
    elif visitor == "former":
        user = make_member(west, valid_to=timezone.localdate())
    else:
        user = make_member(west, role=visitor)
    client.force_login(user)


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what was written inside, as if each page were sent in a city of its own."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def expected(visitor, right, allowed, sign_in_first):
    if visitor == "anonymous":
        return {sign_in_first}
    if visitor not in set(SeatRole):
        return {404}
    return allowed if visitor in RIGHTS[right] else {403}


@pytest.mark.parametrize("visitor", VISITORS)
def test_open(client, address, visitor):
    sign_in(client, visitor)

    for page, (right, _send) in PAGES.items():
        answer = client.get(address(page))

        if right is None and visitor != "anonymous":
            assert answer.status_code == 405, page
        else:
            assert answer.status_code in expected(visitor, right, {200}, 302), page
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/"), page
        if answer.status_code == 200:
            assert "no-store" in answer["Cache-Control"], page


@pytest.mark.parametrize("visitor", VISITORS)
def test_send(client, address, visitor):
    """An empty form: refused for what it lacks, or it does what needs no words."""
    sign_in(client, visitor)
    before = _everything()

    for page, (_open, right) in PAGES.items():
        with taken_back():
            answer = client.post(address(page))

            if right is None and visitor != "anonymous":
                assert answer.status_code == 405, page
            else:
                done = {302, 400, 422}
                assert answer.status_code in expected(visitor, right, done, 401), page
            if answer.status_code != 302 or visitor == "anonymous":
                assert _everything() == before, page


def _everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Sitting, AgendaItem, Consultation)
    ]


@pytest.mark.parametrize(
    "page", [p for p in PAGES if "{sitting}" in p or "{item}" in p]
)
def test_what_belongs_to_another_body_is_not_there(client, address, page):
    """A sitting or an item, its number guessed, below one's own desk."""
    ost = make_body("Ortsbeirat Ost")
    client.force_login(make_member(ost))
    foreign = address(page).replace("ortsbeirat-west", "ortsbeirat-ost")

    for send in (client.get, client.post):
        assert send(foreign).status_code in {404, 405}
    assert client.post(foreign).status_code != 302


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40])
@pytest.mark.parametrize(
    "page",
    [
        "sittings/{n}/",
        "sittings/{n}/edit",
        "sittings/{n}/invitation.pdf",
        "sittings/items/{n}/edit",
        "agenda?consultation={n}",
    ],
)
def test_numbers_that_are_none(client, address, page, number):
    sign_in(client, SeatRole.CHAIR)
    assert client.get(address(page.replace("{n}", number))).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "pin=",
        "pin=KL-1",
        "pin=%00",
        "consultation=x",
        "consultation=-1",
        "pin=a%27",
    ],
)
def test_nothing_to_put_on_an_agenda(client, address, query):
    sign_in(client, SeatRole.CHAIR)
    page = address("agenda?pin={pin}").split("?")[0]
    assert client.get(f"{page}?{query}").status_code == 404


def test_a_contribution_of_another_body_among_them(client, address):
    make_district(17, body=make_body("Ortsbeirat Ost"))
    foreign = make_pin(district=17)
    sign_in(client, SeatRole.CHAIR)
    page = address("agenda?pin={pin}")
    assert client.get(f"{page}&pin={foreign.reference}").status_code == 404
