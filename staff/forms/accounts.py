"""Forms of invitations and of the operator's accounts."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models import Membership
from districts.models import Body
from pins.validators import LENGTH_MESSAGES, forbid_control_characters, one_line
from staff.accounts import role_label
from staff.forms.signing_in import check_new, new_password
from staff.invitations import Guest, Seat
from staff.models import Invitation

DAY = {"invalid": _("Please enter a day, such as 2026-12-01.")}


class TakeUpForm(forms.Form):
    """The password of a new account."""

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["password1"] = new_password()
        self.fields["password1"].label = _("Password")

    def clean_password1(self) -> str:
        guest = User(
            email=self.invitation.email,
            first_name=self.invitation.first_name,
            last_name=self.invitation.last_name,
        )
        return check_new(self.cleaned_data["password1"], guest)


def _name(label: Any, autocomplete: str = "off") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=150,
        validators=[forbid_control_characters],
        error_messages={"required": _("Please enter a name."), **LENGTH_MESSAGES},
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages=DAY,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class SeatForm(forms.Form):
    """A seat in a body, with its days."""

    body = forms.ModelChoiceField(
        label=_("Body"),
        queryset=Body.objects.order_by("name"),
        empty_label=_("Please choose"),
        error_messages={
            "required": _("Please choose a body."),
            "invalid_choice": _("Please choose one of the bodies."),
        },
    )
    seat = forms.ChoiceField(
        label=_("As what"),
        choices=[("", _("Please choose")), *Membership.Role.choices],
        error_messages={
            "required": _("Please choose what they are in this body."),
            "invalid_choice": _("Please choose what they are in this body."),
        },
    )
    seat_from = _day(_("From"), _("Without a day: from today on."))
    seat_to = _day(
        _("Until"),
        _("The first day without the rights; leave it empty if it is not known yet."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begin, end = data.get("seat_from") or timezone.localdate(), data.get("seat_to")
        if end is not None and end <= begin:
            self.add_error("seat_to", _("The end must come after the beginning."))
        elif end is not None and end <= timezone.localdate():
            self.add_error("seat_to", _("This day is over already."))
        return data

    def chosen_seat(self) -> Seat:
        """Return the seat of a form that is valid and names a body."""
        data = self.cleaned_data
        begin = data["seat_from"] or timezone.localdate()
        return Seat(data["body"], data["seat"], begin, data["seat_to"])


class RolesField(forms.ModelMultipleChoiceField[Group]):
    """Roles, by what people call them."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Roles"),
            queryset=Group.objects.order_by("name"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": _("Please choose among the roles."),
                "invalid_pk_value": _("Please choose among the roles."),
            },
        )

    def label_from_instance(self, obj: Group) -> str:
        return role_label(obj)


class RolesForm(forms.Form):
    """The roles of an account."""

    groups = RolesField()


class InviteForm(SeatForm):
    """Whom to invite, and to what."""

    # Made with the page: sent twice, it invites once.
    key = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Your form arrived incomplete.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Please enter an e-mail address."),
            "invalid": _("Please enter an e-mail address like name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    first_name = _name(_("First name"))
    last_name = _name(_("Last name"))
    groups = RolesField()
    field_order = ["key", "email", "first_name", "last_name", "groups", "body", "seat"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        self.fields["body"].required = self.fields["seat"].required = False
        self.fields["body"].label = _("Seat in a body")
        self.fields["body"].empty_label = _("No seat")  # type: ignore[attr-defined]  # a choice among rows

    def clean_first_name(self) -> str:
        return one_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return one_line(self.cleaned_data["last_name"])

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        made_by_this = Invitation.objects.filter(key=self._sent_key())
        if made_by_this.exists():
            return email
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(
                _(
                    "There is an account with this address already. Give it a role or a "
                    "seat instead."
                )
            )
        return email

    def _sent_key(self) -> Any:
        return self.cleaned_data.get("key") or uuid4()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        body, seat = data.get("body"), data.get("seat")
        if body and not seat and "seat" not in self.errors:
            self.add_error("seat", _("Please choose what they are in this body."))
        if seat and not body and "body" not in self.errors:
            self.add_error("body", _("Please choose a body."))
        if not (body or seat or data.get("groups")) and not self.errors:
            raise ValidationError(_("Please choose at least one role or a seat."))
        return data

    def guest(self) -> Guest:
        """Return who is invited, and to what."""
        data = self.cleaned_data
        return Guest(
            email=data["email"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            groups=list(data["groups"]),
            seat=self.chosen_seat() if data["body"] else None,
        )
