"""Registering for an event, and what its links lead to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from insek.consents import REGISTRATION
from insek.events.registering import (
    NoSuchRegistration,
    RegistrationClosed,
    accept_invitation,
    cancel,
    confirm,
    places_of,
    register,
)
from insek.forms.registration import GuestForm, RegistrationForm
from insek.models import Event, Invitation, Registration
from pins.own_link import hash_token
from trust.guard import Stopped, check
from trust.limits import REGISTER

GONE, CLOSED = 410, 409


# Whoever goes back finds what they typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, event_id: int) -> HttpResponse:
    """Show the form; on POST send the mail that confirms the registration.

    422 for what the form refuses, 409 where nobody can register any more, 429 where too
    much was sent from there. The answer is the same whether the address has registered
    before or not.
    """
    event = get_object_or_404(Event.objects.public(), pk=event_id)
    if not event.takes_registrations or event.is_by_invitation:
        raise Http404
    if request.method != "POST":
        return _form_page(request, event, RegistrationForm())
    form = RegistrationForm(request.POST)
    if not form.is_valid():
        return _form_page(request, event, form, status=422)
    try:
        sent = form.cleaned_data
        check(request, REGISTER, texts=(sent["name"],), email=sent["email"])
        register(event=event, guest=form.guest(form.cleaned_data["email"]))
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(_form_page(request, event, form))
    except RegistrationClosed:
        return _form_page(request, event, form, status=CLOSED)
    return redirect("insek:registered", event.pk)


def _form_page(
    request: HttpRequest,
    event: Event,
    form: GuestForm,
    *,
    invitation: Invitation | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "event": event,
        "form": form,
        "invitation": invitation,
        "places": places_of(event),
        "is_open": event.takes_registrations_at(timezone.now()),
        "consent": REGISTRATION.current,
    }
    return render(request, "insek/register.html", context, status=status)


@require_safe
def sent(request: HttpRequest, event_id: int) -> HttpResponse:
    """Say that a mail is under way."""
    event = get_object_or_404(Event.objects.public(), pk=event_id)
    return render(request, "insek/registered.html", {"event": event})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Show one's own registration; on POST confirm or cancel it.

    Programs follow links in mails: only a button changes anything. 410 for a link behind
    which there is nothing any more, 409 where it is too late to confirm.
    """
    found = (
        Registration.objects.select_related("event")
        .filter(token_hash=hash_token(token))
        .first()
    )
    if found is None:
        return render(request, "insek/registration_gone.html", status=GONE)
    if request.method != "POST":
        return _own_page(request, found)
    try:
        match request.POST.get("action"):
            case "confirm":
                found = confirm(registration=found)
            case "cancel":
                found = cancel(registration=found)
            case _:
                message = _("Please use one of the buttons of this page.")
                return _own_page(request, found, message=message, status=400)
    except RegistrationClosed:
        message = _("It is too late to register for this event.")
        return _own_page(request, found, message=message, status=CLOSED)
    except NoSuchRegistration:
        return render(request, "insek/registration_gone.html", status=GONE)
    return redirect("insek:registration", token)


def _own_page(
    request: HttpRequest, found: Registration, *, message: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "registration": found,
        "event": found.event,
        "message": message,
        "has_begun": found.event.starts_at <= timezone.now(),
    }
    return render(request, "insek/registration.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody register by their personal link; once they have, show that.

    410 where it was taken back, 409 where nobody can register any more.
    """
    found = (
        Invitation.objects.select_related("event", "group")
        .filter(token_hash=hash_token(token), revoked_at=None)
        .first()
    )
    if found is None or found.event.state == Event.State.DRAFT:
        return render(request, "insek/registration_gone.html", status=GONE)
    known = found.event.registrations.filter(email__iexact=found.email).first()
    if known is not None and known.state != Registration.State.CANCELLED:
        return redirect("insek:registration", known.token)
    if request.method != "POST":
        return _form_page(request, found.event, GuestForm(), invitation=found)
    form = GuestForm(request.POST)
    if not form.is_valid():
        return _form_page(request, found.event, form, invitation=found, status=422)
    try:
        made = accept_invitation(invitation=found, guest=form.guest(found.email))
    except RegistrationClosed:
        return _form_page(request, found.event, form, invitation=found, status=CLOSED)
    return redirect("insek:registration", made.token)
