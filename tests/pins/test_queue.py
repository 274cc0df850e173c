"""The rows of the moderators' queue follow what waits, whoever writes it."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from pins.actions import publish_pin, reject_pin, withdraw_pin
from pins.comments import publish_comment
from pins.models import Comment, Pin, QueueEntry
from pins.moderation.ages import age_of
from pins.workflow import Source, Visibility
from tests.factories import (
    make_comment,
    make_district,
    make_moderator,
    make_pin,
    make_theme,
)
from tests.geometries import point_in
from tests.photos import make_photo

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


@pytest.fixture
def moderator(db):
    make_district(16)
    return make_moderator()


@pytest.fixture
def waiting(moderator):
    return make_pin(visibility=Visibility.SUBMITTED)


def entry_of(subject):
    return QueueEntry.objects.of(subject).get()


class TestWhatIsInIt:
    def test_what_is_submitted_and_nothing_else(self, moderator):
        pins = {v.value: make_pin(visibility=v) for v in Visibility}
        comments = {
            v.value: make_comment(pins["published"], visibility=v) for v in Visibility
        }

        found = {(e.pin_id, e.comment_id) for e in QueueEntry.objects.all()}

        assert found == {
            (pins["submitted"].pk, None),
            (pins["published"].pk, comments["submitted"].pk),
        }

    @pytest.mark.parametrize(
        ("source", "kind"),
        [
            (Source.ONLINE, "contribution"),
            (Source.OPEN311, "contribution"),
            (Source.STAND, "event"),
            (Source.CARD, "event"),
        ],
    )
    def test_what_comes_from_events_is_known(self, moderator, source, kind):
        pin = make_pin(visibility=Visibility.SUBMITTED, source=source)
        assert entry_of(pin).kind == kind

    def test_it_waits_since_it_was_sent(self, moderator):
        moment = timezone.now() - 3 * DAY
        pin = make_pin(visibility=Visibility.SUBMITTED, created_at=moment)
        entry = entry_of(pin)
        assert (entry.waiting_since, entry.asked_at) == (moment, None)
        assert (entry.theme, entry.district) == (pin.theme, pin.district)

    def test_a_decision_takes_it_out(self, moderator):
        pins = [make_pin(visibility=Visibility.SUBMITTED) for _ in range(3)]
        publish_pin(pin=pins[0], actor=moderator, read=pins[0].words_digest)
        reject_pin(pin=pins[1], actor=moderator, reason="Werbung")
        withdraw_pin(pin=pins[2])
        comment = make_comment(pins[0], visibility=Visibility.SUBMITTED)
        publish_comment(comment=comment, actor=moderator, read=comment.words_digest)

        assert not QueueEntry.objects.exists()

    def test_what_waits_again_comes_back(self, moderator):
        pin = make_pin(visibility=Visibility.HIDDEN)
        Pin.objects.filter(pk=pin.pk).update(visibility=Visibility.SUBMITTED)
        assert entry_of(pin).kind == "contribution"

    def test_several_at_once(self, moderator):
        pins = [make_pin(visibility=Visibility.SUBMITTED) for _ in range(3)]
        Pin.objects.filter(pk__in=[p.pk for p in pins[:2]]).update(
            visibility=Visibility.WITHDRAWN
        )
        assert [e.pin_id for e in QueueEntry.objects.all()] == [pins[2].pk]

    def test_other_changes_leave_it_alone(self, waiting):
        before = entry_of(waiting).pk
        Pin.objects.update(title="Ein anderer Titel")
        assert entry_of(waiting).pk == before

    def test_it_follows_theme_and_district(self, waiting):
        comment = make_comment(make_pin(), visibility=Visibility.SUBMITTED)
        theme, other = make_theme("energy"), make_district(17)
        for pin in (waiting, comment.pin):
            pin.theme, pin.location = theme, point_in(17)
            pin.save(update_fields=["theme", "location"])

        for subject in (waiting, comment):
            entry = entry_of(subject)
            assert (entry.theme, entry.district) == (theme, other)

    def test_a_comment_that_moves_takes_its_entry_along(self, moderator):
        make_district(17)
        comment = make_comment(make_pin(), visibility=Visibility.SUBMITTED)
        survivor = make_pin(district=17, location=point_in(17))
        Comment.objects.filter(pk=comment.pk).update(pin=survivor)

        entry = entry_of(comment)
        assert (entry.pin, entry.district) == (survivor, survivor.district)

    def test_photos_are_known_as_long_as_there_are_some(self, waiting):
        photos = [make_photo(waiting), make_photo(waiting, position=2)]
        assert entry_of(waiting).has_photos
        photos[0].delete()
        assert entry_of(waiting).has_photos
        photos[1].delete()
        assert not entry_of(waiting).has_photos

    def test_what_is_erased_leaves_nothing(self, waiting):
        waiting.delete()
        assert not QueueEntry.objects.exists()

    def test_it_leads_to_where_one_decides(self, waiting):
        comment = make_comment(make_pin(), visibility=Visibility.SUBMITTED)
        assert entry_of(waiting).get_absolute_url() == (
            f"/moderation/{waiting.reference}/"
        )
        assert entry_of(comment).get_absolute_url() == (
            f"/moderation/comments/{comment.pk}/"
        )


def test_numbers_of_each_kind(moderator):
    make_photo(make_pin(visibility=Visibility.SUBMITTED))
    make_photo(make_pin(visibility=Visibility.SUBMITTED, source=Source.STAND))
    make_comment(make_pin(), visibility=Visibility.SUBMITTED)

    numbers = QueueEntry.objects.waiting().count_by_kind()

    assert numbers == {"contribution": 1, "comment": 1, "event": 1, "photos": 2}


@pytest.mark.parametrize(
    ("age", "waiting", "target", "level"),
    [
        (0 * DAY, "just came in", "7 days left", "fine"),
        (HOUR, "waiting for 1 hour", "6 days left", "fine"),
        (5.5 * DAY, "waiting for 5 days", "1 day left", "fine"),
        (6.5 * DAY, "waiting for 6 days", "Less than a day left", "today"),
        (7.1 * DAY, "waiting for 7 days", "Over the target since today", "over"),
        (9 * DAY, "waiting for 9 days", "2 days over the target", "over"),
    ],
)
def test_ages_in_words(age, waiting, target, level):
    now = timezone.now()
    with translation.override("en"):
        found = age_of(QueueEntry(waiting_since=now - age), now)
    assert (found.waiting, found.target, found.level) == (waiting, target, level)


class TestConstraints:
    def test_one_entry_for_each(self, waiting):
        entry = entry_of(waiting)
        entry.pk = None
        with pytest.raises(IntegrityError, match="queueentry_pin_once"):
            entry.save()

    def test_known_kinds(self, waiting):
        with (
            pytest.raises(IntegrityError, match="queueentry_kind_known"),
            transaction.atomic(),
        ):
            QueueEntry.objects.update(kind="other")

    def test_a_claim_has_its_times(self, waiting, moderator):
        with pytest.raises(IntegrityError, match="queueentry_claim_has_its_times"):
            QueueEntry.objects.update(claimed_by=moderator)
