"""All public results at once say what the agendas say of each sitting."""

import itertools
from typing import Any

from councils.models import Consultation, Sitting
from councils.public.agenda import read_agendas
from councils.public.results import public_results
from pins.workflow import Visibility
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_pin,
    make_sitting,
)

RESULTS: list[dict[str, Any]] = [
    {},
    {"result": "Vertagt"},
    {"resolution_text": "Es wird beschlossen."},
    {"votes_for": 3, "votes_against": 0, "votes_abstained": 1},
]


def test_they_are_the_results_of_the_agendas(db):
    body = make_body("Ortsbeirat Hohenecken")
    make_district(16, body=body)
    places = itertools.product(Sitting.State, (True, False))
    for days, (state, is_public) in enumerate(places, start=1):
        sitting = make_sitting(body, days=-days, state=state)
        for fields in RESULTS:
            make_item(sitting, is_public=is_public, **fields)
        for seen in ((), (True,), (False,), (False, True)):
            pins = [
                make_pin(
                    visibility=Visibility.PUBLISHED if one else Visibility.HIDDEN,
                    title=f"Sichtbar {one} {days}",
                )
                for one in seen
            ]
            is_decided = state == Sitting.State.HELD
            make_consultation(
                body,
                *pins,
                item=make_item(sitting, "Gebündelt", is_public=is_public),
                outcome=Consultation.Outcome.NOTED,
                decided_at=sitting.start if is_decided else None,
            )

    expected = [
        (item.title, item.result.outcome, [pin.reference for pin in item.pins])
        for items in read_agendas(Sitting.objects.all()).values()
        for item in items
        if item.result
    ]
    # Annotated by the query.
    found = [
        (row["shown_title"], row["outcome"] or "", row["references"])
        for row in map(vars, public_results())
    ]
    assert sorted(found) == sorted(expected)
    # Three with a result of their own, and all but the one whose pin is hidden.
    assert len(found) == 6
