"""What those who follow contributions are told of goals, measures and milestones.

Nothing of what is not public; and of a duplicate nothing, its matter goes on with the
survivor. What is taken back or hidden before it went out, the database withdraws
(migration 0006 of this package).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from councils.models import Consultation
from councils.public.agenda import public_result
from insek.models import Goal, Link, Measure, Milestone
from insek.models.trace import TARGETS
from insek.trace.tracing import Target, pins_of, read_target
from pins.merging import public_survivors
from pins.telling.news import Texts, Words, in_each_language
from pins.telling.topics import Piece, announce_topic


@dataclass(frozen=True)
class Topic:
    """The goal or the measure that a mail has a section about."""

    subject: Goal | Measure

    @classmethod
    def of(cls, target: Target) -> "Topic":
        """Return the topic of a part of the concept; of a milestone its measure."""
        return cls(target.measure if isinstance(target, Milestone) else target)

    @property
    def code(self) -> str:
        kind = "goal" if isinstance(self.subject, Goal) else "measure"
        return f"{kind}:{self.subject.pk}"

    @property
    def path(self) -> str:
        """Where everyone reads it, without the prefix of a language."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.subject.get_absolute_url()

    @property
    def name(self) -> str:
        """What it is and is called, in the present language."""
        if isinstance(self.subject, Goal):
            return _("Goal %(goal)s") % {"goal": self.subject}
        return _("Measure %(measure)s") % {"measure": self.subject}

    def tell(self, pieces: Iterable[Piece]) -> None:
        """Write the pieces down, each for the contribution whose matter it is."""
        known = list(pieces)
        survivors = public_survivors({piece.pin_id for piece in known})
        announce_topic(
            topic=self.code,
            path=self.path,
            pieces=[
                Piece(survivors[piece.pin_id], piece.key, piece.texts)
                for piece in known
                if piece.pin_id in survivors
            ],
        )

    def texts(
        self, what: Callable[[], str], facts: Callable[[], list[str]], note: str = ""
    ) -> Texts:
        """Return words about it in each language; `note` is quoted as it was written."""

        def write() -> Words:
            return {
                "what": what(),
                "facts": facts(),
                "note": note,
                "about": self.name,
            }

        return in_each_language(write)


@transaction.atomic
def tell_linked(links: Iterable[Link]) -> None:
    """Say that the city takes contributions up, and why; each link once.

    Also for what becomes public with links already there. The queries depend on the
    number of goals, measures and reasons, not on that of the links.
    """
    ids = [link.pk for link in links if link.pin_id]
    found = Link.objects.to_public().filter(pk__in=ids, pin__isnull=False)
    by_target: dict[tuple[str, int, str], list[tuple[int, str]]] = defaultdict(list)
    for pk, pin_id, reason, *places in found.values_list(
        "pk", "pin", "reason", *TARGETS
    ):
        [(field, target_id)] = [
            (field, place)
            for field, place in zip(TARGETS, places, strict=True)
            if place
        ]
        by_target[field, target_id, reason].append((pin_id, f"link:{pk}"))
    for (field, target_id, reason), several in by_target.items():
        target = read_target(field, target_id)
        texts = _texts_of_linking(Topic.of(target), target, reason)
        Topic.of(target).tell(Piece(pin_id, key, texts) for pin_id, key in several)


@transaction.atomic
def tell_milestone_done(milestone: Milestone) -> None:
    """Say that a milestone is reached to all whose contributions led to the measure."""
    measure = milestone.measure
    if milestone.done_on is None or not measure.is_public:
        return
    day, topic = milestone.done_on, Topic(measure)

    def facts() -> list[str]:
        done = _("Done on %(day)s") % {"day": date_format(day, "DATE_FORMAT")}
        return [done, *progress_lines(measure)]

    texts = topic.texts(
        lambda: _("Milestone reached: %(milestone)s") % {"milestone": milestone.title},
        facts,
    )
    key = f"milestone:{milestone.pk}:{day.isoformat()}"
    topic.tell(Piece(pk, key, texts) for pk in pins_of(measure))


@transaction.atomic
def tell_measure_state(measure: Measure, *, note: str = "") -> None:
    """Say how far a measure is by now, with a public note; the latest word replaces
    those that have not gone out yet.
    """
    topic = Topic(measure)
    _withdraw(topic.code, f"{topic.code}:state:")
    if not measure.is_public:
        return
    is_stopped = measure.state == Measure.State.STOPPED
    texts = topic.texts(
        lambda: _("State: %(state)s") % {"state": measure.get_state_display()},
        lambda: progress_lines(measure)[1:],
        note or (measure.stopped_because if is_stopped else ""),
    )
    key = f"{topic.code}:state:{timezone.now().timestamp():.6f}"
    topic.tell(Piece(pk, key, texts) for pk in pins_of(measure))


@transaction.atomic
def tell_resolved(target: Target, consultation: Consultation) -> None:
    """Say what a body resolved, or advised, on a goal or a measure.

    Nothing before everyone can read it on the page of the sitting.
    """
    topic = Topic.of(target)
    public = Consultation.objects.public().select_related("item__sitting", "body")
    found = public.filter(pk=consultation.pk).first()
    if found is None or found.item is None or not topic.subject.is_public:
        return
    item = found.item
    result = public_result(item, found)
    if result is None:
        return

    def facts() -> list[str]:
        start = timezone.localtime(item.sitting.start)
        lines = [date_format(start, "DATE_FORMAT")]
        if result.votes is not None:
            lines.append(_("Votes: %(votes)s") % {"votes": result.votes})
        return lines

    def what() -> str:
        values = {"body": found.body, "outcome": result.label}
        return _("%(body)s: %(outcome)s") % values

    texts = topic.texts(what, facts, result.reason or result.resolution)
    key = f"{topic.code}:resolved:{found.pk}"
    topic.tell(Piece(pk, key, texts) for pk in pins_of(target))


def progress_lines(measure: Measure) -> list[str]:
    """Say how far a measure is, and what comes next, in the present language."""
    lines = [_("State: %(state)s") % {"state": measure.get_state_display()}]
    if measure.state == Measure.State.IN_PROGRESS:
        lines.append(_("Progress: %(percent)d %%") % {"percent": measure.progress})
    coming = measure.milestones.filter(done_on=None).first()
    if coming is not None and measure.state != Measure.State.STOPPED:
        values = {
            "milestone": coming.title,
            "day": date_format(coming.due_on, "DATE_FORMAT"),
        }
        lines.append(_("Next: %(milestone)s, by %(day)s") % values)
    return lines


def _texts_of_linking(topic: Topic, target: Target, reason: str) -> Texts:
    def what() -> str:
        if isinstance(target, Goal):
            return _("The city takes it up in a goal.")
        if isinstance(target, Milestone):
            values = {"milestone": target.title}
            return _("The city takes it up in the milestone “%(milestone)s”.") % values
        return _("The city takes it up in a measure.")

    def facts() -> list[str]:
        return [] if isinstance(target, Goal) else progress_lines(_measure(target))

    return topic.texts(what, facts, reason)


def _measure(target: Measure | Milestone) -> Measure:
    return target.measure if isinstance(target, Milestone) else target


def _withdraw(topic: str, key: str) -> None:
    """Tell nobody else what has this topic, and a key that begins so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pins_withdraw_news(ARRAY(SELECT id FROM pins_news "
            "WHERE topic = %s AND starts_with(key, %s)))",
            [topic, key],
        )
