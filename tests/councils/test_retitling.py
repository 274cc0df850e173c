"""What moderation takes out of a title is not left in agendas."""

import pytest

from councils.models import AgendaItem, Matter
from pins.moderation.redacting import redact
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_moderator,
    make_pin,
    make_sitting,
)

TITLE = "Herr Muster parkt auf dem Weg"


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin(title=TITLE, text="Jeden Abend parkt dort Herr Muster, sagt Lou.")


def take(pin, phrase):
    pin.refresh_from_db()
    redact(
        subject=pin,
        actor=make_moderator(),
        phrases=[phrase],
        read=pin.words_digest,
    )


def put_on(pin, title):
    body = make_body()
    make_consultation(body, pin, item=make_item(make_sitting(body), title))
    Matter.objects.update(title=title)


def test_titles_that_were_taken_from_it_follow(pin):
    put_on(pin, TITLE)
    take(pin, "Muster")
    assert Matter.objects.get().title == "Herr […] parkt auf dem Weg"
    assert AgendaItem.objects.get().title == "Herr […] parkt auf dem Weg"


def test_titles_of_the_body_stay(pin):
    put_on(pin, "Parken am Weg")
    take(pin, "Muster")
    assert Matter.objects.get().title == "Parken am Weg"
    assert AgendaItem.objects.get().title == "Parken am Weg"


def test_other_words_leave_titles_alone(pin):
    put_on(pin, TITLE)
    take(pin, "Lou")
    assert AgendaItem.objects.get().title == TITLE
