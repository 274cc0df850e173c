"""What the operator does with webhooks and their deliveries."""

from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from exports.models import PING, Delivery, Webhook, WebhookEvent
from exports.models.webhook import OVERLAP
from exports.webhooks.delivering import ask_to_send

State = Delivery.State


@transaction.atomic
def add_webhook(
    *, key: UUID, name: str, url: str, topics: list[str], actor: User
) -> Webhook:
    """Keep a new webhook; the same form sent twice makes one."""
    fields = {"name": name, "url": url, "topics": topics, "created_by": actor}
    webhook, _is_new = Webhook.objects.get_or_create(key=key, defaults=fields)
    return webhook


@transaction.atomic
def change_webhook(
    *, webhook: Webhook, name: str, url: str, topics: list[str]
) -> Webhook:
    """Keep other words, another address, other topics; what waits goes to the new one."""
    held = _held(webhook)
    held.name, held.url, held.topics = name, url, topics
    held.not_before = None
    held.save(update_fields=["name", "url", "topics", "not_before"])
    return held


@transaction.atomic
def switch(*, webhook: Webhook, on: bool) -> None:
    """Switch a webhook on or off.

    While it is off it is told of nothing new; what waits is sent once it is on again.
    """
    Webhook.objects.filter(pk=webhook.pk).update(is_active=on, not_before=None)


@transaction.atomic
def rotate_secret(*, webhook: Webhook, seen: UUID) -> bool:
    """Give a webhook another secret; the former one signs as well for a day.

    `seen` is the key on the page: pressed twice, it changes once. Tell whether it did.
    """
    held = _held(webhook)
    if held.key != seen:
        return False
    held.former_key, held.former_until = held.key, timezone.now() + OVERLAP
    held.key = uuid4()
    held.save(update_fields=["key", "former_key", "former_until"])
    return True


@transaction.atomic
def delete_webhook(*, webhook: Webhook) -> None:
    """Forget a webhook with its deliveries."""
    _held(webhook).delete()


@transaction.atomic
def ping(*, webhook: Webhook) -> Delivery:
    """Send a message that tells nothing, at once and whatever rest the server has."""
    event = WebhookEvent.objects.create(topic=PING, spread_at=timezone.now())
    delivery = Delivery.objects.create(webhook=webhook, event=event)
    _send_now(webhook)
    return delivery


@transaction.atomic
def send_again(*, webhook: Webhook, delivery_id: int) -> bool:
    """Send a message once more, from the first attempt on; tell whether it is known.

    Whether it has arrived or been given up: the receiver knows it by its id.
    """
    changed = Delivery.objects.filter(pk=delivery_id, webhook=webhook).update(
        state=State.WAITING, attempts=0, next_try_at=timezone.now(), problem=""
    )
    if changed:
        _send_now(webhook)
    return bool(changed)


@transaction.atomic
def send_all_given_up(*, webhook: Webhook) -> int:
    """Send everything once more that was given up; return how many."""
    count = Delivery.objects.filter(webhook=webhook, state=State.GIVEN_UP).update(
        state=State.WAITING, attempts=0, next_try_at=timezone.now(), problem=""
    )
    if count:
        _send_now(webhook)
    return count


def _send_now(webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(not_before=None)
    transaction.on_commit(lambda: ask_to_send(webhook.pk))


def _held(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
