"""Keys and secrets on the page once: after they were made, and never again.

The session says which may be shown next, and holds none of them.
"""

from django.http import HttpRequest

from exports.models import ApiClient, Webhook

SESSION_KEY = "shown_once"


def show_once(request: HttpRequest, owner: Webhook | ApiClient) -> None:
    """Let the next page of a webhook or client show its secret."""
    request.session[SESSION_KEY] = _name(owner)


def may_show(request: HttpRequest, owner: Webhook | ApiClient) -> bool:
    """Tell whether this page shows the secret; the next one does not."""
    if request.method != "GET" or request.session.get(SESSION_KEY) != _name(owner):
        return False
    del request.session[SESSION_KEY]
    return True


def _name(owner: Webhook | ApiClient) -> str:
    # With its key: where somebody has changed it meanwhile, theirs is not shown.
    return f"{owner._meta.model_name}:{owner.key}"
