"""The language of files, which have one address for all: the parameter `lang` names it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _

from layers.languages import LANGUAGES
from layers.problems import problem


def in_language_asked_for(
    request: HttpRequest, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Answer with what `make` makes in the language of `lang`, else in the site's own.

    400 for a language that the site does not speak.
    """
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in LANGUAGES:
        return problem(_("There is no such language."), status=400)
    with translation.override(language):
        response = make()
    response["Content-Language"] = language
    return response
