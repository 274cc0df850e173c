"""What every page of the site frame needs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language, get_language_info

from councils.access import bodies_of
from mapapp import ground
from mapapp.look import DEEP
from pins.participation import open_acts
from pins.rights import MODERATE
from staff.looking import looking_now


def site(request: HttpRequest) -> dict[str, Any]:
    """Return names, language links and what of the staff's menu the user may see."""
    # An error page can come before the middleware that knows the user.
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    is_staff = user.is_authenticated
    # An address that begins with two slashes would lead to another site.
    address = escape_leading_slashes(request.get_full_path())
    return {
        "site_name": settings.SITE_NAME,
        "city_name": settings.CITY_NAME,
        "imprint_lines": settings.CITY.imprint,
        "theme_colour": settings.CITY.look.deep or DEEP,
        # Never the host of the request: it may be one that the site refuses.
        "base_url": settings.BASE_URL,
        "is_demo": settings.DEMO,
        "provider_name": settings.OIDC_NAME if settings.OIDC_URL else "",
        "has_service_worker": settings.SERVICE_WORKER,
        "basemap": ground.current(),
        "language_links": [
            (
                code,
                get_language_info(code)["name_local"],
                translate_url(address, code),
                code == get_language(),
            )
            for code, _name in settings.LANGUAGES
        ],
        # Asked for once, by the first part of a page that offers something.
        "participation": SimpleLazyObject(open_acts),
        "looking": looking_now(request) if is_staff else None,
        "may_moderate": is_staff and MODERATE.held_by(user),
        # Asked for only where the page does not know it already.
        "may_use_desk": SimpleLazyObject(lambda: is_staff and bodies_of(user).exists()),
    }
