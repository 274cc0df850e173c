"""Pins, people and proceedings that every page has something to show of."""

import datetime
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.utils import timezone

from councils.models import AgendaItem, AnswerTemplate, Matter, Paper, Sitting
from districts.models import Body
from exports.models import ExportFile, PullToken
from exports.webhooks.keeping import ping
from insek.cards.keeping import keep_sheet
from insek.cards.reading import Table
from insek.events.registering import Guest, register
from insek.events.registering import invite as invite_to_event
from insek.models import (
    CardSheet,
    Event,
    InterestGroup,
    Phase,
    Registration,
    Submission,
    Suggestion,
    SuggestionPin,
)
from insek.pages.models import FaqPage
from pins.actions import change_status
from pins.four_eyes import ask_to_erase, confirm_erasure
from pins.models import Comment, Pin, Question, ReasonTemplate, ReportCase
from pins.models.report import Outcome
from pins.moderation.letters import answer_path
from pins.notifications import stop_url as stop_mail_url
from pins.own_link import hash_token, make_token
from pins.reporting.complaining import complain
from pins.telling.author_address import confirm_token
from pins.telling.follow_links import confirm_url, manage_url, stop_url
from pins.workflow import Role as PinRole
from pins.workflow import Status, Visibility
from staff.invitations import Seat
from staff.roles import Role
from tests.cms import make_document, make_picture, make_trees, publish_news
from tests.factories import (
    make_api_client,
    make_body,
    make_comment,
    make_consultation,
    make_contact,
    make_editor,
    make_event,
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
    make_user,
    make_webhook,
)
from tests.geometries import point_in
from tests.photos import make_photo
from tests.staff.accounts import invite, make_protected_by_all


@dataclass
class People:
    """Who sees the pages, each with the rights of their role."""

    moderator: User
    chair: User
    editor: User
    planner: User
    operator: User
    # Without a second factor, and with each kind of it.
    newcomer: User
    owner: User


@dataclass
class Scene(People):
    """Pins and people that the pages need something to show of."""

    names: dict[str, str]


def make_people(body: Body) -> People:
    """Make one person for each role, as the operator does: by its group."""
    return People(
        _with_role(make_moderator(), Role.MODERATOR),
        make_member(body),
        _with_role(make_editor(), Role.EDITOR),
        _with_role(make_planner(), Role.PLANNER),
        _with_role(make_operator(), Role.OPERATOR),
        make_user("kim"),
        make_protected_by_all(),
    )


def _with_role(user: User, role: Role) -> User:
    user.groups.add(Group.objects.get(name=role.value))
    return user


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
    publish_news("Neues", language="en", body=body)
    faq = FaqPage.objects.get(locale__language_code="de")
    question = {"question": "Wer entscheidet?", "answer": "<p>Der Rat.</p>"}
    faq.groups = [("group", {"heading": "Rat", "questions": [question]})]
    faq.save_revision().publish()


def make_scene() -> Scene:
    """Fill the two districts of the fixture `city` with all that pages can show."""
    body = Body.objects.get(slug="ortsbeirat-hohenecken")
    make_pages()
    people = make_people(body)
    moderator, chair = people.moderator, people.chair
    published = make_pin(title="Mehr Schatten auf dem Spielplatz")
    make_pin(kind="idea", title="Ein Trinkbrunnen am Markt")
    change_status(
        pin=published,
        to=Status.IN_REVIEW,
        actor=chair,
        roles={PinRole.BODY},
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
    contact = make_contact(own)
    question = Question.objects.create(
        pin=own, text="Wo genau ist das?", asked_by=moderator
    )
    reason = ReasonTemplate.objects.earliest("pk")
    follow = make_follow(pin_id=published.pk)
    make_follow(district_slug="hohenecken")
    waits = make_follow("new@example.org", pin_id=published.pk, is_confirmed=False)
    names = {
        "updates": stop_mail_url(contact).split("/")[-2],
        "confirm_mail": confirm_token(contact),
        "question": answer_path(question).rsplit("/", 1)[1],
        "reason": str(reason.pk),
        "account": str(chair.pk),
        "seat": str(chair.memberships.get().pk),
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
        "photo": make_photo(own).name,
        "comment": str(waiting.pk),
        **_reports(published, own, waiting, moderator),
        "running": str(papers[Paper.State.RUNNING].pk),
        "failed": str(papers[Paper.State.FAILED].pk),
    }
    editor, planner, operator = people.editor, people.planner, people.operator
    stand = make_stand(actor=editor)
    make_phase()
    event = make_event(takes_registrations=True, capacity=9, location=point_in(16))
    names["event"] = str(event.pk)
    names |= {"stand": str(stand.pk), "stand_token": stand.token}
    names["sheet"] = str(_sheet(stand.event, editor).pk)
    names |= _concept(body, planner, published)
    names |= _process(event, editor)
    names |= _files(body, chair)
    webhook = make_webhook(created_by=operator)
    ping(webhook=webhook)
    names["webhook"] = str(webhook.pk)
    names["client"] = str(make_api_client(created_by=operator).pk)
    names |= _erasures(moderator)
    passkeys = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    names["passkey"] = str(passkeys.get().pk)
    names["offer"] = _offer(body, operator)
    return Scene(**vars(people), names=names)


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


def _concept(body: Body, planner: User, pin: Pin) -> dict[str, str]:
    """Make a measure, a draft before a body, and what was found among contributions."""
    goal = make_goal("2.1")
    measure = make_measure("M 1", goal, geometry=point_in(16))
    milestone = make_milestone(measure, days=-1)
    make_link(measure, pin=pin, linked_by=planner)
    matter = Matter.objects.create(title="Ziele", text="Die Ziele gelten.")
    submission = Submission.objects.create(
        kind="goals", matter=matter, text="Die Ziele gelten.", created_by=planner
    )
    make_consultation(body, matter=matter, item=_public_item(body))
    confirmed = {
        "state": "confirmed",
        "name_de": "Schulwege",
        "decided_by": planner,
        "decided_at": timezone.now(),
    }
    topic = Suggestion.objects.create(kind="topic", **confirmed)
    open_one = Suggestion.objects.create(kind="topic", words=["Schatten"])
    for suggestion in (topic, open_one):
        SuggestionPin.objects.create(suggestion=suggestion, pin=pin, score=0.5)
    return {
        "field": str(goal.field_id),
        "goal": str(goal.pk),
        "measure": str(measure.pk),
        "milestone": str(milestone.pk),
        "submission": str(submission.pk),
        "topic": str(topic.pk),
        "suggestion": str(open_one.pk),
    }


def _public_item(body: Body) -> AgendaItem:
    return make_item(make_sitting(body, days=-9, state=Sitting.State.HELD), "Ziele")


def _process(event: Event, editor: User) -> dict[str, str]:
    """Make phases, groups and guests of an event."""
    register(event=event, guest=Guest("kim@example.org", "de", name="Kim"))
    closed = make_event(takes_registrations=True, is_by_invitation=True)
    group = InterestGroup.objects.create(name_de="Seniorenbeirat")
    invitation = invite_to_event(
        event=closed,
        email="kim@example.org",
        language="de",
        group=group,
        actor_id=editor.pk,
    )
    return {
        "draft": str(make_event(state="draft").pk),
        "group": str(group.pk),
        "invitation": invitation.token,
        "phase": str(Phase.objects.earliest("pk").pk),
        "registration": Registration.objects.get(event=event).token,
    }


def _files(body: Body, chair: User) -> dict[str, str]:
    """Make files that are still being made, a token and a template of a desk."""
    common = {"extension": "geojson", "language": "de", "total": 90_000}
    file = ExportFile.objects.create(key="public", **common)
    desk_file = ExportFile.objects.create(
        key="desk", body=body, requested_by=chair, **common
    )
    token = PullToken.objects.create(
        owner=chair,
        body=body,
        name="QGIS",
        scopes=[PullToken.Scope.values[0]],
        expires_at=timezone.now() + datetime.timedelta(days=30),
    )
    template = AnswerTemplate.objects.create(
        body=body, title="Danke", text="Vielen Dank für Ihren Hinweis."
    )
    return {
        "file": str(file.pk),
        "desk_file": str(desk_file.pk),
        "token_of_desk": str(token.pk),
        "template": str(template.pk),
    }


def _reports(
    published: Pin, own: Pin, comment: Comment, moderator: User
) -> dict[str, str]:
    """Report a public comment, and decide on what was said of others."""
    shown, with_photo = make_comment(published), make_pin()
    photo = make_photo(with_photo)
    waiting = make_report(published, explanation="Gleich im ersten Satz.")
    kept = make_report(with_photo, photo=photo, email="kim@example.org")
    of_own, of_comment = make_report(own), make_report(published, comment=comment)
    now = timezone.now()
    for report, outcome in (
        (kept, Outcome.KEPT),
        (of_own, Outcome.HIDDEN),
        (of_comment, Outcome.HIDDEN),
    ):
        ReportCase.objects.filter(pk=report.case_id).update(
            outcome=outcome,
            ground="" if outcome == Outcome.KEPT else "terms",
            rule="" if outcome == Outcome.KEPT else "Keine Namen",
            reason="Niemand ist gemeint.",
            first_decided_at=now,
            decided_at=now,
            decided_by=moderator,
        )
    complain(case=of_own.case, report=None, text="Das sehe ich anders.")
    return {
        "shown": str(shown.pk),
        "with_photo": Pin.objects.get(pk=with_photo.pk).reference,
        "shown_photo": photo.name,
        "report": str(waiting.pk),
        "report_token": make_token(waiting.idempotency_key),
        "kept_report": str(kept.pk),
        "kept_token": make_token(kept.idempotency_key),
        "case": str(waiting.case_id),
        "decision": str(of_own.case_id),
        "on_comment": str(of_comment.case_id),
    }


def _erasures(moderator: User) -> dict[str, str]:
    """Ask for erasures, oneself and by somebody else, and let one be confirmed."""
    other = make_moderator("other")
    asked, own, gone = (
        ask_to_erase(subject=make_pin(), actor=actor, reason="Ein Name steht darin.")
        for actor in (other, moderator, other)
    )
    confirm_erasure(asked=gone, actor=moderator)
    return {
        "erasure": str(asked.pk),
        "own_erasure": str(own.pk),
        "erased": gone.pin.reference,
    }


def _offer(body: Body, operator: User) -> str:
    """Invite somebody to a seat and to moderation; return what the link holds."""
    seat = Seat(body, "clerk", timezone.localdate())
    group = Group.objects.get(name=Role.MODERATOR.value)
    return str(invite(actor=operator, groups=[group], seat=seat).token)
