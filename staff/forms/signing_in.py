"""Forms of passwords. They keep the field names that password managers know."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm as AllauthChangePasswordForm,
)
from allauth.account.forms import LoginForm, ReauthenticateForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REQUIRED = {"required": _("Please enter your password.")}


def old_password() -> forms.CharField:
    """Return the field of a password that somebody has already."""
    return forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages=REQUIRED,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def new_password() -> forms.CharField:
    """Return the field of a password to come, with what it must be like."""
    return forms.CharField(
        label=_("New password"),
        help_text=_(
            "At least 12 characters. Several words in a row are easy to remember and "
            "hard to guess."
        ),
        strip=False,
        error_messages={"required": _("Please enter a new password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def check_new(password: str, user: User) -> str:
    """Return a new password; raises ValidationError with what is wrong with it."""
    validate_password(password, user)
    return password


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name or address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Username or e-mail address"),
            max_length=254,
            error_messages={
                "required": _("Please enter your username or e-mail address.")
            },
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "username webauthn",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                }
            ),
        )
        self.fields["password"] = old_password()

    def user_credentials(self) -> dict[str, str]:
        """Return them once, whichever of the names was typed.

        As name and as address, a wrong password would be hashed twice for who is known
        and once for who is not.
        """
        data = self.cleaned_data
        return {"username": data["login"], "password": data["password"]}

    def add_prefix(self, field_name: str) -> str:
        """Call the field `username`, as ever: browsers have kept it under this name."""
        return "username" if field_name == "login" else field_name


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The password once more, before factors are changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = old_password()

    def clean_password(self) -> str:
        try:
            return str(super().clean_password())
        except ValidationError as error:
            raise ValidationError(_("This password is wrong.")) from error


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The old password and the new one, typed once: the page can show it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"oldpassword": old_password(), "password1": new_password()}
        self.fields["oldpassword"].label = _("Present password")

    def clean_oldpassword(self) -> str:
        try:
            return str(super().clean_oldpassword())
        except ValidationError as error:
            raise ValidationError(_("This password is wrong.")) from error

    def clean_password1(self) -> str:
        return check_new(self.cleaned_data["password1"], self.user)


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A new password, by the link in a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"password1": new_password()}

    def clean_password1(self) -> str:
        return check_new(self.cleaned_data["password1"], self.user)


class AskForPasswordForm(forms.Form):
    """Where the mail with the link to a new password shall go."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Please enter your e-mail address."),
            "invalid": _("Please enter an e-mail address like name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
