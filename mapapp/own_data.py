"""All that is stored about an e-mail address: found, sent a link to, erased."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from trust import audit
from trust.address_links import LIFETIME, ask_for_link, token_of
from trust.models import AddressLink
from trust.register import Record, register


@transaction.atomic
def ask_what_is_stored(*, email: str, language: str) -> None:
    """Have the link sent that shows everything of an address.

    The same happens, as far as anybody outside can tell, whether the address is known
    here or not: only the job looks.
    """
    link = ask_for_link(email, language)
    if link is not None:
        # By name: the module of the tasks imports this one.
        app.configure_task("mapapp.tasks.send_address_link").defer(link_id=link.pk)


def records_of(email: str) -> Iterator[Record]:
    """Return what all packages store about an address."""
    for source in register().sources:
        yield from source.find(email)


@transaction.atomic
def erase_all(*, link: AddressLink) -> int:
    """Erase an address everywhere, and the link with it; return how many rows went.

    Contributions stay: nothing leads from them to anybody then.
    """
    count = sum(source.erase(link.email) for source in register().sources)
    AddressLink.objects.of_address(link.email).delete()
    audit.record("erase an address on request", actor=None, after={"rows": count})
    return count


def write_link(link: AddressLink) -> EmailMessage | None:
    """Return the mail with the link.

    None where nothing is stored about the address; then it is not kept any longer.
    """
    with translation.override(link.language):
        if next(records_of(link.email), None) is None:
            link.delete()
            return None
        context = {
            "site_name": settings.SITE_NAME,
            "link": settings.BASE_URL
            + reverse("own-data-of-address", args=[token_of(link)]),
            "hours": int(LIFETIME.total_seconds() // 3600),
        }
        subject = _("%(site)s: what is stored about your address")
        body = render_to_string("mapapp/mail/own_data.txt", context)
        return EmailMessage(
            subject % {"site": settings.SITE_NAME},
            body,
            to=[link.email],
            # RFC 3834: no out-of-office note answers a program.
            headers={"Auto-Submitted": "auto-generated"},
        )
