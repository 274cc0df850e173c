"""Every form carries a token, and is refused without one, with a way on."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from councils.models import AgendaItem, Consultation, Paper, Sitting
from councils.results import results_digest
from districts.models import Body
from exports.models import ApiClient, ExportFile, PullToken, Webhook
from insek.events.registering import Guest, invite, register
from insek.models import (
    BodyReport,
    CardPrint,
    Event,
    FieldOfAction,
    Goal,
    InterestGroup,
    Invitation,
    Link,
    Measure,
    Milestone,
    Phase,
    Registration,
    Stand,
    Suggestion,
)
from insek.reports.months import Month
from pins.models import (
    Comment,
    Contact,
    Follow,
    Pin,
    Report,
    StatusChange,
    Support,
)
from pins.notifications import stop_url
from pins.own_link import hash_token, make_token
from pins.reporting.deciding import digest_of
from pins.reporting.subjects import subject_of
from pins.telling.follow_links import confirm_url, manage_url
from pins.workflow import Visibility
from tests.factories import (
    form_data,
    make_api_client,
    make_body,
    make_comment,
    make_consultation,
    make_contact,
    make_district,
    make_editor,
    make_event,
    make_field,
    make_follow,
    make_goal,
    make_item,
    make_link,
    make_measure,
    make_member,
    make_milestone,
    make_moderator,
    make_operator,
    make_phase,
    make_pin,
    make_planner,
    make_report,
    make_sitting,
    make_stand,
    make_webhook,
)
from tests.forms import read
from tests.pages import fields_of, text_of

TOKEN = make_token(uuid4())


@pytest.fixture
def pin(db):
    make_district(16, body=make_body("Ortsbeirat West"))
    pin = make_pin(token_hash=hash_token(TOKEN))
    make_contact(pin)
    return pin


def form(name, pin):
    """Return address, what is sent, and who sends it; the other forms stay unmade."""
    desk = make_member(pin.district.responsibility_set.get().body)
    if name in OF_THE_TRACE:
        return of_the_trace(pin)[name]
    if name in OF_THE_CONCEPT:
        return of_the_concept(desk)[name]
    if name in OF_REPORTS:
        return of_reports(pin)[name]
    if name in (*OF_SUGGESTIONS, *OF_INTERFACES):
        made_here = of_suggestions if name in OF_SUGGESTIONS else of_interfaces
        return made_here()[name]
    if name in OF_AGENDAS:
        return of_agendas(pin, desk)[name]
    if name in OF_EVENTS:
        return of_events()[name]
    if name in OF_STANDS_AND_CARDS:
        return of_stands_and_cards()[name]
    own = reverse("pins:own", args=[pin.reference, TOKEN])
    made = {
        "new pin": lambda: ("/pins/new", form_data(), None),
        "new pin in English": lambda: ("/en/pins/new", form_data(), None),
        "report a barrier": lambda: (
            "/about/barrier/",
            read(text="Zu klein.", key=str(uuid4())),
            None,
        ),
        "withdraw": lambda: (own, {"action": "withdraw"}, None),
        "forget": lambda: (own, {"action": "forget"}, None),
        "stop mails": lambda: (
            stop_url(pin.contact).removeprefix("http://testserver"),
            {},
            None,
        ),
        "decide": lambda: decide(make_pin(visibility=Visibility.SUBMITTED)),
        "publish typed cards": lambda: publish_cards(
            make_pin(visibility=Visibility.SUBMITTED, source="card")
        ),
        "answer": lambda: (
            f"/desk/ortsbeirat-west/{pin.reference}/",
            {"to_status": "in_review"},
            desk,
        ),
        "support": lambda: (
            f"/pins/{pin.reference}/support",
            {"action": "support"},
            None,
        ),
        "comment": lambda: (f"/pins/{pin.reference}/comment", comment_data(), None),
        "withdraw a comment": lambda: (own_comment(pin), {"action": "withdraw"}, None),
        "decide on a comment": lambda: decide_on_comment(pin),
        "report": lambda: (
            f"/pins/{pin.reference}/report",
            {
                "idempotency_key": str(uuid4()),
                "reason": "insult",
                "in_good_faith": "on",
            },
            None,
        ),
        "erase a reporter": lambda: (own_report(pin), {"action": "forget"}, None),
        "decide on a report": lambda: decide_on_report(pin),
        "comment officially": lambda: (
            f"/desk/ortsbeirat-west/{pin.reference}/comment",
            comment_data(),
            desk,
        ),
        "accept": lambda: (f"/desk/ortsbeirat-west/{pin.reference}/accept", {}, desk),
        "hand over": lambda: (
            f"/desk/ortsbeirat-west/{pin.reference}/hand-over",
            {"to_body": str(make_body("Ortsbeirat Ost").pk), "reason": "Dort."},
            desk,
        ),
        "merge": lambda: (
            f"/desk/ortsbeirat-west/{pin.reference}/merge",
            {"into": make_pin().reference},
            desk,
        ),
        "note": lambda: (
            f"/desk/ortsbeirat-west/{pin.reference}/notes",
            {"text": "x"},
            desk,
        ),
        "assign": lambda: (
            f"/desk/ortsbeirat-west/{pin.reference}/assign",
            {"assignee": str(desk.pk)},
            desk,
        ),
        "several at once": lambda: (
            "/desk/ortsbeirat-west/bulk",
            {"action": "accept", "pin": pin.reference},
            desk,
        ),
        "take back": lambda: ("/desk/ortsbeirat-west/undo", {}, desk),
        "new template": lambda: (
            "/desk/ortsbeirat-west/templates/new",
            {"title": "x", "text": "x"},
            desk,
        ),
        "follow": lambda: (
            f"/follow/?pin={pin.reference}",
            read(email="lou@example.org"),
            None,
        ),
        "confirm following": lambda: (confirm_path(pin), {}, None),
        "end following": lambda: (manage_path(pin), {"action": "all"}, None),
        "close a sitting": lambda: (*close(pin), desk),
        "waive a hearing": lambda: (*waive(pin), desk),
        "sign in": lambda: (
            "/accounts/login/",
            {"username": "x", "password": "y"},
            None,
        ),
        "make a paper again": lambda: (paper_url(desk), {}, desk),
        "sign out": lambda: ("/accounts/logout/", {}, desk),
        "make a large file again": lambda: (large_file_url(), {}, None),
        "make a token": lambda: (
            "/desk/ortsbeirat-west/files/",
            {"name": "x", "scopes": "sittings", "lifetime": "30", "key": "0" * 64},
            desk,
        ),
        "revoke a token": lambda: (f"{token_url(desk)}revoke", {}, desk),
    }
    return made[name]()


def large_file_url():
    """Return the page of a large file that could not be made."""
    file = ExportFile.objects.create(
        extension="gpkg", language="de", state=ExportFile.State.FAILED
    )
    return f"/exports/files/{file.pk}"


def token_url(desk):
    """Return the page of a token that a member of a desk has made."""
    token = PullToken.objects.create(
        owner=desk,
        body=desk.memberships.get().body,
        name="x",
        scopes=["sittings"],
        expires_at=timezone.now() + timedelta(days=1),
    )
    return f"/desk/ortsbeirat-west/files/tokens/{token.pk}/"


def paper_url(desk):
    """Return the page of a paper that has failed."""
    body = desk.memberships.get().body
    paper = Paper.objects.create(
        body=body,
        sitting=make_sitting(body, days=9),
        format="pdf",
        language="de",
        requested_by=desk,
        state=Paper.State.FAILED,
    )
    return f"/desk/{body.slug}/papers/{paper.pk}"


def of_events():
    """Return what guests of events send, and the office that plans them."""
    office, event = make_editor(), make_event(takes_registrations=True)
    closed = make_event(takes_registrations=True, is_by_invitation=True)
    draft, phase = make_event(state="draft"), make_phase()
    group = InterestGroup.objects.create(name_de="Beirat")
    register(event=event, guest=Guest("lou@example.org", "de"))
    asked = Registration.objects.get()
    invited = invite(
        event=closed,
        email="max@example.org",
        language="de",
        group=None,
        actor_id=office.pk,
    )
    guest = read(email="kim@example.org", persons="1")
    day = timezone.localdate().isoformat()
    words = {"title_de": "Neu", "starts_on": day, "format": "online"}
    words |= {"day": day, "start": "23:00", "end": "23:30"}
    one, other = f"/planning/events/{event.pk}", f"/planning/events/{draft.pk}"
    third = f"/planning/events/{closed.pk}"
    mailed = f"/insek/registrations/{asked.token}/"
    invitation = {"email": "ada@example.org", "language": "de"}
    return {
        "register for an event": (f"/insek/events/{event.pk}/register", guest, None),
        "confirm a registration": (mailed, {"action": "confirm"}, None),
        "accept an invitation": (f"/insek/invitations/{invited.token}/", guest, None),
        "plan a phase": ("/planning/phases/new", words, office),
        "delete a phase": (f"/planning/phases/{phase.pk}/delete", {}, office),
        "plan an event": ("/planning/events/new", words, office),
        "publish an event": (f"{other}/publish", {}, office),
        "duplicate an event": (f"{one}/duplicate", {}, office),
        "cancel an event": (f"{one}/cancel", {"reason": "Sturm"}, office),
        "delete an event": (f"{other}/delete", {}, office),
        "say what came of an event": (
            f"{one}/results",
            {"action": "result", "result_de": "Viel"},
            office,
        ),
        "cancel a registration": (
            f"{one}/registrations/{asked.pk}/cancel",
            {},
            office,
        ),
        "invite to an event": (f"{third}/invite", invitation, office),
        "revoke an invitation": (
            f"{third}/invitations/{invited.pk}/revoke",
            {},
            office,
        ),
        "add a group": (
            "/planning/groups/new",
            {"kind": "advisory_board", "name_de": "Rat"},
            office,
        ),
        "delete a group": (f"/planning/groups/{group.pk}/delete", {}, office),
    }


def of_stands_and_cards():
    """Return what is sent at a stand, and where the office prepares and imports."""
    office, stand = make_editor(), make_stand()
    event = {"event": str(stand.event_id)}
    cards = {"count": "4", "size": "a6", "language": "de"}
    said = form_data() | {"where": "event", "idempotency_key": str(uuid4())}
    return {
        "say at a stand": (f"/insek/stand/{stand.token}/", said, None),
        "open a stand": (
            "/planning/input/stands/new",
            event | {"label": "Markt"},
            office,
        ),
        "close a stand": (
            f"/planning/input/stands/{stand.pk}/",
            {"action": "close"},
            office,
        ),
        "print cards": ("/planning/input/prints/", event | cards, office),
    }


def of_agendas(pin, desk):
    body = desk.memberships.get().body
    sitting = make_sitting(body)
    item, second = make_item(sitting), make_item(sitting)
    proposal = make_consultation(body, make_pin())
    desk_url = "/desk/ortsbeirat-west"
    one = f"{desk_url}/sittings/{sitting.pk}"
    values = {
        "day": f"{sitting.start.year + 1}-03-01",
        "start": "18:00",
        "place": "Schule",
    }
    words = {"title": "Neu", "is_public": "yes"}
    return {
        "plan a sitting": (f"{desk_url}/sittings/new", values, desk),
        "move a sitting": (f"{one}/edit", values, desk),
        "cancel a sitting": (f"{one}/cancel", {"reason": "Sturm"}, desk),
        "publish an agenda": (f"{one}/invite", {}, desk),
        "papers of a sitting": (f"{one}/papers", {"remove": "minutes"}, desk),
        "add an item": (f"{one}/items", words, desk),
        "move an item": (
            f"{desk_url}/sittings/items/{second.pk}/move",
            {"move": "up"},
            desk,
        ),
        "change an item": (f"{desk_url}/sittings/items/{item.pk}/edit", words, desk),
        "take off an item": (f"{desk_url}/sittings/items/{item.pk}/off", {}, desk),
        "put on an agenda": (
            f"{desk_url}/agenda?pin={pin.reference}",
            words | {"sitting": str(sitting.pk)},
            desk,
        ),
        "decline a proposal": (
            f"{desk_url}/proposals/{proposal.pk}/decline",
            {},
            desk,
        ),
        "propose": (
            f"{desk_url}/{pin.reference}/propose",
            {"body": make_body("Stadtrat").slug},
            desk,
        ),
    }


def of_reports(pin):
    body, planner = pin.district.responsibility_set.get().body, make_planner()
    month = Month.last()
    report = BodyReport.objects.create(body=body, month=month.first, figures={})
    other = make_body("Stadtrat", kind=Body.Kind.COUNCIL)
    return {
        "make a report": (
            "/planning/reports/make",
            {"month": month.code, "body": other.slug},
            planner,
        ),
        "send a report": (f"/planning/reports/{report.pk}/send", {}, planner),
    }


def of_interfaces():
    operator, desk = make_operator(), "/operation/"
    webhook = make_webhook(created_by=operator)
    app = make_api_client(created_by=operator)
    listening = {"url": "https://example.org/", "topics": ["pin.published"]}
    act, app_act = f"{desk}webhooks/{webhook.pk}/", f"{desk}clients/{app.pk}/"
    return {
        "add a webhook": (
            f"{desk}webhooks/new",
            {"name": "Neu", **listening},
            operator,
        ),
        "change a webhook": (f"{act}edit", {"name": "Neu", **listening}, operator),
        "delete a webhook": (f"{act}delete", {}, operator),
        "switch a webhook off": (f"{act}act", {"action": "off"}, operator),
        "add a client": (
            f"{desk}clients/new",
            {"name": "Neu", "daily_limit": "5"},
            operator,
        ),
        "change a client": (
            f"{app_act}edit",
            {"name": "Neu", "daily_limit": "5"},
            operator,
        ),
        "revoke a key": (f"{app_act}act", {"action": "revoke"}, operator),
    }


def of_suggestions():
    planner, desk = make_planner(), "/planning/suggestions/"
    topic = Suggestion.objects.create(kind="topic", words=["Schulweg"])
    return {
        "search anew": (f"{desk}search", {}, planner),
        "look for hot spots": (
            f"{desk}hotspots",
            {"metres": "80", "fewest": "5"},
            planner,
        ),
        "dismiss a suggestion": (
            f"{desk}{topic.pk}/",
            {"action": "dismiss", "version": "1"},
            planner,
        ),
    }


def of_the_concept(member):
    """Return what planners send of goals and measures, and lay before the bodies."""
    planner, concept = make_planner(), "/planning/concept"
    goal, lone = make_goal("2.1"), make_field(3)
    measure = make_measure(pk=7_000_001, state="in_progress")
    milestone = make_milestone(measure)
    done = make_milestone(measure, done_on=timezone.localdate())
    steps = f"{concept}/milestones"
    named = {"title_de": "Neu"}
    draft = {
        "kind": "measures",
        "measures": measure.pk,
        "title": "Maßnahmen",
        "text": "Beschluss",
        "key": str(uuid4()),
        "bodies": member.memberships.get().body_id,
    }
    sent = {
        "add a field": ("/fields/new", named | {"number": 4, "slug": "neu"}),
        "delete a field": (f"/fields/{lone.pk}/delete", {}),
        "add a goal": (
            "/goals/new",
            named | {"field": goal.field_id, "number": "2.2"},
        ),
        "delete a goal": (f"/goals/{goal.pk}/delete", {}),
        "add a measure": ("/measures/new", named | {"number": "M 2"}),
        "finish a measure": ("/measures/7000001/state", {"state-to": "done"}),
        "delete a measure": ("/measures/7000001/delete", {}),
        "add a milestone": (
            "/measures/7000001/milestones",
            {"milestone-title_de": "Neu", "milestone-due_on": "2027-05-01"},
        ),
    }
    made = {
        name: (f"{concept}{path}", data, planner) for name, (path, data) in sent.items()
    }
    return made | {
        "change a milestone": (
            f"{steps}/{milestone.pk}/",
            named | {"due_on": "2027-05-01"},
            planner,
        ),
        "finish a milestone": (
            f"{steps}/{milestone.pk}/done",
            {"done_on": "2026-01-01"},
            planner,
        ),
        "open a milestone again": (f"{steps}/{done.pk}/reopen", {}, planner),
        "delete a milestone": (f"{steps}/{milestone.pk}/delete", {}, planner),
        "lay before the bodies": ("/planning/submissions/new", draft, planner),
    }


def of_the_trace(pin):
    bench, planner = "/planning/trace/measure/7000001", make_planner()
    measure = make_measure(pk=7_000_001)
    link = make_link(measure, pin=pin, linked_by=planner)
    new, reason = make_pin(), "Liegt auf dem Schulweg."
    return {
        "look at a choice": (f"{bench}/choose/", {"pin": new.pk}, planner),
        "link": (f"{bench}/link/", {"pins": new.pk, "reason": reason}, planner),
        "take links back": (
            f"{bench}/undo/",
            {"at": link.linked_at.isoformat()},
            planner,
        ),
        "unlink": (f"{bench}/unlink/", {"link": link.pk}, planner),
        "link a comment": (
            f"{bench}/sources/",
            {"source": make_comment(pin).pk, "reason": reason},
            planner,
        ),
    }


def comment_data():
    return {"idempotency_key": str(uuid4()), "text": "Das sehe ich genauso."}


def confirm_path(pin):
    follow = make_follow("new@example.org", pin_id=pin.pk, is_confirmed=False)
    return confirm_url(follow).removeprefix("http://testserver")


def manage_path(pin):
    follow = make_follow(pin_id=pin.pk)
    return manage_url(follow.mailbox).removeprefix("http://testserver")


def close(pin):
    body = Body.objects.get(slug="ortsbeirat-west")
    sitting = make_sitting(body, days=-1, state=Sitting.State.INVITED)
    path = f"/desk/{body.slug}/sittings/{sitting.pk}/close"
    return path, {"read": results_digest([])}


def waive(pin):
    other = make_body("Bauausschuss", kind=Body.Kind.COMMITTEE)
    role = Consultation.Role.DECISION
    matter = make_consultation(other, pin, role=role).matter
    return f"/desk/ortsbeirat-west/hearings/{matter.pk}", {"reason": "Eilt."}


def own_comment(pin):
    comment = make_comment(pin, token_hash=hash_token(TOKEN))
    return reverse("pins:own-comment", args=[pin.reference, comment.pk, TOKEN])


def own_report(pin):
    report = make_report(pin, email="kim@example.org")
    token = make_token(report.idempotency_key)
    return reverse("pins:own-report", args=[report.pk, token])


def decide_on_report(pin):
    case = make_report(pin).case
    data = {
        "action": "decide",
        "read": digest_of(case, subject_of(case)),
        "outcome": "kept",
        "reason": "Niemand ist gemeint.",
    }
    return f"/moderation/reports/{case.pk}/", data, make_moderator("carla")


def decide(pin):
    data = {"to": "published", "read": pin.words_digest}
    return f"/moderation/{pin.reference}/", data, make_moderator()


def publish_cards(pin):
    data = {"pin": [f"{pin.reference}:{pin.words_digest}"]}
    return "/moderation/cards/", data, make_moderator()


def decide_on_comment(pin):
    comment = make_comment(pin, visibility=Visibility.SUBMITTED)
    data = {"to": "published", "read": comment.words_digest}
    return f"/moderation/comments/{comment.pk}/", data, make_moderator("bert")


OF_AGENDAS = [
    "plan a sitting",
    "move a sitting",
    "cancel a sitting",
    "publish an agenda",
    "papers of a sitting",
    "add an item",
    "move an item",
    "change an item",
    "take off an item",
    "put on an agenda",
    "decline a proposal",
    "propose",
]
OF_THE_TRACE = [
    "look at a choice",
    "link",
    "take links back",
    "unlink",
    "link a comment",
]
OF_THE_CONCEPT = [
    "add a field",
    "delete a field",
    "add a goal",
    "delete a goal",
    "add a measure",
    "finish a measure",
    "delete a measure",
    "add a milestone",
    "change a milestone",
    "finish a milestone",
    "open a milestone again",
    "delete a milestone",
    "lay before the bodies",
]
# Buttons and forms on the page of a measure.
ON_A_MEASURE = {
    "finish a measure",
    "add a milestone",
    "finish a milestone",
    "open a milestone again",
    "delete a milestone",
}
OF_INTERFACES = [
    *("add a webhook", "change a webhook", "delete a webhook", "switch a webhook off"),
    *("add a client", "change a client", "revoke a key"),
]
OF_REPORTS = ["make a report", "send a report"]
OF_SUGGESTIONS = ["search anew", "look for hot spots", "dismiss a suggestion"]
OF_STANDS_AND_CARDS = [
    "say at a stand",
    "open a stand",
    "close a stand",
    "print cards",
]
OF_EVENTS = [
    "register for an event",
    "confirm a registration",
    "accept an invitation",
    "plan a phase",
    "delete a phase",
    "plan an event",
    "publish an event",
    "duplicate an event",
    "cancel an event",
    "delete an event",
    "say what came of an event",
    "cancel a registration",
    "invite to an event",
    "revoke an invitation",
    "add a group",
    "delete a group",
]
# Buttons and forms on the office's page of an event.
ON_AN_EVENT = {
    "publish an event",
    "duplicate an event",
    "invite to an event",
    "revoke an invitation",
}
FORMS = [
    *OF_THE_CONCEPT,
    *OF_EVENTS,
    *OF_REPORTS,
    *OF_INTERFACES,
    *OF_STANDS_AND_CARDS,
    *OF_SUGGESTIONS,
    "new pin",
    "new pin in English",
    "report a barrier",
    "withdraw",
    "forget",
    "stop mails",
    "decide",
    "publish typed cards",
    "answer",
    "support",
    "comment",
    "withdraw a comment",
    "decide on a comment",
    "report",
    "erase a reporter",
    "decide on a report",
    "comment officially",
    "accept",
    "hand over",
    "merge",
    "note",
    "assign",
    "several at once",
    "take back",
    "new template",
    "follow",
    "confirm following",
    "end following",
    "close a sitting",
    "waive a hearing",
    "make a paper again",
    "make a large file again",
    "make a token",
    "revoke a token",
    "sign in",
    "sign out",
    *OF_AGENDAS,
    *OF_THE_TRACE,
]

# Forms of a page with another address.
ON_THE_AGENDA = {"add an item", "move an item"}
ON_THE_DESK_PIN = {"accept", "note", "assign", "take back"}


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


def state():
    return (
        list(Pin.objects.order_by("pk").values_list("visibility", "status")),
        Contact.objects.count(),
        list(Report.objects.order_by("pk").values_list("email", "case__outcome")),
        StatusChange.objects.count(),
        Support.objects.count(),
        list(Follow.objects.order_by("pk").values_list("confirmed_at", flat=True)),
        list(Comment.objects.order_by("pk").values_list("visibility", flat=True)),
        list(Sitting.objects.order_by("pk").values_list("state", "start", "place")),
        list(AgendaItem.objects.order_by("pk").values_list("order", "title")),
        list(Stand.objects.order_by("pk").values_list("label", "revoked_at")),
        CardPrint.objects.count(),
        list(FieldOfAction.objects.values_list("pk", flat=True)),
        list(Goal.objects.order_by("pk").values_list("number", flat=True)),
        list(Measure.objects.order_by("pk").values_list("number", "state")),
        list(Milestone.objects.order_by("pk").values_list("title_de", "done_on")),
        list(Event.objects.order_by("pk").values_list("state", "result_de")),
        list(Registration.objects.order_by("pk").values_list("state", flat=True)),
        list(Invitation.objects.order_by("pk").values_list("revoked_at", flat=True)),
        (Phase.objects.count(), InterestGroup.objects.count()),
        list(BodyReport.objects.values_list("body", "sent_at")),
        list(Consultation.objects.order_by("pk").values_list("body", "item")),
        list(Link.objects.order_by("pk").values_list("pin", "comment", "measure")),
        list(Webhook.objects.order_by("pk").values_list("name", "is_active")),
        list(ApiClient.objects.order_by("pk").values_list("name", "revoked_at")),
        list(PullToken.objects.order_by("pk").values_list("name", "revoked_at")),
        list(ExportFile.objects.values_list("state", flat=True)),
    )


@pytest.mark.parametrize("name", FORMS)
def test_without_its_token_a_form_changes_nothing(client, pin, name):
    url, data, user = form(name, pin)
    if user:
        client.force_login(user)
    before = state()

    for token in (None, "", "x" * 64, "\x00"):
        sent = data if token is None else data | {"csrfmiddlewaretoken": token}
        response = client.post(url, sent)

        assert response.status_code == 403, token
        assert "<h1>" in response.content.decode()
        assert "CSRF" not in text_of(response)
        assert state() == before, token
    if user:
        assert client.get(url).status_code != 302 or name == "sign out"


@pytest.mark.parametrize("name", [name for name in FORMS if name != "sign out"])
def test_each_form_brings_its_token_along(client, pin, name):
    url, data, user = form(name, pin)
    if user:
        client.force_login(user)
    desk = "/desk/ortsbeirat-west/"
    page = {
        "several at once": desk,
        "decline a proposal": f"{desk}proposals/",
    }
    page |= dict.fromkeys(ON_THE_DESK_PIN, f"{desk}{pin.reference}/")
    if name in ON_AN_EVENT:
        page[name] = re.sub(r"(events/\d+/).*", r"\1", url)
    page |= dict.fromkeys(OF_REPORTS, "/planning/reports/")
    if url.endswith("/revoke") and "/files/" in url:
        page[name] = url.removesuffix("revoke")
    if url.endswith("/act"):
        page[name] = url.removesuffix("act")
    page |= dict.fromkeys(ON_A_MEASURE, "/planning/concept/measures/7000001/")
    submission = "/planning/submissions/new?kind=measures&measures=7000001"
    page["lay before the bodies"] = submission
    page |= dict.fromkeys(OF_SUGGESTIONS, "/planning/suggestions/")
    page |= dict.fromkeys(OF_THE_TRACE, "/planning/trace/measure/7000001/sources/")
    if name in ON_THE_AGENDA:
        page[name] = f"{desk}sittings/{Sitting.objects.latest('pk').pk}/"
    form_page = client.get(page.get(name, url))
    assert form_page.status_code == 200
    token = fields_of(form_page)["csrfmiddlewaretoken"]

    response = client.post(url, data | {"csrfmiddlewaretoken": token})

    assert response.status_code in {200, 201, 302, 303}


def test_signing_out_brings_its_token_along(client, pin):
    client.force_login(make_moderator())
    token = fields_of(client.get("/"))["csrfmiddlewaretoken"]

    response = client.post("/accounts/logout/", {"csrfmiddlewaretoken": token})

    assert response["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_an_address_that_is_not_there_is_refused_alike(client, db):
    response = client.post("/nowhere", {})
    assert response.status_code in {403, 404}
    assert "<h1>" in response.content.decode()
