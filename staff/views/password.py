"""Changing one's password, and choosing a new one by a mail."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from staff.forms.signing_in import AskForPasswordForm
from staff.letters import ask_for_password
from staff.views.account import owner
from trust.guard import Stopped, check
from trust.limits import PASSWORD


@never_cache
@login_required
@sensitive_post_parameters("oldpassword", "password1")
def change(request: HttpRequest) -> HttpResponseBase:
    """Change one's password; all other sessions end with it."""
    if not owner(request).has_usable_password():
        return redirect("account_reset_password")
    response: HttpResponseBase = allauth_views.password_change(request)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a mail with a link; the answer is the same whether there is an account.

    429 to who asks very often, for whatever accounts.
    """
    form = AskForPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            check(request, PASSWORD)
        except Stopped as stopped:
            form.add_error(None, stopped.message)
            return stopped.mark(_asking(request, form))
        ask_for_password(form.cleaned_data["email"])
        return redirect("account_reset_password_done")
    status = 422 if request.method == "POST" else 200
    return _asking(request, form, status)


def _asking(
    request: HttpRequest, form: AskForPasswordForm, status: int = 200
) -> HttpResponse:
    return render(request, "account/password_reset.html", {"form": form}, status=status)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail comes where the address has an account."""
    return render(request, "account/password_reset_done.html")


@require_safe
def chosen(request: HttpRequest) -> HttpResponse:
    """Say that the new password counts."""
    return render(request, "account/password_reset_from_key_done.html")


@never_cache
@sensitive_post_parameters("password1")
def choose(request: HttpRequest, uidb36: str, key: str) -> HttpResponseBase:
    """Let somebody choose a new password by the link in the mail."""
    response: HttpResponseBase = allauth_views.password_reset_from_key(
        request, uidb36=uidb36, key=key
    )
    return response
