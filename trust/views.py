"""What browsers ask for before they send a form."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trust.proof import make_challenge


@never_cache
@require_safe
def challenge(request: HttpRequest) -> JsonResponse:
    """Give out a challenge after ALTCHA's protocol (version 2)."""
    return JsonResponse(make_challenge())
