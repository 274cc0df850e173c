"""What the site writes into its log, and what must not be in it."""

import logging
import re

# The part of an address that opens a pin, a stand or a registration to whoever knows it,
# or what somebody follows.
SECRET = re.compile(
    r"(/edit/|/updates/|/stand/|/registrations/|/invitations/|/follow/(?:confirm/)?"
    r"|/my-data/)"
    r"[^/?\s]+"
)


class WithoutSecretLinks(logging.Filter):
    """Blots out the secret of own links: Django writes the addresses it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Blot out the secrets of a record; let every record pass."""
        text = record.getMessage()
        if SECRET.search(text):
            record.msg, record.args = SECRET.sub(r"\1…", text), ()
        return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secret_links": {"()": WithoutSecretLinks}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["secret_links"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "pins": {"level": "INFO"},
        "districts": {"level": "INFO"},
        "operation": {"level": "INFO"},
    },
}
