"""What is kept about people is declared; each rule erases in time, and nothing before."""

import datetime
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.utils import timezone
from django.utils.functional import Promise
from procrastinate.contrib.django.models import ProcrastinateJob
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from councils.models import Paper
from exports.models import ExportFile, PullToken, PullTokenUse
from insek.models import CardSheet, Invitation, Registration
from mapapp.retention import document
from mapapp.tasks import FORMER_NAMES, erase_due_hourly
from pins.actions import submit_pin
from pins.models import (
    Follow,
    News,
    Photo,
    Pin,
    Report,
    ReportCase,
    VisibilityChange,
    Wording,
)
from pins.own_link import hash_token
from pins.telling.following import Target, ask_to_follow
from staff.models import Invitation as AccountInvitation
from tests.factories import (
    make_body,
    make_comment,
    make_contact,
    make_district,
    make_draft,
    make_event,
    make_follow,
    make_pin,
    make_report,
    make_user,
)
from tests.mails import work_off
from trust import register
from trust.models import AddressLink, AuditEntry, Hit, KnownText, Suspicion

ROOT = Path(settings.ROOT)
MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
RULES = register.register().rules
Scene = Callable[[datetime.datetime], models.Model]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    def keep(make: Scene) -> Scene:
        SCENES[name] = make
        return make

    return keep


def refused_pin(moment: datetime.datetime) -> Pin:
    pin = make_pin(visibility="rejected", created_at=moment - DAY)
    VisibilityChange.objects.create(
        pin=pin,
        from_visibility="submitted",
        to_visibility="rejected",
        actor=make_user(f"anna{pin.pk}"),
        reason="Sie nennt Namen.",
        created_at=moment,
    )
    return pin


@scene("contacts")
def contact_of_ended_pin(moment: datetime.datetime) -> models.Model:
    return make_contact(refused_pin(moment))


@scene("unconfirmed-contacts")
def unconfirmed_contact(moment: datetime.datetime) -> models.Model:
    return make_contact(make_pin(), confirmed_at=None, asked_at=moment)


@scene("unconfirmed-follows")
def unconfirmed_follow(moment: datetime.datetime) -> models.Model:
    return make_follow(pin_id=make_pin().pk, is_confirmed=False, asked_at=moment)


@scene("follows-of-ended-contributions")
def follow_of_ended_pin(moment: datetime.datetime) -> models.Model:
    return make_follow(pin_id=refused_pin(moment).pk)


@scene("told-news")
def told_news(moment: datetime.datetime) -> models.Model:
    return News.objects.create(
        pin=make_pin(), event="published", texts={}, spread_at=moment
    )


@scene("unsent-photos")
def unsent_photo(moment: datetime.datetime) -> models.Model:
    return Photo.objects.create(
        form_key=uuid4(), position=1, width=1, height=1, created_at=moment
    )


@scene("refused-contributions")
def refused_contribution(moment: datetime.datetime) -> models.Model:
    return refused_pin(moment)


@scene("refused-comments")
def refused_comment(moment: datetime.datetime) -> models.Model:
    return make_comment(make_pin(), visibility="rejected", refused_at=moment)


@scene("former-words")
def former_words(moment: datetime.datetime) -> models.Model:
    return Wording.objects.create(
        pin=make_pin(), cause="sent", text="So stand es da.", created_at=moment
    )


def decided_report(moment: datetime.datetime, **fields: Any) -> Report:
    report = make_report(make_pin(), **fields)
    ReportCase.objects.filter(pk=report.case_id).update(
        outcome="kept",
        reason="Es bleibt.",
        first_decided_at=moment,
        decided_at=moment,
        decided_by=make_user(uuid4().hex),
    )
    return report


@scene("contacts-of-reports")
def contact_of_report(moment: datetime.datetime) -> models.Model:
    return decided_report(moment, email="kim@example.org")


@scene("words-of-reports")
def words_of_report(moment: datetime.datetime) -> models.Model:
    return decided_report(moment)


@scene("browsers-of-reports")
def browser_of_report(moment: datetime.datetime) -> models.Model:
    return make_report(make_pin(), created_at=moment, browser="0" * 64)


@scene("own-links")
def old_link(moment: datetime.datetime) -> models.Model:
    return make_pin(token_expires_at=moment, token_hash=hash_token("a"))


def registration(**fields: Any) -> Registration:
    values = {"email": f"{uuid4()}@example.org", "token_hash": uuid4().hex}
    event = fields.pop("event", None) or make_event()
    return Registration.objects.create(event=event, **(values | fields))


def past_event(moment: datetime.datetime) -> Any:
    event = make_event()
    event.starts_at, event.ends_at = moment - DAY, moment
    event.save()
    return event


@scene("unconfirmed-registrations")
def unconfirmed_registration(moment: datetime.datetime) -> models.Model:
    return registration(asked_at=moment)


@scene("cancelled-registrations")
def cancelled_registration(moment: datetime.datetime) -> models.Model:
    return registration(state="cancelled", cancelled_at=moment)


@scene("registrations-of-past-events")
def registration_of_past_event(moment: datetime.datetime) -> models.Model:
    return registration(
        event=past_event(moment), state="confirmed", confirmed_at=moment
    )


@scene("invitations")
def invitation(moment: datetime.datetime) -> models.Model:
    return Invitation.objects.create(
        event=past_event(moment),
        email="kim@example.org",
        language="de",
        token_hash=uuid4().hex,
        invited_by=make_user(uuid4().hex),
    )


@scene("cards")
def sheet_of_cards(moment: datetime.datetime) -> models.Model:
    return CardSheet.objects.create(
        event=make_event(), created_by=make_user(uuid4().hex), created_at=moment
    )


@scene("papers")
def paper(moment: datetime.datetime) -> models.Model:
    return Paper.objects.create(
        body=make_body(uuid4().hex),
        requested_by=make_user(uuid4().hex),
        created_at=moment,
    )


@scene("large-files")
def large_file(moment: datetime.datetime) -> models.Model:
    return ExportFile.objects.create(
        key=uuid4().hex, extension="csv", language="de", changed_at=moment
    )


def token(ends_at: datetime.datetime) -> PullToken:
    return PullToken.objects.create(
        owner=make_user(uuid4().hex),
        body=make_body(uuid4().hex),
        name="QGIS",
        scopes=["contributions"],
        token_hash=uuid4().hex * 2,
        created_at=ends_at - DAY,
        expires_at=ends_at,
    )


@scene("ended-tokens")
def ended_token(moment: datetime.datetime) -> models.Model:
    return token(moment)


@scene("uses-of-tokens")
def use_of_token(moment: datetime.datetime) -> models.Model:
    lasting = token(timezone.now() + DAY)
    return PullTokenUse.objects.create(
        token=lasting, at=moment, what="pins", status=200
    )


def user_and_type() -> dict[str, Any]:
    kind = ContentType.objects.get_for_model(Page)
    return {"user": make_user(uuid4().hex), "content_type": kind}


@scene("cms-log")
def entry_of_the_cms(moment: datetime.datetime) -> models.Model:
    kind = ContentType.objects.get_for_model(Pin)
    made: models.Model = ModelLogEntry.objects.create(
        content_type=kind,
        label="x",
        action="wagtail.edit",
        timestamp=moment,
        object_id="1",
    )
    return made


@scene("cms-log-of-pages")
def entry_of_a_page(moment: datetime.datetime) -> models.Model:
    kind = ContentType.objects.get_for_model(Page)
    made: models.Model = PageLogEntry.objects.create(
        content_type=kind, label="x", action="wagtail.edit", timestamp=moment, page_id=1
    )
    return made


@scene("cms-editing")
def editing(moment: datetime.datetime) -> models.Model:
    made: models.Model = EditingSession.objects.create(
        **user_and_type(), object_id="1", last_seen_at=moment
    )
    return made


@scene("cms-forms")
def form_of_the_cms(moment: datetime.datetime) -> models.Model:
    made: models.Model = FormState.objects.create(
        **user_and_type(), object_id="1", data="a=b", last_updated_at=moment
    )
    return made


@scene("sessions")
def session(moment: datetime.datetime) -> models.Model:
    return Session.objects.create(
        session_key=uuid4().hex, session_data="", expire_date=moment
    )


@scene("list-of-sessions")
def listed_session(moment: datetime.datetime) -> models.Model:
    ending = session(moment)
    listed: models.Model = UserSession.objects.create(
        user=make_user(uuid4().hex), session_key=ending.pk, ip="::", user_agent=""
    )
    return listed


@scene("invitations-of-staff")
def invitation_to_an_account(moment: datetime.datetime) -> models.Model:
    return AccountInvitation.objects.create(
        token_hash=uuid4().hex,
        email=f"{uuid4().hex}@example.org",
        first_name="Kim",
        last_name="Muster",
        invited_by=make_user(uuid4().hex),
        expires_at=moment,
    )


@scene("wrong-passwords")
def wrong_password(moment: datetime.datetime) -> models.Model:
    attempt: models.Model = AccessAttempt.objects.create(
        username=uuid4().hex, ip_address="fd00::1", failures_since_start=1
    )
    # The library sets it to the present.
    AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=moment)
    return attempt


@scene("admin-log")
def entry_of_the_admin(moment: datetime.datetime) -> models.Model:
    return LogEntry.objects.create(
        user=make_user(uuid4().hex), action_flag=1, action_time=moment
    )


@scene("audit-log")
def audit_entry(moment: datetime.datetime) -> models.Model:
    return AuditEntry.objects.create(action="hide contribution", at=moment)


@scene("address-links")
def address_link(moment: datetime.datetime) -> models.Model:
    return AddressLink.objects.create(
        email="kim@example.org", language="de", asked_at=moment
    )


@scene("counts-of-requests")
def counted(moment: datetime.datetime) -> models.Model:
    return Hit.objects.create(digest=uuid4().bytes, what="pin", until=moment)


@scene("suspicions")
def suspicion(moment: datetime.datetime) -> models.Model:
    return Suspicion.objects.create(
        object_type="pins.pin",
        object_id=uuid4().int % 10**9,
        reasons=["links"],
        at=moment,
    )


@scene("hashes-of-texts")
def known_text(moment: datetime.datetime) -> models.Model:
    return KnownText.objects.create(
        digest=uuid4().bytes, sketch=[1], form=uuid4(), seen_at=moment
    )


@pytest.fixture
def hohenecken(db: None) -> None:
    make_district(16)


def looks_the_same(row: models.Model) -> bool:
    """Tell whether a row is as it was made."""
    now = type(row)._base_manager.filter(pk=row.pk).first()
    names = [field.attname for field in row._meta.concrete_fields]
    return now is not None and all(
        getattr(now, name) == getattr(row, name)
        for name in names
        if name in {"title", "text", "token_hash", "email", "emptied_at", "browser"}
    )


def test_every_rule_has_a_scene() -> None:
    assert set(SCENES) == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_erases_in_time_and_not_before(name: str, hohenecken: None) -> None:
    rule = RULES[name]
    limit = timezone.now() - rule.after()
    due, kept = SCENES[name](limit - MINUTE), SCENES[name](limit + MINUTE)

    counted = rule.erase(dry_run=True)
    assert (counted, looks_the_same(due), looks_the_same(kept)) == (1, True, True)

    assert rule.erase(dry_run=False) == counted
    assert (looks_the_same(due), looks_the_same(kept)) == (False, True)

    assert rule.erase(dry_run=True) == rule.erase(dry_run=False) == 0
    assert looks_the_same(kept)


def test_every_field_is_declared() -> None:
    """Declare it beside its model in `<app>/personal.py`: as personal, or why not."""
    missing = set(register.fields_to_declare()) - register.register().declared()
    assert not missing


def test_nothing_is_declared_that_is_not_there() -> None:
    asked_for = set(register.fields_to_declare())
    of_lists = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
    }
    assert register.register().declared() - asked_for <= of_lists


def test_declared_rules_and_sources_are_there() -> None:
    found = register.register()
    named = {name for entry in found.data for name in entry.rules}
    assert named <= set(RULES)
    for entry in found.data:
        for words in (entry.what, entry.purpose, entry.seen_by, entry.erased):
            assert isinstance(words, Promise)
            assert str(words)
    for harmless in found.harmless:
        assert len(harmless.because) > 8


def test_addresses_of_residents_can_all_be_found() -> None:
    """Who asks what is stored about an address must get all of it."""
    found = register.register()
    known = {model for source in found.sources for model in source.models}
    of_residents = {
        entry.model for entry in found.data if entry.whose == register.Whose.RESIDENTS
    }
    with_address = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.EmailField)
    }
    # The question itself: erased with its answer, and shown by it.
    assert with_address & of_residents - {"trust.AddressLink"} <= known


def test_the_document_is_up_to_date() -> None:
    """`./run manage write_retention` writes it."""
    assert (ROOT / "docs" / "retention.md").read_text(encoding="utf-8") == document()


def test_the_hourly_job_erases_all(
    hohenecken: None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The connection of the test is not the job's to give back.
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)
    contact = unconfirmed_contact(timezone.now() - 3 * DAY)
    follow = unconfirmed_follow(timezone.now() - 3 * DAY)

    with caplog.at_level(logging.INFO, logger="trust"):
        erase_due_hourly(0)

    assert not type(contact)._base_manager.filter(pk=contact.pk).exists()
    assert not Follow.objects.filter(pk=follow.pk).exists()
    assert "unconfirmed-contacts: 1 erased." in caplog.text
    assert "example.org" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_waits_under_a_former_name_is_done_all_the_same(hohenecken: None) -> None:
    follow = unconfirmed_follow(timezone.now() - 3 * DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " SELECT 'default', unnest(%s::text[]), '{\"timestamp\": 0}'",
            [FORMER_NAMES],
        )

    work_off()

    # Those that were done are deleted at once by this worker; one that fails stays.
    assert not ProcrastinateJob.objects.filter(task_name__in=FORMER_NAMES).exists()
    assert not Follow.objects.filter(pk=follow.pk).exists()


def test_one_rule_that_fails_holds_up_no_other(
    hohenecken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*, dry_run: bool) -> int:
        raise RuntimeError

    follow = unconfirmed_follow(timezone.now() - 3 * DAY)
    found = register.Register(
        rules={
            "broken": register.Rule("broken", "never", datetime.timedelta, broken),
            "unconfirmed-follows": RULES["unconfirmed-follows"],
        }
    )
    monkeypatch.setattr(register, "register", lambda: found)

    with pytest.raises(RuntimeError):
        register.erase_due(dry_run=False)

    assert not Follow.objects.filter(pk=follow.pk).exists()


def test_the_command(hohenecken: None, capsys: pytest.CaptureFixture[str]) -> None:
    follow = unconfirmed_follow(timezone.now() - 3 * DAY)

    call_command("erase_due", "--dry-run")
    assert "unconfirmed-follows: 1 would be erased." in capsys.readouterr().out
    call_command("erase_due", "--list")
    assert "own-links: 30 days" in capsys.readouterr().out
    # Rules that share a job are carried out together.
    call_command("erase_due", "follows-of-ended-contributions", "unconfirmed-follows")
    assert capsys.readouterr().out == "unconfirmed-follows: 1 erased.\n"
    assert not Follow.objects.filter(pk=follow.pk).exists()
    with pytest.raises(CommandError, match="no rule nothing"):
        call_command("erase_due", "nothing")


def test_jobs_hold_ids_and_no_address(hohenecken: None) -> None:
    draft = make_draft(email="kim@example.org")
    submit_pin(draft=draft, idempotency_key=uuid4())
    district = Target(district_slug="hohenecken")
    ask_to_follow(email="lou@example.org", language="de", target=district)

    jobs = ProcrastinateJob.objects.all()
    assert jobs.count() == 2
    assert not [job for job in jobs if "@" in f"{job.args}{job.lock}"]
