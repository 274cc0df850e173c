"""Anyone reports what is published, and sees by an own link what came of it."""

import datetime
import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from pins.actions import KeyAlreadyUsed, hide_pin
from pins.models import Photo, PublicPin, Report, ReportCase
from pins.models.report import Reason
from pins.photos.hiding import hide_photo, show_photo
from pins.reporting import receiving
from pins.reporting.receiving import Words, fingerprint, submit_report
from pins.reporting.subjects import NotPublicAnyMore, Subject
from pins.workflow import MoveNotAllowed, Status, Visibility
from tests.factories import (
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_report,
)
from tests.pages import assert_refused, fields_of, links_of, text_of
from tests.photos import make_photo
from trust.models import BannedPattern

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def pin(db):
    make_district(16)
    return make_pin()


def form(**fields):
    values = {
        "idempotency_key": str(uuid4()),
        "reason": "insult",
        "explanation": "Im zweiten Satz.",
        "name": "",
        "email": "",
        "in_good_faith": "on",
    }
    merged = values | fields
    return {name: value for name, value in merged.items() if value is not None}


def address(pin, part=""):
    return f"/pins/{pin.reference}{part}/report"


def send(client, pin, part="", **fields):
    return client.post(address(pin, part), form(**fields))


class TestForm:
    def test_every_published_thing_leads_to_it(self, client, pin):
        comment, photo = make_comment(pin), make_photo(pin)

        page = client.get(f"/pins/{pin.reference}")

        wanted = {
            address(pin),
            address(pin, f"/comments/{comment.pk}"),
            address(pin, f"/photos/{photo.name}"),
        }
        assert wanted <= {link.get("href", "") for link in links_of(page)}
        for link in wanted:
            assert client.get(link).status_code == 200
            assert "noindex" in client.get(f"/en{link}").content.decode()

    def test_it_says_what_is_reported(self, client, pin):
        comment = make_comment(pin, text="Ein ganz bestimmter Kommentar.")
        photo = make_photo(pin)

        assert pin.title in text_of(client.get(address(pin)))
        about = client.get(address(pin, f"/comments/{comment.pk}"))
        assert "Ein ganz bestimmter Kommentar." in text_of(about)
        shown = client.get(address(pin, f"/photos/{photo.name}")).content.decode()
        assert f"{photo.name}-small.jpg" in shown

    def test_a_comment_is_in_no_wrong_place(self, client, pin):
        comment = make_comment(pin)
        part = f"/comments/{comment.pk}"

        assert 'value="place"' in client.get(address(pin)).content.decode()
        assert 'value="place"' not in client.get(address(pin, part)).content.decode()
        assert_refused(send(client, pin, part, reason="place"), "reason")

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"reason": ""}, ["reason"]),
            ({"reason": "unknown"}, ["reason"]),
            ({"reason": "illegal", "explanation": ""}, ["explanation"]),
            ({"reason": "other", "explanation": " \n "}, ["explanation"]),
            ({"explanation": "x" * 4_001}, ["explanation"]),
            ({"explanation": "a\x00b"}, ["explanation"]),
            ({"name": "x" * 121}, ["name"]),
            ({"name": "a\x00b"}, ["name"]),
            ({"email": "kim@"}, ["email"]),
            ({"email": f"{'x' * 250}@example.org"}, ["email"]),
            ({"email": "kim@example.org\nBcc: all@example.org"}, ["email"]),
            ({"in_good_faith": None}, ["in_good_faith"]),
        ],
    )
    def test_what_it_refuses(self, client, pin, fields, wrong):
        response = send(client, pin, **fields)

        assert_refused(response, *wrong)
        assert not Report.objects.exists()

    def test_what_was_typed_is_not_lost(self, client, pin):
        response = send(client, pin, explanation=SCRIPT, email="kim@")

        assert fields_of(response)["explanation"] == SCRIPT
        assert SCRIPT not in response.content.decode()

    @pytest.mark.parametrize("key", [None, "", "x"])
    def test_without_its_key_it_comes_back_whole(self, client, pin, key):
        response = send(client, pin, idempotency_key=key)

        assert response.status_code == 422
        again = fields_of(response)
        assert again["explanation"] == "Im zweiten Satz."
        sent = client.post(address(pin), again | {"in_good_faith": "on"})
        assert sent.status_code == 302

    def test_what_looks_like_a_program_is_marked_for_moderators(self, client, pin):
        assert send(client, pin, website="https://spam.example").status_code == 302

        client.force_login(make_moderator())
        case = ReportCase.objects.get()
        shown = client.get(f"/moderation/reports/{case.pk}/")
        assert "notice--warning" in shown.content.decode()

    def test_methods(self, client, pin):
        assert client.put(address(pin)).status_code == 405
        assert client.head(address(pin)).status_code == 200

    def test_without_the_token_of_the_page_it_is_refused(self, pin):
        strict = Client(enforce_csrf_checks=True)

        assert send(strict, pin).status_code == 403


class TestReceipt:
    def test_it_leads_to_a_page_of_its_own(self, client, pin):
        response = send(client, pin, name="Kim", email="kim@example.org")

        report = Report.objects.get()
        assert response.status_code == 302
        assert re.fullmatch(
            rf"/pins/reports/{report.pk}/[0-9a-f]{{64}}\?new=1", response.url
        )
        shown = text_of(client.get(response.url))
        assert report.number in shown
        assert report.number == f"M-{timezone.localdate().year}-{report.pk:05}"
        assert "Im zweiten Satz." in shown
        assert pin.reference in shown

    def test_only_the_hash_of_the_link_is_kept(self, client, pin):
        token = send(client, pin).url.split("/")[-1].partition("?")[0]

        assert token not in str(Report.objects.values())

    def test_the_same_form_sent_twice_makes_one(self, client, pin):
        key = str(uuid4())

        first = send(client, pin, idempotency_key=key)
        second = send(client, pin, idempotency_key=key)

        assert first.url == second.url
        assert Report.objects.count() == 1

    def test_a_double_click(self, client, pin, monkeypatch):
        """The other request is not through yet when this one looks for it."""
        key = str(uuid4())
        first = send(client, pin, idempotency_key=key)
        found = Report.objects.get()
        looks = iter([None, found])
        monkeypatch.setattr(receiving, "_known", lambda *_: next(looks))

        assert send(Client(), pin, idempotency_key=key).url == first.url

    def test_another_rule_of_the_database_is_no_double_click(self, pin):
        with pytest.raises(IntegrityError), transaction.atomic():
            submit_report(
                subject=Subject(pin),
                words=Words("unknown", "", "de"),
                browser="",
                idempotency_key=uuid4(),
            )

    @pytest.mark.parametrize(
        "changed", [{"explanation": "Anders."}, {"reason": "other"}, {"name": "Lou"}]
    )
    def test_with_other_words_it_is_another_one(self, client, pin, changed):
        key = str(uuid4())
        send(client, pin, idempotency_key=key)

        response = send(client, pin, idempotency_key=key, **changed)

        assert response.status_code == 409
        assert fields_of(response)["idempotency_key"] != key
        assert Report.objects.count() == 1

    def test_the_same_key_for_another_thing(self, client, pin):
        key = str(uuid4())
        send(client, pin, idempotency_key=key)
        comment = make_comment(pin)

        part = f"/comments/{comment.pk}"
        assert send(client, pin, part, idempotency_key=key).status_code == 409

    def test_a_key_of_something_erased(self, client, pin):
        photo, key = make_photo(pin), str(uuid4())
        send(client, pin, f"/photos/{photo.name}", idempotency_key=key)
        Photo.objects.all().delete()

        assert send(client, pin, idempotency_key=key).status_code == 409

    def test_several_reports_are_one_case(self, pin):
        for _ in range(2):
            send(Client(), pin)

        case = ReportCase.objects.get()
        assert case.reports.count() == 2

    def test_what_is_decided_is_a_new_case(self, pin):
        case = make_report(pin).case
        now = timezone.now()
        ReportCase.objects.filter(pk=case.pk).update(
            outcome="kept",
            reason="Es bleibt.",
            first_decided_at=now,
            decided_at=now,
            decided_by=make_moderator(),
        )

        send(Client(), pin)

        assert ReportCase.objects.count() == 2


class TestLimits:
    @pytest.fixture
    def browser(self, pin):
        """A browser with the cookie that the form sets."""
        client = Client()
        client.get(address(pin))
        return client

    def test_one_report_of_a_thing_from_a_browser(self, browser, pin):
        assert send(browser, pin).status_code == 302

        response = send(browser, pin, explanation="Noch einmal.")

        assert response.status_code == 409
        assert fields_of(response)["explanation"] == "Noch einmal."
        assert send(browser, make_pin()).status_code == 302

    def test_so_many_from_one_address(self, browser, pin, settings):
        settings.LIMITS = {"report": 1}
        send(browser, pin)

        response = send(browser, make_pin())

        assert response.status_code == 429
        assert int(response["Retry-After"]) > 0
        assert fields_of(response)["explanation"] == "Im zweiten Satz."

    def test_what_is_banned(self, browser, pin):
        BannedPattern.objects.create(
            pattern="viagra", action=BannedPattern.Action.REFUSE
        )

        response = send(browser, pin, explanation="Viagra!")

        assert response.status_code == 422
        assert not Report.objects.exists()

    def test_a_browser_is_another_one_tomorrow(self, monkeypatch):
        today = fingerprint("secret")
        tomorrow = timezone.localdate() + datetime.timedelta(days=1)
        monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)

        assert fingerprint("secret") != today
        assert fingerprint("") == ""


class TestNotPublic:
    @pytest.mark.parametrize("visibility", [Visibility.SUBMITTED, Visibility.REJECTED])
    def test_what_never_was_is_not_there(self, client, pin, visibility):
        other = make_pin(visibility=visibility)
        comment = make_comment(pin, visibility=visibility)

        assert client.get(address(other)).status_code == 404
        part = f"/comments/{comment.pk}"
        assert client.get(address(pin, part)).status_code == 404
        assert send(client, pin, part).status_code == 404

    @pytest.mark.parametrize("part", ["", "/comments/{comment}", "/photos/{photo}"])
    def test_what_was_public_once(self, client, pin, part):
        comment, photo = make_comment(pin), make_photo(pin)
        part = part.format(comment=comment.pk, photo=photo.name)
        hide_pin(pin=pin, actor=make_moderator(), reason="Grund")

        assert client.get(address(pin, part)).status_code == 404
        response = send(client, pin, part, explanation="Bitte aufheben.")
        assert response.status_code == 410
        assert "Bitte aufheben." in text_of(response)
        assert not Report.objects.exists()

    def test_hidden_while_the_form_was_filled_in(self, pin):
        comment = make_comment(pin)
        seen = Subject(pin, comment)
        comment.visibility, comment.reason = Visibility.HIDDEN, "Grund"
        comment.save()

        with pytest.raises(NotPublicAnyMore):
            submit_report(
                subject=seen,
                words=Words("insult", "", "de"),
                browser="",
                idempotency_key=uuid4(),
            )

    def test_a_photo_hidden_alone(self, client, pin):
        photo = make_photo(pin)
        hide_photo(photo=photo)

        assert client.get(f"/photos/{photo.name}.jpg").status_code == 404
        assert PublicPin.objects.get(pk=pin.pk).photos == []
        assert client.get(address(pin, f"/photos/{photo.name}")).status_code == 404
        with pytest.raises(MoveNotAllowed):
            hide_photo(photo=photo)

        show_photo(photo=photo)
        assert client.get(f"/photos/{photo.name}.jpg").getvalue()
        assert [p["name"] for p in PublicPin.objects.get(pk=pin.pk).photos] == [
            photo.name
        ]
        with pytest.raises(MoveNotAllowed):
            show_photo(photo=photo)

    def test_a_duplicate_and_its_comments_are_still_theirs(self, client, pin):
        other = make_pin(status=Status.DUPLICATE, duplicate_of=pin)

        assert client.get(address(other)).status_code == 200

    @pytest.mark.parametrize(
        "path",
        [
            "/pins/KL-2026-99999/report",
            "/pins/{pin}/comments/999999/report",
            "/pins/{pin}/comments/99999999999999999999999/report",
            "/pins/{pin}/photos/none/report",
            "/pins/KL-0/photos/none/report",
        ],
    )
    def test_what_there_is_not(self, client, pin, path):
        address = path.format(pin=pin.reference)

        assert client.get(address).status_code == 404
        assert client.post(address, form()).status_code == 404

    def test_a_comment_of_another_contribution(self, client, pin):
        comment = make_comment(make_pin())

        part = f"/comments/{comment.pk}"
        assert client.get(address(pin, part)).status_code == 404


class TestOwnPage:
    @pytest.fixture
    def own(self, client, pin):
        return send(client, pin, name="Kim", email="kim@example.org").url.partition(
            "?"
        )[0]

    def test_a_foreign_link_is_none(self, client, own, pin):
        report = Report.objects.get()
        other = send(Client(), make_pin()).url.partition("?")[0]
        foreign = other.rsplit("/", 1)[1]

        assert client.get(f"/pins/reports/{report.pk}/{foreign}").status_code == 404
        assert client.get(f"/pins/reports/999999/{foreign}").status_code == 404
        assert client.get(f"/pins/reports/{report.pk}/x").status_code == 404
        assert client.get(own).status_code == 200

    def test_name_and_address_can_be_erased(self, client, own):
        response = client.post(own, {"action": "forget"})

        assert response.url == f"{own}?done=forget"
        report = Report.objects.get()
        assert (report.name, report.email) == ("", "")
        assert "kim@example.org" not in client.get(response.url).content.decode()

    @pytest.mark.parametrize("action", ["", "x", "decide"])
    def test_what_is_no_button(self, client, own, action):
        assert client.post(own, {"action": action}).status_code == 400

    def test_before_a_decision_nobody_can_complain(self, client, own):
        response = client.post(own, {"action": "complain", "text": "Warum?"})

        assert response.status_code == 409
        assert fields_of(response).get("text") is None

    def test_it_does_not_show_what_is_hidden_by_now(self, client, own, pin):
        hide_pin(pin=pin, actor=make_moderator(), reason="Grund")

        shown = text_of(client.get(own))
        assert pin.title not in shown
        assert pin.reference in shown

    def test_of_something_erased_it_stays(self, client, pin):
        photo = make_photo(pin)
        own = send(client, pin, f"/photos/{photo.name}").url
        Photo.objects.all().delete()

        assert pin.reference in text_of(client.get(own))

    def test_methods(self, client, own):
        assert client.delete(own).status_code == 405


def test_reports_are_on_no_public_page(client, pin):
    comment = make_comment(pin)
    numbers = [
        make_report(
            pin,
            comment=reported,
            reason=Reason.ILLEGAL,
            explanation="Geheimnisverrat",
            name="Kim Muster",
            email="kim@example.org",
        ).number
        for reported in (None, comment)
    ]
    paths = [
        "/",
        f"/pins/{pin.reference}",
        f"/pins/{pin.reference}.geojson",
        "/exports/pins.geojson",
        "/exports/pins.csv",
        "/open311/v2/requests.json",
        "/ogc/v1/collections/pins/items",
        "/feeds/pins.atom",
        "/insek/numbers/",
        "/search/?q=Geheimnisverrat",
        "/sitemap.xml",
    ]
    for path in paths:
        response = client.get(path)
        content = (
            response.getvalue() if response.streaming else response.content
        ).decode()
        for word in ("Kim Muster", "kim@example.org", *numbers):
            assert word not in content, path
        if not path.startswith("/search"):
            assert "Geheimnisverrat" not in content, path


def test_the_other_words_of_a_key_are_told_apart(pin):
    key = uuid4()

    def submit(words):
        return submit_report(
            subject=Subject(pin), words=words, browser="", idempotency_key=key
        )

    submit(Words("insult", "", "de"))

    with pytest.raises(KeyAlreadyUsed):
        submit(Words("other", "Anders", "de"))
