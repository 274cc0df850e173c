"""The contributions of a suggestion, for whoever does something with all of them."""

from django.http import QueryDict

from insek.models import Suggestion, SuggestionPin
from pins.models import PublicPin


class UnknownSuggestion(LookupError):
    """There is no such topic or hot spot, or it was dismissed."""


def pins_of_suggestion(kind: str, suggestion_id: int) -> list[int]:
    """Return the ids of the published contributions of a "topic" or a "hotspot".

    The likest first. What was taken out, or is merely offered, is not among them. Raises
    `UnknownSuggestion`.
    """
    rows = SuggestionPin.objects.members().filter(
        suggestion=_get(kind, suggestion_id),
        pin__in=PublicPin.objects.order_by().values("pk"),
    )
    return list(rows.order_by("-score", "-pin").values_list("pin", flat=True))


def read_suggestion(query: QueryDict) -> Suggestion | None:
    """Return the topic or the hot spot that a query names; None where it names none.

    Raises `UnknownSuggestion` for one that is not there or cannot be read.
    """
    for kind in Suggestion.Found:
        value = query.get(kind.value, "")
        if value:
            if not (value.isascii() and value.isdigit() and len(value) <= 9):
                raise UnknownSuggestion
            return _get(kind.value, int(value))
    return None


def _get(kind: str, suggestion_id: int) -> Suggestion:
    known = Suggestion.objects.filter(kind=kind, pk=suggestion_id)
    found = known.exclude(state=Suggestion.State.DISMISSED).first()
    if found is None:
        raise UnknownSuggestion
    return found
