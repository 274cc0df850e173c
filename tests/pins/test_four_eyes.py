"""Erasing what was published takes two people, and leaves only the reference."""

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from pins import tasks
from pins.actions import publish_pin
from pins.four_eyes import ask_to_erase, confirm_erasure, decline_erasure
from pins.models import (
    Comment,
    Contact,
    ErasedReference,
    ErasureRequest,
    Photo,
    Pin,
    PublicPin,
)
from pins.workflow import MoveNotAllowed, Visibility
from tests.factories import (
    make_comment,
    make_contact,
    make_district,
    make_moderator,
    make_pin,
    make_user,
)
from tests.photos import make_photo
from trust.models import AuditEntry

pytestmark = pytest.mark.django_db
State = ErasureRequest.State


@pytest.fixture(autouse=True)
def keep_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


@pytest.fixture
def pin() -> Pin:
    make_district(16)
    made = make_pin(title="Ein schlimmer Titel", text="Ein Text, der weg muss. " * 2)
    return Pin.objects.get(pk=made.pk)


@pytest.fixture
def first() -> User:
    return make_moderator("first")


@pytest.fixture
def second() -> User:
    return make_moderator("second")


def send(client: Client, user: User, path: str, **data: str) -> Any:
    client.force_login(user)
    return client.post(path, data)


def run_job(asked: ErasureRequest) -> None:
    tasks.send_erasure(request_id=asked.pk)


def test_two_people_erase_a_contribution(
    client: Client, pin: Pin, first: User, second: User
) -> None:
    make_contact(pin)
    make_photo(pin)
    path = f"/moderation/erasures/pin/{pin.reference}/"

    answer = send(client, first, path, reason="Ein Name steht darin.")
    asked = ErasureRequest.objects.get()
    assert answer.url == f"/moderation/erasures/{asked.pk}/"
    assert PublicPin.objects.filter(pk=pin.pk).exists()
    done = send(client, second, answer.url, act="confirm")

    assert done.url == "/moderation/erasures/"
    pin.refresh_from_db()
    assert pin.visibility == Visibility.HIDDEN
    assert pin.erased_at is not None
    assert (pin.title, pin.token_hash) == ("Gelöschter Beitrag", "")
    assert not PublicPin.objects.filter(pk=pin.pk).exists()
    assert not Photo.objects.exists()
    log = AuditEntry.objects.order_by("pk").values_list("action", "actor__username")
    assert [*log] == [("ask to erase", "first"), ("erase what was published", "second")]
    assert "Name" not in str([*AuditEntry.objects.values()])


def test_the_reference_says_that_it_is_gone(
    client: Client, pin: Pin, first: User, second: User
) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    confirm_erasure(asked=asked, actor=second)

    page = client.get(f"/pins/{pin.reference}")
    data = client.get(f"/pins/{pin.reference}.geojson")

    assert page.status_code == 410
    assert pin.reference in page.content.decode()
    assert "schlimm" not in page.content.decode()
    assert data.status_code == 410
    assert data["Content-Type"] == "application/problem+json"
    assert client.get("/pins/KL-1999-00001").status_code == 404
    assert client.get("/pins/KL-1999-00001.geojson").status_code == 404


def test_the_author_is_told_and_then_forgotten(
    pin: Pin, first: User, second: User
) -> None:
    make_contact(pin, language="en")
    asked = ask_to_erase(subject=pin, actor=first, reason="It names somebody.")
    confirm_erasure(asked=asked, actor=second)

    assert Contact.objects.count() == 1
    run_job(asked)
    run_job(asked)

    (letter,) = mail.outbox
    assert letter.to == ["kim@example.org"]
    assert pin.reference in letter.subject
    assert "It names somebody." in str(letter.body)
    assert "schlimm" not in str(letter.body)
    assert not Contact.objects.exists()


def test_an_address_that_was_never_confirmed_goes_at_once(
    pin: Pin, first: User, second: User
) -> None:
    make_contact(pin, confirmed_at=None)
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    confirm_erasure(asked=asked, actor=second)

    assert not Contact.objects.exists()


def test_what_is_hidden_already_can_be_erased(
    pin: Pin, first: User, second: User
) -> None:
    Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.HIDDEN)
    pin.refresh_from_db()
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    confirm_erasure(asked=asked, actor=second)

    assert ErasedReference.objects.get().reference == pin.reference


def test_nothing_erased_is_published_again(pin: Pin, first: User, second: User) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    confirm_erasure(asked=asked, actor=second)
    pin.refresh_from_db()

    with pytest.raises(MoveNotAllowed):
        publish_pin(pin=pin, actor=first, read=pin.words_digest)
    with pytest.raises(IntegrityError, match="pin_erased_is_not_published"):
        Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.PUBLISHED)


def test_who_asks_cannot_confirm(client: Client, pin: Pin, first: User) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")

    answer = send(client, first, f"/moderation/erasures/{asked.pk}/", act="confirm")

    assert answer.status_code == 409
    asked.refresh_from_db()
    assert asked.state == State.OPEN
    with (
        pytest.raises(IntegrityError, match="erasurerequest_four_eyes"),
        transaction.atomic(),
    ):
        ErasureRequest.objects.update(state=State.ERASED, decided_by=first)


def test_a_superuser_cannot_confirm_their_own_request(pin: Pin) -> None:
    root = make_user("root", is_superuser=True)
    asked = ask_to_erase(subject=pin, actor=root, reason="Ein Name.")

    with pytest.raises(MoveNotAllowed):
        confirm_erasure(asked=asked, actor=root)


@pytest.mark.parametrize("name", ["first", "second"])
def test_either_may_decline(
    client: Client, pin: Pin, first: User, second: User, name: str
) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    path = f"/moderation/erasures/{asked.pk}/"

    assert send(client, User.objects.get(username=name), path, act="decline").url
    assert send(client, second, path, act="confirm").status_code == 409

    asked.refresh_from_db()
    assert asked.state == State.DECLINED
    assert PublicPin.objects.filter(pk=pin.pk).exists()
    assert "Ein schlimmer Titel" in client.get(path).content.decode()


def test_a_request_is_over_after_a_week(
    client: Client, pin: Pin, first: User, second: User
) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    long_ago = timezone.now() - datetime.timedelta(days=7, seconds=1)
    ErasureRequest.objects.update(asked_at=long_ago)
    path = f"/moderation/erasures/{asked.pk}/"

    assert send(client, second, path, act="confirm").status_code == 409
    assert 'name="act"' not in client.get(path).content.decode()
    again = ask_to_erase(subject=pin, actor=second, reason="Noch einmal.")

    asked.refresh_from_db()
    assert asked.state == State.EXPIRED
    assert again.pk != asked.pk
    assert again.asked_by == second


def test_asking_twice_is_one_request(pin: Pin, first: User, second: User) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")

    assert ask_to_erase(subject=pin, actor=second, reason="Auch.").pk == asked.pk
    assert str(asked) == f"pin {pin.pk} open"


def test_a_comment_goes(client: Client, pin: Pin, first: User, second: User) -> None:
    comment = make_comment(pin)
    path = f"/moderation/erasures/comment/{comment.pk}/"
    assert comment.text in send_get(client, first, path)

    asked_at = send(client, first, path, reason="Ein Name.").url
    assert comment.text in send_get(client, second, asked_at)
    send(client, second, asked_at, act="confirm")

    assert not Comment.objects.exists()
    assert client.get(asked_at).status_code == 200
    assert PublicPin.objects.get(pk=pin.pk).comment_count == 0


def send_get(client: Client, user: User, path: str) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_photo_goes_and_the_author_keeps_their_address(
    client: Client, pin: Pin, first: User, second: User
) -> None:
    photo = make_photo(pin)
    make_contact(pin)
    client.force_login(first)
    page = f"/moderation/{pin.reference}/photos/{photo.name}/"
    led = send(client, first, page, action="remove")
    assert led.url == f"/moderation/erasures/pin/{pin.reference}/{photo.name}/"
    assert led.url in client.get(page).content.decode()

    asked_at = send(client, first, led.url, reason="Ein Gesicht.").url
    send(client, second, asked_at, act="confirm")
    run_job(ErasureRequest.objects.get())

    assert not Photo.objects.exists()
    assert PublicPin.objects.filter(pk=pin.pk).exists()
    assert Contact.objects.exists()
    assert len(mail.outbox) == 1
    assert "Foto" in mail.outbox[0].subject or "photo" in mail.outbox[0].subject


def test_what_went_meanwhile_is_not_erased_twice(
    pin: Pin, first: User, second: User
) -> None:
    comment, photo = make_comment(pin), make_photo(pin)
    of_all = [
        ask_to_erase(subject=subject, actor=first, reason="Ein Name.")
        for subject in (comment, photo, pin)
    ]
    comment.delete()
    photo.delete()
    Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.WITHDRAWN)

    for asked in of_all:
        with pytest.raises(MoveNotAllowed):
            confirm_erasure(asked=ErasureRequest.objects.get(pk=asked.pk), actor=second)
        decline_erasure(asked=ErasureRequest.objects.get(pk=asked.pk), actor=second)


@pytest.mark.parametrize("visibility", ["submitted", "rejected", "withdrawn"])
def test_what_was_never_published_needs_no_second_person(
    client: Client, pin: Pin, first: User, visibility: str
) -> None:
    other = make_pin(visibility=visibility)
    photo, comment = make_photo(other), make_comment(other, visibility=visibility)
    client.force_login(first)
    reference = Pin.objects.get(pk=other.pk).reference

    for path in (
        f"pin/{reference}/",
        f"comment/{comment.pk}/",
        f"pin/{reference}/{photo.name}/",
    ):
        assert client.get(f"/moderation/erasures/{path}").status_code == 404
    with pytest.raises(MoveNotAllowed):
        ask_to_erase(subject=Pin.objects.get(pk=other.pk), actor=first, reason="So.")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001, "a\0b"])
def test_a_reason_is_compulsory(
    client: Client, pin: Pin, first: User, reason: str
) -> None:
    path = f"/moderation/erasures/pin/{pin.reference}/"

    assert send(client, first, path, reason=reason).status_code == 422
    assert not ErasureRequest.objects.exists()


def test_the_action_wants_a_reason_too(pin: Pin, first: User) -> None:
    with pytest.raises(MoveNotAllowed):
        ask_to_erase(subject=pin, actor=first, reason=" ")


def test_what_goes_while_somebody_asks_is_said(
    client: Client, pin: Pin, first: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_kwargs: object) -> None:
        raise MoveNotAllowed("Schon weg.")

    monkeypatch.setattr("pins.views.erasures.ask_to_erase", refuse)
    path = f"/moderation/erasures/pin/{pin.reference}/"
    answer = send(client, first, path, reason="Ein Name.")

    assert answer.status_code == 422
    assert "Schon weg." in answer.content.decode()


def test_the_list_shows_what_waits_and_what_was_decided(
    client: Client,
    pin: Pin,
    first: User,
    second: User,
    django_assert_max_num_queries: Any,
) -> None:
    other = ask_to_erase(subject=make_comment(pin), actor=first, reason="So.")
    decline_erasure(asked=other, actor=second)
    ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    client.force_login(second)

    with django_assert_max_num_queries(8):
        page = client.get("/moderation/erasures/").content.decode()

    assert page.count(pin.reference) == 2
    assert client.post("/moderation/erasures/").status_code == 405


def test_only_moderators_and_only_by_their_buttons(
    client: Client, pin: Pin, first: User
) -> None:
    asked = ask_to_erase(subject=pin, actor=first, reason="Ein Name.")
    path = f"/moderation/erasures/{asked.pk}/"
    assert client.get(path).status_code == 302
    assert send(client, first, path, act="sing").status_code == 400
    assert send(client, first, "/moderation/erasures/0/").status_code == 404
    assert send(client, make_user(), path, act="confirm").status_code == 403


def test_the_moderators_page_leads_there(client: Client, pin: Pin, first: User) -> None:
    comment = make_comment(pin)
    page = send_get(client, first, f"/moderation/{pin.reference}/")
    of_comment = send_get(client, first, f"/moderation/comments/{comment.pk}/")

    assert f"/moderation/erasures/pin/{pin.reference}/" in page
    assert f"/moderation/erasures/comment/{comment.pk}/" in of_comment


@pytest.mark.parametrize("model", ["pin", "comment"])
def test_the_administration_is_no_other_door(
    client: Client, pin: Pin, model: str
) -> None:
    target = pin if model == "pin" else make_comment(pin)
    root = make_user("root", is_superuser=True, is_staff=True)

    answer = send(client, root, f"/admin/pins/{model}/{target.pk}/delete/", post="yes")

    assert answer.status_code == 403
    assert type(target).objects.filter(pk=target.pk).exists()
    names = (str(ErasedReference("KL-1")), str(ErasureRequest(kind="pin", pin=pin)))
    assert names == ("KL-1", f"pin {pin.pk} open")
