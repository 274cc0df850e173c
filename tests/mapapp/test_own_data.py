"""All that is stored about somebody: by their own link, or by a link to their address."""

import datetime
import json
import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from insek.models import Invitation, Registration
from mapapp.own_data import ask_what_is_stored, records_of, write_link
from mapapp.tasks import send_address_link
from pins.actions import change_status, publish_pin, submit_pin
from pins.comments import publish_comment, submit_comment
from pins.erasing import ERASED
from pins.models import Comment, Contact, Follow, Mailbox, Pin, PublicPin, Support
from pins.own_link import hash_token
from pins.photos.files import path_of
from pins.workflow import Role, Status
from tests.factories import (
    make_contact,
    make_district,
    make_draft,
    make_event,
    make_follow,
    make_moderator,
    make_pin,
    make_planner,
)
from tests.geometries import point_in
from tests.photos import make_photo
from trust.address_links import LIFETIME, token_of
from trust.guard import stamp
from trust.models import AddressLink, AuditEntry

KIM, LOU = "kim@example.org", "lou@example.org"
ASK = "/about/my-data/"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def hohenecken(db, monkeypatch):
    # The connection of the test is not a job's to give back.
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
    return make_district(16)


@pytest.fixture
def own():
    """Return a new pin of Kim's, and the path of its own link."""
    pin, token = submit_pin(draft=make_draft(email=KIM), idempotency_key=uuid4())
    return pin, reverse("pins:own", args=[pin.reference, token])


@pytest.fixture
def published(own):
    pin, path = own
    publish_pin(pin=pin, actor=make_moderator(), read=pin.words_digest)
    return Pin.objects.get(pk=pin.pk), path


@pytest.fixture
def comment(published):
    pin, _path = published
    made, token = submit_comment(
        reference=pin.reference,
        text="Das sehe ich genauso.",
        language="de",
        idempotency_key=uuid4(),
    )
    args = [pin.reference, made.pk, token]
    return made, reverse("pins:own-comment", args=args)


def make_registration(email=KIM, **fields):
    values = {"state": "confirmed", "confirmed_at": timezone.now()}
    return Registration.objects.create(
        event=make_event(takes_registrations=True, capacity=1),
        email=email,
        name="Kim",
        token_hash=uuid4().hex,
        **(values | fields),
    )


def link_of(email=KIM):
    return AddressLink.objects.create(email=email, language="de")


def address_path(link):
    return reverse("own-data-of-address", args=[token_of(link)])


def ask(client, email):
    opened = stamp(timezone.now() - HOUR)
    return client.post(ASK, {"email": email, "opened": opened})


# --- By the own link of a contribution ----------------------------------------------------


def test_the_own_link_shows_all_of_the_contribution(own, client):
    pin, path = own
    page = client.get(f"{path}/data").content.decode()

    for value in (pin.reference, pin.title, pin.text, KIM, pin.theme.title):
        assert value in page
    assert "no-store" in client.get(f"{path}/data")["Cache-Control"]
    assert f"{path}/data" in client.get(path).content.decode()


def test_and_takes_it_along(own, client):
    pin, path = own
    answer = client.get(f"{path}/data?format=json")

    assert "attachment" in answer["Content-Disposition"]
    first, second = json.loads(answer.content)["records"]
    assert pin.text in first["data"].values()
    assert KIM in second["data"].values()
    # The words that were agreed to, as they were shown.
    assert any("schicken zuerst einen Link" in str(v) for v in second["data"].values())


def test_nobody_elses_data(own, client):
    _pin, path = own
    other = make_pin(title="Ein anderer Beitrag")
    make_contact(other, LOU)

    page = client.get(f"{path}/data").content.decode()

    assert other.reference not in page
    assert LOU not in page


@pytest.mark.parametrize("ending", ["", "?format=json", "?erase=all"])
def test_a_wrong_or_old_link_shows_nothing(own, client, ending):
    pin, path = own

    assert client.get(f"{path}x/data{ending}").status_code == 404
    assert client.post(f"{path}x/data", {"erase": "all"}).status_code == 404
    Pin.objects.filter(pk=pin.pk).update(token_expires_at=timezone.now())
    assert client.get(f"{path}/data{ending}").status_code == 410
    assert client.post(f"{path}/data", {"erase": "all"}).status_code == 410
    assert Pin.objects.get().text == pin.text


def test_nothing_is_erased_without_its_button(own, client):
    pin, path = own

    for choice in ("all", "anonymous"):
        assert client.get(f"{path}/data?erase={choice}").status_code == 200
    assert client.get(f"{path}/data?erase=x").status_code == 400
    assert client.post(f"{path}/data", {"erase": "x"}).status_code == 400
    assert client.post(f"{path}/data").status_code == 400
    assert client.put(f"{path}/data").status_code == 405
    assert Pin.objects.get().text == pin.text
    assert Contact.objects.count() == 1


def test_it_stays_without_its_author(published, client):
    pin, path = published
    assert client.post(f"{path}/data", {"erase": "anonymous"}).status_code == 302

    assert not Contact.objects.exists()
    assert PublicPin.objects.get().text == pin.text
    # The link leads nowhere, and the form's key gives it away no more.
    assert client.get(path).status_code == 404
    assert AuditEntry.objects.get().object_id == str(pin.pk)


def test_or_it_goes_with_all_that_belongs_to_it(
    published, client, django_capture_on_commit_callbacks
):
    pin, path = published
    pin.location = point_in(16, 0.31, 0.27)
    pin.save(update_fields=["location"])
    photo = make_photo(pin)
    file = path_of(photo.name)
    assert default_storage.exists(file)
    Support.objects.create(pin=pin, key="0" * 64)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{path}/data", {"erase": "all"})

    assert answer.status_code == 302
    assert not default_storage.exists(file)

    left = Pin.objects.get()
    assert (left.title, left.text) == ERASED["de"]
    assert (left.visibility, left.token_hash, left.place_note) == ("withdrawn", "", "")
    assert left.erased_at is not None
    assert left.location != pin.location
    assert left.district_id == pin.district_id
    assert not PublicPin.objects.exists()
    assert not Contact.objects.exists()
    assert not left.photos.exists()
    assert not left.news.exists()
    assert client.get(f"{path}/data").status_code == 404
    assert client.get(pin.get_absolute_url()).status_code in {404, 410}


def test_what_was_rejected_goes_too(own, client):
    pin, path = own
    Pin.objects.filter(pk=pin.pk).update(visibility="rejected")

    client.post(f"{path}/data", {"erase": "all"})

    left = Pin.objects.get()
    assert (left.visibility, left.text) == ("rejected", ERASED["de"][1])


def test_what_was_merged_goes_and_the_other_stays(published, client):
    pin, path = published
    survivor = make_pin(title="Der andere Beitrag")
    change_status(
        pin=pin,
        to=Status.DUPLICATE,
        actor=make_planner(),
        roles={Role.PLANNER},
        body=None,
        public_note="Schon da.",
        duplicate_of=survivor,
    )

    assert client.post(f"{path}/data", {"erase": "all"}).status_code == 302

    assert [row.reference for row in PublicPin.objects.all()] == [survivor.reference]
    assert Pin.objects.get(pk=pin.pk).text == ERASED["de"][1]


# --- By the own link of a comment ---------------------------------------------------------


def test_a_comment(comment, client):
    made, path = comment

    assert made.text in client.get(f"{path}/data").content.decode()
    assert client.get(f"{path}x/data").status_code == 404
    assert client.get(f"{path}/data?erase=all").status_code == 200
    answer = client.get(f"{path}/data?format=json")
    assert made.text in json.loads(answer.content)["records"][0]["data"].values()
    Comment.objects.update(created_at=timezone.now() - 10_000 * HOUR * 24)
    assert client.get(f"{path}/data").status_code == 410


def test_a_comment_stays_without_its_author(comment, client):
    made, path = comment

    client.post(f"{path}/data", {"erase": "anonymous"})

    assert Comment.objects.get().text == made.text
    assert client.get(path).status_code == 404


def test_a_comment_goes_and_is_counted_no_more(comment, client):
    made, path = comment
    publish_comment(comment=made, actor=make_moderator("b"), read=made.words_digest)
    assert PublicPin.objects.get().comment_count == 1

    client.post(f"{path}/data", {"erase": "all"})

    assert not Comment.objects.exists()
    assert PublicPin.objects.get().comment_count == 0


# --- By the link of a registration --------------------------------------------------------


def test_a_registration(client):
    found = make_registration()
    Registration.objects.update(token_hash=hash_token(found.token))
    path = f"/insek/registrations/{found.token}/data"

    assert KIM in client.get(path).content.decode()
    assert KIM in client.get(f"{path}?format=json").content.decode()
    assert client.get(f"{path}?erase=1").status_code == 200
    assert client.post(path).status_code == 400
    assert client.get(path.replace(found.token, "0" * 64)).status_code == 410
    assert client.post(path, {"erase": "all"}).status_code == 302
    assert not Registration.objects.exists()
    assert client.post(path, {"erase": "all"}).status_code == 410


# --- By an address ------------------------------------------------------------------------


def everything_of_kim():
    pin = make_pin()
    make_contact(pin, "Kim@example.org")
    make_follow(KIM, district_slug="hohenecken")
    registration = make_registration()
    Invitation.objects.create(
        event=registration.event,
        email=KIM,
        language="de",
        token_hash=uuid4().hex,
        invited_by=make_planner(),
    )
    return pin


def test_a_link_is_sent_to_an_address_that_is_known(client):
    everything_of_kim()

    answer = ask(client, KIM)

    assert answer["Location"] == "/about/my-data/sent/"
    assert client.get(answer["Location"]).status_code == 200
    link = AddressLink.objects.get()
    send_address_link(link.pk)
    (sent,) = mail.outbox
    assert sent.to == [KIM]
    (path,) = re.findall(r"/about/my-data/[^/\s]+/", str(sent.body))
    assert KIM in client.get(path).content.decode()


def test_nobody_learns_whether_an_address_is_known(client):
    everything_of_kim()
    answers = [ask(client, email) for email in (KIM, LOU)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert ProcrastinateJob.objects.count() == AddressLink.objects.count() == 2
    # Of the unknown one nothing is kept, and nothing is sent there.
    send_address_link(AddressLink.objects.get(email=LOU).pk)
    assert mail.outbox == []
    assert not AddressLink.objects.filter(email=LOU).exists()
    send_address_link(0)


def test_nobody_fills_a_strangers_mailbox():
    everything_of_kim()
    for email in (KIM, "KIM@example.org"):
        ask_what_is_stored(email=email, language="de")
    assert AddressLink.objects.count() == ProcrastinateJob.objects.count() == 1

    for _ in range(5):
        AddressLink.objects.update(asked_at=timezone.now() - 2 * HOUR)
        ask_what_is_stored(email=KIM, language="de")
    assert AddressLink.objects.count() == 3


def test_who_asked_while_the_clock_was_ahead_can_ask_again():
    everything_of_kim()
    ask_what_is_stored(email=KIM, language="de")
    AddressLink.objects.update(asked_at=timezone.now() + 9_000 * HOUR)

    ask_what_is_stored(email=KIM, language="de")

    assert AddressLink.objects.count() == 2


def test_what_is_no_address_is_refused(client):
    answer = ask(client, "kim@")

    assert answer.status_code == 422
    assert "kim@" in answer.content.decode()
    assert ask(client, "").status_code == 422
    assert client.get(ASK).status_code == 200
    assert client.put(ASK).status_code == 405
    assert not AddressLink.objects.exists()


def test_too_many_questions_are_stopped(client, settings):
    settings.LIMITS = {"own-data": 1, "own-data-unproven": 1}

    assert ask(client, KIM).status_code == 302
    assert ask(client, LOU).status_code == 429


def test_the_link_shows_everything_of_the_address_and_nothing_else(client):
    pin = everything_of_kim()
    stranger = make_pin()
    make_contact(stranger, LOU)
    make_follow(LOU, pin_id=pin.pk)

    page = client.get(address_path(link_of())).content.decode()

    assert len(list(records_of(KIM))) == 5
    assert pin.reference in page
    assert LOU not in page
    assert stranger.reference not in page


def test_who_confirmed_the_address_finds_the_own_link_again(client):
    pin, token = submit_pin(draft=make_draft(email=KIM), idempotency_key=uuid4())
    own = reverse("pins:own", args=[pin.reference, token])
    page = address_path(link_of())

    # A stranger may have typed it: not theirs to withdraw.
    assert own not in client.get(page).content.decode()
    Contact.objects.update(confirmed_at=timezone.now())
    assert own in client.get(page).content.decode()
    Pin.objects.update(token_expires_at=timezone.now())
    assert own not in client.get(page).content.decode()


def test_the_address_is_erased_everywhere_and_contributions_stay(client):
    everything_of_kim()
    make_contact(make_pin(), LOU)
    link = link_of()
    path = address_path(link)

    assert client.get(f"{path}?erase=1").status_code == 200
    assert client.post(path, {"erase": "x"}).status_code == 400
    assert Contact.objects.count() == 2
    assert client.post(path, {"erase": "all"}).status_code == 302

    assert [contact.email for contact in Contact.objects.all()] == [LOU]
    for model in (Follow, Mailbox, Registration, Invitation, AddressLink):
        assert not model.objects.exists()
    assert Pin.objects.count() == 2
    assert client.get(path).status_code == 410
    entry = AuditEntry.objects.get()
    assert entry.actor is None
    assert KIM not in f"{entry.before}{entry.after}"


def test_the_link_is_taken_along_as_a_file(client):
    everything_of_kim()

    answer = client.get(f"{address_path(link_of())}?format=json")

    assert len(json.loads(answer.content)["records"]) == 5


def test_wrong_and_old_links_of_addresses(client):
    everything_of_kim()
    link = link_of()
    path = address_path(link)

    assert client.get(path.replace("my-data/", "my-data/x")).status_code == 404
    assert client.get("/about/my-data/garbage/").status_code == 404
    AddressLink.objects.update(asked_at=timezone.now() - LIFETIME - HOUR)
    for answer in (client.get(path), client.post(path, {"erase": "all"})):
        assert answer.status_code == 410
    assert Contact.objects.exists()


def test_in_the_language_of_the_question():
    everything_of_kim()
    link = AddressLink.objects.create(email=KIM, language="en")

    message = write_link(link)

    assert message is not None
    assert "/en/about/my-data/" in message.body
    assert "valid for 24 hours" in message.body


@pytest.mark.parametrize("path", ["erased/", "sent/"])
def test_pages_that_say_it_is_done(client, path):
    assert client.get(f"/en/about/my-data/{path}").status_code == 200
