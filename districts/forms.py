"""Editing who answers for a district: all its duties at once, so that none is missing."""

import datetime
import math
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from districts.models import District, Responsibility

Span = tuple[datetime.date, datetime.date | None]


def check_spans(whole: Span, spans: Iterable[Span]) -> None:
    """Check that half-open spans of days cover the whole, none of them twice.

    Raises a ValidationError that names the first day with two or with none. The
    database demands the same (see `Responsibility`), but cannot say it so kindly.
    """
    needed = _ordinal(whole[0])
    taken = -math.inf
    for begin, end in sorted(spans, key=lambda span: span[0]):
        if _ordinal(begin) < taken:
            raise ValidationError(
                _("On %(day)s two bodies would answer for this district."),
                code="overlap",
                params={"day": date_format(begin)},
            )
        if _ordinal(begin) > needed:
            break
        needed = taken = _ordinal(end)
    if needed < _ordinal(whole[1]):
        raise ValidationError(
            _("From %(day)s on no body would answer for this district."),
            code="gap",
            params={"day": date_format(datetime.date.fromordinal(int(needed)))},
        )


def _ordinal(day: datetime.date | None) -> float:
    return math.inf if day is None else day.toordinal()


class ResponsibilityForm(forms.ModelForm[Responsibility]):
    """One duty; what the others must leave room for is checked by the formset."""

    class Meta:
        model = Responsibility
        fields = ["body", "valid_from", "valid_to"]
        help_texts = {
            "valid_to": _(
                "The first day on which it no longer answers; empty for no end. The "
                "next body begins on this day."
            )
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begin and end and end <= begin:
            self.add_error("valid_to", _("The end must come after the beginning."))
        return cleaned


class ResponsibilityFormSet(
    BaseInlineFormSet[Responsibility, District, forms.ModelForm[Responsibility]]
):
    """All duties for one district."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        district = self.instance
        check_spans(
            (district.valid_from, district.valid_to),
            [*self._spans_of_forms(), *self._spans_elsewhere()],
        )

    def _spans_of_forms(self) -> list[Span]:
        return [
            (form.cleaned_data["valid_from"], form.cleaned_data["valid_to"])
            for form in self.forms
            if form.cleaned_data.get("valid_from") and form not in self.deleted_forms
        ]

    def _spans_elsewhere(self) -> list[Span]:
        """Return what somebody else has added since the page was opened."""
        shown = [form.instance.pk for form in self.initial_forms]
        others = self.instance.responsibility_set.exclude(pk__in=shown)
        return list(others.values_list("valid_from", "valid_to"))
