"""Cards and posters as tagged PDF (PDF/UA-1)."""

from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from councils.papers.pdf import set_pdf
from districts.models import District
from insek.models import CardPrint, Event
from layers.languages import is_english
from layers.models import Theme
from pins.sharing import qr_svg
from pins.workflow import Kind

HERE = Path(__file__).parent
CARDS, POSTER = HERE / "cards.typ", HERE / "poster.typ"
REGIONS = {"de": "DE", "en": "GB"}


def form_url(event: Event | None, district: District | None) -> str:
    """Return the address of the form for a contribution from an event or district."""
    query = {}
    if event is not None:
        query["event"] = str(event.pk)
    if district is not None:
        query["district"] = district.slug
    address = f"{settings.BASE_URL}{reverse('pins:new')}"
    return f"{address}?{urlencode(query)}" if query else address


def page_url(event: Event | None, district: District | None) -> str:
    """Return the address of the page of an event, a district or the whole city."""
    if event is not None:
        path = reverse("insek:event", args=[event.pk])
    elif district is not None:
        path = reverse("district", args=[district.slug])
    else:
        path = reverse("home")
    return f"{settings.BASE_URL}{path}"


def make_cards(cards: CardPrint) -> bytes:
    """Return numbered cards, in their own language. Raises NotSet."""
    with override(cards.language):
        url = form_url(cards.event, cards.district)
        data = {
            **_common(cards.language),
            "size": cards.size,
            "name": _("Cards for contributions"),
            "heading": _("What should become of {city}?").format(
                city=settings.CITY_NAME
            ),
            "where": _where(cards.event, cards.district),
            "numbers": [cards.number(index) for index in range(cards.count)],
            "number_label": _("Card"),
            "kind": {
                "label": _("What is it about?"),
                "choices": [str(label) for label in Kind.labels],
            },
            "theme": {
                "label": _("Theme"),
                "choices": [theme.title for theme in Theme.objects.active()],
            },
            "title": _("Title"),
            "text": _("What would you like to say?"),
            "place": _("Place: street and house number, or in words"),
            "email": _("E-mail (optional)"),
            "consent": _(
                "I agree that the city writes to me about this contribution. The "
                "address is not published and is erased afterwards."
            ),
            "public": _(
                "Title, text and place are published. Please do not name people."
            ),
            "online": _("or online"),
            "alt": _("QR code of the address {address}").format(address=url),
        }
        return set_pdf(CARDS, data, {"code.svg": qr_svg(url)})


def make_poster(
    *,
    event: Event | None,
    district: District | None,
    paper: str,
    language: str,
    to_form: bool,
) -> bytes:
    """Return a poster, in one language. Raises NotSet."""
    with override(language):
        url = (form_url if to_form else page_url)(event, district)
        calls = (
            _("Say what should become of it.") if to_form else _("See what is said.")
        )
        data = {
            **_common(language),
            "paper": paper,
            "name": _("Poster"),
            "heading": (
                event.title
                if event is not None
                else _("What should become of {place}?").format(
                    place=district.name if district else settings.CITY_NAME
                )
            ),
            "facts": _facts(event, district),
            "call": calls,
            "scan": _("Scan the code with your phone, or open:"),
            "address": _shown(url),
            "alt": _("QR code of the address {address}").format(address=url),
            "promise": _(
                "No account is needed. Everything is read by the body responsible for "
                "the district, and you can see what comes of it."
            ),
        }
        return set_pdf(POSTER, data, {"code.svg": qr_svg(url)})


def _common(language: str) -> dict[str, str]:
    return {
        "lang": language,
        "region": REGIONS[language],
        "author": settings.CITY_NAME,
        "site": settings.SITE_NAME,
    }


def _shown(url: str) -> str:
    """Return an address as people type it."""
    return url.removeprefix("https://").removeprefix("http://")


def _where(event: Event | None, district: District | None) -> str:
    parts = [district.name if district else "", event.title if event else ""]
    return " · ".join(part for part in parts if part)


def _facts(event: Event | None, district: District | None) -> list[str]:
    facts = []
    if event is not None:
        start = timezone.localtime(event.starts_at)
        day = formats.date_format(start, "l, j F Y" if is_english() else "l, j. F Y")
        facts.append(
            _("{day}, {time}").format(
                day=day, time=formats.date_format(start, "TIME_FORMAT")
            )
        )
        facts += [event.place] if event.place else []
        facts += [district.name] if district else []
    return facts
