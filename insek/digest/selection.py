"""The contributions of a suggestion, for whoever does something with all of them."""

from insek.models import Suggestion, SuggestionPin
from pins.models import PublicPin


class UnknownSuggestion(LookupError):
    """There is no such topic or hot spot, or it was dismissed."""


def pins_of_suggestion(kind: str, suggestion_id: int) -> list[int]:
    """Return the ids of the published contributions of a "topic" or a "hotspot".

    The likest first. What was taken out, or is merely offered, is not among them. Raises
    `UnknownSuggestion`.
    """
    known = Suggestion.objects.filter(kind=kind, pk=suggestion_id)
    if not known.exclude(state=Suggestion.State.DISMISSED).exists():
        raise UnknownSuggestion
    rows = SuggestionPin.objects.members().filter(
        suggestion=suggestion_id, pin__in=PublicPin.objects.order_by().values("pk")
    )
    return list(rows.order_by("-score", "-pin").values_list("pin", flat=True))
