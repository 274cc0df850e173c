"""The concept: fields of action, goals, measures and their milestones."""

import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from districts.models import District
from insek.models.named import Named
from layers.models import Theme

# ICU's order of numbers within words (UTS #35, kn): 2.9 before 2.10.
BY_NUMBER = "by_number"


def _hidden(topic: str) -> pgtrigger.Trigger:
    """Return a trigger: who has not been told of what is hidden is told no more."""
    return pgtrigger.Trigger(
        name="hidden",
        when=pgtrigger.After,
        # pgtrigger leaves these without annotations.
        operation=pgtrigger.UpdateOf("is_public") | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' OR (OLD.is_public AND NOT NEW.is_public) THEN
                PERFORM pins_withdraw_news(ARRAY(
                    SELECT n.id FROM pins_news n WHERE n.topic = '{topic}:' || OLD.id
                ));
            END IF;
            RETURN NULL;
        """,  # noqa: S608 -- names from the models only
    )


class FieldOfAction(Named):
    """A field of action of the adopted concept, with the themes it takes up."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    themes = models.ManyToManyField(
        Theme, blank=True, related_name="fields_of_action", verbose_name=_("themes")
    )

    class Meta:
        verbose_name = _("field of action")
        verbose_name_plural = _("fields of action")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("insek:field", args=[self.slug])


class GoalQuerySet(models.QuerySet["Goal"]):
    def public(self) -> Self:
        """Keep what everyone may read."""
        return self.filter(is_public=True)


class Goal(Named):
    """A goal, or one below it: a tree within one field of action.

    `number` is as the concept writes it, such as 2.1.3; it orders the goals and names
    them in lists and exports.
    """

    field = models.ForeignKey(
        FieldOfAction,
        on_delete=models.PROTECT,
        related_name="goals",
        verbose_name=_("field of action"),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    number = models.CharField(
        _("number"), max_length=12, unique=True, db_collation=BY_NUMBER
    )
    is_public = models.BooleanField(_("public"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["field__number", "number"]
        constraints = [
            models.CheckConstraint(
                name="goal_number_written_with_dots",
                condition=Q(number__regex=r"^[1-9][0-9]*(\.[1-9][0-9]*)*$"),
            ),
            models.CheckConstraint(
                name="goal_not_part_of_itself",
                condition=Q(parent=None) | ~Q(parent=F("id")),
            ),
        ]
        triggers = [
            # One at a time: two that move each below the other would close a circle.
            pgtrigger.Trigger(
                name="goal_tree",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("parent_id", "field_id"),
                func="""
                    IF NEW.parent_id IS NULL THEN
                        RETURN NEW;
                    END IF;
                    PERFORM pg_advisory_xact_lock(hashtext('insek_goal tree'));
                    IF NEW.field_id <> (
                        SELECT g.field_id FROM insek_goal g WHERE g.id = NEW.parent_id
                    ) THEN
                        RAISE EXCEPTION 'The goal above lies in another field of action.'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'goal_field_of_its_parent';
                    END IF;
                    IF EXISTS (
                        WITH RECURSIVE above(id, parent_id) AS (
                            SELECT g.id, g.parent_id FROM insek_goal g
                            WHERE g.id = NEW.parent_id
                            UNION
                            SELECT g.id, g.parent_id FROM insek_goal g
                            JOIN above a ON g.id = a.parent_id
                        )
                        SELECT FROM above WHERE above.id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'A goal cannot be part of what is part of it.'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'goal_no_circle';
                    END IF;
                    RETURN NEW;
                """,
            ),
            _hidden("goal"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("insek:goal", args=[self.number])


class MeasureQuerySet(models.QuerySet["Measure"]):
    def public(self) -> Self:
        """Keep what everyone may read."""
        return self.filter(is_public=True)

    def serving(self, goals: models.QuerySet[Goal]) -> Self:
        """Keep those that serve one of these goals."""
        served = MeasureGoal.objects.filter(goal__in=goals.order_by())
        return self.filter(pk__in=served.values("measure"))

    def within(self, district: District) -> Self:
        """Keep those whose place lies in a district, if only in part.

        As `insek.concept.places` says of each measure: no area that only shares a border.
        """
        dimension = models.Func(
            "geometry", function="ST_Dimension", output_field=models.IntegerField()
        )
        beside = {"dimension": 2, "geometry__touches": district.geometry}
        return (
            self.filter(geometry__intersects=district.geometry)
            .alias(dimension=dimension)
            .exclude(**beside)
        )


class Measure(Named):
    """What the city does to reach goals: by whom, when, where, and how far it is."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        PLANNED = "planned", _("Planned")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    class Budget(models.TextChoices):
        UNKNOWN = "", _("Not known yet")
        SMALL = "under_50k", _("Under €50,000")
        MEDIUM = "50k_250k", _("€50,000 to €250,000")
        LARGE = "250k_1m", _("€250,000 to €1 million")
        HUGE = "over_1m", _("Over €1 million")

    # Such as M 12: as the concept writes it.
    number = models.CharField(
        _("number"), max_length=12, unique=True, db_collation=BY_NUMBER
    )
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    goals: "models.ManyToManyField[Goal, MeasureGoal]" = models.ManyToManyField(
        Goal,
        through="MeasureGoal",
        related_name="measures",
        verbose_name=_("goals"),
    )
    office = models.CharField(_("responsible office"), max_length=160, blank=True)
    budget = models.CharField(
        _("budget"), max_length=12, choices=Budget, blank=True, default=Budget.UNKNOWN
    )
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.PROPOSED
    )
    # Why it was stopped; everyone reads it.
    stopped_because = models.CharField(_("reason"), max_length=500, blank=True)
    # Per cent.
    progress = models.PositiveSmallIntegerField(
        _("progress"), default=0, validators=[MaxValueValidator(100)]
    )
    # Point, line or area, or several; None: the whole city.
    geometry = models.GeometryField(_("place"), srid=4326, null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["number"]
        indexes = [GistIndex(fields=["geometry"], name="measure_geometry")]
        constraints = [
            models.CheckConstraint(
                name="measure_state_known",
                condition=Q(
                    state__in=["proposed", "planned", "in_progress", "done", "stopped"]
                ),
            ),
            models.CheckConstraint(
                name="measure_budget_known",
                condition=Q(
                    budget__in=["", "under_50k", "50k_250k", "250k_1m", "over_1m"]
                ),
            ),
            models.CheckConstraint(
                name="measure_progress_in_per_cent", condition=Q(progress__lte=100)
            ),
            models.CheckConstraint(
                name="measure_done_in_full",
                condition=~Q(state="done") | Q(progress=100),
            ),
            models.CheckConstraint(
                name="measure_ends_after_its_start",
                condition=Q(starts_on=None)
                | Q(ends_on=None)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="measure_stopped_with_a_reason",
                condition=~Q(state="stopped") | ~Q(stopped_because=""),
            ),
        ]
        triggers = [_hidden("measure")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("insek:measure", args=[self.slug])

    @property
    def state_group(self) -> str:
        """The colour of its state."""
        return STATE_GROUPS[Measure.State(self.state)]


STATE_GROUPS = {
    Measure.State.PROPOSED: "neutral",
    Measure.State.PLANNED: "open",
    Measure.State.IN_PROGRESS: "active",
    Measure.State.DONE: "positive",
    Measure.State.STOPPED: "negative",
}


class MeasureGoal(models.Model):
    """That a measure serves a goal, and why: part of the trace."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE)
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    linked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("goal of a measure")
        verbose_name_plural = _("goals of measures")
        constraints = [
            models.UniqueConstraint(
                name="measure_serves_a_goal_once", fields=["measure", "goal"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} → {self.goal_id}"


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def overdue(self, day: datetime.date | None = None) -> Self:
        """Keep what should have been done before this day; today by default."""
        return self.filter(done_on=None, due_on__lt=day or timezone.localdate())


class Milestone(Named):
    """A step of a measure that everybody can see reached or not."""

    measure = models.ForeignKey(
        Measure,
        on_delete=models.CASCADE,
        related_name="milestones",
        verbose_name=_("measure"),
    )
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "pk"]
        triggers = [
            # What is not done after all, or on another day, is told no more.
            pgtrigger.Trigger(
                name="not_done",
                when=pgtrigger.After,
                # pgtrigger leaves these without annotations.
                operation=pgtrigger.UpdateOf("done_on") | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR OLD.done_on IS DISTINCT FROM NEW.done_on THEN
                        PERFORM pins_withdraw_news(ARRAY(
                            SELECT n.id FROM pins_news n
                            WHERE n.topic = 'measure:' || OLD.measure_id
                                AND starts_with(n.key, 'milestone:' || OLD.id || ':')
                        ));
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done before today."""
        return self.done_on is None and self.due_on < timezone.localdate()
