"""What helps to hand a published pin on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pins.models import PublicPin
from pins.sharing import public_url, qr_svg


@require_safe
@cache_control(public=True, max_age=3600)
def qr_code(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer with the QR code of a pin's public page; 404 for what is not published."""
    pin = get_object_or_404(PublicPin.objects.only("reference"), reference=reference)
    return HttpResponse(qr_svg(public_url(pin.reference)), content_type="image/svg+xml")
