"""Questions that cost something: counted without a statement, and forgiven each minute."""

import datetime

import pytest
from django.core.checks import Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from mapapp import environment
from trust import questions
from trust.checks import limits_are_known, proof_can_be_made
from trust.guard import LimitReached
from trust.limits import PLACES
from trust.questions import count_question


def asked(peer: str = "192.0.2.1"):
    return RequestFactory().get("/places.json", REMOTE_ADDR=peer)


def test_too_many_within_a_minute(settings):
    settings.LIMITS = {"places": 2}
    for _ in range(2):
        count_question(asked(), PLACES)

    with pytest.raises(LimitReached) as stopped:
        count_question(asked(), PLACES)

    assert 0 < stopped.value.seconds <= 60
    count_question(asked("192.0.2.2"), PLACES)


def test_the_next_minute_begins_anew(settings):
    settings.LIMITS = {"places": 1}
    count_question(asked(), PLACES)
    [span] = questions._spans.values()
    span.until -= datetime.timedelta(minutes=1)

    count_question(asked(), PLACES)


def test_what_is_remembered_does_not_grow(settings, monkeypatch):
    settings.LIMITS = {"places": 1}
    monkeypatch.setattr(questions, "MOST_KEPT", 2)
    for number in range(1, 6):
        count_question(asked(f"192.0.2.{number}"), PLACES)

    [span] = questions._spans.values()
    assert len(span.counts) <= 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/places.json?q=Burg", "places"),
        ("/pins/similar.json?lon=7.7&lat=49.4", "similar"),
        ("/exports/pins.csv", "export"),
    ],
)
def test_programs_are_told_when_to_ask_again(client, settings, address, name):
    settings.LIMITS = {name: 1}
    first, second = client.get(address), client.get(address)

    assert first.status_code == 200
    assert second.status_code == 429
    assert second.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(second.headers["Retry-After"]) <= 60
    assert "public" not in second.headers.get("Cache-Control", "")


class TestSettings:
    def test_defaults_are_right(self):
        assert limits_are_known() == proof_can_be_made() == []

    def test_a_limit_that_does_not_exist(self, settings):
        settings.LIMITS = {"pin": 5, "pni": 5}

        [error] = limits_are_known()
        assert isinstance(error, Error)
        assert "pni" in error.msg

    @pytest.mark.parametrize(
        ("steps", "cost", "kind"),
        [(0, 10, Error), (10, 0, Error), (1_000, 2_000, CheckWarning)],
    )
    def test_a_proof_that_nobody_can_make(self, settings, steps, cost, kind):
        settings.PROOF_STEPS, settings.PROOF_COST = steps, cost

        assert [type(message) for message in proof_can_be_made()] == [kind]

    def test_limits_of_the_environment(self, monkeypatch):
        monkeypatch.setenv("X", "pin=60, comment=0")
        assert environment.counts("X") == {"pin": 60, "comment": 0}

    @pytest.mark.parametrize("value", ["pin", "pin=", "pin=x", "pin=-1", "pin=²"])
    def test_what_is_no_limit(self, monkeypatch, value):
        monkeypatch.setenv("X", value)
        with pytest.raises(ImproperlyConfigured, match="X"):
            environment.counts("X")

    def test_proxies_of_the_environment(self, monkeypatch):
        monkeypatch.setenv("X", "10.0.0.0/8,::1")
        assert [str(found) for found in environment.networks("X", "")] == [
            "10.0.0.0/8",
            "::1/128",
        ]

    @pytest.mark.parametrize("value", ["proxy.example", "10.0.0.1/8", "300.1.1.1"])
    def test_what_is_no_proxy(self, monkeypatch, value):
        monkeypatch.setenv("X", value)
        with pytest.raises(ImproperlyConfigured, match="X"):
            environment.networks("X", "")
