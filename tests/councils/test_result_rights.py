"""Generated from the table of rights: who may open and send what of results and hearings."""

from typing import Any

import pytest
from django.utils import timezone

from councils.models import AgendaItem, Consultation, Hearing, Sitting
from councils.rights import RIGHTS, Right, SeatRole
from districts.models import Body
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

RUNNING, OVER = "sittings/{running}/", "sittings/{over}/"
# Page below the desk → what it takes to open it, and to send it (None: it takes no form).
PAGES: dict[str, tuple[Right, Right | None]] = {
    f"{RUNNING}live": (Right.READ, None),
    f"{RUNNING}items/{{item}}/result": (Right.READ, Right.RECORD),
    f"{RUNNING}close": (Right.RECORD, Right.RECORD),
    f"{OVER}live": (Right.READ, None),
    f"{OVER}results": (Right.READ, None),
    f"{OVER}forward": (Right.SCHEDULE, Right.SCHEDULE),
    "hearings/": (Right.READ, None),
    "hearings/{matter}": (Right.WAIVE_HEARING, Right.WAIVE_HEARING),
}
OUTSIDERS = ["anonymous", "stranger", "member of another body", "former"]
VISITORS = [*SeatRole, *OUTSIDERS]


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, body=body)
    return body


@pytest.fixture
def address(west):
    """Return a page of the desk of Ortsbeirat West, by its pattern."""
    running = make_sitting(west, days=-1, state=Sitting.State.INVITED)
    over = make_sitting(west, days=-2, state=Sitting.State.HELD)
    council = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    role = Consultation.Role.DECISION
    values = {
        "running": running.pk,
        "item": make_item(running).pk,
        "over": over.pk,
        "matter": make_consultation(council, make_pin(), role=role).matter_id,
    }
    return lambda pattern: f"/desk/ortsbeirat-west/{pattern.format(**values)}"


def sign_in(client, west, visitor):
    users: dict[str, Any] = {
        SeatRole.PLANNER: make_planner,
        "stranger": make_user,
        "member of another body": lambda: make_member(make_body("Ortsbeirat Ost")),
        "former": lambda: make_member(west, valid_to=timezone.localdate()),
    }
    if visitor != "anonymous":
        make = users.get(visitor, lambda: make_member(west, role=visitor))
        client.force_login(make())


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Sitting, AgendaItem, Consultation, Hearing)
    ]


@pytest.mark.parametrize("visitor", VISITORS)
def test_open(client, west, address, visitor):
    sign_in(client, west, visitor)

    for page, (right, _send) in PAGES.items():
        answer = client.get(address(page))

        if visitor == "anonymous":
            assert answer["Location"].startswith("/accounts/login/"), page
        elif visitor in OUTSIDERS:
            assert answer.status_code == 404, page
        elif visitor not in RIGHTS[right]:
            assert answer.status_code == 403, page
        else:
            # The address of a result leads to its item.
            leads_on = page.endswith("result")
            assert answer.status_code == (302 if leads_on else 200), page
            assert "no-store" in answer["Cache-Control"], page


@pytest.mark.parametrize("visitor", VISITORS)
def test_send(client, west, address, visitor):
    """An empty form is refused for what it lacks, and changes nothing."""
    sign_in(client, west, visitor)
    before = everything()

    for page, (_open, right) in PAGES.items():
        answer = client.post(address(page))

        if visitor == "anonymous":
            assert answer.status_code == 401, page
        elif right is None:
            assert answer.status_code == 405, page
        elif visitor in OUTSIDERS:
            assert answer.status_code == 404, page
        elif visitor not in RIGHTS[right]:
            assert answer.status_code == 403, page
        else:
            assert answer.status_code in {409, 422}, page
        assert everything() == before, page


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method(client, west, address, page, method):
    client.force_login(make_member(west))

    assert getattr(client, method)(address(page)).status_code == 405


@pytest.mark.parametrize("page", [page for page in PAGES if "{" in page])
def test_what_belongs_to_another_body_is_not_there(client, west, address, page):
    """A number guessed, below one's own desk."""
    client.force_login(make_member(make_body("Ortsbeirat Ost")))
    foreign = address(page).replace("ortsbeirat-west", "ortsbeirat-ost")

    assert client.get(foreign).status_code == 404
    assert client.post(foreign).status_code in {404, 405}
