"""Where to tell of a weak spot, for people and for programs."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

# RFC 9116 recommends less than a year; who reads an old copy must notice that it is one.
LIFETIME = timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Answer with the site's security.txt (RFC 9116), which never grows stale."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with override(settings.LANGUAGE_CODE):
        page = reverse("security")
    fields = {
        "Contact": contact(),
        "Expires": f"{today + LIFETIME:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": f"{settings.BASE_URL}{reverse('security-txt')}",
        "Policy": f"{settings.BASE_URL}{page}",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Say how to report a weak spot, and what whoever does so can count on."""
    return render(request, "mapapp/legal/security.html", {"contact": contact()})


def contact() -> str:
    """Return the address to write to, as a URL."""
    found = str(settings.SECURITY_CONTACT)
    return found if found.startswith("https://") else f"mailto:{found}"
