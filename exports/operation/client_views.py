"""Clients of Open311: which systems may send contributions, and what they sent."""

from uuid import uuid4

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from exports.models import ApiClient
from exports.open311 import clients
from exports.operation.access import for_operators, get_client, get_operator
from exports.operation.buttons import Act, key_on_the_page, press
from exports.operation.forms import ClientForm
from exports.operation.shown_once import may_show, show_once
from trust.audit import record


@for_operators
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the clients with how much each has sent."""
    found = ApiClient.objects.annotate(number=Count("sent"), last=Max("sent__sent_at"))
    return render(
        request, "exports/operation/clients.html", {"part": "clients", "found": found}
    )


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a client and lead to its key; 422 for what the form refuses."""
    form = ClientForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    client = clients.add_client(
        key=form.cleaned_data["key"] or uuid4(),
        name=form.cleaned_data["name"],
        daily_limit=form.cleaned_data["daily_limit"],
        actor=get_operator(request.user),
    )
    record("add client", actor=get_operator(request.user), target=client)
    show_once(request, client)
    return redirect("operation:client", client.pk)


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, client_id: int) -> HttpResponse:
    """Change name and limit; 422 for what the form refuses."""
    client = get_client(request.user, client_id)
    if request.method != "POST":
        initial = {"name": client.name, "daily_limit": client.daily_limit}
        return _form(request, ClientForm(initial=initial, client=client), client)
    form = ClientForm(request.POST, client=client)
    if not form.is_valid():
        return _form(request, form, client)
    clients.change_client(
        client=client,
        name=form.cleaned_data["name"],
        daily_limit=form.cleaned_data["daily_limit"],
    )
    record("change client", actor=get_operator(request.user), target=client)
    messages.success(request, _("Saved."))
    return redirect("operation:client", client.pk)


def _form(
    request: HttpRequest, form: ClientForm, client: ApiClient | None = None
) -> HttpResponse:
    context = {"part": "clients", "form": form, "client": client}
    return render(
        request,
        "exports/operation/client_form.html",
        context,
        status=422 if form.errors else 200,
    )


@for_operators
@require_safe
def client(request: HttpRequest, client_id: int) -> HttpResponse:
    """Show a client, and its key where it was just made."""
    found = get_client(request.user, client_id)
    return _page(request, found)


def _page(request: HttpRequest, found: ApiClient, status: int = 200) -> HttpResponse:
    counted = found.sent.aggregate(number=Count("pk"), last=Max("sent_at"))
    context = {
        "part": "clients",
        "client": found,
        "api_key": found.api_key if may_show(request, found) else "",
        **counted,
    }
    return render(request, "exports/operation/client.html", context, status=status)


@for_operators
@require_POST
def act(request: HttpRequest, client_id: int) -> HttpResponse:
    """Do what a button of the page says; 400 for anything else."""
    found = get_client(request.user, client_id)
    if not press(request, found, ACTS):
        return _page(request, found, status=400)
    return redirect("operation:client", found.pk)


def _revoke(request: HttpRequest, found: ApiClient) -> str:
    clients.revoke(client=found)
    return _("The key is revoked. Nothing is taken from this client any more.")


def _restore(request: HttpRequest, found: ApiClient) -> str:
    clients.restore(client=found)
    return _("The client may send again, with its key.")


def _renew(request: HttpRequest, found: ApiClient) -> str:
    seen = key_on_the_page(request)
    if seen is None:
        return ""
    if clients.renew_key(client=found, seen=seen):
        found.refresh_from_db(fields=["key"])
        show_once(request, found)
        return _("There is a new key. The old one opens nothing any more.")
    return _("The key was changed a moment ago already.")


ACTS: dict[str, Act[ApiClient]] = {
    "revoke": _revoke,
    "restore": _restore,
    "renew": _renew,
}
