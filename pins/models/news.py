"""What is told: one row for each public step, one more for each person to tell."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pins.models.comment import Comment
from pins.models.contact import Contact
from pins.models.following import Follow, Mailbox
from pins.models.history import Handover, StatusChange
from pins.models.pin import Pin


class News(models.Model):
    """A public step of a pin, in the words of its moment.

    `texts` maps each language to its words (`pins.telling.news.Words`).
    """

    class Event(models.TextChoices):
        PUBLISHED = "published", _("Published")
        STATUS_CHANGED = "status_changed", _("New status")
        COMMENTED = "commented", _("Commented on")
        HANDED_OVER = "handed_over", _("Handed over")
        # What a sitting brings without another status: on the agenda of a later body,
        # its advice, another time.
        SITTING = "sitting", _("Sitting")
        # What the city makes of it: goals, measures and their milestones.
        MEASURE = "measure", _("Measure")

    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="news")
    event = models.CharField(_("event"), max_length=20, choices=Event)
    texts = models.JSONField()
    # Where to read more, without the prefix of a language; empty: the pin's page.
    path = models.CharField(max_length=300, blank=True)
    # What of the city's plans it tells of, such as measure:12: a mail tells that once,
    # however many contributions led to it. Empty: the pin itself.
    topic = models.CharField(max_length=40, blank=True, default="")
    # What it tells, once for each pin, and by which it is withdrawn
    # (`pins_withdraw_news`), such as link:123.
    key = models.CharField(max_length=80, blank=True, default="")
    # What it tells of, where that can be taken back or hidden.
    step = models.OneToOneField(
        StatusChange, on_delete=models.CASCADE, null=True, blank=True, editable=False
    )
    handover = models.OneToOneField(
        Handover, on_delete=models.CASCADE, null=True, blank=True, editable=False
    )
    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("at"), default=timezone.now)
    # Since when it stands in the outbox of everybody to tell.
    spread_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        ordering = ["id"]
        indexes = [
            models.Index(
                "created_at", name="news_not_spread", condition=Q(spread_at=None)
            ),
            models.Index("topic", name="news_topic", condition=~Q(topic="")),
            models.Index("key", name="news_key", condition=~Q(key="")),
        ]
        constraints = [
            models.UniqueConstraint(
                name="news_told_once", fields=["pin", "key"], condition=~Q(key="")
            ),
            models.CheckConstraint(
                name="news_event_known",
                condition=Q(
                    event__in=[
                        "published",
                        "status_changed",
                        "commented",
                        "handed_over",
                        "sitting",
                        "measure",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pin_id}: {self.event}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unsent(self) -> Self:
        return self.filter(sent_at=None)


class Notice(models.Model):
    """That somebody is to be told of a piece of news, and why they: the outbox.

    Without content. It goes with the contact or follow that it stands on: who has their
    address erased gets nothing that was still to be sent.
    """

    news = models.ForeignKey(News, on_delete=models.CASCADE, related_name="notices")
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.CASCADE, related_name="notices"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True
    )
    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            # Author and follower at once: told once.
            models.UniqueConstraint(
                name="notice_once_per_person", fields=["news", "mailbox"]
            ),
            models.CheckConstraint(
                name="notice_for_contact_or_follow",
                condition=Q(contact__isnull=False, follow=None)
                | Q(contact=None, follow__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "mailbox", "news", name="notice_unsent", condition=Q(sent_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
