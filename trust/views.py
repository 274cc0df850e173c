"""What browsers ask for before they send a form."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trust.guard import LimitReached
from trust.limits import CHALLENGE
from trust.proof import make_challenge
from trust.questions import count_question


@never_cache
@require_safe
def challenge(request: HttpRequest) -> HttpResponse:
    """Give out a challenge after ALTCHA's protocol (version 2); 429 for very many."""
    try:
        count_question(request, CHALLENGE)
    except LimitReached as reached:
        refused = JsonResponse({"detail": reached.message})
        return reached.mark(refused)
    return JsonResponse(make_challenge())
