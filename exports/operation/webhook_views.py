"""Webhooks: where the city's own systems are told, and how that goes."""

from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from exports.models import Delivery, Webhook
from exports.operation.access import for_operators, get_operator, get_webhook
from exports.operation.buttons import Act, key_on_the_page, press
from exports.operation.forms import WebhookForm
from exports.operation.shown_once import may_show, show_once
from exports.webhooks import keeping
from trust.audit import record

PAGE_SIZE = 50
State = Delivery.State


@for_operators
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the webhooks, each with what waits and what was given up."""
    found = Webhook.objects.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=State.WAITING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=State.GIVEN_UP)),
        delivered_at=Max(
            "deliveries__tried_at", filter=Q(deliveries__state=State.DELIVERED)
        ),
    )
    return render(
        request, "exports/operation/webhooks.html", {"part": "webhooks", "found": found}
    )


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a webhook and lead to its secret; 422 for what the form refuses."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form)
    data = form.cleaned_data
    webhook = keeping.add_webhook(
        key=data["key"] or uuid4(),
        name=data["name"],
        url=data["url"],
        topics=data["topics"],
        actor=get_operator(request.user),
    )
    record("add webhook", actor=get_operator(request.user), target=webhook)
    show_once(request, webhook)
    return redirect("operation:webhook", webhook.pk)


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Change name, address and topics; 422 for what the form refuses."""
    webhook = get_webhook(request.user, webhook_id)
    if request.method != "POST":
        initial = {"name": webhook.name, "url": webhook.url, "topics": webhook.topics}
        return _form(request, WebhookForm(initial=initial), webhook)
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _form(request, form, webhook)
    data = form.cleaned_data
    keeping.change_webhook(
        webhook=webhook, name=data["name"], url=data["url"], topics=data["topics"]
    )
    record("change webhook", actor=get_operator(request.user), target=webhook)
    messages.success(request, _("Saved."))
    return redirect("operation:webhook", webhook.pk)


def _form(
    request: HttpRequest, form: WebhookForm, webhook: Webhook | None = None
) -> HttpResponse:
    context = {"part": "webhooks", "form": form, "webhook": webhook}
    return render(
        request,
        "exports/operation/webhook_form.html",
        context,
        status=422 if form.errors else 200,
    )


@for_operators
@require_safe
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Show a webhook with its deliveries, and its secret where it was just made."""
    return _page(request, get_webhook(request.user, webhook_id))


def _page(request: HttpRequest, found: Webhook, status: int = 200) -> HttpResponse:
    deliveries = found.deliveries.select_related("event")
    chosen = request.GET.get("state", "")
    if chosen in State.values:
        deliveries = deliveries.filter(state=chosen)
    context = {
        "part": "webhooks",
        "webhook": found,
        "secret": found.secret if may_show(request, found) else "",
        "page": Paginator(deliveries, PAGE_SIZE).get_page(request.GET.get("page")),
        "chosen": chosen if chosen in State.values else "",
        "states": State.choices,
        "given_up": found.deliveries.filter(state=State.GIVEN_UP).count(),
    }
    return render(request, "exports/operation/webhook.html", context, status=status)


@for_operators
@require_POST
def act(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Do what a button of the page says; 400 for anything else."""
    found = get_webhook(request.user, webhook_id)
    if not press(request, found, ACTS):
        return _page(request, found, status=400)
    return redirect("operation:webhook", found.pk)


@for_operators
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Ask before a webhook is forgotten; on POST forget it."""
    found = get_webhook(request.user, webhook_id)
    if request.method != "POST":
        context = {"part": "webhooks", "webhook": found}
        return render(request, "exports/operation/webhook_delete.html", context)
    record("delete webhook", actor=get_operator(request.user), target=found)
    keeping.delete_webhook(webhook=found)
    messages.success(request, _("The webhook is deleted."))
    return redirect("operation:webhooks")


def _ping(request: HttpRequest, found: Webhook) -> str:
    keeping.ping(webhook=found)
    return _("A test message is on its way. Please load the page again in a moment.")


def _switch_on(request: HttpRequest, found: Webhook) -> str:
    keeping.switch(webhook=found, on=True)
    return _("The webhook is switched on.")


def _switch_off(request: HttpRequest, found: Webhook) -> str:
    keeping.switch(webhook=found, on=False)
    return _("The webhook is switched off. Nothing is sent to it.")


def _rotate(request: HttpRequest, found: Webhook) -> str:
    seen = key_on_the_page(request)
    if seen is None:
        return ""
    if keeping.rotate_secret(webhook=found, seen=seen):
        found.refresh_from_db(fields=["key"])
        show_once(request, found)
        return _("There is a new secret. The former one signs as well for a day.")
    return _("The secret was changed a moment ago already.")


def _resend(request: HttpRequest, found: Webhook) -> str:
    number = request.POST.get("delivery", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return ""
    if not keeping.send_again(webhook=found, delivery_id=int(number)):
        return ""
    return _("It is sent again.")


def _resend_all(request: HttpRequest, found: Webhook) -> str:
    keeping.send_all_given_up(webhook=found)
    return _("Everything that was given up is sent again.")


ACTS: dict[str, Act[Webhook]] = {
    "ping": _ping,
    "on": _switch_on,
    "off": _switch_off,
    "rotate": _rotate,
    "resend": _resend,
    "resend_all": _resend_all,
}
