"""From the outbox to the webhooks: spread by one statement, sent one webhook at a time.

Each webhook has a job of its own, so that one that is slow or gone delays no other.
"""

import datetime
import logging
import time

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from exports.models import Delivery, Webhook, WebhookEvent
from exports.webhooks import messages, signing
from exports.webhooks.connecting import Unreachable, post

logger = logging.getLogger(__name__)

State, Problem = Delivery.State, Delivery.Problem
MINUTE, HOUR = 60, 3600
# Seconds from one attempt to the next: four and a half days in all, then it is given up.
WAITS = (
    *(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR),
    *(24 * HOUR, 24 * HOUR, 36 * HOUR),
)
# So many events are spread at once.
AT_ONCE = 1_000
# Seconds that one run takes for one webhook; what is left waits for the next.
RUN = 30.0
LONGEST_REST = datetime.timedelta(minutes=15)
TOO_MANY = 429
# A worker that dies while it sends is taken for dead after so long.
CLAIMED = datetime.timedelta(minutes=2)
# So long staff see what was delivered.
LIFETIME = datetime.timedelta(days=30)
USER_AGENT = "Mitmachkarte-Webhooks/1.0"

_TAKE = """
    SELECT id FROM exports_webhookevent WHERE spread_at IS NULL
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
# To each that listened when it happened; what happened before, a webhook is not told.
_SPREAD = """
    INSERT INTO exports_delivery (webhook_id, event_id)
    SELECT w.id, e.id
    FROM exports_webhookevent e
    JOIN exports_webhook w
        ON w.is_active AND e.topic = ANY (w.topics) AND w.created_at <= e.created_at
    WHERE e.id = ANY (%s)
    ORDER BY e.id, w.id
    ON CONFLICT (webhook_id, event_id) DO NOTHING
"""


def spread_events() -> int:
    """Make a delivery of each event for each webhook that listens; return of how many."""
    count = 0
    while spread := _spread_some():
        count += spread
    return count


@transaction.atomic
def _spread_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [AT_ONCE])
        ids = [row[0] for row in cursor.fetchall()]
        if ids:
            cursor.execute(_SPREAD, [ids])
    WebhookEvent.objects.filter(pk__in=ids).update(spread_at=timezone.now())
    return len(ids)


def start_sending() -> int:
    """Let a job send what is due to each webhook; return to how many."""
    due = Delivery.objects.deliverable().order_by()
    ids = list(due.values_list("webhook", flat=True).distinct())
    for webhook_id in ids:
        ask_to_send(webhook_id)
    return len(ids)


def ask_to_send(webhook_id: int) -> None:
    """Let a job send what is due to a webhook; one at a time, and one more waits."""
    name = f"webhook-{webhook_id}"
    job = app.configure_task(
        "exports.tasks.send_webhook", queueing_lock=name, lock=name
    )
    try:
        with transaction.atomic():
            job.defer(webhook_id=webhook_id)
    except AlreadyEnqueued:
        pass


def send_due(webhook_id: int) -> int:
    """Send what is due to a webhook, the oldest first; return how many arrived.

    Nothing more once the server does not answer, or says that it cannot just now.
    """
    arrived, end = 0, time.monotonic() + RUN
    while time.monotonic() < end:
        delivery = _claim(webhook_id)
        if delivery is None:
            break
        _send(delivery)
        arrived += delivery.state == State.DELIVERED
    return arrived


@transaction.atomic
def _claim(webhook_id: int) -> Delivery | None:
    """Return the next delivery of a webhook, counted as tried; None where none is due."""
    found = (
        Delivery.objects.deliverable()
        .filter(webhook=webhook_id)
        .select_related("webhook", "event")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("event_id")
        .first()
    )
    if found is not None:
        now = timezone.now()
        found.attempts, found.tried_at = found.attempts + 1, now
        found.next_try_at = now + CLAIMED
        found.save(update_fields=["attempts", "tried_at", "next_try_at"])
    return found


def _send(delivery: Delivery) -> None:
    """Try once, and keep what came of it. No transaction is open meanwhile."""
    webhook, event = delivery.webhook, delivery.event
    try:
        body = messages.write(event)
    except messages.Outdated:
        _keep(delivery, State.OUTDATED)
        return
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signing.headers(
            message_id=str(event.uid),
            timestamp=int(time.time()),
            body=body,
            secrets=webhook.secrets(),
        ),
    }
    try:
        status = post(webhook.url, body, headers)
    except Unreachable as error:
        _failed(delivery, error.problem)
        _rest(delivery)
        return
    if 200 <= status < 300:
        _keep(delivery, State.DELIVERED, status_code=status)
        return
    redirected = 300 <= status < 400
    _failed(delivery, Problem.REDIRECTED if redirected else Problem.REFUSED, status)
    if status >= 500 or status == TOO_MANY:
        _rest(delivery)


def _failed(
    delivery: Delivery, problem: Delivery.Problem, status_code: int | None = None
) -> None:
    """Keep that an attempt failed, and when the next one is; after the last, none."""
    if delivery.attempts > len(WAITS):
        _keep(delivery, State.GIVEN_UP, problem, status_code)
        # Neither the address nor what was to be sent.
        logger.warning("Webhook %d: a delivery was given up.", delivery.webhook_id)
        return
    wait = datetime.timedelta(seconds=WAITS[delivery.attempts - 1])
    delivery.next_try_at = timezone.now() + wait
    _keep(delivery, State.WAITING, problem, status_code)


def _keep(
    delivery: Delivery,
    state: Delivery.State,
    problem: str = "",
    status_code: int | None = None,
) -> None:
    delivery.state, delivery.problem = state, problem
    delivery.status_code = status_code
    delivery.save(update_fields=["state", "problem", "status_code", "next_try_at"])


def _rest(delivery: Delivery) -> None:
    """Send a webhook nothing for a while: a server that is down gets no crowd.

    Not for long: one message that a server chokes on must not hold up the others.
    """
    rest = min(delivery.next_try_at, timezone.now() + LONGEST_REST)
    Webhook.objects.filter(pk=delivery.webhook_id).update(not_before=rest)


def erase_old(before: datetime.datetime) -> int:
    """Erase the events of before a moment, with their deliveries; return how many."""
    _total, each = WebhookEvent.objects.filter(created_at__lt=before).delete()
    return each.get("exports.WebhookEvent", 0)
