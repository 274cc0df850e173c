"""Forms that take a code."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff.lockout import count_wrong_code, forget_wrong_codes, may_try_code
from staff.second_factor import FIRST_COUNTER, find_counter, use_code

WRONG = _(
    "This code is wrong, or was used before. Codes of an app change every 30 seconds: "
    "please wait for the next one."
)
# Longer than any code with the blanks that people put between the digits.
LONGEST = 30


def code_field(help_text: Any = "") -> forms.CharField:
    """Return the field of a code; phones offer the digits, and fill it in."""
    return forms.CharField(
        label=_("Code"),
        help_text=help_text,
        max_length=LONGEST,
        error_messages={"required": _("Please enter the code.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
            }
        ),
    )


class _UsersForm(forms.Form):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class CodeForm(_UsersForm):
    """A code of the app or a recovery code, after the password."""

    code = code_field(_("Six digits from your app, or one of your recovery codes."))
    is_repeated = False
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not may_try_code(context.request, self.user):
            raise ValidationError(WRONG)
        found = use_code(self.user, code)
        if found is None:
            count_wrong_code(context.request, self.user)
            raise ValidationError(WRONG)
        forget_wrong_codes(self.user)
        self.authenticator = found
        return code

    def save(self) -> None:
        """Note in the session that the factor was shown."""
        post_authentication(
            context.request, self.authenticator, reauthenticated=self.is_repeated
        )


class CodeAgainForm(CodeForm):
    """A code once more, before factors are changed."""

    is_repeated = True


class AppForm(_UsersForm):
    """The first code of an app that is being set up."""

    code = code_field(_("The six digits that the app shows now."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The same while the form is corrected: the app has it already.
        self.secret = auth.get_totp_secret(regenerate=not self.is_bound)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        counter = find_counter(self.secret, code.replace(" ", ""))
        if counter is None:
            raise ValidationError(
                _(
                    "This code is not the one of the moment. Please check that the clock "
                    "of your device is right, and enter the next code."
                )
            )
        context.request.session[FIRST_COUNTER] = counter
        return code
