"""One table: for each page and each kind of visitor, what of a pin they get to see."""

from typing import Any

import pytest
from django.utils import timezone

from districts.models import Body
from insek.models import Suggestion, SuggestionPin
from pins.own_link import hash_token
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_district,
    make_link,
    make_measure,
    make_member,
    make_moderator,
    make_pin,
    make_planner,
    make_user,
)
from tests.geometries import tile_url

# Page → visitor → status where the pin is published, and where it is anything else.
SIGN_IN, NOT_YOURS, NOT_THERE, SEEN = 302, 403, 404, 200
EVERYONE = [
    "anonymous",
    "author",
    "moderator",
    "member",
    "member of another body",
    "former member",
    "planner",
    "staff without rights",
]
NOBODY_ELSE = dict.fromkeys(EVERYONE, (NOT_THERE, NOT_THERE))
PUBLIC = dict.fromkeys(EVERYONE, (SEEN, NOT_THERE))
SIGNED_OUT = dict.fromkeys(("anonymous", "author"), (SIGN_IN, SIGN_IN))
TABLE: dict[str, dict[str, tuple[int, int]]] = {
    "public page": PUBLIC,
    "public page in English": PUBLIC,
    "geojson": PUBLIC,
    "support": PUBLIC,
    "form for a comment": PUBLIC,
    "own page": NOBODY_ELSE | {"author": (SEEN, SEEN)},
    "moderation": dict.fromkeys(EVERYONE, (NOT_YOURS, NOT_YOURS))
    | SIGNED_OUT
    | {"moderator": (SEEN, SEEN)},
    "desk": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
    "handing over": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
    "merging": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
    "putting on an agenda": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
    "proposing": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
    "dossier": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
    "form for an official comment": NOBODY_ELSE
    | SIGNED_OUT
    | {"member": (SEEN, NOT_THERE), "planner": (SEEN, NOT_THERE)},
}
# Lists are there or not; what they show is the third: published, and anything else.
LISTS: dict[str, dict[str, tuple[int, bool, bool]]] = {
    "home": dict.fromkeys(EVERYONE, (SEEN, True, False)),
    "district": dict.fromkeys(EVERYONE, (SEEN, True, False)),
    "tile": dict.fromkeys(EVERYONE, (SEEN, True, False)),
    "desk list": dict.fromkeys(EVERYONE, (NOT_THERE, False, False))
    | dict.fromkeys(SIGNED_OUT, (SIGN_IN, False, False))
    | dict.fromkeys(("member", "planner"), (SEEN, True, False)),
    "file of the desk": dict.fromkeys(EVERYONE, (NOT_THERE, False, False))
    | dict.fromkeys(SIGNED_OUT, (SIGN_IN, False, False))
    | dict.fromkeys(("member", "planner"), (SEEN, True, False)),
    "bench of the trace": dict.fromkeys(EVERYONE, (NOT_YOURS, False, False))
    | dict.fromkeys(SIGNED_OUT, (SIGN_IN, False, False))
    | {"planner": (SEEN, True, False)},
    "suggestion": dict.fromkeys(EVERYONE, (NOT_YOURS, False, False))
    | dict.fromkeys(SIGNED_OUT, (SIGN_IN, False, False))
    | {"planner": (SEEN, True, False)},
    "topic": dict.fromkeys(EVERYONE, (SEEN, True, False)),
    "measure": dict.fromkeys(EVERYONE, (SEEN, True, False)),
    "search": dict.fromkeys(EVERYONE, (SEEN, True, False)),
    "moderation queue": dict.fromkeys(EVERYONE, (NOT_YOURS, False, False))
    | dict.fromkeys(SIGNED_OUT, (SIGN_IN, False, False))
    | {"moderator": (SEEN, True, True)},
}


# Far from the numbers that the database gives out.
KEY = 7_000_001


def token_of(visibility):
    return f"token of the {visibility} one"


@pytest.fixture
def pins(db):
    """One pin of each visibility in the district of Ortsbeirat West."""
    make_district(16, name="Westdorf", body=make_body("Ortsbeirat West"))
    make_district(17, name="Ostdorf", body=make_body("Ortsbeirat Ost"))
    make_measure(pk=KEY)
    pins = {
        visibility: make_pin(
            visibility=visibility,
            title=f"Titel {visibility.value}",
            token_hash=hash_token(token_of(visibility)),
        )
        for visibility in Visibility
    }
    topic = Suggestion.objects.create(
        pk=KEY,
        kind="topic",
        state="confirmed",
        name_de="Schulwege",
        decided_by=make_user("decides"),
        decided_at=timezone.now(),
    )
    measure = make_measure("M 2")
    for pin in pins.values():
        SuggestionPin.objects.create(suggestion=topic, pin=pin)
        make_link(measure, pin=pin)
    return pins


def arrive(name, client):
    """Sign the visitor in where they have an account; authors have a link."""
    west = Body.objects.get(slug="ortsbeirat-west")
    east = Body.objects.get(slug="ortsbeirat-ost")
    accounts: dict[str, Any] = {
        "moderator": make_moderator,
        "member": lambda: make_member(west),
        "member of another body": lambda: make_member(east),
        "former member": lambda: make_member(west, valid_to=timezone.localdate()),
        "planner": make_planner,
        "staff without rights": lambda: make_user(is_staff=True),
    }
    if name in accounts:
        client.force_login(accounts[name]())


def address_of(page, pin, visitor):
    token = token_of(pin.visibility) if visitor == "author" else "0" * 64
    return {
        "public page": f"/pins/{pin.reference}",
        "public page in English": f"/en/pins/{pin.reference}",
        "support": f"/pins/{pin.reference}/support",
        "form for a comment": f"/pins/{pin.reference}/comment",
        "form for an official comment": (
            f"/desk/ortsbeirat-west/{pin.reference}/comment"
        ),
        "geojson": f"/pins/{pin.reference}.geojson",
        "own page": f"/pins/{pin.reference}/edit/{token}",
        "moderation": f"/moderation/{pin.reference}/",
        "desk": f"/desk/ortsbeirat-west/{pin.reference}/",
        "dossier": f"/desk/ortsbeirat-west/{pin.reference}/dossier.pdf",
        "handing over": f"/desk/ortsbeirat-west/{pin.reference}/hand-over",
        "merging": f"/desk/ortsbeirat-west/{pin.reference}/merge",
        "putting on an agenda": f"/desk/ortsbeirat-west/agenda?pin={pin.reference}",
        "proposing": f"/desk/ortsbeirat-west/{pin.reference}/propose",
        "home": "/",
        "district": "/districts/westdorf/",
        "tile": tile_url(pin.location, 18),
        "desk list": "/desk/ortsbeirat-west/",
        "file of the desk": "/desk/ortsbeirat-west/pins.geojson",
        "bench of the trace": f"/planning/trace/measure/{KEY}/",
        "suggestion": f"/planning/suggestions/{KEY}/",
        "topic": f"/insek/topics/{KEY}/",
        "measure": "/insek/measures/m-2/",
        "search": "/search/?q=Titel",
        "moderation queue": f"/moderation/?state={pin.visibility}",
    }[page]


def by_visibility(published, otherwise):
    return dict.fromkeys(Visibility, otherwise) | {Visibility.PUBLISHED: published}


@pytest.mark.parametrize("visitor", EVERYONE)
def test_pages_of_one_pin(client, pins, visitor):
    arrive(visitor, client)

    seen = {
        page: {
            visibility: client.get(address_of(page, pin, visitor)).status_code
            for visibility, pin in pins.items()
        }
        for page in TABLE
    }

    assert seen == {page: by_visibility(*row[visitor]) for page, row in TABLE.items()}


@pytest.mark.parametrize("visitor", EVERYONE)
def test_lists_of_pins(client, pins, visitor):
    arrive(visitor, client)

    for page, row in LISTS.items():
        status, *wanted = row[visitor]
        # Most lists have one address whatever the pin.
        said: dict[str, bytes] = {}
        listed = {}
        for visibility, pin in pins.items():
            address = address_of(page, pin, visitor)
            if address not in said:
                response = client.get(address)
                assert response.status_code == status, page
                said[address] = response.getvalue()
            listed[visibility] = pin.reference.encode() in said[address]
        assert listed == by_visibility(*wanted), page


def test_no_kind_of_visitor_is_left_out():
    rows: list[set[str]] = [*map(set, TABLE.values()), *map(set, LISTS.values())]
    assert all(row == set(EVERYONE) for row in rows)
