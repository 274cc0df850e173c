"""The trace: what a goal, a measure or a milestone answers, and why."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models import Consultation
from insek.models.concept import Goal, Measure, Milestone
from insek.models.event import Event
from pins.models import Comment, Pin

SOURCES = ("pin", "comment", "event", "consultation")
TARGETS = ("goal", "measure", "milestone")


def _exactly_one(fields: tuple[str, ...]) -> Q:
    """Return the condition that one of these is set and the others are not."""
    condition = Q()
    for chosen in fields:
        condition |= Q(
            **{f"{field}__isnull": field != chosen for field in fields},
        )
    return condition


class LinkQuerySet(models.QuerySet["Link"]):
    def to_public(self) -> Self:
        """Keep the links to what everyone may read of the concept."""
        return self.filter(
            Q(goal__is_public=True)
            | Q(measure__is_public=True)
            | Q(milestone__measure__is_public=True)
        )


class Link(models.Model):
    """That something said or resolved led to a part of the concept: who says so, and why.

    One of `SOURCES` to one of `TARGETS`. That a measure serves a goal is `MeasureGoal`.
    """

    pin = models.ForeignKey(
        Pin, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    # A resolution, or the advice of a body.
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="links",
    )
    goal = models.ForeignKey(
        Goal, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    measure = models.ForeignKey(
        Measure, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    milestone = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    # Everyone reads it.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    linked_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of the trace")
        verbose_name_plural = _("links of the trace")
        ordering = ["linked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="link_from_one_thing", condition=_exactly_one(SOURCES)
            ),
            models.CheckConstraint(
                name="link_to_one_thing", condition=_exactly_one(TARGETS)
            ),
            models.UniqueConstraint(
                name="link_once",
                fields=[*SOURCES, *TARGETS],
                nulls_distinct=False,
            ),
        ]
        triggers = [
            # Who has not been told of it yet is told no more.
            pgtrigger.Trigger(
                name="taken_back",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                level=pgtrigger.Statement,
                # pgtrigger leaves this class without annotations.
                referencing=pgtrigger.Referencing(old="gone"),
                func="""
                    PERFORM pins_withdraw_news(ARRAY(
                        SELECT n.id FROM pins_news n JOIN gone
                            ON n.key = 'link:' || gone.id
                        WHERE n.key <> ''
                    ));
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def target(self) -> Goal | Measure | Milestone:
        """The part of the concept it leads to."""
        target = self.goal or self.measure or self.milestone
        assert target is not None  # noqa: S101 -- the check link_to_one_thing
        return target
