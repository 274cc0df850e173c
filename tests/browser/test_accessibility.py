"""axe finds nothing on any page, in both languages, on phone and desktop."""

from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from councils.models import Matter, Paper, Sitting
from districts.models import Body
from exports.webhooks.keeping import ping
from insek.cards.keeping import keep_sheet
from insek.cards.reading import Table
from insek.models import CardSheet, Event
from insek.pages.models import FaqPage
from pins.actions import change_status
from pins.models import Pin
from pins.own_link import hash_token
from pins.telling.follow_links import confirm_url, manage_url, stop_url
from pins.workflow import Role, Status, Visibility
from tests.browser.conftest import OpenPage
from tests.cms import make_document, make_picture, make_trees, publish_news
from tests.factories import (
    make_api_client,
    make_body,
    make_comment,
    make_consultation,
    make_editor,
    make_event,
    make_follow,
    make_goal,
    make_item,
    make_measure,
    make_member,
    make_milestone,
    make_moderator,
    make_operator,
    make_phase,
    make_pin,
    make_planner,
    make_sitting,
    make_stand,
    make_webhook,
)
from tests.geometries import point_in

pytestmark = [pytest.mark.browser]

RULES = {
    # What passes is not told node by node.
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a",
            "wcag2aa",
            "wcag21a",
            "wcag21aa",
            "wcag22aa",
            "best-practice",
        ],
    },
}
PUBLIC = [
    "/",
    "/?theme=energy&q=nichts",
    "/?status=unknown",
    "/pins/new",
    "/pins/{published}",
    "/pins/{published}/support",
    "/pins/{published}/comment",
    "/pins/{published}/comments/{comment}/edit/{token}?new=1",
    "/pins/{own}/edit/{token}?new=1",
    "/follow/",
    "/follow/?pin={published}",
    "/follow/?near=7.7578,49.3828",
    "/follow/sent",
    "/follow/confirm/{confirm}",
    "/follow/{manage}?new=1",
    "/follow/{stop}/stop",
    "/districts/",
    "/districts/hohenecken/",
    "/sittings/",
    "/sittings/?body=nowhere",
    "/sittings/{sitting}/",
    "/exports/",
    "/insek/topics/",
    "/insek/goals/",
    "/insek/goals/2.1/",
    "/insek/fields/feld-2/",
    "/insek/measures/",
    "/insek/measures/?state=unknown",
    "/insek/measures/m-1/",
    "/insek/phases/",
    "/insek/events/",
    "/insek/events/{event}/",
    "/insek/events/{event}/register",
    "/insek/stand/{stand_token}/",
    "/insek/stand/unknown/",
    "/insek/numbers/",
    "/insek/numbers/?district=hohenecken&period=year",
    "/insek/numbers/?district=nowhere",
    "/about/privacy/",
    "/about/imprint/",
    "/about/accessibility/",
    "/about/terms/",
    "/about/barrier/",
    "/about/barrier/sent/",
    "/search/?q=Weg",
    "/search/?q=nirgendwo",
    "/insek/",
    "/insek/news/",
    "/insek/news/neues/",
    "/insek/documents/",
    "/insek/people/",
    "/insek/faq/",
    "/accounts/login/",
    "/no-such-page/",
    "/offline",
]
# One address for both languages: the query says which.
OGC_API = [
    "/ogc/v1?f=html",
    "/ogc/v1/api?f=html",
    "/ogc/v1/conformance?f=html",
    "/ogc/v1/collections?f=html",
    "/ogc/v1/collections/pins?f=html",
    "/ogc/v1/collections/pins/queryables?f=html",
    "/ogc/v1/collections/pins/items?f=html",
    "/ogc/v1/collections/pins/items/{published}?f=html",
    "/ogc/v1/collections/districts/items?f=html",
    "/ogc/v1/collections/measures/items?f=html",
    "/ogc/v1/collections/resolutions/items?f=html",
    "/ogc/v1/collections/pins/tiles?f=html",
    "/ogc/v1/collections/pins/tiles/WebMercatorQuad?f=html",
]
MODERATION = [
    "/moderation/",
    "/moderation/{own}/",
    "/moderation/{published}/",
    "/moderation/cards/",
    "/moderation/comments/",
    "/moderation/comments/{comment}/",
]
DESK = [
    "/desk/ortsbeirat-hohenecken/",
    "/desk/ortsbeirat-hohenecken/?tab=overdue&q=nichts",
    "/desk/ortsbeirat-hohenecken/?tab=all&sort=waiting",
    "/desk/ortsbeirat-hohenecken/?tab=unknown",
    "/desk/ortsbeirat-hohenecken/{published}/",
    "/desk/ortsbeirat-hohenecken/{published}/comment",
    "/desk/ortsbeirat-hohenecken/{published}/hand-over",
    "/desk/ortsbeirat-hohenecken/{published}/merge",
    "/desk/ortsbeirat-hohenecken/templates/",
    "/desk/ortsbeirat-hohenecken/templates/new",
    "/desk/ortsbeirat-hohenecken/files/",
    "/desk/ortsbeirat-hohenecken/sittings/",
    "/desk/ortsbeirat-hohenecken/sittings/new",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/edit",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/cancel",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/invite",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/preview",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/papers",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/live",
    "/desk/ortsbeirat-hohenecken/sittings/{planned}/close",
    "/desk/ortsbeirat-hohenecken/sittings/{sitting}/live",
    "/desk/ortsbeirat-hohenecken/sittings/{sitting}/results",
    "/desk/ortsbeirat-hohenecken/sittings/{sitting}/forward",
    "/desk/ortsbeirat-hohenecken/sittings/{invited}/live",
    "/desk/ortsbeirat-hohenecken/sittings/{invited}/close",
    "/desk/ortsbeirat-hohenecken/hearings/",
    "/desk/ortsbeirat-hohenecken/hearings/{matter}",
    "/desk/ortsbeirat-hohenecken/sittings/items/{item}/edit",
    "/desk/ortsbeirat-hohenecken/sittings/items/{item}/off",
    "/desk/ortsbeirat-hohenecken/agenda?pin={published}",
    "/desk/ortsbeirat-hohenecken/proposals/",
    "/desk/ortsbeirat-hohenecken/reports/",
    "/desk/ortsbeirat-hohenecken/{published}/propose",
    "/desk/ortsbeirat-hohenecken/papers/{running}",
    "/desk/ortsbeirat-hohenecken/papers/{failed}",
]

PLANNING = [
    "/planning/suggestions/",
    "/planning/concept/",
    "/planning/concept/fields/new",
    "/planning/concept/goals/new",
    "/planning/concept/measures/new",
    "/planning/concept/measures/{measure}/",
    "/planning/concept/measures/{measure}/delete",
    "/planning/submissions/",
    "/planning/submissions/new",
    "/planning/submissions/new?kind=measures&measures={measure}",
]

OFFICE = [
    "/planning/events/",
    "/planning/events/new",
    "/planning/events/{event}/",
    "/planning/events/{event}/edit",
    "/planning/events/{event}/cancel",
    "/planning/events/{event}/results",
    "/planning/phases/new",
    "/planning/groups/",
    "/planning/groups/new",
    "/planning/input/",
    "/planning/input/stands/new",
    "/planning/input/stands/{stand}/",
    "/planning/input/prints/",
    "/planning/input/cards/",
    "/planning/input/cards/{sheet}/",
]

OPERATION = [
    "/operation/webhooks/",
    "/operation/webhooks/new",
    "/operation/webhooks/{webhook}/",
    "/operation/clients/",
    "/operation/clients/{client}/",
]


@dataclass
class Scene:
    """Pins and people that the pages need something to show of."""

    names: dict[str, str]
    moderator: User
    chair: User
    editor: User
    planner: User
    operator: User


def make_pages() -> None:
    """Publish news with a picture, and a question with its answer."""
    make_trees()
    body = [
        ("heading", {"text": "Was kommt", "level": "h2"}),
        ("picture", {"picture": make_picture(), "caption": "Unten im Tal"}),
        ("document", make_document()),
        ("quote", {"text": "So sei es.", "who": "Jemand"}),
    ]
    publish_news("Neues", body=body)
    faq = FaqPage.objects.get(locale__language_code="de")
    question = {"question": "Wer entscheidet?", "answer": "<p>Der Rat.</p>"}
    faq.groups = [("group", {"heading": "Rat", "questions": [question]})]
    faq.save_revision().publish()


@pytest.fixture
def scene(city: None) -> Scene:
    body = Body.objects.get(slug="ortsbeirat-hohenecken")
    make_pages()
    moderator, chair = make_moderator(), make_member(body)
    published = make_pin(title="Mehr Schatten auf dem Spielplatz")
    make_pin(kind="idea", title="Ein Trinkbrunnen am Markt")
    change_status(
        pin=published,
        to=Status.IN_REVIEW,
        actor=chair,
        roles={Role.BODY},
        body=body,
        public_note="Wir sehen uns das an.",
    )
    own = make_pin(visibility=Visibility.SUBMITTED, token_hash=hash_token("secret"))
    make_comment(published)
    make_comment(published, body=body, actor=chair)
    waiting = make_comment(
        published, visibility=Visibility.SUBMITTED, token_hash=hash_token("secret")
    )
    sitting = make_sitting(body, days=-2, state=Sitting.State.HELD)
    make_sitting(body, state=Sitting.State.CANCELLED, moved_from=timezone.now())
    item = make_item(
        sitting, votes_for=9, votes_against=4, votes_abstained=2, resolution_text="Ja."
    )
    make_consultation(
        body,
        published,
        item=item,
        outcome="endorsed",
        announced_at=timezone.now(),
        decided_at=timezone.now(),
    )
    planned = make_sitting(body, days=14)
    on_it = make_item(planned)
    make_item(planned, "Grundstück", is_public=False)
    bundle = (make_pin(), make_pin(visibility=Visibility.HIDDEN))
    make_consultation(body, *bundle, item=make_item(planned, "Schulwege"))
    make_consultation(body, matter=Matter.objects.get(pins=published))
    invited = make_sitting(body, days=-1, state=Sitting.State.INVITED)
    make_consultation(
        body, make_pin(), make_pin(), item=make_item(invited, "Zwei Wege")
    )
    make_item(invited, "Grundstück", is_public=False)
    waiting_for = make_consultation(
        make_body("Ausschuss", kind=Body.Kind.COMMITTEE), make_pin()
    )
    papers = {
        state: Paper.objects.create(
            body=body,
            sitting=planned,
            format="pdf",
            language="de",
            requested_by=chair,
            state=state,
            total=84,
        )
        for state in (Paper.State.RUNNING, Paper.State.FAILED)
    }
    follow = make_follow(pin_id=published.pk)
    make_follow(district_slug="hohenecken")
    waits = make_follow("new@example.org", pin_id=published.pk, is_confirmed=False)
    names = {
        "confirm": confirm_url(waits).rsplit("/", 1)[1],
        "manage": manage_url(follow.mailbox).rsplit("/", 1)[1],
        "stop": stop_url(follow.mailbox).split("/")[-2],
        "sitting": str(sitting.pk),
        "planned": str(planned.pk),
        "invited": str(invited.pk),
        "matter": str(waiting_for.matter_id),
        "item": str(on_it.pk),
        "published": published.reference,
        "own": Pin.objects.get(pk=own.pk).reference,
        "token": "secret",
        "comment": str(waiting.pk),
        "running": str(papers[Paper.State.RUNNING].pk),
        "failed": str(papers[Paper.State.FAILED].pk),
    }
    editor = make_editor()
    stand = make_stand(actor=editor)
    make_phase()
    event = make_event(takes_registrations=True, capacity=9, location=point_in(16))
    names["event"] = str(event.pk)
    names |= {"stand": str(stand.pk), "stand_token": stand.token}
    names["sheet"] = str(_sheet(stand.event, editor).pk)
    measure = make_measure("M 1", make_goal("2.1"), geometry=point_in(16))
    make_milestone(measure, days=-1)
    names["measure"] = str(measure.pk)
    operator = make_operator()
    webhook = make_webhook(created_by=operator)
    ping(webhook=webhook)
    names["webhook"] = str(webhook.pk)
    names["client"] = str(make_api_client(created_by=operator).pk)
    return Scene(names, moderator, chair, editor, make_planner(), operator)


def _sheet(event: Event, editor: User) -> CardSheet:
    """Keep a table with a row that can be imported and one that cannot."""
    heads = ["Kartennummer", "Art", "Thema", "Text", "Stadtteil"]
    text = "Bitte mehr Bänke im Schatten."
    rows = [
        (2, ["E1-1", "Idee", "Mobilität", text, "Hohenecken"]),
        (3, ["E1-2", "?", "Mobilität", text, ""]),
    ]
    table = Table(heads, rows)
    return keep_sheet(event=event, name="karten.csv", table=table, actor=editor)


def violations(page: Page) -> list[str]:
    """Return what axe complains about, one line each, once the maps are drawn."""
    for chart in page.locator("[data-map]:visible").all():
        chart.scroll_into_view_if_needed()
        chart.locator("canvas").wait_for()
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {violation['id']}: {node['html']}"
        for violation in found
        for node in violation["nodes"]
    ]


# Whose pages are looked at in one go, by the names of a scene; everybody sees the first.
VISITS: dict[str, list[tuple[str, list[str]]]] = {
    "public": [("", PUBLIC)],
    "desks": [("moderator", MODERATION), ("chair", DESK)],
    "offices": [
        ("editor", OFFICE),
        ("planner", PLANNING),
        ("operator", [*OPERATION, *OGC_API]),
    ],
}


# Each page in both languages and in both sizes; not each language in each size.
@pytest.mark.parametrize("part", VISITS)
@pytest.mark.parametrize(
    ("language", "phone"), [("de", True), ("en", False)], ids=["de-phone", "en-desktop"]
)
def test_axe_finds_nothing(
    open_page: OpenPage, scene: Scene, language: str, phone: bool, part: str
):
    found = []
    prefix = "/en" if language == "en" else ""
    for who, paths in VISITS[part]:
        page = open_page("/healthz", phone=phone, user=getattr(scene, who, None))
        for path in paths:
            address = path.format(**scene.names)
            in_query = path in OGC_API
            page.goto(f"{address}&lang={language}" if in_query else prefix + address)
            found += violations(page)
    assert found == []


def test_axe_finds_nothing_in_the_dark(open_page: OpenPage, scene: Scene):
    page = open_page("/", dark=True)
    found = violations(page)
    for path in (
        "/pins/new",
        "/pins/{published}",
        "/districts/hohenecken/",
        "/sittings/",
        "/sittings/{sitting}/",
    ):
        page.goto(path.format(**scene.names))
        found += violations(page)
    assert found == []


def test_errors_of_the_form_are_named_and_linked(open_page: OpenPage, scene: Scene):
    page = open_page("/en/pins/new")
    page.get_by_role("button", name="Send contribution").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert violations(page) == []
    summary.get_by_role("link").first.click()
    focused = page.evaluate("() => document.activeElement.id")
    assert focused.startswith("id_")
