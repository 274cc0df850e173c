"""Taking words out: what the public reads then, and who still reads the rest."""

import datetime

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from pins.actions import edit_pin, withdraw_pin
from pins.comments import publish_comment, withdraw_comment
from pins.models import News, PublicPin, SearchWord, Wording
from pins.moderation import claims
from pins.moderation.redacting import (
    NotThere,
    TooLittleLeft,
    demand_enough,
    redact,
    restore,
    take_out,
)
from pins.moderation.wordings import (
    MARK,
    Words,
    compare,
    erase_wordings,
    history_of,
)
from pins.own_link import hash_token
from pins.tasks import send_redaction
from pins.telling.news import announce_published
from pins.workflow import MoveNotAllowed, Status, Visibility
from tests.factories import (
    make_comment,
    make_contact,
    make_district,
    make_moderator,
    make_pin,
)
from tests.pages import assert_refused, fields_of, text_of

TITLE = "Herr Xaverius parkt auf dem Gehweg"
TEXT = "Jeden Tag steht Xaverius dort, erreichbar unter 0631 4711, Kennzeichen KL-X 1."
TOKEN = "t" * 43
DAY = datetime.timedelta(days=1)


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """Let jobs leave the connection of the test alone."""
    monkeypatch.setattr("pins.tasks.close_old_connections", lambda: None)


@pytest.fixture
def pin(moderator):
    return make_pin(
        title=TITLE,
        text=TEXT,
        place_note="Vor dem Haus von Xaverius",
        token_hash=hash_token(TOKEN),
    )


@pytest.fixture
def comment(moderator):
    return make_comment(make_pin(), text="Der Xaverius macht das immer so.")


@pytest.fixture
def staff(client, moderator):
    client.force_login(moderator)
    return client


def take(subject, actor, *phrases):
    subject.refresh_from_db()
    read = subject.words_digest
    redact(subject=subject, actor=actor, phrases=phrases, read=read)
    subject.refresh_from_db()


def words_page(pin):
    return f"/moderation/{pin.reference}/words/"


class TestTakingOut:
    @pytest.mark.parametrize(
        ("text", "phrases", "left"),
        [
            ("Kim und kim", ["Kim"], f"{MARK} und {MARK}"),
            ("Kims Hund", ["Kim"], f"{MARK}s Hund"),
            ("bei Kim\nMeier daheim", ["Kim  Meier"], f"bei {MARK} daheim"),
            ("Kim Meier", ["Kim Mei", "m Meier"], MARK),
            ("Kim Meier", ["Kim Meier", "Kim"], MARK),
            ("a+b (c)", ["(c)", "a+b"], f"{MARK} {MARK}"),
            ("ÄRGER", ["ärger"], MARK),
        ],
    )
    def test_all_places(self, text, phrases, left):
        assert take_out(Words(text=text), phrases).text == left

    def test_title_text_and_place(self):
        words = Words(title="Kim A", text="Kim B", place_note="Kim C")
        assert take_out(words, ["Kim"]) == Words(
            title=f"{MARK} A", text=f"{MARK} B", place_note=f"{MARK} C"
        )

    def test_what_does_not_occur(self):
        with pytest.raises(NotThere) as caught:
            take_out(Words(text="Kim"), ["Kim", "Lou", "Max"])
        assert caught.value.phrases == ["Lou", "Max"]

    @pytest.mark.parametrize(
        "words",
        [
            Words(title=MARK, text="x" * 30),
            Words(title="x" * 30, text=MARK),
            Words(title="x" * 121, text="x" * 30),
            Words(title="x" * 30, text="x" * 4001),
            Words(title="x" * 30, text="x" * 30, place_note="x" * 301),
        ],
    )
    def test_too_little_or_too_much_is_left(self, pin, words):
        with pytest.raises(TooLittleLeft):
            demand_enough(pin, words)

    def test_of_a_comment_the_mark_may_be_left(self, comment):
        demand_enough(comment, Words(text=MARK))


class TestPublicSide:
    def test_nobody_finds_or_reads_them(self, client, pin, moderator):
        assert SearchWord.objects.filter(word__startswith="xaver").exists()

        take(pin, moderator, "Xaverius", "0631 4711")

        public = PublicPin.objects.get(pk=pin.pk)
        assert public.title == f"Herr {MARK} parkt auf dem Gehweg"
        assert public.is_redacted
        assert not SearchWord.objects.filter(word__startswith="xaver").exists()
        for address in (
            f"/en/pins/{pin.reference}",
            f"/pins/{pin.reference}.geojson",
            "/?q=Xaverius",
            "/search/?q=Xaverius",
            "/exports/pins.csv",
            "/exports/pins.geojson",
        ):
            response = client.get(address, follow=True)
            content = b"".join(response)
            assert response.status_code == 200, address
            assert b"steht Xaverius" not in content, address
            assert b"Herr Xaverius" not in content, address
            # Four digits alone stand in tokens and references, too.
            assert b"0631 4711" not in content, address

    def test_the_page_says_so(self, client, pin, moderator):
        address = f"/en/pins/{pin.reference}"
        assert "Moderation has taken out" not in text_of(client.get(address))
        take(pin, moderator, "Xaverius")
        assert "Moderation has taken out" in text_of(client.get(address))

    def test_comments_too(self, client, comment, moderator):
        take(comment, moderator, "Xaverius")

        shown = text_of(client.get(f"/en/pins/{comment.pin.reference}"))

        assert f"Der {MARK} macht das" in shown
        assert "Moderation has taken out" in shown
        assert "Xaverius" not in shown

    def test_mails_that_are_not_sent_yet(self, pin, comment, moderator):
        duplicate = make_pin(
            title="Noch einmal das", status=Status.DUPLICATE, duplicate_of=pin
        )
        news = announce_published(duplicate)
        News.objects.update(texts={"de": {"what": "Neu", "facts": [f"Zu „{TITLE}“"]}})
        waiting = make_comment(
            pin, visibility=Visibility.SUBMITTED, text="Der Xaverius schon wieder."
        )
        publish_comment(comment=waiting, actor=moderator, read=waiting.words_digest)

        take(pin, moderator, "Xaverius")
        take(waiting, moderator, "Xaverius")

        news.refresh_from_db()
        assert "Xaverius" not in str(news.texts)
        assert "Xaverius" not in str(list(News.objects.values_list("texts", flat=True)))


class TestActing:
    @pytest.mark.parametrize(
        ("visibility", "may"),
        [
            (Visibility.SUBMITTED, True),
            (Visibility.PUBLISHED, True),
            (Visibility.HIDDEN, True),
            (Visibility.REJECTED, False),
            (Visibility.WITHDRAWN, False),
        ],
    )
    def test_only_what_may_be_read(self, staff, moderator, visibility, may):
        pin = make_pin(visibility=visibility, title=TITLE, text=TEXT)
        page = text_of(staff.get(f"/en{words_page(pin)}"))
        assert ("Show the result" in page) == may
        if may:
            take(pin, moderator, "Xaverius")
        else:
            with pytest.raises(MoveNotAllowed):
                take(pin, moderator, "Xaverius")

    def test_words_that_changed_meanwhile(self, pin, moderator):
        with pytest.raises(MoveNotAllowed):
            redact(subject=pin, actor=moderator, phrases=["Xaverius"], read="old")

    def test_the_author_is_told(self, client, pin, moderator):
        make_contact(pin, language="en")
        take(pin, moderator, "Xaverius")
        job = ProcrastinateJob.objects.get(task_name="pins.tasks.send_redaction")

        send_redaction(**job.args)

        (sent,) = mail.outbox
        assert "taken some words out" in sent.body
        assert "Xaverius" not in f"{sent.body} {sent.subject}"
        own = client.get(f"/en/pins/{pin.reference}/edit/{TOKEN}")
        assert "has taken some words out" in text_of(own)

    def test_nobody_to_write_to(self, pin, moderator):
        take(pin, moderator, "Xaverius")
        assert not ProcrastinateJob.objects.exists()
        send_redaction(pin_id=pin.pk)
        assert mail.outbox == []

    def test_what_waits_says_so_where_it_is_hidden(self, moderator):
        pin = make_pin(visibility=Visibility.SUBMITTED, title=TITLE, text=TEXT)
        make_contact(pin)
        take(pin, moderator, "Xaverius")
        send_redaction(pin_id=pin.pk)
        assert f"/pins/{pin.reference}" not in mail.outbox[0].body

    def test_an_author_who_writes_anew(self, moderator):
        pin = make_pin(visibility=Visibility.SUBMITTED, title=TITLE, text=TEXT)
        take(pin, moderator, "Xaverius")
        edit_pin(pin=pin, title=pin.title, text="Etwas ganz anderes steht jetzt hier.")
        pin.refresh_from_db()
        assert pin.is_redacted

        edit_pin(
            pin=pin, title="Ohne jede Lücke", text="Etwas ganz anderes als vorher."
        )

        pin.refresh_from_db()
        assert not pin.is_redacted


class TestRestoring:
    def test_the_author_s_last_words_come_back(self, pin, moderator):
        take(pin, moderator, "Xaverius")
        take(pin, moderator, "0631 4711")

        restore(subject=pin, actor=moderator)

        pin.refresh_from_db()
        assert (pin.title, pin.text, pin.is_redacted) == (TITLE, TEXT, False)
        assert PublicPin.objects.get(pk=pin.pk).title == TITLE

    def test_of_a_comment(self, comment, moderator):
        before = comment.text
        take(comment, moderator, "Xaverius")
        restore(subject=comment, actor=moderator)
        comment.refresh_from_db()
        assert (comment.text, comment.is_redacted) == (before, False)

    def test_where_nothing_was_taken_out(self, pin, moderator):
        with pytest.raises(MoveNotAllowed):
            restore(subject=pin, actor=moderator)

    def test_where_the_words_are_erased(self, pin, moderator):
        take(pin, moderator, "Xaverius")
        Wording.objects.all().delete()
        with pytest.raises(MoveNotAllowed):
            restore(subject=pin, actor=moderator)


class TestPage:
    def test_first_the_result_then_the_act(self, staff, pin):
        page = words_page(pin)
        read = fields_of(staff.get(page))["read"]
        said = {"phrases": "Xaverius\r\n0631 4711\r\n\r\nxaverius", "read": read}

        shown = staff.post(page, said | {"act": "show"})

        assert shown.status_code == 200
        assert f"Herr {MARK} parkt" in text_of(shown)
        pin.refresh_from_db()
        assert pin.title == TITLE

        done = staff.post(f"{page}?flow=1", said | {"act": "redact"})

        assert done["Location"] == f"/moderation/{pin.reference}/?flow=1"
        pin.refresh_from_db()
        assert "Xaverius" not in pin.title + pin.text + pin.place_note

    def test_of_a_comment(self, staff, comment):
        page = f"/moderation/comments/{comment.pk}/words/"
        read = fields_of(staff.get(page))["read"]

        done = staff.post(page, {"phrases": "Xaverius", "read": read, "act": "redact"})

        assert done["Location"] == f"/moderation/comments/{comment.pk}/"
        comment.refresh_from_db()
        assert comment.text == f"Der {MARK} macht das immer so."

    @pytest.mark.parametrize(
        "phrases",
        ["", "  \n ", "X", "Nicht darin", TITLE, "\n".join(map(str, range(51)))],
    )
    def test_lines_that_are_none(self, staff, pin, phrases):
        response = staff.post(
            words_page(pin), {"phrases": phrases, "act": "redact", "read": "x"}
        )
        assert_refused(response, "phrases")
        assert fields_of(response)["phrases"] == phrases
        pin.refresh_from_db()
        assert pin.title == TITLE

    def test_words_that_changed_meanwhile(self, staff, pin):
        said = {"phrases": "Xaverius", "act": "redact", "read": "old"}
        response = staff.post(words_page(pin), said)
        assert_refused(response, "__all__", status=409)
        assert fields_of(response)["phrases"] == "Xaverius"

    def test_words_that_go_between_check_and_act(self, staff, pin, monkeypatch):
        def gone(**_said):
            raise NotThere(["Xaverius"])

        monkeypatch.setattr("pins.views.redaction.redact", gone)
        said = {"phrases": "Xaverius", "act": "redact", "read": pin.words_digest}
        assert_refused(staff.post(words_page(pin), said), "__all__", status=409)

    def test_what_somebody_else_reads(self, staff, moderator):
        pin = make_pin(visibility=Visibility.SUBMITTED, title=TITLE, text=TEXT)
        claims.claim(subject=pin, actor=make_moderator("bert"))
        said = {"phrases": "Xaverius", "act": "redact", "read": pin.words_digest}

        assert_refused(staff.post(words_page(pin), said), "__all__", status=409)

        pin.refresh_from_db()
        assert pin.title == TITLE

    def test_putting_back(self, staff, pin, moderator):
        take(pin, moderator, "Xaverius")
        page = text_of(staff.get(f"/en{words_page(pin)}"))
        assert TITLE in page
        assert "Everyone reads them at once." in page

        staff.post(words_page(pin), {"act": "restore"})

        pin.refresh_from_db()
        assert pin.title == TITLE

    def test_nothing_to_put_back(self, staff, pin):
        page = f"/en{words_page(pin)}"
        response = staff.post(page, {"act": "restore"}, follow=True)
        assert "There are no former words to put back." in text_of(response)

    def test_it_is_for_moderators(self, client, pin, comment):
        for page in (words_page(pin), f"/moderation/comments/{comment.pk}/words/"):
            assert client.get(page).status_code == 302
            assert client.post(page).status_code == 401


class TestHistory:
    def test_all_versions_with_who(self, staff, moderator):
        pin = make_pin(visibility=Visibility.SUBMITTED, title=TITLE, text=TEXT)
        assert history_of(pin) == []
        edit_pin(pin=pin, title=TITLE, text=TEXT)
        assert history_of(pin) == []
        edit_pin(pin=pin, title="Ein Auto parkt auf dem Gehweg", text=TEXT)
        take(pin, moderator, "0631 4711")

        versions = history_of(pin)

        assert [(v.wording.cause, v.wording.actor) for v in versions] == [
            ("sent", None),
            ("edited", None),
            ("redacted", moderator),
        ]
        assert versions[0].wording.created_at == pin.created_at
        page = text_of(staff.get(f"/en/moderation/{pin.reference}/"))
        assert "Words taken out by moderation" in page
        assert "0631 4711" in page

    def test_what_differs(self):
        parts = list(compare("Der rote Bus", "Der blaue Bus fährt"))
        assert [(p.text, p.is_gone, p.is_new) for p in parts] == [
            ("Der ", False, False),
            ("rote", True, False),
            ("blaue", False, True),
            (" Bus", False, False),
            (" fährt", False, True),
        ]

    def test_it_is_never_edited(self, pin, moderator):
        take(pin, moderator, "Xaverius")
        with pytest.raises(Exception, match="Cannot update rows"):
            Wording.objects.update(text="Nie gesagt")

    def test_a_version_is_about_one_thing(self, pin):
        with pytest.raises(IntegrityError, match="wording_about_one"):
            Wording.objects.create(cause="sent", text="x")

    def test_a_moderator_is_known(self, pin):
        with pytest.raises(IntegrityError, match="wording_moderators_are_known"):
            Wording.objects.create(pin=pin, cause="redacted", text="x")


class TestForgetting:
    def test_all_together_when_the_last_is_old(self, pin, comment, moderator, settings):
        settings.WORDING_LIFETIME = 90 * DAY
        take(pin, moderator, "Xaverius")
        take(comment, moderator, "Xaverius")
        now = timezone.now()

        assert erase_wordings(dry_run=False, now=now + 89 * DAY) == 0
        assert erase_wordings(dry_run=True, now=now + 91 * DAY) == 4
        assert Wording.objects.count() == 4
        assert erase_wordings(dry_run=False, now=now + 91 * DAY) == 4
        assert not Wording.objects.exists()

    def test_not_while_it_waits(self, moderator):
        pin = make_pin(visibility=Visibility.SUBMITTED, title=TITLE, text=TEXT)
        waiting = make_comment(
            make_pin(), visibility=Visibility.SUBMITTED, text="Der Xaverius wieder."
        )
        take(pin, moderator, "Xaverius")
        take(waiting, moderator, "Xaverius")
        later = timezone.now() + 365 * DAY
        assert erase_wordings(dry_run=False, now=later) == 0

    def test_at_once_with_a_withdrawal(self, pin, comment, moderator):
        take(pin, moderator, "Xaverius")
        take(comment, moderator, "Xaverius")
        withdraw_pin(pin=pin)
        withdraw_comment(comment=comment)
        assert not Wording.objects.exists()
