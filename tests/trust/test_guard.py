"""What is noticed about a form, and what becomes of it then."""

import datetime
import json
from base64 import b64decode, b64encode
from uuid import uuid4

import altcha
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import timezone

from tests.forms import proven, read, solve
from trust.guard import NotTaken, Verdict, check, stamp
from trust.limits import BARRIER, COMMENT, PIN
from trust.models import BannedPattern, Reason, SpentProof
from trust.proof import LONGEST, make_challenge

TEXT = (
    "Am Ortseingang fehlt ein sicherer Überweg für die Kinder der Grundschule, weil "
    "dort morgens sehr viele Autos zu schnell in Richtung Innenstadt fahren."
)

pytestmark = pytest.mark.django_db


def sent(fields: dict[str, str]):
    request = RequestFactory().post("/pins/new", fields)
    request.user = AnonymousUser()
    return request


def reasons(fields: dict[str, str], text: str = "", form=None) -> set[Reason]:
    return set(check(sent(fields), PIN, form=form or uuid4(), texts=[text]).reasons)


class TestProof:
    def test_with_a_proof_nothing_is_strange(self):
        assert check(sent(proven()), PIN, form=uuid4(), texts=[TEXT]) == Verdict()

    def test_without_a_script_there_is_none(self):
        assert reasons(read()) == {Reason.NO_PROOF}

    def test_a_proof_is_good_for_one_form(self):
        fields, form = proven(), uuid4()

        assert reasons(fields, form=form) == set()
        # A double click, or the form that came back with something to mend.
        assert reasons(fields, form=form) == set()
        assert reasons(fields) == {Reason.SPENT_PROOF}
        assert SpentProof.objects.count() == 1

    def test_a_proof_expires(self, settings):
        settings.PROOF_LIFETIME = -datetime.timedelta(seconds=1)

        assert reasons(proven()) == {Reason.OLD_PROOF}

    @pytest.mark.parametrize(
        "text",
        [
            "x",
            "\0",
            "é" * 20,
            b64encode(b"{}").decode(),
            b64encode(b"[]").decode(),
            b64encode(b'{"challenge": 1, "solution": 2}').decode(),
            b64encode(b"[" * 2_900).decode(),
            "A" * (LONGEST + 1),
        ],
    )
    def test_nonsense_is_no_proof(self, text):
        assert reasons(read(proof=text)) == {Reason.WRONG_PROOF}

    @pytest.mark.parametrize(
        ("part", "name", "value"),
        [
            ("parameters", "cost", 1),
            ("parameters", "expiresAt", 99_999_999_999),
            ("parameters", "keyPrefix", "00"),
            ("parameters", "nonce", "ab"),
            ("solution", "derivedKey", "00" * 32),
            ("solution", "derivedKey", None),
        ],
    )
    def test_a_proof_that_was_changed_is_none(self, part, name, value):
        payload = json.loads(b64decode(proven()["proof"]))
        found = payload["challenge"] if part == "parameters" else payload
        found[part][name] = value
        text = b64encode(json.dumps(payload).encode()).decode()

        assert reasons(read(proof=text)) == {Reason.WRONG_PROOF}

    def test_a_challenge_of_one_s_own_is_none(self):
        own = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=1, hmac_secret="x")

        assert reasons(read(proof=solve(own))) == {Reason.WRONG_PROOF}

    def test_challenges_differ_and_tell_nothing(self):
        first, second = make_challenge(), make_challenge()

        assert first["parameters"]["nonce"] != second["parameters"]["nonce"]
        assert len(first["parameters"]["keyPrefix"]) == 32

    def test_it_is_given_out(self, client, settings):
        settings.LIMITS = {"challenge": 1}
        answer, too_many = (client.get("/proof/challenge.json") for _ in range(2))

        assert answer.headers["Cache-Control"].startswith("max-age=0")
        given = altcha.Challenge.from_dict(answer.json())
        assert reasons(read(proof=solve(given))) == set()
        assert too_many.status_code == 429
        assert 0 < int(too_many.headers["Retry-After"]) <= 60
        assert client.post("/proof/challenge.json").status_code == 405


class TestTrap:
    def test_what_is_read_first_is_marked(self):
        assert reasons(proven(website="x")) == {Reason.TRAP}

    def test_others_are_asked_again_without_a_proof(self):
        request = sent(read(website="https://example.org"))

        with pytest.raises(NotTaken) as stopped:
            check(request, BARRIER)

        assert stopped.value.status == 422

    def test_who_proved_it_is_not_asked_again(self):
        assert check(sent(proven(website="x")), BARRIER).reasons == (Reason.TRAP,)


class TestTime:
    @pytest.mark.parametrize(
        "opened",
        [
            "",
            "nonsense",
            "\0",
            "x" * 500,
            signing.dumps("x", salt="trust.form"),
            signing.dumps([1], salt="trust.form"),
            signing.dumps(1, salt="other"),
        ],
        # What is signed holds the moment: every process would name the tests otherwise.
        ids=["empty", "words", "NUL", "long", "text", "list", "other salt"],
    )
    def test_a_stamp_that_the_site_did_not_make(self, opened):
        assert reasons(proven(opened=opened)) == {Reason.TOO_FAST}

    def test_too_fast_for_a_person(self, settings):
        # Longer than any machine takes from here to the check.
        settings.LEAST_FORM_TIME = datetime.timedelta(hours=1)
        assert reasons(proven(opened=stamp(timezone.now()))) == {Reason.TOO_FAST}

    def test_a_form_may_wait_for_days_without_a_network(self):
        late = timezone.now() - datetime.timedelta(days=9)

        assert reasons(proven(opened=stamp(late))) == set()


class TestTexts:
    @pytest.mark.parametrize(
        ("text", "is_strange"),
        [
            ("https://a.example http://b.example", False),
            ("https://a.example http://b.example www.c.example", True),
            ("www.www.www", False),
        ],
    )
    def test_links(self, text, is_strange):
        assert reasons(proven(), text) == ({Reason.LINKS} if is_strange else set())

    @pytest.mark.parametrize(
        "text", [TEXT, TEXT.upper(), TEXT.replace(" ", "  \n"), f"„{TEXT}“!!!"]
    )
    def test_the_same_text_again(self, text):
        assert reasons(proven(), TEXT) == set()
        assert reasons(proven(), text) == {Reason.SAME_TEXT}

    @pytest.mark.parametrize(
        "text", [f"Hallo! {TEXT}", TEXT.replace("Innenstadt", "Stadtmitte")]
    )
    def test_almost_the_same_text_again(self, text):
        more = (
            "Vor zwei Jahren gab es dort einen Zebrastreifen, der nach den Bauarbeiten "
            "nicht wieder markiert wurde. Eltern stehen nun jeden Morgen am Rand und "
            "halten die Autos selbst an."
        )
        reasons(proven(), f"{TEXT} {more}")

        assert reasons(proven(), f"{text} {more}") == {Reason.ALIKE_TEXT}

    def test_one_s_own_form_is_no_repetition(self):
        form = uuid4()
        reasons(proven(), TEXT, form)

        assert reasons(proven(), TEXT, form) == set()
        assert reasons(proven(), f"{TEXT} Danke.", form) == set()

    @pytest.mark.parametrize(
        "text",
        [
            "Danke!",
            "",
            "\0\0",
            "Auf dem Spielplatz am Fauthweg ist die Rutsche seit zwei Wochen kaputt.",
        ],
    )
    def test_other_and_short_texts_are_not_alike(self, text):
        reasons(proven(), TEXT)

        assert reasons(proven(), text) == reasons(proven(), "Ja") == set()

    def test_a_text_of_megabytes_is_cut_off(self):
        assert reasons(proven(), "viel " * 500_000) == set()


def ban(pattern: str, action: str = "flag", *, is_active: bool = True) -> BannedPattern:
    found = BannedPattern(pattern=pattern, action=action, is_active=is_active)
    found.full_clean()
    found.save()
    return found


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "text"),
        [
            ("casino", "Im CASINO gewinnen"),
            ("cafe*bonus", "Das Café gibt einen Bonus"),
            ("*100%*", "nur 100% sicher"),
            ("a_b", "x a_b y"),
            (r"c:\x", r"auf C:\x liegt es"),
            ("zwei zeilen", "zwei\r\n  Zeilen"),
        ],
    )
    def test_what_is_found(self, pattern, text):
        ban(pattern)

        assert reasons(proven(), text) == {Reason.PATTERN}

    @pytest.mark.parametrize(
        ("pattern", "text"),
        [
            ("casino", "Kasino"),
            ("a_b", "x aXb y"),
            ("100%", "1000 Leute"),
            ("bonus*cafe", "Das Café gibt einen Bonus"),
            (".*.*.*", "ohne Punkt"),
        ],
    )
    def test_what_is_not(self, pattern, text):
        ban(pattern)

        assert reasons(proven(), text) == set()

    def test_what_is_refused_is_said(self):
        ban("casino", "refuse")

        with pytest.raises(NotTaken) as stopped:
            reasons(proven(), "Im Casino gewinnen")

        assert "nicht" in stopped.value.message or "not" in stopped.value.message

    def test_addresses_count_too(self):
        ban("*@wegwerf.example", "refuse")

        with pytest.raises(NotTaken):
            check(sent(proven()), BARRIER, email="Kim@Wegwerf.example")

    def test_what_is_not_in_use_finds_nothing(self):
        ban("casino", is_active=False)

        assert reasons(proven(), "Im Casino") == set()

    @pytest.mark.parametrize(
        "pattern", ["", "ab", "***", "a*b", "x" * 201, "a*b*c*d*e*f*g*h", "\0\0\0"]
    )
    def test_patterns_that_are_refused(self, pattern):
        with pytest.raises(ValidationError):
            ban(pattern)

    def test_no_text_makes_a_pattern_slow(self):
        ban("a*a*a*a*a*ab", "refuse")
        started = timezone.now()

        assert reasons(proven(), "a" * 5_000) == set()
        # A regular expression of that kind would need years.
        assert timezone.now() - started < datetime.timedelta(seconds=20)

    def test_who_comments_is_looked_at_as_well(self):
        ban("casino")
        verdict = check(sent(proven()), COMMENT, form=uuid4(), texts=["Zum Casino"])

        assert verdict.reasons == (Reason.PATTERN,)
