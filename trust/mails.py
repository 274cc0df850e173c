"""Mails that wait for their server: it may be away, slow, or refuse them for a while.

What the server says may name people. It is left out of every error, for errors are logged
and kept with their jobs.
"""

import smtplib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

# Letters can wait for whatever somebody looks at a page for.
AFTER_OTHERS = -10
# A server that does not answer costs EMAIL_TIMEOUT seconds each time; it is left alone for
# so long, and what else the worker has to do is done meanwhile.
REST = 60.0
LONGEST_WAIT = 300
# Five days at one try each five minutes, as long as mail servers themselves go on trying
# (RFC 5321, 4.5.4.1).
MOST_TRIES = 1440
# Where it is for good, the tenth is after 16 hours: nobody writes there any longer.
MOST_TRIES_WHERE_REFUSED = 10
REFUSED_FOR_GOOD = 500


class _Rest:
    """Until when this process leaves the server alone, by time.monotonic()."""

    until = 0.0


class MailServer(smtp.EmailBackend):
    """Django's SMTP, with errors that name nobody, and a rest for who does not answer.

    Raises SMTPDataError with the server's code for a mail that it does not take, and
    SMTPServerDisconnected for everything else that goes wrong.
    """

    def open(self) -> bool | None:
        """Connect, where that is not done; tell whether it was."""
        if self.connection is None and time.monotonic() < _Rest.until:
            message = "The server has not answered a moment ago."
            raise smtplib.SMTPServerDisconnected(message)
        with _telling_nothing():
            opened: bool | None = super().open()
            return opened

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hand mails over; return how many the server has taken."""
        with _telling_nothing():
            return super().send_messages(email_messages) or 0


class UntilSent(BaseRetryStrategy):
    """Tries a mail again: for days where the server is away, less where it says no."""

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """Return when to try again, None for never."""
        is_server = isinstance(exception, smtplib.SMTPException)
        is_final = not is_server or (
            isinstance(exception, smtplib.SMTPDataError)
            and exception.smtp_code >= REFUSED_FOR_GOOD
        )
        if job.attempts >= (MOST_TRIES_WHERE_REFUSED if is_final else MOST_TRIES):
            return None
        seconds = 3 ** min(job.attempts + 1, MOST_TRIES_WHERE_REFUSED)
        if not is_final:
            seconds = min(seconds, LONGEST_WAIT)
        return RetryDecision(retry_in={"seconds": seconds})


UNTIL_SENT = UntilSent()


@contextmanager
def _telling_nothing() -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise smtplib.SMTPDataError(error.smtp_code, b"") from None
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _words in error.recipients.values())
        raise smtplib.SMTPDataError(code, b"") from None
    except smtplib.SMTPServerDisconnected:
        # A server that hung up at one mail may take the next.
        raise
    except OSError as error:
        # So is every other SMTPException.
        _Rest.until = time.monotonic() + REST
        raise smtplib.SMTPServerDisconnected(type(error).__name__) from None
