"""The names of cookies: behind HTTPS a browser lets no other host or path set them."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest

MESSAGES = "messages"


def host_only(name: str) -> str:
    """Return the name of a cookie with the prefix that binds it to this host alone.

    Without HTTPS, as in the demo, a browser would refuse such a cookie.
    """
    return f"{settings.COOKIE_PREFIX}{name}"


class _MessagesCookie(CookieStorage):
    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.cookie_name = host_only(MESSAGES)


class HostMessages(FallbackStorage):
    """Keeps messages to the next page in a cookie of this host, long ones in the session."""

    storage_classes = (_MessagesCookie, SessionStorage)
