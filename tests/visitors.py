"""Who looks at the pages of `tests.every_page`: browsers in which somebody is signed in.

Most by their right alone. Pages of an account also ask by what somebody signed in, and
how long ago.
"""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client

from tests.scene import People
from tests.staff.accounts import enter, enter_with_code


def browser_of(who: str, people: People) -> Client | None:
    """Return the browser of somebody whom the list of pages names; None for strangers."""
    if not who:
        return None
    if who in ENTERING:
        return ENTERING[who](people)
    return _signed_in(getattr(people, who))


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _newcomer(people: People) -> Client:
    """Return the browser of who signed in just now and has no second factor yet."""
    client = Client()
    enter(client, people.newcomer.username)
    return client


def _half_way(people: People) -> Client:
    """Return the browser of who has given the password and is asked for a code."""
    client = Client()
    enter(client, people.owner.username)
    return client


def _at_home(people: People) -> Client:
    """Return the browser of who signed in just now with both factors."""
    client = Client()
    enter_with_code(client, people.owner)
    return client


def _onlooker(people: People) -> Client:
    """Return the browser of an operator who looks at the site as the chair."""
    client = _signed_in(people.operator)
    asked = {"person": people.chair.username, "reason": "asked"}
    assert client.post("/operation/look/", asked).status_code == 302
    return client


ENTERING: dict[str, Callable[[People], Client]] = {
    "newcomer": _newcomer,
    "half way": _half_way,
    "at home": _at_home,
    "onlooker": _onlooker,
}
