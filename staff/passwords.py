"""New passwords by mail."""

import datetime

from django.contrib.auth.models import User
from django.db import transaction

from staff.letters import write_password_link
from trust.audit import record, type_of
from trust.clock import lately
from trust.models import AuditEntry

# One account is sent at most one link in this time: nobody's mailbox is flooded.
PAUSE = datetime.timedelta(minutes=5)
SENT = "send link to new password"


def send_links(user_ids: list[int], language: str) -> int:
    """Send links to the accounts that had none in the last minutes; return how many."""
    return sum(_send_link(user_id, language) for user_id in user_ids)


@transaction.atomic
def _send_link(user_id: int, language: str) -> bool:
    wanted = User.objects.select_for_update().filter(is_active=True)
    user = wanted.filter(pk=user_id).exclude(email="").first()
    if user is None:
        return False
    sent = AuditEntry.objects.filter(
        object_type=type_of(User._meta),
        object_id=str(user.pk),
        action=SENT,
        at__range=lately(PAUSE),
    )
    if sent.exists():
        return False
    record(SENT, actor=None, target=user)
    write_password_link(user, language).send()
    return True
