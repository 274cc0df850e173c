"""Handing a pin on: its public address, and QR codes of addresses."""

from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    import segno

# Modules of blank around the code, as its standard demands.
QUIET_ZONE = 4


def public_url(reference: str) -> str:
    """Return the address of a pin's public page, in the language of the request."""
    return f"{settings.BASE_URL}{reverse('pin', args=[reference])}"


def qr_svg(text: str) -> bytes:
    """Return a QR code as SVG, dark on light in either scheme: scanners want it so."""
    svg = BytesIO()
    _code(text).save(
        svg, kind="svg", border=QUIET_ZONE, light="#fff", omitsize=True, xmldecl=False
    )
    return svg.getvalue()


def qr_data_uri(text: str) -> str:
    """Return the same for the page itself: an address that is a secret has no other."""
    uri: str = _code(text).svg_data_uri(border=QUIET_ZONE, light="#fff", omitsize=True)
    return uri


def _code(text: str) -> "segno.QRCode":
    # Here, not above: of all web servers only one that makes a code pays for its memory.
    import segno

    return segno.make(text, micro=False, error="m")
