"""Forms of passkeys (WebAuthn): what the browser hands over is read with care."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line
from staff.entries import note_refusal

REFUSED = _(
    "This passkey could not be checked. Please try again, or use another way to sign in."
)

# Characters; keys that prove where they were made send some thousand.
LONGEST = 20_000


@contextmanager
def reading_what_a_browser_sent() -> Iterator[None]:
    """Refuse what is no answer of a passkey, in whichever way it is none.

    The library's readers raise what the first wrong byte happens to cause.
    """
    try:
        yield
    except (
        *(TypeError, ValueError, KeyError, AttributeError, IndexError),
        InvalidSignature,
    ) as error:
        raise ValidationError(REFUSED) from error


class CredentialField(forms.JSONField):
    """What the script of the page fills in: an object of JSON, and not a long one."""

    widget = forms.HiddenInput
    default_error_messages = {"required": REFUSED, "invalid": REFUSED}

    def to_python(self, value: Any) -> Any:
        if len(str(value)) > LONGEST:
            raise ValidationError(REFUSED)
        with reading_what_a_browser_sent():
            found = super().to_python(value)
        if found is not None and not isinstance(found, dict):
            raise ValidationError(REFUSED)
        return found


def name_field() -> forms.CharField:
    """Return the field of what somebody calls a passkey."""
    return forms.CharField(
        label=_("Name"),
        help_text=_("By which you know it again, such as “phone” or “key at work”."),
        max_length=60,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please enter a name."), **LENGTH_MESSAGES},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey and its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"name": name_field(), "credential": CredentialField()}
        # Without a name it gets one: the device holds the passkey already.
        self.fields["name"].required = False

    def clean(self) -> dict[str, Any]:
        with reading_what_a_browser_sent():
            return dict(super().clean())


class NamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"name": name_field()}

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey after the password. It cannot be guessed: no tries are counted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"credential": CredentialField()}

    def clean_credential(self) -> Authenticator:
        try:
            return self._authenticate()
        except ValidationError:
            note_refusal(by=Authenticator.Type.WEBAUTHN)
            raise

    def _authenticate(self) -> Authenticator:
        with reading_what_a_browser_sent():
            credential = self.cleaned_data["credential"]
            response = auth.parse_authentication_response(credential)
            user = self.user or auth.extract_user_from_response(credential)
            found: Authenticator = auth.complete_authentication(user, credential)
            seen = response.response.authenticator_data.is_user_verified()
        if self.passwordless and not (seen and user.is_active):
            raise ValidationError(REFUSED)
        return found

    def save(self) -> None:
        """Note in the session that the factor was shown."""
        post_authentication(
            context.request,
            self.cleaned_data["credential"],
            reauthenticated=self.reauthenticated,
            passwordless=self.passwordless,
        )


class PasskeyAgainForm(PasskeyForm):
    """A passkey once more, before factors are changed."""

    reauthenticated = True


class PasskeyAloneForm(PasskeyForm):
    """A passkey in place of name and password: the device asks for finger or PIN."""

    passwordless = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)
