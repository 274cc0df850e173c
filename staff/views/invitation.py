"""Taking up an account by the link of an invitation."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from staff.forms.accounts import TakeUpForm
from staff.invitations import AlreadyKnown, NotUsable
from staff.invitations import take_up as make_account
from staff.models import Invitation


@never_cache
@sensitive_post_parameters("password1")
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, and go on to the second factor.

    A link that was used, withdrawn, has expired or never was is answered in one way.
    """
    usable = Invitation.objects.usable().by_token(token).select_related("body")
    invitation = usable.first()
    if invitation is None:
        return _gone(request)
    if request.user.is_authenticated:
        return render(request, "account/invitation_other.html", status=409)
    form = TakeUpForm(
        request.POST if request.method == "POST" else None, invitation=invitation
    )
    if request.method == "POST" and form.is_valid():
        try:
            user = make_account(token=token, password=form.cleaned_data["password1"])
        except (NotUsable, AlreadyKnown):
            return _gone(request)
        return _enter(request, user)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "invitation": invitation}
    return render(request, "account/invitation.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "account/invitation_gone.html", status=410)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    said = _("Your account is ready. Your username is %(name)s.")
    messages.success(request, said % {"name": user.get_username()})
    login = Login(user=user, email=user.email, redirect_url="")
    credentials = {"username": user.get_username()}
    response: HttpResponse = perform_password_login(request, credentials, login)
    return response
