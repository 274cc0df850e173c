"""The operator's pages about roles, and the way to look as somebody else."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from staff.access import for_managers, get_manager
from staff.groups import foreign_rights
from staff.looking import COOKIE, KEY, LIFETIME, Reason, people, start, stop
from staff.roles import LABELS_OF_ROLES, table
from trust.models import AuditEntry

SHOWN = 20


class PersonField(forms.CharField):
    """The name with which somebody signs in."""

    def clean(self, value: object) -> User | None:
        name = super().clean(value)
        person = people().filter(username=name).first() if "\0" not in name else None
        if person is None:
            raise forms.ValidationError(
                _(
                    "There is no account of this name that you may look as. Other "
                    "operators, and accounts that are switched off, are left out."
                )
            )
        return person


class LookForm(forms.Form):
    """As whom to look, and why."""

    person = PersonField(
        label=gettext_lazy("User name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Please enter the user name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is written into the audit log with your name."),
        choices=[("", gettext_lazy("Please choose")), *Reason.choices],
        error_messages={"required": gettext_lazy("Please choose a reason.")},
    )


@for_managers
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Show who may do what, and which groups differ from it."""
    changed = [
        (LABELS_OF_ROLES[role], sorted(rights))
        for role, rights in foreign_rights().items()
    ]
    context = {"table": list(table()), "changed": changed, "part": "roles"}
    return render(request, "staff/roles.html", context)


@for_managers
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Start looking as somebody else; 422 without a reason or for who may not be."""
    operator = get_manager(request.user)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        start(
            session=request.session,
            actor=operator,
            person=form.cleaned_data["person"],
            reason=Reason(form.cleaned_data["reason"]),
        )
        response = redirect("start")
        response.set_cookie(
            COOKIE,
            "1",
            max_age=LIFETIME,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response
    context = {
        "form": form,
        "part": "look",
        "minutes": LIFETIME.seconds // 60,
        "latest": _latest(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "staff/look.html", context, status=status)


def _latest() -> list[tuple[AuditEntry, User | None, str]]:
    """Return who looked as whom in the end, the newest first. Two queries."""
    entries = AuditEntry.objects.filter(action="look as another person")
    shown = list(entries.select_related("actor")[:SHOWN])
    persons = User.objects.in_bulk([int(entry.object_id) for entry in shown])
    return [
        (
            entry,
            persons.get(int(entry.object_id)),
            str(Reason(entry.after["reason"]).label),
        )
        for entry in shown
    ]


@never_cache
@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Lead the operator back to being themselves; twice does no harm."""
    if isinstance(request.user, User) and KEY in request.session:
        stop(session=request.session, actor=request.user, because="ended")
        messages.success(request, _("You see the site as yourself again."))
    response = redirect("support:look")
    response.delete_cookie(COOKIE)
    return response
