"""Contributions that share telling words are suggested, and only what everyone may read."""

import pytest

from insek.digest.similar import similar_pins
from pins.actions import hide_pin
from tests.factories import make_district, make_moderator, make_pin

BORING = "Das sollte man sich einmal an Ort und Stelle ansehen."


@pytest.fixture(autouse=True)
def district(db):
    make_district(16)
    for name in ("Parkbank", "Brunnen", "Mülleimer", "Wegweiser", "Laterne", "Hecke"):
        make_pin(title=f"{name} kaputt", text=BORING)


def test_the_likest_come_first_with_scores():
    given = make_pin(title="Zebrastreifen vor der Schule", text=BORING)
    both = make_pin(title="Schule ohne Zebrastreifen", text=BORING)
    one = make_pin(title="Fußballtor", text=f"Der Zebrastreifen. {BORING}")

    found = similar_pins([given.pk])
    assert [pk for pk, _ in found] == [both.pk, one.pk]
    assert 1 >= found[0][1] > found[1][1] > 0
    assert similar_pins([given.pk], 1) == found[:1]


def test_the_given_ones_and_what_is_hidden_are_left_out():
    given = make_pin(title="Zebrastreifen vor der Schule", text=BORING)
    also = make_pin(title="Zebrastreifen vor der Schule", text=BORING)
    hidden = make_pin(title="Zebrastreifen vor der Schule", text=BORING)
    hide_pin(pin=hidden, actor=make_moderator(), reason="Doppelt.")

    assert similar_pins([given.pk, also.pk]) == []
    assert similar_pins([hidden.pk]) == []


@pytest.mark.parametrize(("ids", "limit"), [([], 5), ([0], 5), ([10**15], 5), ([1], 0)])
def test_nothing_is_like_nothing(ids, limit):
    assert similar_pins(ids, limit) == []
