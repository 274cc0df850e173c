"""Linking as planners do it: what may be linked, how much at once, who is told, undo."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils.models import Consultation
from insek.models import Event, Link
from insek.trace.telling import tell_linked
from insek.trace.tracing import (
    LinkRefused,
    Source,
    Target,
    link_pins,
    link_source,
    target_field,
    unlink_all,
)
from pins.models import Comment, Pin, PublicPin
from pins.workflow import Status

# So many at once: what the database and whoever checks the choice can bear.
MOST = 2_000


@dataclass(frozen=True)
class Linked:
    """What came of linking: the new links, and how many were there before."""

    links: list[Link]
    known: int
    at: datetime.datetime


@transaction.atomic
def link_contributions(
    *, pin_ids: Collection[int], target: Target, actor: User, reason: str
) -> Linked:
    """Link published contributions to a part of the concept, and tell who follows them.

    Raises LinkRefused for none, for more than `MOST`, and for those that are not
    published or repeat another one: with a message that names them.
    """
    ids = set(pin_ids)
    if not ids:
        raise LinkRefused(_("Choose at least one contribution."))
    if len(ids) > MOST:
        text = _("At most %(most)d contributions at once; %(n)d are chosen.")
        raise LinkRefused(text % {"most": MOST, "n": len(ids)})
    _refuse_what_is_not_public(ids)
    pins = Pin.objects.filter(pk__in=ids).only("pk")
    links = link_pins(pins=pins, target=target, actor=actor, reason=reason.strip())
    tell_linked(links)
    at = links[0].linked_at if links else timezone.now()
    return Linked(links, len(ids) - len(links), at)


def link_one(*, source: Source, target: Target, actor: User, reason: str) -> Link:
    """Link what is public of a comment, an event or a resolution.

    Raises LinkRefused for what is not.
    """
    public: dict[type, bool] = {
        Comment: Comment.objects.public().filter(pk=source.pk).exists(),
        Event: Event.objects.public().filter(pk=source.pk).exists(),
        Consultation: Consultation.objects.public()
        .filter(pk=source.pk, decided_at__isnull=False)
        .exists(),
    }
    if not public[type(source)]:
        raise LinkRefused(_("Only what everyone can read may be linked."))
    return link_source(source=source, target=target, actor=actor, reason=reason.strip())


@transaction.atomic
def undo_linking(*, target: Target, at: datetime.datetime, actor: User) -> int:
    """Take back what somebody linked at one moment, within the minute; return how many.

    Raises LinkRefused afterwards. A second time, nothing is left to take back.
    """
    if timezone.now() - settings.UNDO_PERIOD > at:
        raise LinkRefused(
            _(
                "The minute is over. Take the links back one by one, or several together."
            )
        )
    links = Link.objects.filter(
        linked_by=actor, linked_at=at, **{target_field(target): target}
    )
    return unlink_all(links=links)


def _refuse_what_is_not_public(ids: set[int]) -> None:
    public = PublicPin.objects.filter(pk__in=ids)
    shown = set(public.values_list("pk", flat=True))
    if hidden := ids - shown:
        text = ngettext(
            "One contribution is not public (any more): %(references)s.",
            "%(n)d contributions are not public (any more): %(references)s.",
            len(hidden),
        )
        raise LinkRefused(text % _named(hidden))
    if repeating := set(
        public.filter(status=Status.DUPLICATE).values_list("pk", flat=True)
    ):
        text = ngettext(
            "One contribution repeats another one, which can be linked instead: "
            "%(references)s.",
            "%(n)d contributions repeat others, which can be linked instead: "
            "%(references)s.",
            len(repeating),
        )
        raise LinkRefused(text % _named(repeating))


def _named(ids: set[int]) -> dict[str, object]:
    known = Pin.objects.filter(pk__in=ids).order_by("pk")
    references = list(known.values_list("reference", flat=True)[:10])
    dots = " …" if len(ids) > len(references) else ""
    return {"n": len(ids), "references": ", ".join(references) + dots}
