"""Where somebody is signed in, and how that ends.

Kept of a session: since when, and the family of its browser. No address.
"""

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

# In this order: most browsers claim to be others, too.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def browser_family(user_agent: str) -> str:
    """Return what somebody knows their browser by, "Firefox, Windows"; "" if unknown."""
    found = (
        next((name for mark, name in names.items() if mark in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, found))


def note_browser(request: HttpRequest) -> None:
    """Keep of the browser that has just signed in what its owner knows it by."""
    family = browser_family(request.META.get("HTTP_USER_AGENT", ""))
    begun = UserSession.objects.filter(session_key=request.session.session_key)
    begun.update(user_agent=family)


def sessions_of(user: User) -> list[UserSession]:
    """Return the sessions of an account that go on, the newest first."""
    lasting = Session.objects.filter(expire_date__gt=timezone.now())
    going_on = UserSession.objects.filter(
        user=user, session_key__in=lasting.values("session_key")
    )
    return list(going_on.order_by("-created_at"))


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End the sessions of an account, at once, but the one with this key.

    Returns how many.
    """
    ended = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    for session in ended:
        session.end()
    return len(ended)


def end_session(user: User, session_id: int) -> bool:
    """End one session of an account; False where it has none of this number."""
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is not None:
        session.end()
    return session is not None
