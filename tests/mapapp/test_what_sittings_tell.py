"""Titles, results and reasons are public exactly when they may be, on every way out.

Generated over the item (public or not), the state of the sitting, and whether everyone
sees the contribution.
"""

import itertools

import pytest
from django.utils import timezone

from councils.models import Consultation, Sitting
from pins.workflow import Status, Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_pin,
    make_sitting,
    make_theme,
)

State = Sitting.State
TITLE, REASON, RESOLUTION = "Zebrastreifen-Titel", "Verkehr-Grund", "Wortlaut-Beschluss"
INTERNAL = "Grundstück-Nichtöffentlich"
VOTES = "9 for, 4 against, 2 abstained"
# State, and whether the invitation had gone out.
STATES = [
    (State.PLANNED, False),
    (State.INVITED, True),
    (State.HELD, True),
    (State.CANCELLED, True),
    (State.CANCELLED, False),
]
CASES = list(
    itertools.product(
        [True, False],
        STATES,
        [Visibility.PUBLISHED, Visibility.HIDDEN, Visibility.WITHDRAWN],
    )
)


@pytest.fixture
def body(db):
    body = make_body("Ortsbeirat Hohenecken")
    make_district(16, name="Hohenecken", body=body)
    make_theme("mobility")
    return body


def make_scene(body, *, is_public, state, was_invited, visibility):
    sitting = make_sitting(body, state=state, days=-1)
    invited_at = timezone.now() if was_invited else None
    Sitting.objects.update(invited_at=invited_at)
    pin = make_pin(title=TITLE, visibility=visibility, status=Status.SCHEDULED)
    item = make_item(
        sitting,
        TITLE,
        is_public=is_public,
        votes_for=9,
        votes_against=4,
        votes_abstained=2,
        resolution_text=RESOLUTION,
    )
    is_decided = state in {State.HELD, State.CANCELLED}
    make_consultation(
        body,
        pin,
        item=item,
        outcome=Consultation.Outcome.NOT_ENDORSED,
        reason=REASON,
        announced_at=timezone.now() if is_public and was_invited else None,
        decided_at=timezone.now() if is_decided else None,
    )
    make_item(sitting, INTERNAL, is_public=False, result="Verkauft-Intern")
    return sitting, pin


@pytest.mark.parametrize(("is_public", "state", "visibility"), CASES)
def test_what_each_way_out_tells(client, body, is_public, state, visibility):
    state, was_invited = state
    sitting, pin = make_scene(
        body,
        is_public=is_public,
        state=state,
        was_invited=was_invited,
        visibility=visibility,
    )
    is_seen = visibility == Visibility.PUBLISHED
    is_listed = is_public and was_invited
    is_told = is_listed and is_seen and state == State.HELD

    page = read(client, f"/en/sittings/{sitting.pk}/")
    one = read(client, f"/sittings/{sitting.pk}.ics?lang=en")
    every = read(client, "/sittings/calendar.ics?lang=en")
    feed = read(client, "/feeds/sittings.atom?lang=en")
    own_feed = read(client, f"/feeds/bodies/{body.slug}.atom?lang=en")

    for shown in (page, one, every, feed, own_feed):
        assert (TITLE in shown) == (is_listed and is_seen)
        assert (REASON in shown) == is_told
        assert (VOTES in shown) == is_told
        assert INTERNAL not in shown
        assert "Verkauft-Intern" not in shown
        assert ("no longer shown" in shown) == (is_listed and not is_seen)
    assert (RESOLUTION in page) == is_told

    response = client.get(f"/en/pins/{pin.reference}")
    assert (response.status_code == 200) == is_seen
    about = response.content.decode()
    assert (REASON in about) == is_told
    assert (VOTES in about) == is_told
    assert (RESOLUTION in about) == is_told
    is_linked = f"/en/sittings/{sitting.pk}/" in about
    assert is_linked == (is_listed and is_seen)


def read(client, address):
    """Return what an address answers, the long lines of calendars unfolded."""
    response = client.get(address)
    assert response.status_code == 200, address
    text = response.content.decode()
    return text.replace("\r\n ", "").replace("\\,", ",")


def test_what_is_hidden_later_is_gone_from_every_file_at_once(client, body):
    make_scene(
        body,
        is_public=True,
        state=State.HELD,
        was_invited=True,
        visibility=Visibility.PUBLISHED,
    )
    addresses = ["/sittings/calendar.ics", "/feeds/sittings.atom"]
    known = {address: client.get(address)["ETag"] for address in addresses}

    body_pin = Consultation.objects.get().matter.pins.get()
    body_pin.visibility = Visibility.HIDDEN
    body_pin.save()

    for address, etag in known.items():
        response = client.get(address, headers={"If-None-Match": etag})
        assert response.status_code == 200
        assert TITLE not in response.content.decode()
