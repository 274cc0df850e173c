"""Every address of the site, asked for by everybody who has no business there, by the tables of roles.

An address that no line of `AREAS` knows fails; so does one of which a line says that it is
public while it sends visitors away.
"""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from councils.models import Membership
from districts.models import Body
from exports.rights import OPERATE, READ_LOG
from insek.rights import EDIT, PLAN_CONCEPT, WRITE_PAGES
from mapapp import urls
from pins.rights import MODERATE
from staff.rights import MANAGE_ACCOUNTS
from staff.roles import ROLES, Role
from tests.factories import make_body, make_district, make_member, make_theme, make_user
from tests.mapapp.test_every_page import routes
from tests.scene import make_scene
from trust.rights import Right

SEAT, SIGNED_IN, STAFF_MARK, NOBODY = "seat", "signed in", "staff mark", "nobody"
Wanted = tuple[Right, ...] | str | None
# The first line that fits holds. What it says: one of these rights; a seat in the body of
# the address; whoever has signed in; None for everybody, who may have a token besides.
AREAS: list[tuple[str, Wanted]] = [
    (r"moderation/", (MODERATE,)),
    (r"desk/<slug:body_slug>/", SEAT),
    (r"desk/$", SIGNED_IN),
    (r"planning/$", (EDIT, PLAN_CONCEPT)),
    (r"planning/(phases|events|groups|input)/", (EDIT,)),
    (r"planning/(reports|suggestions|trace|concept|submissions)/", (PLAN_CONCEPT,)),
    (r"operation/(webhooks|clients)/", (OPERATE,)),
    (r"operation/accounts/", (MANAGE_ACCOUNTS,)),
    (r"operation/audit/", (OPERATE, READ_LOG)),
    (r"operation/(roles/|look/$)", (MANAGE_ACCOUNTS,)),
    (r"operation/look/end", SIGNED_IN),
    # It leads on to where the right is asked for.
    (r"operation/$", None),
    (r"admin/(login|logout|jsi18n|password_change)/", None),
    (r"admin/", STAFF_MARK),
    # They lead to the site's own page for signing in, or out.
    (r"cms/(login|logout|password_reset|sprite|jsi18n)", None),
    (r"cms/", (WRITE_PAGES,)),
    (r"accounts/", None),
    (r"documents/", None),
    (r"(ogc|oparl|open311|tiles|feeds|photos|pictures|embed|catalog)", None),
    (r"(pins|follow|districts|sittings|exports|insek|about|search|proof)(/|$)", None),
    (r"(map|places.json|overlays.json|style.json|themes.css|sitemap)", None),
    (
        r"(healthz|readyz|metrics|favicon|robots|sw.js|manifest|offline|\.well-known)",
        None,
    ),
    (r"(security\.txt)?$", None),
]
# Wagtail's and Django's own pages are many, and guarded in one place each.
FOREIGN = ("admin/", "cms/")
IN_THE_BODY = "ortsbeirat-hohenecken"
SIGN_IN = re.compile(r"(/en)?/(accounts|admin|cms)/login/")


def area_of(route: str) -> Wanted:
    for pattern, wanted in AREAS:
        if re.match(pattern, route):
            return wanted
    pytest.fail(f"No line of AREAS knows {route}")


def guarded() -> list[tuple[str, tuple[Right, ...] | str]]:
    """Return all routes that are not for everybody, with what they want."""
    found = dict.fromkeys(routes(get_resolver().url_patterns))
    wanted = {route: area_of(route) for route in found}
    return [(route, want) for route, want in wanted.items() if want is not None]


Make = Callable[[Body], User | None]


def in_group(role: Role) -> Make:
    def make(_body: Body) -> User:
        user = make_user(f"is {role.name}")
        user.groups.add(Group.objects.get(name=role.value))
        return user

    return make


def in_seat(role: Membership.Role) -> Make:
    return lambda body: make_member(body, username=f"sits as {role}", role=role)


def switched_off(body: Body) -> User:
    user = make_member(body, username="switched off")
    user.is_active = False
    user.save()
    for role in Role:
        user.groups.add(Group.objects.get(name=role.value))
    return user


VISITORS: dict[str, Make] = {
    "anonymous": lambda _body: None,
    **{role.name.lower(): in_group(role) for role in Role},
    **{str(role): in_seat(role) for role in Membership.Role},
    "member of another body": lambda _body: make_member(make_body("Ortsbeirat Ost")),
    "former member": lambda body: make_member(
        body, username="left today", valid_to=timezone.localdate()
    ),
    "staff without rights": lambda _body: make_user("marked", is_staff=True),
    "account without rights": lambda _body: make_user("plain"),
    "switched off": switched_off,
}
# Who is asked for the pages of Django and Wagtail, too, and who sends something.
OUTSIDERS = {"anonymous", "account without rights"}
SENDERS = {*OUTSIDERS, "former member", "member of another body", "protection"}
SEATS = {str(role) for role in Membership.Role}


def may_enter(visitor: str, wanted: tuple[Right, ...] | str) -> bool:
    """Tell by the tables whether somebody gets in."""
    if visitor in {"anonymous", "switched off"}:
        return False
    held = ROLES[Role[visitor.upper()]] if visitor.upper() in Role.__members__ else ()
    permissions = {p for right in held for p in right.permissions}
    if wanted == SEAT:
        return visitor in SEATS or PLAN_CONCEPT.permission in permissions
    if wanted == SIGNED_IN:
        return True
    if wanted == STAFF_MARK:
        return visitor == "staff without rights"
    return any(
        isinstance(right, Right) and right.permission in permissions for right in wanted
    )


def refusal(visitor: str, route: str) -> set[int]:
    """Return how somebody is sent away."""
    if visitor in {"anonymous", "switched off"}:
        # 401: the page that holds a form whose sender has to sign in first.
        return {302, 401}
    if route.startswith("admin/"):
        return {302}
    return {404} if route.startswith("desk/") else {403}


def example(route: str, names: dict[str, str]) -> str:
    """Return an address of the route, of something that is there where the scene has it."""

    def key(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        for known in (name, name.removesuffix("_id")):
            if known in names and (kind != "int" or names[known].isdigit()):
                return names[known]
        return {"int": "1", "uuid": str(uuid4())}.get(kind, "x")

    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
    plain = re.sub(r"[\^$?\\]|\(\?:[^)]*\)\*?", "", plain)
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", key, plain)


def ask(client: Client, method: str, address: str) -> Any:
    """Ask so that the next one finds all as it was."""
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    return answer


def is_sent_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and bool(SIGN_IN.match(answer.url))


@pytest.fixture
def names(db: None) -> dict[str, str]:
    make_district(16, name="Hohenecken", body=make_body(slug=IN_THE_BODY))
    make_district(17)
    make_theme()
    named = make_scene().names
    return named | {
        "body_slug": IN_THE_BODY,
        "reference": named["published"],
        "sitting": named["planned"],
        "paper": named["running"],
        "file_id": named["desk_file"],
        "token_id": named["token_of_desk"],
        "kind": "measure",
        "target": named["measure"],
        "name": named["photo"],
        "extension": "csv",
        "table_format": "csv",
    }


def test_each_address_belongs_to_an_area() -> None:
    found = guarded()

    assert len(found) > 150
    assert {str(want) for _route, want in found} > {SEAT, SIGNED_IN, STAFF_MARK}


@pytest.fixture
def short_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say no without a page around it: thousands are asked for."""

    def say(status: int) -> Callable[..., HttpResponse]:
        return lambda request, exception=None: HttpResponse(status=status)

    for status in (403, 404):
        monkeypatch.setattr(urls, f"handler{status}", say(status), raising=False)


@pytest.mark.usefixtures("short_refusals")
def test_each_address_is_closed_to_everybody_else(
    client: Client, names: dict[str, str]
) -> None:
    body = Body.objects.get(slug=IN_THE_BODY)
    todo = [(route, want, example(route, names)) for route, want in guarded()]
    wrong: list[str] = []
    for visitor, make in VISITORS.items():
        client.logout()
        user = make(body)
        if user is not None:
            client.force_login(user)
        for route, wanted, address in todo:
            if route.startswith(FOREIGN) and visitor != "account without rights":
                continue
            # Whoever gets in is looked at on each page by `tests.every_page`.
            if may_enter(visitor, wanted):
                continue
            for method in ("get", "post") if visitor in SENDERS else ("get",):
                answer = ask(client, method, address)
                if not is_refused(answer, visitor, route):
                    said = f"{visitor}: {method} {address} → {answer.status_code}"
                    wrong.append(said)
    assert wrong == []


def is_refused(answer: Any, visitor: str, route: str) -> bool:
    status = answer.status_code
    if status == 302:
        return is_sent_to_sign_in(answer) and status in refusal(visitor, route)
    return status in refusal(visitor, route) | {405}
