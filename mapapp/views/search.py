"""The search of the site."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mapapp.search import SECTIONS, search_everything
from pins.validators import forbid_control_characters


class SearchForm(forms.Form):
    """What to look for, and in which section alone."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=100,
        validators=[forbid_control_characters],
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def clean(self) -> dict[str, Any]:
        if self.only and self.only not in SECTIONS:
            raise ValidationError(_("There is no such section of the search."))
        return self.cleaned_data

    @property
    def only(self) -> str:
        """The section that alone is asked for; empty for all of them."""
        # "in" is no name that Python lets a field have.
        return str(self.data.get("in", ""))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what is found of everything public.

    400 with the reason for words that are none, and for a section that does not exist.
    """
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "mapapp/search.html", {"form": form}, status=400)
    words = form.cleaned_data["q"]
    context = {
        "form": form,
        "words": words,
        "only": form.only,
        "sections": search_everything(words, only=form.only) if words else [],
    }
    return render(request, "mapapp/search.html", context)
