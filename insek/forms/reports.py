"""Of which month a report is to be, and for whom."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from districts.models import Body
from insek.reports.keeping import Wanted, missing_reports
from insek.reports.months import Month

# As far back as anybody asks for.
MONTHS_BACK = 36


def months() -> list[Month]:
    """Return the months that are over, the latest first."""
    found = [Month.last()]
    while len(found) < MONTHS_BACK:
        found.append(found[-1].before)
    return found


class MonthField(forms.ChoiceField):
    """One of the months that are over, as `Month`."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Month"),
            choices=lambda: [(month.code, str(month)) for month in months()],
            error_messages={
                "invalid_choice": _("Please choose a month that is over."),
                "required": _("Please choose a month that is over."),
            },
        )

    def clean(self, value: object) -> Month:
        return Month.read(super().clean(value))


class MonthForm(forms.Form):
    """Which month the page shows."""

    month = MonthField()


class MakeForm(forms.Form):
    """Which reports to make: that of one body, or all that are missing."""

    month = MonthField()
    body = forms.ModelChoiceField(
        Body.objects.exclude(kind=Body.Kind.ADVISORY_BOARD),
        to_field_name="slug",
        required=False,
        error_messages={"invalid_choice": _("There is no such body.")},
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not self.errors and not self.wanted():
            raise ValidationError(_("This report has been made already."))
        return cleaned

    def wanted(self) -> list[Wanted]:
        """Return what is missing of what was asked for."""
        body = self.cleaned_data.get("body")
        return [
            one
            for one in missing_reports(self.cleaned_data["month"])
            if body is None or one.body == body
        ]
