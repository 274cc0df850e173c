"""To ask to be told, to confirm it, to see and to end it: without an account."""

import datetime
import re
import threading

import pytest
from django.core import signing
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from layers.places import AddressRow, StreetRow, replace_places
from pins.models import Contact, Follow, Mailbox, Pin
from pins.tasks import send_confirmation
from pins.telling import following
from pins.telling.asking import ASKED_A_DAY
from pins.telling.follow_links import (
    CONFIRM_SALT,
    MANAGE_SALT,
    STOP_SALT,
    confirm_url,
    manage_url,
    stop_url,
)
from pins.telling.following import Target, ask_to_follow, erase_follows
from pins.workflow import Visibility
from tests.factories import (
    make_contact,
    make_district,
    make_follow,
    make_pin,
    make_theme,
)
from tests.forms import proven, read
from tests.geometries import point_in
from tests.locks import wait_until_somebody_waits_for_an_advisory_lock
from tests.pages import assert_refused, fields_of, text_of
from trust.models import Hit

LOU = "lou@example.org"
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def pin(db):
    make_district(16, name="Hohenecken", slug="hohenecken")
    make_theme("mobility", title_de="Mobilität")
    return make_pin(title="Bänke am Brunnen")


@pytest.fixture
def addresses(pin):
    place = point_in(16)
    replace_places(
        streets=[StreetRow("Burgweg", place.x, place.y)],
        addresses=[
            AddressRow("Burgweg", "1", "67661", place.x, place.y),
            AddressRow("Burgweg", "2", "67661", place.x + 0.001, place.y),
        ],
    )


def path_of(url):
    return url.removeprefix("http://testserver")


def asked():
    """Return how many mails to confirm are waiting to be sent."""
    name = "pins.tasks.send_confirmation"
    return ProcrastinateJob.objects.filter(task_name=name).count()


def near(number=16):
    place = point_in(number)
    return f"{place.x},{place.y}"


@pytest.mark.django_db(transaction=True)
def test_from_the_pin_to_the_first_mail(client, pin, mailoutbox):
    page = client.get(f"/pins/{pin.reference}")
    assert f"/follow/?pin={pin.reference}" in page.content.decode()

    response = client.post(
        f"/follow/?pin={pin.reference}", read(email=LOU), follow=True
    )

    assert response.redirect_chain == [("/follow/sent", 302)]
    follow = Follow.objects.get()
    assert (follow.pin, follow.language, follow.confirmed_at) == (pin, "de", None)
    send_confirmation(follow_id=follow.pk)
    (link,) = re.findall(r"http://testserver(/follow/confirm/\S+)", mailoutbox[0].body)
    # Programs follow links: only the button confirms.
    assert "Bänke am Brunnen" in text_of(client.get(link))
    assert not Follow.objects.confirmed().exists()
    response = client.post(link, follow=True)
    assert response.status_code == 200
    assert Follow.objects.confirmed().exists()
    assert "Bänke am Brunnen" in text_of(response)
    # A second press, or the way back.
    assert client.post(link).status_code == 302
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("district=hohenecken", {"district_slug": "hohenecken"}),
        ("theme=mobility", {"theme__slug": "mobility"}),
    ],
)
def test_a_district_and_a_theme(client, pin, query, expected):
    assert client.get(f"/follow/?{query}").status_code == 200

    assert client.post(f"/en/follow/?{query}", read(email=LOU)).status_code == 302

    assert Follow.objects.filter(language="en", **expected).count() == 1


def test_around_a_place_of_the_map(client, pin, addresses):
    page = client.get(f"/follow/?near={near()}")
    assert "Burgweg 1" in text_of(page)
    fields = fields_of(page)
    assert fields["radius"] == "1000"

    data = fields | read(email=LOU, radius="500")
    assert client.post(f"/follow/?near={near()}", data).status_code == 302

    follow = Follow.objects.get()
    assert (follow.radius, follow.place_name) == (500, "Burgweg 1")
    # Rounded: no more is kept than is needed.
    assert follow.place is not None
    assert follow.place.x == round(point_in(16).x, 4)


def test_around_an_address_without_a_script(client, pin, addresses):
    data = read(address="burgweg 2", radius="2000", email=LOU)

    assert client.post("/follow/", data).status_code == 302

    assert Follow.objects.get().place_name == "Burgweg 2"


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, ["email", "address", "radius"]),
        ({"email": "x", "address": "Burgweg 1", "radius": "500"}, ["email"]),
        ({"email": f"{LOU}\x00", "address": "Burgweg 1", "radius": "500"}, ["email"]),
        ({"email": "a" * 300 + "@x.org", "lon": "x", "radius": "1"}, None),
        ({"email": LOU, "address": "Nirgends 7", "radius": "500"}, ["address"]),
        ({"email": LOU, "address": "Burgweg 1", "radius": "499"}, ["radius"]),
        ({"email": LOU, "address": "Burgweg 1", "radius": "9" * 99}, ["radius"]),
        ({"email": LOU, "address": "Burgweg 1"}, ["radius"]),
        ({"email": LOU, "lon": "0", "lat": "0", "radius": "500"}, ["lon"]),
        ({"email": LOU, "lon": "NaN", "lat": "1e999", "radius": "500"}, ["lon"]),
    ],
)
def test_what_the_form_refuses(client, pin, addresses, data, fields):
    response = client.post("/follow/", data)

    expected = fields or ["email", "lon", "radius"]
    assert_refused(response, *expected)
    assert not Follow.objects.exists()
    if "address" in data:
        assert fields_of(response)["address"] == data["address"]


def test_an_address_that_may_be_several_is_asked_for(client, pin, addresses):
    data = read(address="Burgw", radius="500", email=LOU)
    response = client.post("/follow/", data)

    assert response.status_code == 422
    offers = re.findall(r'name="offer" value="([^"]+)"', response.content.decode())
    assert offers
    again = client.post("/follow/", data | {"offer": offers[0]})
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("pin=KL-1999-00001", 404),
        ("pin=%00", 404),
        ("pin=" + "x" * 2_000, 404),
        ("district=nowhere", 404),
        ("theme=nothing", 404),
        ("theme=%00", 404),
        ("near=x", 400),
        ("near=1,2,3", 400),
        ("near=7.7,999", 400),
        ("near=%00,1", 404),
        ("unknown=1", 200),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_there_cannot_be_followed(client, pin, query, status, method):
    response = getattr(client, method)(f"/follow/?{query}")

    expected = 422 if (status, method) == (200, "post") else status
    assert response.status_code == expected


@pytest.mark.parametrize("visibility", sorted(set(Visibility) - {Visibility.PUBLISHED}))
def test_what_nobody_sees_cannot_be_followed(client, pin, visibility):
    hidden = make_pin(visibility=visibility, title="Ein Geheimnis")

    response = client.post(f"/follow/?pin={hidden.reference}", read(email=LOU))

    assert response.status_code == 404
    assert "Geheimnis" not in text_of(response)


def test_nobody_learns_whether_an_address_is_known(client, pin):
    make_follow(LOU, pin_id=pin.pk)
    make_contact(make_pin(), "kim@example.org")
    url = f"/follow/?pin={pin.reference}"

    answers = [
        client.post(url, read(email=email), follow=True)
        for email in (LOU, "kim@example.org", "new@example.org")
    ]

    assert len({text_of(answer) for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_a_stranger_cannot_fill_a_mailbox(client, pin):
    url = f"/follow/?pin={pin.reference}"
    for email in (LOU, "LOU@example.org", LOU):
        assert client.post(url, read(email=email)).status_code == 302
    assert (Follow.objects.count(), Mailbox.objects.count(), asked()) == (1, 1, 1)

    Follow.objects.update(asked_at=timezone.now() - HOUR)
    client.post(url, read(email=LOU))
    assert asked() == 2

    for _ in range(ASKED_A_DAY + 3):
        other = make_pin().reference
        sent = proven(email=LOU)
        assert client.post(f"/follow/?pin={other}", sent).status_code == 302
    assert Follow.objects.count() == ASKED_A_DAY


def test_nor_by_asking_for_the_same_again_and_again(client, pin):
    """Each hour of a day, for as many targets as may be unanswered but one."""
    urls = [f"/follow/?pin={make_pin().reference}" for _ in range(ASKED_A_DAY - 1)]
    for _hour in range(24):
        for url in urls:
            assert client.post(url, read(email=LOU)).status_code == 302
        Hit.objects.all().delete()
        ago = {name: F(name) - HOUR for name in ("asked_at", "created_at")}
        Follow.objects.update(**ago)

    assert asked() <= ASKED_A_DAY + 1


def test_who_is_told_already_is_told_so_once_a_day(pin):
    """Somebody else may ask: a stranger who knows what an address follows."""
    make_follow(pin_id=pin.pk, asked_at=timezone.now() - DAY)
    Follow.objects.update(created_at=timezone.now() - 9 * DAY)
    for _hour in range(24):
        ask_to_follow(email=LOU, language="en", target=Target(pin_id=pin.pk))
        ago = {name: F(name) - HOUR for name in ("asked_at", "created_at")}
        Follow.objects.update(**ago)

    assert asked() == 1


@pytest.mark.django_db(transaction=True)
def test_an_address_erased_at_this_very_moment_is_asked_once_more(pin, monkeypatch):
    make_follow(LOU, pin_id=make_pin().pk)

    def erase():
        try:
            Mailbox.objects.all().delete()
        finally:
            connection.close()

    def look_while_it_is_erased(wanted):
        monkeypatch.undo()
        other_hand = threading.Thread(target=erase)
        other_hand.start()
        other_hand.join(timeout=20)

    monkeypatch.setattr(following, "_same", look_while_it_is_erased)

    ask_to_follow(email=LOU, language="de", target=Target(pin_id=pin.pk))

    assert Follow.objects.get().mailbox == Mailbox.objects.get()
    assert asked() == 1


def test_a_follow_erased_before_its_mail_gets_none(pin, monkeypatch, mailoutbox):
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
    follow = make_follow(pin_id=pin.pk, is_confirmed=False)
    send_confirmation(follow_id=follow.pk)
    assert [message.to for message in mailoutbox] == [[LOU]]

    follow.delete()
    send_confirmation(follow_id=follow.pk)

    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_many_forms_at_once_count_one_another(pin):
    """Each waits until the one before is done, though the mailbox itself is new."""
    targets = [Target(pin_id=make_pin().pk) for _ in range(ASKED_A_DAY + 1)]
    second = threading.Thread(target=_ask_and_close, args=[targets[-1]])
    with transaction.atomic():
        for target in targets[:-1]:
            ask_to_follow(email=LOU, language="de", target=target)
        second.start()
        wait_until_somebody_waits_for_an_advisory_lock()
    second.join(timeout=20)

    assert asked() == ASKED_A_DAY


def _ask_and_close(target):
    try:
        ask_to_follow(email=LOU.upper(), language="de", target=target)
    finally:
        connection.close()


def test_asking_again_changes_nothing_of_what_is_confirmed(pin):
    follow = make_follow(pin_id=pin.pk, asked_at=timezone.now() - HOUR)

    ask_to_follow(email=LOU, language="en", target=Target(pin_id=pin.pk))

    follow.refresh_from_db()
    assert (follow.language, follow.is_confirmed, asked()) == ("de", True, 1)


def test_a_link_that_came_too_late(client, pin):
    follow = make_follow(
        pin_id=pin.pk,
        is_confirmed=False,
        asked_at=timezone.now() - 2 * DAY,
    )
    link = path_of(confirm_url(follow))

    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert not Follow.objects.confirmed().exists()


@pytest.mark.parametrize("token", ["x", "1:2:3", "%00", "ü", "a" * 3_000])
@pytest.mark.parametrize(
    "page", ["/follow/confirm/{}", "/follow/{}", "/follow/{}/stop"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_none(client, pin, page, token, method):
    make_follow(pin_id=pin.pk)

    response = getattr(client, method)(page.format(token), {"action": "all"})

    assert response.status_code == 404
    assert Follow.objects.confirmed().count() == 1


@pytest.mark.parametrize(
    ("page", "salt"),
    [
        ("/follow/confirm/{}", MANAGE_SALT),
        ("/follow/confirm/{}", STOP_SALT),
        ("/follow/{}", CONFIRM_SALT),
        ("/follow/{}", STOP_SALT),
        ("/follow/{}/stop", CONFIRM_SALT),
        ("/follow/{}/stop", MANAGE_SALT),
        ("/follow/{}/stop", "another purpose"),
    ],
)
def test_a_link_for_something_else_is_none(client, pin, page, salt):
    follow = make_follow(pin_id=pin.pk)
    for ids in ([follow.pk], [follow.mailbox_id, None, None]):
        token = signing.dumps(ids, salt=salt)
        assert client.post(page.format(token), {"action": "all"}).status_code == 404
    assert Follow.objects.exists()


@pytest.mark.parametrize(
    ("page", "salt"),
    [
        ("/follow/confirm/{}", CONFIRM_SALT),
        ("/follow/{}", MANAGE_SALT),
        ("/follow/{}/stop", STOP_SALT),
    ],
)
def test_a_link_of_another_make_is_none(client, pin, page, salt):
    follow = make_follow(pin_id=pin.pk)
    token = signing.dumps([follow.mailbox_id, follow.pk], salt=salt)

    assert client.post(page.format(token), {"action": "all"}).status_code == 404
    assert Follow.objects.exists()


@pytest.mark.parametrize(
    "page", ["/follow/confirm/x", "/follow/x", "/follow/x/stop", "/follow/"]
)
@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_other_methods_are_refused(client, db, page, method):
    assert getattr(client, method)(page).status_code == 405


@pytest.fixture
def several(pin):
    """An address that follows two things and wrote one."""
    first = make_follow(pin_id=pin.pk)
    make_follow(district_slug="hohenecken")
    make_contact(make_pin(), "Lou@Example.org")
    make_follow("dana@example.org", pin_id=pin.pk)
    return first


def test_what_somebody_follows(client, pin, several):
    make_follow(theme=pin.theme, is_confirmed=False)

    page = text_of(client.get(path_of(manage_url(several.mailbox))))

    own = Contact.objects.get().pin.reference
    assert all(word in page for word in ("Bänke am Brunnen", "Hohenecken", own))
    assert "Mobilität" not in page
    assert "example.org" not in page.lower()


def test_of_what_is_hidden_the_title_is_not_shown(client, pin, several):
    Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.HIDDEN)

    page = text_of(client.get(path_of(manage_url(several.mailbox))))

    assert pin.reference in page
    assert "Bänke" not in page


def test_one_is_ended(client, several):
    page = path_of(manage_url(several.mailbox))

    response = client.post(page, {"action": "follow", "id": several.pk}, follow=True)

    assert response.status_code == 200
    assert "Bänke" not in text_of(response)
    assert Follow.objects.filter(mailbox=several.mailbox).count() == 1
    assert Contact.objects.count() == 1


def test_the_mails_about_ones_own_pin_are_ended(client, several):
    page = path_of(manage_url(several.mailbox))

    client.post(page, {"action": "contact", "id": Contact.objects.get().pk})

    assert not Contact.objects.exists()
    assert Follow.objects.filter(mailbox=several.mailbox).count() == 2


@pytest.mark.parametrize("action", ["follow", "contact"])
@pytest.mark.parametrize("number", ["other", "", "x", "-1", "9" * 40, "1\x00", "²"])
def test_what_is_not_ones_own_stays(client, several, action, number):
    other = make_follow("dana@example.org", theme=make_theme("other"))
    contact = make_contact(make_pin(), "dana@example.org")
    ids = {"follow": other.pk, "contact": contact.pk}
    sent = ids[action] if number == "other" else number

    response = client.post(
        path_of(manage_url(several.mailbox)), {"action": action, "id": sent}
    )

    assert response.status_code == 302
    assert (Follow.objects.count(), Contact.objects.count()) == (4, 2)


@pytest.mark.parametrize("action", [None, "", "publish", "all\x00"])
def test_an_unknown_button(client, several, action):
    data = {} if action is None else {"action": action}

    response = client.post(path_of(manage_url(several.mailbox)), data)

    assert response.status_code == 400
    assert Follow.objects.count() == 3


def test_everything_is_ended_and_the_address_erased(client, several):
    page = path_of(manage_url(several.mailbox))

    assert client.post(page, {"action": "all"}).status_code == 200

    assert list(Mailbox.objects.values_list("email", flat=True)) == ["dana@example.org"]
    assert not Contact.objects.exists()
    assert client.get(page).status_code == 410
    assert client.post(page, {"action": "all"}).status_code == 410


def test_managing_needs_the_token_of_its_form(several):
    page = path_of(manage_url(several.mailbox))

    response = Client(enforce_csrf_checks=True).post(page, {"action": "all"})

    assert response.status_code == 403
    assert Follow.objects.count() == 3


def links(follow):
    """Return each kind of link that ends something, and what it leaves."""
    contact = Contact.objects.get()
    return {
        "one": (stop_url(follow.mailbox, follow=follow), (2, 1)),
        "own": (stop_url(follow.mailbox, contact=contact), (3, 0)),
        "all": (stop_url(follow.mailbox), (1, 0)),
    }


@pytest.mark.parametrize("kind", ["one", "own", "all"])
def test_a_link_of_a_mail_ends_what_it_says(several, kind):
    """RFC 8058: by a POST alone; looking ends nothing."""
    url, left = links(several)[kind]
    program = Client(enforce_csrf_checks=True)

    assert program.get(path_of(url)).status_code == 200
    assert (Follow.objects.count(), Contact.objects.count()) == (3, 1)
    response = program.post(path_of(url), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert not response.cookies
    assert (Follow.objects.count(), Contact.objects.count()) == left
    # Twice is once, also where the address is gone.
    assert program.post(path_of(url)).status_code == 200
    assert program.get(path_of(url)).status_code == 200
    assert (Follow.objects.count(), Contact.objects.count()) == left


def test_pages_behind_a_link_are_kept_nowhere(client, several):
    for url in (
        confirm_url(several),
        manage_url(several.mailbox),
        stop_url(several.mailbox),
    ):
        response = client.get(path_of(url))
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in response.content.decode()


def test_what_was_never_confirmed_is_erased_with_its_address(pin):
    make_follow("late@example.org", pin_id=pin.pk, is_confirmed=False)
    make_follow(LOU, pin_id=pin.pk, is_confirmed=False)
    make_follow(LOU, district_slug="hohenecken")
    assert erase_follows(dry_run=False) == 0

    Follow.objects.update(asked_at=timezone.now() - 3 * DAY)

    assert erase_follows(dry_run=True) == 2
    assert Follow.objects.count() == 3
    assert erase_follows(dry_run=False) == 2
    assert Mailbox.objects.get().email == LOU
    assert Follow.objects.get().is_confirmed


def test_the_links_are_not_in_what_things_call_themselves(several):
    assert "lou" not in f"{several!r} {several} {several.mailbox!r} {several.mailbox}"
