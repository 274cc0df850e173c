"""Telling the operator about a barrier: a form, and the mail that it becomes."""

import datetime
import logging
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from insek.pages.models import BarrierNotice
from pins.validators import forbid_control_characters
from trust.clock import lately

logger = logging.getLogger(__name__)
TEXT_LENGTH = 3_000
# Nobody can fill the operator's mailbox from here; people report a few a day.
MOST, WITHIN = 50, datetime.timedelta(hours=1)


class TooManyReports(OSError):
    """So many were sent within the hour that no more are sent for now."""


class BarrierForm(forms.Form):
    """What somebody could not use, and where; an address only for an answer."""

    text = forms.CharField(
        label=_("What could you not do or read?"),
        max_length=TEXT_LENGTH,
        validators=[forbid_control_characters],
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please describe the barrier.")},
    )
    page = forms.CharField(
        label=_("On which page?"),
        required=False,
        max_length=300,
        help_text=_("Its address or its title."),
        validators=[forbid_control_characters],
    )
    email = forms.EmailField(
        label=_("E-mail address for our answer"),
        required=False,
        max_length=254,
        help_text=_("We use it only to answer you, and do not store it here."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        self.fields["text"].validators.append(MaxLengthValidator(TEXT_LENGTH))


@transaction.atomic
def send_report(*, text: str, page: str, email: str, key: UUID) -> bool:
    """Send a report to the operator; False where this one has been sent before.

    Nothing is kept of it but its number. Raises OSError where no mail can be sent, or too
    many were; the report may then be sent again.
    """
    _notice, is_new = BarrierNotice.objects.get_or_create(key=key)
    if not is_new:
        return False
    if BarrierNotice.objects.filter(sent_at__range=lately(WITHIN)).count() > MOST:
        raise TooManyReports
    with translation.override(settings.LANGUAGE_CODE):
        message = EmailMessage(
            subject=gettext("Barrier reported: %(site)s")
            % {"site": settings.SITE_NAME},
            body="\n\n".join(
                part
                for part in (
                    gettext("Somebody told us of a barrier by the form of the site:"),
                    text,
                    gettext("Page: %(page)s") % {"page": page} if page else "",
                    gettext("Answer to: %(email)s") % {"email": email}
                    if email
                    else gettext("No answer is wanted."),
                )
                if part
            ),
            to=[settings.OPERATOR_EMAIL],
            reply_to=[email] if email else None,
        )
    message.send()
    return True
