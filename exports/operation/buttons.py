"""What the buttons of the operator's pages do, by the names that they send."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

Owner = TypeVar("Owner")
# Does something and returns what to say of it; "" for what no button asks for.
Act = Callable[[HttpRequest, Owner], str]


def press(request: HttpRequest, owner: Owner, acts: Mapping[str, Act[Owner]]) -> bool:
    """Do what the pressed button says, and tell of it; False for what none says."""
    act = acts.get(request.POST.get("action", ""))
    said = act(request, owner) if act else ""
    if said:
        messages.success(request, said)
    else:
        messages.error(request, _("Please use one of the buttons of this page."))
    return bool(said)


def key_on_the_page(request: HttpRequest) -> UUID | None:
    """Return the key that the page showed when the button was pressed; None for garbage."""
    try:
        return UUID(request.POST.get("seen", ""))
    except ValueError:
        return None
