"""What the buttons of the operator's pages do, by the names that they send."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from trust.audit import record

Owner = TypeVar("Owner", bound=Model)
# Does something and returns what to say of it; "" for what no button asks for.
Act = Callable[[HttpRequest, Owner], str]


def press(request: HttpRequest, owner: Owner, acts: Mapping[str, Act[Owner]]) -> bool:
    """Do what the pressed button says, and tell of it; False for what none says."""
    act = acts.get(request.POST.get("action", ""))
    said = act(request, owner) if act else ""
    if said:
        _record(request, owner)
        messages.success(request, said)
    else:
        messages.error(request, _("Please use one of the buttons of this page."))
    return bool(said)


def _record(request: HttpRequest, owner: Model) -> None:
    """Keep in the audit log which button was pressed, and for what."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 -- the pages are for operators
    name = f"{owner._meta.model_name}: {request.POST['action']}"
    record(name, actor=user, target=owner)


def key_on_the_page(request: HttpRequest) -> UUID | None:
    """Return the key that the page showed when the button was pressed; None for garbage."""
    try:
        return UUID(request.POST.get("seen", ""))
    except ValueError:
        return None
