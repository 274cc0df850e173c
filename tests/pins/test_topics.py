"""What several contributions share is told of each, and read once in a mail."""

import pytest

from pins.models import Mailbox, News, Notice
from pins.telling.letters import PINS_NAMED, write_letter
from pins.telling.mailing import send_mails
from pins.telling.news import Words
from pins.telling.spreading import spread_news
from pins.telling.topics import Piece, announce_topic
from pins.workflow import Visibility
from tests.factories import make_contact, make_district, make_follow, make_pin
from tests.mails import let_the_minute_pass

pytestmark = pytest.mark.django_db
TOPIC = "measure:1"
PATH = "/insek/measures/m-1/"


@pytest.fixture(autouse=True)
def place(db):
    make_district(16, name="Hohenecken")


def texts(what: str, note: str = "") -> dict[str, Words]:
    words: Words = {"what": what, "facts": [], "note": note, "about": "Measure M 1"}
    return {"de": words, "en": words}


def tell(pins, what="A milestone is done", key="milestone:1", note=""):
    announce_topic(
        topic=TOPIC,
        pieces=[Piece(pin.pk, key, texts(what, note)) for pin in pins],
        path=PATH,
    )


def letter(email="lou@example.org"):
    let_the_minute_pass()
    spread_news()
    mailbox = Mailbox.objects.of_address(email).get()
    notices = Notice.objects.filter(mailbox=mailbox).select_related(
        "news", "contact", "follow"
    )
    return write_letter(mailbox, list(notices.order_by("news")))


def test_what_is_the_same_for_several_is_read_once():
    pins = [make_pin(title=f"Beitrag {n}") for n in range(3)]
    for pin in pins:
        make_follow(pin_id=pin.pk)
    tell(pins)

    message = letter()

    assert message.body.count("A milestone is done") == 1
    assert message.body.count("* Measure M 1") == 1
    assert all(pin.title in message.body for pin in pins)
    (html, _kind) = message.alternatives[0]
    assert html.count("A milestone is done") == 1
    assert f'href="http://testserver{PATH}"' in html
    assert "“Measure M 1”" in message.subject or "„Measure M 1“" in message.subject


def test_two_things_about_one_topic_stand_together():
    pin = make_pin()
    make_contact(pin, "lou@example.org")
    tell([pin])
    tell([pin], "It is in progress", key="state:1", note="Endlich.")

    message = letter()

    assert message.body.count("* Measure M 1") == 1
    assert "It is in progress" in message.body
    assert "Endlich." in message.body


def test_the_same_key_is_told_once():
    pin = make_pin()
    tell([pin])
    tell([pin])

    assert News.objects.count() == 1


def test_of_what_is_not_published_nothing_is_written():
    tell([make_pin(visibility=Visibility.HIDDEN), make_pin(visibility="submitted")])

    assert not News.objects.exists()


def test_many_contributions_are_counted_behind_the_first():
    pins = [make_pin(title=f"Beitrag {n}") for n in range(PINS_NAMED + 2)]
    make_follow(district_slug="hohenecken")
    tell(pins)

    message = letter()

    assert sum(pin.title + "“" in message.body for pin in pins) == PINS_NAMED
    rest = message.body.split(pins[PINS_NAMED - 1].title)[1]
    assert "und 2 weitere Beiträge" in rest


def test_more_than_fits_a_mail_is_still_one_mail_about_a_topic(mailoutbox, monkeypatch):
    monkeypatch.setattr("pins.telling.mailing.NEWS_IN_A_MAIL", 2)
    make_follow(district_slug="hohenecken")
    tell([make_pin() for _ in range(5)])
    let_the_minute_pass()
    spread_news()

    send_mails()

    assert len(mailoutbox) == 1
    assert not Notice.objects.unsent().exists()


def test_announcing_many_takes_the_same_queries(django_assert_num_queries):
    pins = [make_pin() for _ in range(30)]

    with django_assert_num_queries(2):
        tell(pins)

    assert News.objects.count() == 30
