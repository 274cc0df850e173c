"""Counting: exactly, by hashes that are worth nothing the day after."""

import datetime
import logging
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from tests.factories import make_user
from tests.forms import proven, read
from trust.guard import LimitReached, Verdict, check
from trust.limits import ALL, COMMENT, FOLLOW, HOUR, PIN, REGISTER, Limit, Whose
from trust.models import DailySalt, Hit, KnownText, SpentProof, Suspicion
from trust.personal import erase_counts
from trust.salts import digest, salt_of, today

DAY = datetime.timedelta(days=1)
# As the site does it: in a test the spans begin with it (tests/conftest.py).
ENDS_AFTER = Limit.ends_after


def sent(fields: dict[str, str], peer: str = "192.0.2.1", user: object = None):
    request = RequestFactory().post("/pins/new", fields, REMOTE_ADDR=peer)
    request.user = user or AnonymousUser()  # type: ignore[assignment]  # a fake
    return request


def count_of(name: str) -> int:
    return sum(Hit.objects.filter(what=name).values_list("count", flat=True))


@pytest.mark.django_db
class TestLimits:
    def test_who_sends_no_proof_may_send_less(self, settings):
        settings.LIMITS = {"comment": 3, "comment-unproven": 1}
        check(sent(read()), COMMENT, form=uuid4())

        with pytest.raises(LimitReached) as stopped:
            check(sent(read()), COMMENT, form=uuid4())

        assert stopped.value.limit.name == "comment-unproven"
        assert check(sent(proven()), COMMENT, form=uuid4()) == Verdict()

    def test_a_proof_does_not_help_for_ever(self, settings):
        settings.LIMITS = {"comment": 2}
        for _ in range(2):
            check(sent(proven()), COMMENT, form=uuid4())

        with pytest.raises(LimitReached):
            check(sent(proven()), COMMENT, form=uuid4())

    def test_the_next_span_begins_anew(self, settings):
        settings.LIMITS = {"comment": 1}
        check(sent(proven()), COMMENT, form=uuid4())
        # As if an hour had passed.
        Hit.objects.update(until=timezone.now() - HOUR)

        assert check(sent(proven()), COMMENT, form=uuid4()) == Verdict()

    def test_others_are_not_held_up(self, settings):
        settings.LIMITS = {"comment": 1}
        check(sent(proven()), COMMENT, form=uuid4())

        assert check(sent(proven(), "192.0.2.2"), COMMENT, form=uuid4()) == Verdict()

    def test_all_addresses_of_a_household_count_as_one(self, settings):
        settings.LIMITS = {"comment": 1}
        check(sent(proven(), "2001:db8::1"), COMMENT, form=uuid4())

        with pytest.raises(LimitReached):
            check(sent(proven(), "2001:db8::ffff:1"), COMMENT, form=uuid4())

    def test_a_mailbox_is_not_filled_by_many(self, settings):
        settings.LIMITS = {"register-mailbox": 1}
        mail = {"email": "lou@example.org"}
        check(sent(proven(), "192.0.2.1"), REGISTER, email=mail["email"])

        with pytest.raises(LimitReached) as stopped:
            check(sent(proven(), "192.0.2.2"), REGISTER, email="LOU@example.org")

        assert stopped.value.limit.name == "register-mailbox"
        # The longest of those that are reached says when to try again.
        assert stopped.value.seconds <= DAY.total_seconds()

    def test_everybody_together_asks_for_so_many_mails(self, settings):
        settings.LIMITS = {"follow-all": 2}
        for number in (1, 2):
            check(sent(proven(), f"192.0.2.{number}"), FOLLOW, email=f"{number}@x.org")

        with pytest.raises(LimitReached) as stopped:
            check(sent(proven(), "192.0.2.3"), FOLLOW, email="3@x.org")

        assert stopped.value.limit.name == "follow-all"

    def test_who_has_an_account_counts_for_oneself(self, settings):
        settings.LIMITS = {"comment": 1, "comment-unproven": 0}
        check(sent(proven()), COMMENT, form=uuid4())
        user = make_user("staff")

        assert check(sent({}, user=user), COMMENT, form=uuid4()) == Verdict()
        with pytest.raises(LimitReached):
            check(sent({}, user=user), COMMENT, form=uuid4())

    def test_a_request_that_knows_no_user_is_counted_all_the_same(self):
        request = RequestFactory().post("/", read())

        check(request, COMMENT, form=uuid4())

        assert count_of("comment") == 1

    def test_what_people_are_told(self, settings):
        settings.LIMITS = {"comment": 0}
        with pytest.raises(LimitReached) as stopped:
            check(sent(proven()), COMMENT, form=uuid4())

        until = timezone.localtime(stopped.value.until)
        assert f"{until:%H:%M}" in stopped.value.message
        assert 0 < stopped.value.seconds <= HOUR.total_seconds()

    def test_names_of_limits_are_used_once(self):
        names = [limit.name for limit in ALL]
        assert len(names) == len(set(names))

    def test_a_span_ends_at_a_whole_hour(self):
        limit = Limit("x", Whose.ADDRESS, 1, HOUR)
        half_past = datetime.datetime(2026, 11, 29, 14, 30, tzinfo=datetime.UTC)

        end = ENDS_AFTER(limit, half_past)

        assert end == half_past + datetime.timedelta(minutes=30)
        assert ENDS_AFTER(limit, end) == end + HOUR


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_are_counted_exactly():
    salt_of(today())

    def send(_number: int) -> bool:
        try:
            check(sent(proven()), PIN, form=uuid4())
        except LimitReached:
            return False
        finally:
            connection.close()
        return True

    # With this one as many connections as a process has.
    with ThreadPoolExecutor(7) as pool:
        taken = list(pool.map(send, range(100)))

    assert count_of("pin") == count_of("pin-day") == 100
    assert count_of("pin-unproven") == 0
    assert taken.count(True) == next(limit for limit in ALL if limit.name == "pin").most


TABLES = (Hit, SpentProof, KnownText, Suspicion, DailySalt)


def fill() -> None:
    """Have something in each table that the job empties."""
    check(sent(proven()), PIN, form=uuid4(), texts=["eins zwei drei vier fünf"])
    Suspicion.objects.create(object_type="x.x", object_id=1, reasons=["links"])
    assert all(table.objects.exists() for table in TABLES)


def age() -> None:
    """Let a long time pass."""
    late = timezone.now() - 400 * DAY
    Hit.objects.update(until=late)
    SpentProof.objects.update(expires_at=late)
    KnownText.objects.update(seen_at=late)
    Suspicion.objects.update(at=late)
    DailySalt.objects.update(day=late.date())


@pytest.mark.django_db
class TestNothingIsKept:
    def test_the_address_is_in_no_row_and_no_log(self, caplog):
        address = "192.0.2.77"
        with caplog.at_level(logging.DEBUG):
            check(sent(proven(), address), PIN, form=uuid4(), texts=["eins zwei drei"])

        forms = {address.encode(), ip_address(address).packed}
        rows = [bytes(hit.digest) for hit in Hit.objects.all()]
        assert rows
        assert not any(form in row for form in forms for row in rows)
        assert address not in caplog.text

    def test_a_hash_is_worth_nothing_without_its_salt(self):
        before = digest("192.0.2.1")
        assert digest("192.0.2.1") == before
        DailySalt.objects.all().delete()
        salt_of.cache_clear()

        assert digest("192.0.2.1") != before

    def test_the_salt_of_yesterday_goes_when_the_first_of_today_comes(self):
        DailySalt.objects.create(day=today() - DAY)

        digest("192.0.2.1")

        assert list(DailySalt.objects.values_list("day", flat=True)) == [today()]

    def test_all_processes_use_one_salt(self):
        mine = salt_of(today())
        salt_of.cache_clear()

        assert salt_of(today()) == mine

    def test_what_is_over_is_erased(self):
        fill()
        erase_counts(dry_run=False)
        assert all(table.objects.exists() for table in TABLES)
        age()

        assert erase_counts(dry_run=True) == erase_counts(dry_run=False) > 4
        assert not any(table.objects.exists() for table in TABLES)

    def test_no_table_of_counts_is_written_to_the_log_of_the_database(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relpersistence = 'u' "
                "AND relkind = 'r' AND relname LIKE 'trust_%'"
            )
            unlogged = {name for (name,) in cursor}

        counting = (Hit, SpentProof, KnownText, DailySalt)
        assert unlogged == {table._meta.db_table for table in counting}

    def test_names_of_rows(self):
        check(sent(proven()), PIN, form=uuid4(), texts=["eins zwei drei vier fünf"])

        assert str(DailySalt.objects.get()) == f"{today():%Y-%m-%d}"
        assert str(Hit.objects.get(what="pin")) == "pin 1"
        spent, known = SpentProof.objects.get(), KnownText.objects.get()
        assert str(spent) == str(spent.form) == str(known)
