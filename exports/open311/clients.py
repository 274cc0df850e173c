"""Who may send contributions by Open311: what the operator does with clients."""

from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from exports.models import ApiClient
from pins.own_link import hash_token


@transaction.atomic
def add_client(*, key: UUID, name: str, daily_limit: int, actor: User) -> ApiClient:
    """Keep a new client with a key of its own; the same form sent twice makes one."""
    known = ApiClient.objects.filter(key=key).first()
    if known is not None:
        return known
    client = ApiClient(key=key, name=name, daily_limit=daily_limit, created_by=actor)
    client.key_hash = hash_token(client.api_key)
    client.save()
    return client


@transaction.atomic
def change_client(*, client: ApiClient, name: str, daily_limit: int) -> None:
    """Keep another name, and how much it may send."""
    client.name, client.daily_limit = name, daily_limit
    client.save(update_fields=["name", "daily_limit"])


@transaction.atomic
def renew_key(*, client: ApiClient, seen: UUID) -> bool:
    """Give a client another key; the old one opens nothing any more.

    `seen` is the key on the page: pressed twice, it changes once. Tell whether it did.
    """
    held = ApiClient.objects.select_for_update(no_key=True).get(pk=client.pk)
    if held.key != seen:
        return False
    held.key = uuid4()
    held.key_hash = hash_token(held.api_key)
    held.save(update_fields=["key", "key_hash"])
    return True


@transaction.atomic
def revoke(*, client: ApiClient) -> None:
    """Take nothing from a client any more."""
    ApiClient.objects.filter(pk=client.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )


@transaction.atomic
def restore(*, client: ApiClient) -> None:
    """Let a client go on with its key."""
    ApiClient.objects.filter(pk=client.pk).update(revoked_at=None)
