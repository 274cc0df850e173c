"""The author's own link: found again by the form's key, never by guessing."""

import datetime
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from pins.access import OwnLinkExpired, get_own_pin
from pins.own_link import hash_token, make_token, token_matches
from pins.workflow import Visibility
from tests.factories import make_district, make_pin

KEY = UUID("7a1ef1f0-6f9c-4a9e-9d7c-2f6b5b3a4c1d")


@pytest.fixture
def token():
    return make_token(KEY)


@pytest.fixture
def pin(db, token):
    make_district(16)
    return make_pin(token_hash=hash_token(token), visibility=Visibility.SUBMITTED)


def test_a_token_belongs_to_its_key(token):
    assert make_token(KEY) == token
    assert make_token(uuid4()) != token
    assert len(token) == 64


def test_a_token_belongs_to_the_sites_secret(token, settings):
    settings.SECRET_KEY = "another" * 10
    assert make_token(KEY) != token


def test_the_hash_tells_nothing_of_the_token(token):
    stored = hash_token(token)
    assert token not in stored
    assert token_matches(token, stored)
    assert not token_matches(stored, stored)
    assert not token_matches(token[:-1], stored)
    assert not token_matches("", stored)


@pytest.mark.parametrize("visibility", Visibility)
def test_it_opens_ones_own_pin_whatever_became_of_it(pin, token, visibility):
    pin.visibility, pin.published_at = visibility, timezone.now()
    pin.save()

    assert get_own_pin(pin.reference, token) == pin


@pytest.mark.parametrize("wrong", ["", "x", "0" * 64, "ü🌳", "\x00"])
def test_a_wrong_token_opens_nothing(pin, wrong):
    with pytest.raises(Http404):
        get_own_pin(pin.reference, wrong)


def test_a_token_opens_no_other_pin(pin, token):
    other = make_pin()
    with pytest.raises(Http404):
        get_own_pin(other.reference, token)


def test_nor_one_that_is_not_there(pin, token):
    with pytest.raises(Http404):
        get_own_pin("KL-1999-00001", token)


def test_it_works_until_its_last_moment(pin):
    last = pin.token_expires_at - datetime.timedelta(microseconds=1)
    assert not pin.own_link_expired(last)
    assert pin.own_link_expired(pin.token_expires_at)


def test_once_its_time_is_over_it_says_so_but_only_to_its_owner(pin, token):
    pin.token_expires_at = timezone.now()
    pin.save()

    with pytest.raises(OwnLinkExpired):
        get_own_pin(pin.reference, token)
    with pytest.raises(Http404):
        get_own_pin(pin.reference, "wrong")
