"""What the mails about news say, and what they never say."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from geo.coordinates import Position
from pins.actions import change_status, hide_pin
from pins.comments import publish_official_comment
from pins.models import Mailbox, News, Notice, Pin
from pins.own_link import hash_token, make_token
from pins.telling.follow_links import read_stop
from pins.telling.letters import (
    TOLD_IN_FULL,
    describe_follow,
    write_confirmation,
    write_letter,
)
from pins.telling.news import Texts, Words, announce
from pins.telling.spreading import spread_news
from pins.workflow import Role, Status, Visibility
from tests.factories import (
    make_contact,
    make_district,
    make_follow,
    make_pin,
    make_theme,
    make_user,
)
from tests.mails import let_the_minute_pass

SCRIPT = "<script>alert('Bänke & „Tische“')</script>"


@pytest.fixture
def actor(db):
    make_district(16, name="Hohenecken")
    make_theme("mobility", title_de="Mobilität", title_en="Mobility")
    # So long that no token in a link holds any of it.
    return make_user("ameliehohenberg", first_name="Monalotte", last_name="Mustermann")


@pytest.fixture
def pin(actor):
    return make_pin(title=SCRIPT)


def move(pin, actor, to=Status.IN_REVIEW, note="", survivor=None):
    return change_status(
        pin=pin,
        to=to,
        actor=actor,
        roles={Role.BODY},
        body=None,
        public_note=note,
        duplicate_of=survivor,
    )


def letter():
    """Spread what there is, and return the one mail about it."""
    let_the_minute_pass()
    spread_news()
    notices = Notice.objects.select_related("news", "contact", "follow")
    return write_letter(Mailbox.objects.get(), list(notices.order_by("news")))


def html(message):
    ((content, kind),) = message.alternatives
    assert kind == "text/html"
    return content


def test_words_of_people_are_words(pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor, note="<b>Wir</b> & Sie\n\nprüfen.")

    message = letter()

    assert SCRIPT in message.body
    assert "<b>Wir</b> & Sie" in message.body
    assert "&amp;" not in message.body
    assert "<script" not in html(message)
    assert "&lt;script&gt;" in html(message)
    assert "<p>&lt;b&gt;Wir&lt;/b&gt; &amp; Sie</p>" in html(message)


def test_nothing_is_loaded_from_anywhere(pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor)

    content = html(letter())

    assert not re.search(r"<(img|link|script|iframe|object|video|form)\b", content)
    assert not re.search(r"\b(src|background)=|url\(|@import", content)
    hosts = set(re.findall(r"https?://([^/\"'<\s]+)", content))
    assert hosts == {"testserver"}


def test_who_acted_is_not_named(pin, actor):
    make_contact(pin)
    move(pin, actor)
    publish_official_comment(
        reference=pin.reference,
        text="Wir prüfen das.",
        language="de",
        idempotency_key=uuid4(),
        actor=actor,
        body=None,
    )

    message = letter()

    assert not re.search(
        "Monalotte|Mustermann|ameliehohenberg", message.body + html(message)
    )
    assert "Wir prüfen das." in message.body


def test_the_own_link_is_in_no_mail(actor):
    token = make_token(uuid4())
    pin = make_pin(token_hash=hash_token(token))
    make_contact(pin)
    make_follow("kim@example.org", theme=pin.theme)
    move(pin, actor)

    message = letter()

    assert token not in message.body + html(message)
    assert "/edit/" not in message.body + html(message)


def test_a_title_cannot_become_a_header(pin, actor):
    make_follow(pin_id=pin.pk)
    move(pin, actor)
    Pin.objects.update(title="Ein Titel\r\nBcc: opfer@example.org\r\n\r\nText")

    message = letter()

    assert "Bcc" not in message.message()
    assert "\n" not in message.subject
    assert "\r" not in message.subject


def test_the_subject_names_the_first_and_counts_the_others(pin, actor, settings):
    settings.SITE_NAME = "Mitmachkarte\nMusterstadt"
    titles = ["Ein Weg zur Schule", "Ein Baum am Platz", "Ein Zebrastreifen"]
    pins = [make_pin(title=title) for title in titles]
    make_follow(theme=pins[0].theme, language="en")
    move(pins[0], actor)
    assert letter().subject == (
        "Mitmachkarte Musterstadt: news about “Ein Weg zur Schule”"
    )

    move(pins[1], actor)
    assert letter().subject.endswith(" and one more contribution")
    move(pins[2], actor)
    assert letter().subject.endswith(" and 2 more contributions")


def around(pin):
    place = Position(pin.location.x, pin.location.y)
    return {"place": place, "place_name": "Am Brunnen 3", "radius": 1_500}


EN: dict[str, Any] = {"language": "en"}
# Who is told, given the pin and one that was merged into it, and why.
GROUNDS = {
    "author": (
        lambda pin, _twin: make_contact(pin, **EN),
        "because you wrote this contribution",
    ),
    "author of a duplicate": (
        lambda _pin, twin: make_contact(twin, **EN),
        "because your contribution {twin} was merged with it",
    ),
    "follower": (
        lambda pin, _twin: make_follow(pin_id=pin.pk, **EN),
        "because you follow this contribution",
    ),
    "follower of a duplicate": (
        lambda _pin, twin: make_follow(pin_id=twin.pk, **EN),
        "because you follow {twin}, which was merged with it",
    ),
    "district": (
        lambda _pin, _twin: make_follow(district_slug="hohenecken", **EN),
        "because you follow this district: Hohenecken",
    ),
    "theme": (
        lambda pin, _twin: make_follow(theme=pin.theme, **EN),
        "because you follow the theme “Mobility”",
    ),
    "place": (
        lambda pin, _twin: make_follow(**around(pin), **EN),
        "within 1.5 km of this place: Am Brunnen 3",
    ),
}


@pytest.mark.parametrize("ground", GROUNDS)
def test_why_somebody_gets_it(pin, actor, ground):
    let_follow, why = GROUNDS[ground]
    twin = make_pin()
    let_follow(pin, twin)
    move(twin, actor, Status.DUPLICATE, survivor=pin)
    News.objects.all().delete()
    move(pin, actor)

    message = letter()

    assert why.format(twin=twin.reference) in message.body
    assert why.format(twin=twin.reference) in html(message)
    assert ("Your contribution “" in message.body) == (ground == "author")


def test_a_duplicate_says_where_it_goes_on(actor):
    pin, survivor = make_pin(), make_pin(title="Ein Weg zur Schule")
    make_contact(pin)
    move(pin, actor, Status.DUPLICATE, survivor=survivor)

    body = letter().body

    assert survivor.reference in body
    assert "Ein Weg zur Schule" in body


def test_a_duplicate_does_not_name_what_was_hidden_since(actor):
    """A mail may wait for a day; what moderation takes from sight then, it leaves out."""
    survivor = make_pin(title="Etwas Beleidigendes")
    duplicate = make_pin()
    make_contact(duplicate)
    move(duplicate, actor, Status.DUPLICATE, survivor=survivor)
    hide_pin(pin=survivor, actor=actor, reason="Beleidigung.")

    message = letter()

    assert duplicate.reference in message.body
    assert "Beleidigendes" not in message.body + html(message) + message.subject


def test_more_than_can_be_read_is_named_with_links_alone(actor):
    pins = [make_pin() for _ in range(TOLD_IN_FULL + 2)]
    make_follow(theme=pins[0].theme)
    for pin in pins:
        move(pin, actor, note="Eine Antwort.")

    body = letter().body

    assert body.count("Eine Antwort.") == TOLD_IN_FULL
    assert all(f"/pins/{pin.reference}\n" in body for pin in pins)


def test_a_step_of_a_sitting_leads_to_it_in_the_reader_s_language(pin):
    make_follow(pin_id=pin.pk, language="en")
    facts = ["Monday", "Hall"]
    texts: Texts = {
        "de": {"what": "Auf der Tagesordnung", "facts": facts, "note": ""},
        "en": {"what": "On the agenda", "facts": facts, "note": ""},
    }
    announce(pin=pin, event=News.Event.SITTING, texts=texts, path="/sittings/7/")

    message = letter()

    assert "On the agenda\nMonday\nHall\n" in message.body
    assert "http://testserver/en/sittings/7/" in message.body
    assert 'href="http://testserver/en/sittings/7/"' in html(message)
    assert "Auf der Tagesordnung" not in message.body


def test_what_several_contributions_led_to_is_one_section_of_the_mail(pin, actor):
    """Named once, with its own page, and with the contributions that led to it."""
    other = make_pin(title="Ein Weg zur Schule")
    words = Words(what="Das Haus baut.", facts=[], note="", about="Maßnahme M 1")
    for each in (pin, other):
        make_follow(pin_id=each.pk)
        news = announce(
            pin=each,
            event=News.Event.MEASURE,
            texts={"de": words, "en": words},
            path="/insek/measures/m-1/",
        )
        news.topic = "measure:1"
        news.save()

    message = letter()

    assert message.subject.endswith("Neues zu „Maßnahme M 1“")
    for part in (message.body, html(message)):
        assert part.count("Das Haus baut.") == 1
        assert part.count("http://testserver/insek/measures/m-1/") >= 1
        assert f"/pins/{pin.reference}" in part
        assert "Ein Weg zur Schule" in part


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (lambda pin: {"pin_id": pin.pk}, "Contribution {pin.reference} “Bänke”"),
        (lambda pin: {"theme": pin.theme}, "Theme “Mobility”"),
        (lambda pin: around(pin), "Within 1.5 km of Am Brunnen 3"),
        (
            lambda pin: around(pin) | {"place_name": "", "radius": 500},
            "Within 500 m of {pin.location.y:.4f}, {pin.location.x:.4f}",
        ),
        (lambda _: {"district_slug": "hohenecken"}, "District Hohenecken"),
        (lambda _: {"district_slug": "dissolved"}, "District dissolved"),
    ],
)
def test_what_is_followed_is_named(actor, target, name):
    pin = make_pin(title="Bänke")
    with translation.override("en"):
        found = describe_follow(make_follow(**target(pin)))

    assert found == name.format(pin=pin)


def test_one_ground_ends_alone_several_end_together(pin, actor):
    follow = make_follow(pin_id=pin.pk)
    move(pin, actor)
    one = letter().extra_headers["List-Unsubscribe"]

    other = make_pin()
    make_follow(pin_id=other.pk)
    move(other, actor)
    several = letter().extra_headers["List-Unsubscribe"]

    assert _ends(one) == [follow.mailbox_id, follow.pk, None]
    assert _ends(several) == [follow.mailbox_id, None, None]


def _ends(header):
    token = header.split("/follow/")[1].removesuffix("/stop>")
    _mailbox, stop = read_stop(token)
    return [stop.mailbox_id, stop.follow_id, stop.contact_id]


@pytest.mark.parametrize(("language", "prefix"), [("de", "/"), ("en", "/en/")])
def test_the_mail_that_asks(pin, language, prefix):
    follow = make_follow(pin_id=pin.pk, language=language, is_confirmed=False)

    message = write_confirmation(follow)

    assert f"http://testserver{prefix}follow/confirm/" in message.body
    assert f"http://testserver{prefix}follow/confirm/" in html(message)
    assert SCRIPT in message.body
    assert "<script" not in html(message)
    assert "lou@" not in message.body + html(message)
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}


def test_who_follows_already_is_told_so_and_nothing_of_a_hidden_title(pin):
    follow = make_follow(pin_id=pin.pk, language="en")
    Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.HIDDEN)

    message = write_confirmation(follow)

    assert "we already do" in message.body
    assert pin.reference in message.body
    assert "/confirm/" not in message.body
    assert "Bänke" not in message.body + html(message)
