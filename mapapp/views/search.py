"""The search of the site."""

from django import forms
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

    def only(self) -> str:
        """Return the section that alone is asked for; an unknown one is none."""
        wanted = str(self.data.get("in", ""))
        return wanted if wanted in SECTIONS else ""


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what is found of everything public; 400 with the reason for no words."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "mapapp/search.html", {"form": form}, status=400)
    words = form.cleaned_data["q"]
    only = form.only()
    context = {
        "form": form,
        "words": words,
        "only": only,
        "sections": search_everything(words, only=only) if words else [],
    }
    return render(request, "mapapp/search.html", context)
