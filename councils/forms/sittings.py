"""The forms of a sitting: when and where, its papers, why it is cancelled."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.agendas import SittingData
from councils.forms.fields import LineField
from councils.local_time import end_at_local
from councils.models import Sitting
from councils.sitting_files import PAPER_BYTES, is_pdf
from pins.validators import LENGTH_MESSAGES
from trust.scanning import refuse_infected

# Nobody plans farther; a year with a digit too many is noticed.
FARTHEST = datetime.timedelta(days=3 * 366)
DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%H.%M"]


class TimeField(forms.TimeField):
    """A time of the day, to the minute."""

    input_formats = TIME_FORMATS
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": _("Please enter a time such as 18:30.")}
        messages |= kwargs.pop("error_messages", {})
        super().__init__(error_messages=messages, **kwargs)


class SittingForm(forms.Form):
    """When and where a sitting takes place, in local time."""

    day = forms.DateField(
        label=_("Day"),
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Please choose the day."),
            "invalid": _("Please enter a day such as 24.03.2027."),
        },
    )
    start = TimeField(
        label=_("Begins at"),
        error_messages={"required": _("Please say when it begins.")},
    )
    end = TimeField(
        label=_("Ends at"),
        required=False,
        help_text=_("After midnight counts to the next day."),
    )
    place = LineField(
        label=_("Place"),
        help_text=_("Building, room and address, so that everyone finds it."),
        max_length=200,
        error_messages={"required": _("Please name the place."), **LENGTH_MESSAGES},
    )
    ris_url = forms.URLField(
        label=_("Address in the council information system"),
        help_text=_("The page of this sitting there, beginning with https://."),
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={
            "invalid": _(
                "Please enter a complete address, such as https://example.org."
            ),
            **LENGTH_MESSAGES,
        },
    )
    # The sitting as it was read: what somebody else changed since is not overwritten.
    read = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(
        self, *args: Any, sitting: Sitting | None = None, **kwargs: Any
    ) -> None:
        self._sitting = sitting
        if sitting is not None:
            kwargs["initial"] = _as_typed(sitting) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        today = timezone.localdate()
        was = timezone.localdate(self._sitting.start) if self._sitting else None
        if day == was:
            return day
        if day < today:
            raise ValidationError(_("This day is past. Please choose a later one."))
        if day > today + FARTHEST:
            raise ValidationError(
                _("This is more than three years ahead. Please check the year.")
            )
        return day

    def clean_ris_url(self) -> str:
        url: str = self.cleaned_data["ris_url"]
        if url and not url.startswith(("https://", "http://")):
            raise ValidationError(self.fields["ris_url"].error_messages["invalid"])
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("day")
        if day is None:
            return cleaned
        start_time = cleaned.get("start")
        for name, after in (("start", None), ("end", start_time)):
            if cleaned.get(name) is not None:
                try:
                    cleaned[name] = end_at_local(day, after, cleaned[name])
                except ValidationError as error:
                    self.add_error(name, error)
        start, end = cleaned.get("start"), cleaned.get("end")
        if start is not None and end is not None and end <= start:
            self.add_error("end", _("The end must come after the beginning."))
        return cleaned

    def data_of_sitting(self) -> SittingData:
        """Return what was entered; only after `is_valid()`."""
        return SittingData(
            start=self._to_the_second("start"),
            end=self._to_the_second("end"),
            place=self.cleaned_data["place"],
            ris_url=self.cleaned_data["ris_url"],
        )

    def _to_the_second(self, name: str) -> Any:
        """Return a moment, and as it was where it is the same to the minute."""
        typed = self.cleaned_data[name]
        was = getattr(self._sitting, name, None)
        if was is not None and typed == was.replace(second=0, microsecond=0):
            return was
        return typed

    def when_read(self) -> datetime.datetime | None:
        """Return the moment of the last change that was known; only after `is_valid()`."""
        try:
            moment = datetime.datetime.fromisoformat(self.cleaned_data["read"])
        except ValueError:
            return None
        return moment if timezone.is_aware(moment) else None


def _as_typed(sitting: Sitting) -> dict[str, Any]:
    start = timezone.localtime(sitting.start)
    end = timezone.localtime(sitting.end) if sitting.end else None
    return {
        "day": start.date(),
        "start": start.time(),
        "end": end.time() if end else None,
        "place": sitting.place,
        "ris_url": sitting.ris_url,
        "read": sitting.modified_at.isoformat(),
    }


class CancelForm(forms.Form):
    """Why a sitting does not take place."""

    reason = LineField(
        label=_("Reason"),
        help_text=_("Everyone reads it, at most 300 characters."),
        max_length=300,
        error_messages={"required": _("Please give a reason."), **LENGTH_MESSAGES},
    )


class PaperField(forms.FileField):
    """A PDF, known by its content."""

    widget = forms.FileInput(attrs={"accept": "application/pdf,.pdf"})

    def __init__(self, **kwargs: Any) -> None:
        messages = {"empty": _("This file is empty.")}
        super().__init__(required=False, error_messages=messages, **kwargs)

    def to_python(self, data: File[Any] | None) -> File[Any] | None:
        file = super().to_python(data)
        if file is None:
            return None
        if (file.size or 0) > PAPER_BYTES:
            raise ValidationError(
                _("This file is too large: at most %(megabytes)d MB."),
                params={"megabytes": PAPER_BYTES // 1024**2},
            )
        if not is_pdf(file):
            raise ValidationError(_("This is not a PDF file."))
        refuse_infected(file)
        return file


class PapersForm(forms.Form):
    """Invitation and minutes of a sitting, each a PDF."""

    invitation = PaperField(label=_("Invitation"), help_text=_("A PDF, at most 10 MB."))
    minutes = PaperField(label=_("Minutes"), help_text=_("A PDF, at most 10 MB."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Please choose a file."))
        return cleaned
