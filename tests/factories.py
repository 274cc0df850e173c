"""Rows for tests: plain functions that fill in what a test does not care about."""

import datetime
from typing import Any
from uuid import uuid4

import psycopg
from django.contrib.auth.models import Permission, User
from django.contrib.gis.geos import LineString, MultiPolygon, Point
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from councils.models import (
    AgendaItem,
    Consultation,
    Matter,
    MatterPin,
    Membership,
    Sitting,
)
from districts.models import Body, District, Responsibility
from exports.models import ApiClient, Topic, Webhook
from insek.models import (
    Event,
    FieldOfAction,
    Goal,
    Link,
    Measure,
    MeasureGoal,
    Milestone,
    Phase,
    Stand,
)
from insek.stands import open_stand
from layers.models import Overlay, Theme
from pins.actions import Draft
from pins.models import (
    Comment,
    Contact,
    Follow,
    Mailbox,
    Photo,
    Pin,
    Report,
    ReportCase,
)
from pins.models.report import Reason
from pins.own_link import hash_token, make_token
from pins.telling.following import Target
from pins.workflow import Kind, Status, Visibility
from tests.geometries import district_square, point_in

IN_FORCE = datetime.date(2004, 7, 1)


def make_body(
    name: str = "Ortsbeirat Musterdorf",
    *,
    slug: str = "",
    kind: str = Body.Kind.DISTRICT_COUNCIL,
    mail: str = "",
    pk: int | None = None,
) -> Body:
    """Make a body; the slug follows the name."""
    return Body.objects.create(
        pk=pk, name=name, slug=slug or slugify(name), kind=kind, mail=mail
    )


@transaction.atomic
def make_district(
    number: int = 16,
    *,
    name: str = "",
    slug: str = "",
    kind: str = District.Kind.OUTER,
    geometry: MultiPolygon | None = None,
    valid_from: datetime.date = IN_FORCE,
    valid_to: datetime.date | None = None,
    body: Body | None = None,
) -> District:
    """Make a district and the body that answers for it on all its days.

    Without `geometry` it is the square of its number (see `tests.geometries`), without
    `body` the Ortsbeirat of its number.
    """
    district = District.objects.create(
        number=number,
        name=name or f"Stadtteil {number}",
        slug=slug or slugify(name) or f"stadtteil-{number}",
        kind=kind,
        geometry=geometry or district_square(number),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if body is None:
        body, _ = Body.objects.get_or_create(
            slug=f"ortsbeirat-{number}",
            defaults={
                "name": f"Ortsbeirat {number}",
                "kind": Body.Kind.DISTRICT_COUNCIL,
            },
        )
    Responsibility.objects.create(
        district=district, body=body, valid_from=valid_from, valid_to=valid_to
    )
    return district


def make_theme(
    slug: str = "mobility",
    *,
    title_de: str = "",
    title_en: str = "",
    colour: str = "#3A63D8",
    icon: str = "bike",
    position: int = 0,
    is_active: bool = True,
) -> Theme:
    """Make a theme; its titles follow the slug."""
    return Theme.objects.create(
        slug=slug,
        title_de=title_de or f"Thema {slug}",
        title_en=title_en or f"Theme {slug}",
        question_de="Was fehlt hier?",
        question_en="What is missing here?",
        colour=colour,
        icon=icon,
        position=position,
        is_active=is_active,
    )


def make_pin(
    *,
    district: int = 16,
    location: Point | None = None,
    visibility: str = Visibility.PUBLISHED,
    status: str = Status.RECEIVED,
    theme: Theme | None = None,
    **fields: Any,
) -> Pin:
    """Make a pin in the square of a district, published unless told otherwise.

    The district must be there; the theme "mobility" is made where it is missing.
    """
    if theme is None:
        theme = Theme.objects.filter(slug="mobility").first() or make_theme()
    was_public = visibility in {Visibility.PUBLISHED, Visibility.HIDDEN}
    values: dict[str, Any] = {
        "idempotency_key": uuid4(),
        "kind": Kind.PROBLEM,
        "title": "Kein sicherer Weg zur Schule",
        "text": "Am Ortseingang fehlt ein Zebrastreifen für die Kinder.",
        "language": "de",
        "location": location or point_in(district),
        "token_hash": uuid4().hex,
        "token_expires_at": timezone.now() + datetime.timedelta(days=1),
        "published_at": timezone.now()
        if was_public or status != Status.RECEIVED
        else None,
    }
    return Pin.objects.create(
        theme=theme, visibility=visibility, status=status, **(values | fields)
    )


def make_user(username: str = "anna", **fields: Any) -> User:
    """Make a user without any right; the password is their name."""
    return User.objects.create_user(username, password=username, **fields)


def make_moderator(username: str = "moderation") -> User:
    """Make a user who may decide what is published."""
    return _with_permission(make_user(username), "moderate_pin")


def make_planner(username: str = "planung") -> User:
    """Make a user who acts for every body and carries matters out."""
    return _with_permission(make_user(username), "plan_pin")


def make_editor(username: str = "redaktion") -> User:
    """Make a user of the INSEK office."""
    return _with_permission(make_user(username), "edit_process", app="insek")


def make_operator(username: str = "technik") -> User:
    """Make a user who manages webhooks and clients of Open311."""
    return _with_permission(make_user(username), "operate_interfaces", app="exports")


def _with_permission(user: User, codename: str, *, app: str = "pins") -> User:
    user.user_permissions.add(
        Permission.objects.get(codename=codename, content_type__app_label=app)
    )
    return user


def make_member(body: Body, username: str = "", **fields: Any) -> User:
    """Make a user with a seat in a body, since long ago unless told otherwise."""
    user = make_user(username or body.slug)
    values = {"role": Membership.Role.CHAIR, "valid_from": IN_FORCE} | fields
    Membership.objects.create(user=user, body=body, **values)
    return user


def make_contact(
    pin: Pin, email: str = "kim@example.org", *, language: str = "de", **fields: Any
) -> Contact:
    """Leave an address with a pin, confirmed unless told otherwise."""
    values: dict[str, Any] = {"asked_times": 1, "confirmed_at": timezone.now()}
    return Contact.objects.create(
        pin=pin, email=email, language=language, **(values | fields)
    )


def make_follow(
    email: str = "lou@example.org",
    *,
    language: str = "de",
    is_confirmed: bool = True,
    asked_at: datetime.datetime | None = None,
    **target: Any,
) -> Follow:
    """Let an address follow something, confirmed unless told otherwise.

    `target` is what `Target` takes: `pin_id`, `district_slug`, `theme`, or `place` with
    `radius`.
    """
    mailbox = Mailbox.objects.of_address(email).first()
    follow = Target(**target).row()
    follow.mailbox = mailbox or Mailbox.objects.create(email=email)
    follow.language = language
    follow.asked_at = asked_at or timezone.now()
    follow.confirmed_at = timezone.now() if is_confirmed else None
    follow.save()
    return follow


def make_comment(
    pin: Pin, *, visibility: str = Visibility.PUBLISHED, **fields: Any
) -> Comment:
    """Make a comment on a pin, published unless told otherwise."""
    was_public = visibility in {Visibility.PUBLISHED, Visibility.HIDDEN}
    needs_reason = visibility in {Visibility.REJECTED, Visibility.HIDDEN}
    values: dict[str, Any] = {
        "idempotency_key": uuid4(),
        "text": "Das sehe ich genauso.",
        "language": "de",
        "reason": "Er beleidigt." if needs_reason else "",
        "published_at": timezone.now() if was_public else None,
    }
    return Comment.objects.create(pin=pin, visibility=visibility, **(values | fields))


def make_report(
    pin: Pin,
    *,
    comment: Comment | None = None,
    photo: Photo | None = None,
    **fields: Any,
) -> Report:
    """Report a pin, a comment on it or one of its photos; the form's key is its own.

    What waits already gets one more report.
    """
    key = uuid4()
    kind = "comment" if comment else "photo" if photo else "pin"
    case = ReportCase.objects.waiting().filter(
        pin=pin, comment=comment, photo=photo
    ).first() or ReportCase.objects.create(
        kind=kind, pin=pin, comment=comment, photo=photo
    )
    values: dict[str, Any] = {
        "reason": Reason.INSULT,
        "language": "de",
        "token_hash": hash_token(make_token(key)),
    }
    return Report.objects.create(case=case, idempotency_key=key, **(values | fields))


def make_sitting(
    body: Body, *, days: float = 7, state: str = Sitting.State.PLANNED, **fields: Any
) -> Sitting:
    """Make a sitting so many days from now (negative: past), with an empty agenda."""
    values: dict[str, Any] = {
        "start": timezone.now() + datetime.timedelta(days=days),
        "place": "Bürgerhaus, Musterstraße 1",
        "cancelled_because": (
            "Der Saal ist gesperrt." if state == Sitting.State.CANCELLED else ""
        ),
        "invited_at": None if state == Sitting.State.PLANNED else timezone.now(),
    }
    return Sitting.objects.create(body=body, state=state, **(values | fields))


def make_item(
    sitting: Sitting, title: str = "Einwohnerfragestunde", **fields: Any
) -> AgendaItem:
    """Append an item to an agenda, public and without a matter."""
    values = {"order": sitting.items.count() + 1} | fields
    return AgendaItem.objects.create(sitting=sitting, title=title, **values)


def make_consultation(
    body: Body, *pins: Pin, item: AgendaItem | None = None, **fields: Any
) -> Consultation:
    """Make a consultation of a body on the matter of these pins.

    Without an item it is proposed. The matter is made where the pins have none; `matter`
    names one.
    """
    matter = fields.pop("matter", None)
    if matter is None:
        matter = Matter.objects.filter(pins__in=pins).first()
    if matter is None:
        matter = Matter.objects.create(title=pins[0].title if pins else "Ein Anliegen")
        MatterPin.objects.bulk_create(MatterPin(matter=matter, pin=p) for p in pins)
    values: dict[str, Any] = {
        "order": matter.consultations.count() + 1,
        "role": Consultation.Role.HEARING,
        "is_authoritative": fields.get("role") == Consultation.Role.DECISION,
    }
    return Consultation.objects.create(
        matter=matter, body=body, item=item, **(values | fields)
    )


def form_data(**fields: str | None) -> dict[str, str]:
    """Return what a browser sends with the form of a new pin in district 16.

    `None` leaves a field out.
    """
    place = point_in(16)
    values: dict[str, str | None] = {
        "idempotency_key": str(uuid4()),
        "kind": Kind.IDEA.value,
        "theme": "mobility",
        "title": "Eine Bank am Brunnen",
        "text": "Vom Brunnen aus sieht man die Burg, aber man muss stehen.",
        "lon": str(place.x),
        "lat": str(place.y),
        "district": "",
        "place_note": "",
        "email": "",
    }
    merged = values | fields
    return {name: value for name, value in merged.items() if value is not None}


def make_draft(**fields: Any) -> Draft:
    """Return what a resident wrote in district 16; the theme is made where missing."""
    theme = fields.pop("theme", None) or (
        Theme.objects.filter(slug="mobility").first() or make_theme()
    )
    values: dict[str, Any] = {
        "kind": Kind.IDEA,
        "title": "Eine Bank am Brunnen",
        "text": "Vom Brunnen aus sieht man die Burg, aber man muss stehen.",
        "language": "de",
        "location": point_in(16),
    }
    return Draft(theme=theme, **(values | fields))


def broken_constraint(error: BaseException) -> str:
    """Return the name of the constraint that a database error speaks of."""
    cause = error.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.diag.constraint_name or ""


def make_overlay(slug: str = "cycle-route", **fields: Any) -> Overlay:
    """Make a published overlay; a file's has one line through district 16.

    `kind="wms"` makes one of a map server; `features=[]` leaves the line out.
    """
    features = fields.pop("features", None)
    values: dict[str, Any] = {
        "title_de": f"Karte {slug}",
        "title_en": f"Map {slug}",
        "attribution": "© Stadt Muster",
        "licence_name": "CC0 1.0",
        "is_published": True,
    }
    if fields.get("kind") == Overlay.Kind.WMS:
        values |= {"wms_url": "https://maps.example.de/wms", "wms_layers": "noise"}
    elif features is None:
        line = LineString(point_in(16, 0.25).coords, point_in(16, 0.75).coords)
        features = [{"geometry": line, "label": "Route 1"}]
    overlay = Overlay.objects.create(slug=slug, **(values | fields))
    for feature in features or []:
        feature["geometry"].srid = 4326
        overlay.features.create(**feature)
    if features:
        overlay.feature_count, overlay.shapes = len(features), ["lines"]
        overlay.save()
        overlay.refresh_from_db()
    return overlay


def make_phase(*, days: int = -10, length: int | None = 30, **fields: Any) -> Phase:
    """Make a phase that begins so many days from now; everything is allowed in it.

    `length` counts its days, the first and the last included; None: open end.
    """
    starts_on = timezone.localdate() + datetime.timedelta(days=days)
    values: dict[str, Any] = {
        "title_de": "Beteiligung",
        "title_en": "Participation",
        "starts_on": starts_on,
        "ends_on": None
        if length is None
        else starts_on + datetime.timedelta(days=length - 1),
        "may_pin": True,
        "may_comment": True,
        "may_support": True,
    }
    return Phase.objects.create(**(values | fields))


def make_event(*, days: float = 7, hours: float = 2, **fields: Any) -> Event:
    """Make a public event that begins so many days from now (negative: past)."""
    starts_at = fields.pop("starts_at", None) or (
        timezone.now() + datetime.timedelta(days=days)
    )
    values: dict[str, Any] = {
        "format": Event.Format.WORKSHOP,
        "state": Event.State.PUBLIC,
        "title_de": "Werkstatt Mobilität",
        "title_en": "Workshop on mobility",
        "starts_at": starts_at,
        "ends_at": starts_at + datetime.timedelta(hours=hours),
        "place": "Rathaus, Willy-Brandt-Platz 1",
    }
    return Event.objects.create(**(values | fields))


def make_field(number: int = 2, **fields: Any) -> FieldOfAction:
    """Make a field of action; title and slug follow its number."""
    values: dict[str, Any] = {
        "slug": f"feld-{number}",
        "title_de": f"Handlungsfeld {number}",
        "title_en": f"Field of action {number}",
    }
    return FieldOfAction.objects.create(number=number, **(values | fields))


def make_goal(number: str = "2.1", **fields: Any) -> Goal:
    """Make a public goal; its field of action follows from the number."""
    first = int(number.split(".")[0])
    values: dict[str, Any] = {
        "title_de": f"Ziel {number}",
        "title_en": f"Goal {number}",
        "is_public": True,
    }
    if "field" not in fields:
        fields["field"] = FieldOfAction.objects.filter(
            number=first
        ).first() or make_field(first)
    return Goal.objects.create(number=number, **(values | fields))


def make_measure(number: str = "M 1", *goals: Goal, **fields: Any) -> Measure:
    """Make a public, planned measure that serves these goals; its slug follows."""
    values: dict[str, Any] = {
        "slug": slugify(number),
        "title_de": f"Maßnahme {number}",
        "title_en": f"Measure {number}",
        "state": Measure.State.PLANNED,
        "is_public": True,
    }
    measure = Measure.objects.create(number=number, **(values | fields))
    MeasureGoal.objects.bulk_create(MeasureGoal(measure=measure, goal=g) for g in goals)
    return measure


def make_milestone(measure: Measure, *, days: int = 30, **fields: Any) -> Milestone:
    """Make a milestone of a measure, due so many days from now (negative: overdue)."""
    values: dict[str, Any] = {
        "title_de": "Planung liegt vor",
        "title_en": "Plans are ready",
        "due_on": timezone.localdate() + datetime.timedelta(days=days),
    }
    return Milestone.objects.create(measure=measure, **(values | fields))


def make_link(target: Goal | Measure | Milestone, **fields: Any) -> Link:
    """Link one thing (`pin`, `comment`, `event`, `consultation`) to part of the concept.

    Lists and exports do not follow: `insek.trace.tracing.link_pins` makes them.
    """
    values: dict[str, Any] = {
        type(target).__name__.lower(): target,
        "reason": "Genau darum geht es.",
    }
    if "linked_by" not in fields:
        fields["linked_by"] = User.objects.filter(
            username="verknuepft"
        ).first() or make_user("verknuepft")
    return Link.objects.create(**(values | fields))


def make_stand(event: Event | None = None, **fields: Any) -> Stand:
    """Open a stand of an event, from an hour ago until in six hours."""
    now = timezone.now()
    values: dict[str, Any] = {
        "event": event or make_event(days=0, location=point_in(16)),
        "label": "Wochenmarkt, Tablet 1",
        "valid_from": now - datetime.timedelta(hours=1),
        "valid_until": now + datetime.timedelta(hours=6),
    }
    actor = fields.pop("actor", None) or make_user("stand-team")
    return open_stand(actor=actor, **(values | fields))


def make_webhook(**fields: Any) -> Webhook:
    """Make a webhook that listens to everything, of the operator unless told otherwise."""
    values: dict[str, Any] = {
        "name": "Fachverfahren",
        "url": "https://systems.example.org/hooks",
        "topics": Topic.values,
    }
    maker = fields.pop("created_by", None) or make_operator(f"op{uuid4().hex[:8]}")
    return Webhook.objects.create(created_by=maker, **(values | fields))


def make_api_client(name: str = "Stadt-App", **fields: Any) -> ApiClient:
    """Make a client that may send by Open311; its `api_key` opens the door."""
    maker = fields.pop("created_by", None) or make_operator(f"op{uuid4().hex[:8]}")
    client = ApiClient(name=name, created_by=maker, **fields)
    client.key_hash = hash_token(client.api_key)
    client.save()
    return client
