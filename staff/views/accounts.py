"""Accounts and invitations, for who manages them."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from councils.models import Membership
from staff import accounts, invitations
from staff.access import for_managers, get_account, get_invitation, get_manager
from staff.forms.accounts import InviteForm, RolesForm, SeatForm
from staff.models import Invitation

PAGE = 50


@for_managers
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List accounts and what is open of invitations."""
    words = request.GET.get("q", "").replace("\0", "")[:100].strip()
    found = accounts.all_accounts(words)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    waiting = Invitation.objects.open().select_related("body", "invited_by")
    context = {
        "page": page,
        "words": words,
        "invitations": waiting.prefetch_related("groups"),
    }
    return render(request, "staff/accounts.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; 422 for what the form refuses."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        invitations.invite(
            guest=form.guest(),
            key=form.cleaned_data["key"] or uuid4(),
            actor=get_manager(request.user),
        )
        said = _("The invitation is on its way to %(address)s.")
        messages.success(request, said % {"address": form.cleaned_data["email"]})
        return redirect("accounts:overview")
    status = 422 if request.method == "POST" else 200
    context = {"form": form}
    return render(request, "staff/invite.html", context, status=status)


@for_managers
@require_POST
def act_on_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send an invitation again, or withdraw it."""
    invitation = get_invitation(request.user, invitation_id)
    actor = get_manager(request.user)
    action = request.POST.get("action")
    try:
        if action == "send":
            invitations.send_again(invitation=invitation, actor=actor)
            said = _("Sent again. The link of the earlier mail no longer works.")
            messages.success(request, said)
        elif action == "withdraw":
            invitations.withdraw(invitation=invitation, actor=actor)
            messages.success(request, _("The invitation is withdrawn."))
        else:
            messages.error(request, _("Please use one of the buttons of this page."))
    except invitations.NotUsable:
        said = _("This invitation has been taken up or withdrawn meanwhile.")
        messages.error(request, said)
    return redirect("accounts:overview")


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show an account, and give it a seat; 422 for what the form refuses."""
    found = get_account(request.user, account_id)
    form = SeatForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _give_seat(request, found, form)
    ):
        messages.success(request, _("The seat is given."))
        return redirect("accounts:account", found.pk)
    status = 422 if request.method == "POST" else 200
    context = {
        "account": found,
        "seats": found.memberships.select_related("body").order_by("-valid_from"),
        "form": form,
        "roles_form": RolesForm(initial={"groups": found.groups.all()}),
        "today": timezone.localdate(),
    }
    return render(request, "staff/account.html", context, status=status)


def _give_seat(request: HttpRequest, account: User, form: SeatForm) -> bool:
    seat, actor = form.chosen_seat(), get_manager(request.user)
    try:
        with transaction.atomic():
            accounts.give_seat(account=account, seat=seat, actor=actor)
    except IntegrityError:
        said = _("They have a seat in this body on these days already.")
        form.add_error("body", said)
        return False
    return True


@for_managers
@require_POST
def give_roles(request: HttpRequest, account_id: int) -> HttpResponse:
    """Let an account have the roles that are ticked, and no others."""
    found = get_account(request.user, account_id)
    form = RolesForm(request.POST)
    if form.is_valid():
        groups, actor = form.cleaned_data["groups"], get_manager(request.user)
        accounts.give_roles(account=found, groups=groups, actor=actor)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Please choose among the roles."))
    return redirect("accounts:account", found.pk)


@for_managers
@require_POST
def end_seat(request: HttpRequest, account_id: int, seat_id: int) -> HttpResponse:
    """Let a seat end today."""
    found = get_account(request.user, account_id)
    seat = Membership.objects.filter(user=found, pk=seat_id).first()
    if seat is None:
        messages.info(request, _("This seat had ended already."))
    else:
        accounts.end_seat(seat=seat, actor=get_manager(request.user))
        messages.success(request, _("The seat ends today, and its rights at once."))
    return redirect("accounts:account", found.pk)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, account_id: int) -> HttpResponse:
    """Ask once more, then end an account."""
    found = get_account(request.user, account_id)
    if request.method != "POST":
        context = {"account": found}
        return render(request, "staff/account_end.html", context)
    accounts.end_account(account=found, actor=get_manager(request.user))
    messages.success(request, _("The account has ended, and all its sessions with it."))
    return redirect("accounts:account", found.pk)


@for_managers
@require_POST
def act(request: HttpRequest, account_id: int) -> HttpResponse:
    """Reset a second factor, end sessions, or let somebody sign in again."""
    found = get_account(request.user, account_id)
    actor = get_manager(request.user)
    action = request.POST.get("action")
    if action == "reset":
        accounts.reset_second_factor(account=found, actor=actor)
        said = _("With the next sign-in they set up a second factor anew.")
    elif action == "sessions":
        accounts.end_all_sessions(account=found, actor=actor)
        said = _("All sessions of this account have ended.")
    elif action == "reopen":
        accounts.reopen_account(account=found, actor=actor)
        said = _("They can sign in again. Now give them a role or a seat.")
    else:
        messages.error(request, _("Please use one of the buttons of this page."))
        return redirect("accounts:account", found.pk)
    messages.success(request, said)
    return redirect("accounts:account", found.pk)
