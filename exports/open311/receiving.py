"""What other systems send in: a contribution like one of the form (POST requests)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from exports.models import ApiClient, SentPin
from exports.open311.errors import Refused
from exports.open311.once import answered_before, fingerprint, hold, other_content
from exports.open311.querying import COMMON, read_parameters
from insek.titles import title_from
from layers.models import Theme
from pins.actions import KeyAlreadyUsed, OutsideTheCity, submit_pin
from pins.forms import NewPinForm
from pins.models import Pin
from pins.participation import ParticipationClosed
from pins.workflow import Kind, Source
from trust.guard import LimitReached
from trust.limits import KEYS
from trust.tries import count_wrong, demand_tries

KIND, TITLE = "attribute[kind]", "attribute[title]"
PLACE = ("lat", "long", "address_string")
# What the specification knows of people and devices. None of it is kept.
PERSONAL = frozenset({"first_name", "last_name", "phone", "device_id", "account_id"})
KNOWN = (
    COMMON
    | PERSONAL
    | {"service_code", "description", "email", "media_url", "address_id", KIND, TITLE}
    | set(PLACE)
)
# By which name a client knows the field of the form.
NAMES = {
    "kind": KIND,
    "title": TITLE,
    "text": "description",
    "lon": "lat, long",
    "address": "address_string",
    "district": "lat, long",
}


def get_client(request: HttpRequest) -> ApiClient:
    """Return the system whose key came along; raises Refused (403) for any other.

    After many wrong ones from an address none is looked at for a while (429).
    """
    key = request.POST.get("api_key", "")
    if not key:
        raise Refused(403, _("api_key is missing, wrong or revoked."))
    try:
        demand_tries(request, KEYS)
    except LimitReached as reached:
        message = _("Many wrong keys came from your address. Please wait a little.")
        raise Refused(429, message, seconds=reached.seconds) from reached
    client = ApiClient.objects.with_key(key).first()
    if client is None:
        count_wrong(request, KEYS)
        raise Refused(403, _("api_key is missing, wrong or revoked."))
    return client


@transaction.atomic
def receive(*, data: QueryDict, client: ApiClient, key: UUID) -> tuple[Pin, str]:
    """Keep what a system hands on, for moderation; return it with a notice, or "".

    As the form does, and by its rules. What came before with the same key is answered as
    it was then, whatever became of it and of the rules. Raises Refused.
    """
    given = read_parameters(data, KNOWN)
    hold(key)
    known = answered_before(key, given)
    if known is not None:
        return known, _notice(given)
    form = _form(given, key)
    if not form.is_valid():
        raise Refused(400, *_descriptions(form))
    try:
        pin = _keep(form, client, key, fingerprint(given))
    except OutsideTheCity as error:
        form.refuse_place()
        raise Refused(400, *_descriptions(form)) from error
    except ParticipationClosed as error:
        message = _("At present nobody can add contributions.")
        raise Refused(400, message) from error
    except KeyAlreadyUsed as error:
        raise other_content() from error
    return pin, _notice(given)


def _demand_room(client: ApiClient, key: UUID) -> None:
    """Raise Refused (429) for one more than the client may send within a day.

    Its requests come one after the other from here on: at once, all would be counted
    before any is kept.
    """
    held = ApiClient.objects.select_for_update(no_key=True).get(pk=client.pk)
    is_known = Pin.objects.filter(idempotency_key=key).exists()
    if not is_known and held.has_reached_its_limit:
        raise Refused(
            429,
            _("This client may send {count} contributions a day.").format(
                count=held.daily_limit
            ),
        )


def _form(given: dict[str, str], key: UUID) -> NewPinForm:
    code = given.get("service_code", "")
    if not code:
        raise Refused(400, _("service_code is missing."))
    if not Theme.objects.active().filter(slug=code).exists():
        raise Refused(404, _("There is no service of this code."))
    if not any(given.get(name) for name in PLACE):
        raise Refused(400, _("The place is missing: lat and long, or address_string."))
    text = given.get("description", "")
    return NewPinForm(
        {
            "idempotency_key": str(key),
            "theme": code,
            "kind": given.get(KIND, Kind.PROBLEM),
            "title": given.get(TITLE) or title_from(text),
            "text": text,
            "lon": given.get("long", ""),
            "lat": given.get("lat", ""),
            "address": given.get("address_string", ""),
            "email": given.get("email", ""),
        }
    )


def _descriptions(form: NewPinForm) -> list[str]:
    """Return what is wrong, each with the name that a client knows."""
    found: list[str] = []
    for name, messages in form.errors.items():
        # Without words there is no title to say anything about either.
        if name == "title" and "text" in form.errors and not form.data["title"]:
            continue
        found += [f"{NAMES.get(name, name)}: {message}" for message in messages]
    if form.offers:
        labels = "; ".join(place.label for place in form.offers)
        found.append(_("address_string may mean: {places}").format(places=labels))
    return found


def _keep(form: NewPinForm, client: ApiClient, key: UUID, print_: str) -> Pin:
    _demand_room(client, key)
    draft = replace(form.draft(), source=Source.OPEN311)
    pin, _token = submit_pin(draft=draft, idempotency_key=key)
    SentPin.objects.get_or_create(
        pin=pin, defaults={"client": client, "fingerprint": print_}
    )
    return pin


def _notice(given: dict[str, Any]) -> str:
    """Return what was not kept of what came along."""
    personal = sorted(PERSONAL & set(given))
    said = [_("Our team reads it first. Published, it can be read by its number.")]
    if personal:
        said.append(
            _("Not kept, because nobody needs it here: {names}.").format(
                names=", ".join(personal)
            )
        )
    if "media_url" in given:
        said.append(_("Pictures are not taken over from other servers."))
    if "address_id" in given:
        said.append(_("address_id is not known here."))
    return " ".join(said)
