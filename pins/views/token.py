"""The token with which a kept form is sent."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trust.proof import make_challenge


@never_cache
@require_safe
def form_token(request: HttpRequest) -> JsonResponse:
    """Answer with a token against forged forms, and set its cookie; and with what the
    proof of work is made from.

    For contributions that waited on a device: the token of the form they were written in
    may be over. Another site cannot read the answer.
    """
    return JsonResponse({"token": get_token(request), "challenge": make_challenge()})
