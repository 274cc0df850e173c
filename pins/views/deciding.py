"""What the pages of a contribution and of a comment share: reading, deciding, going on."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from pins.models import Comment, Pin, Question, QueueEntry, ReasonTemplate
from pins.models.wording import about
from pins.moderation import claims
from pins.moderation.ages import age_of
from pins.moderation.asking import may_be_asked
from pins.moderation.listing import QueueFilter
from pins.moderation.redacting import may_be_redacted, original_of
from pins.moderation.wordings import history_of
from pins.moderation_forms import ASKED, DecisionForm
from pins.views.queue import flow_query, open_next, place_of
from pins.workflow import VISIBILITY_MOVES, MoveNotAllowed, Role, targets

Subject = Pin | Comment
Act = Callable[[User, dict[str, Any]], object]
Page = Callable[[DecisionForm | None, int], HttpResponse]

# Which field a template goes into.
_FIELDS = {
    ReasonTemplate.Use.REFUSE.value: "reason",
    ReasonTemplate.Use.ASK.value: "question",
}


def decide(
    request: HttpRequest,
    moderator: User,
    subject: Subject,
    *,
    form: DecisionForm,
    acts: Mapping[str, Act],
    page: Page,
    saved: str,
) -> HttpResponse:
    """Do what a POST asks for, and lead on.

    409 where somebody else reads it or decided meanwhile or the author changed the
    words, 422 for a missing reason; what was typed is shown again.
    """
    if use := _FIELDS.get(request.POST.get("insert", "")):
        return page(_with_template(request, subject, type(form), use), 200)
    if "take-over" in request.POST:
        claims.take_over(subject=subject, actor=moderator)
        return redirect(request.get_full_path())
    if not form.is_valid():
        return page(form, 422)
    try:
        claims.demand(subject=subject, actor=moderator)
        acts[form.cleaned_data["to"]](moderator, form.cleaned_data)
    except (MoveNotAllowed, claims.ReadByAnother) as error:
        subject.refresh_from_db()
        form.add_error(None, str(error))
        return page(form, 409)
    messages.success(request, saved)
    return lead_on(request, moderator)


def lead_on(request: HttpRequest, moderator: User) -> HttpResponse:
    """Lead to the next entry where somebody works through the queue, else back to it."""
    if "flow" in request.GET:
        return open_next(request, moderator)
    return redirect("moderation:queue")


def _with_template(
    request: HttpRequest, subject: Subject, form: type[DecisionForm], field: str
) -> DecisionForm:
    """Return the form with a template below what was typed, of which nothing is lost."""
    typed = {
        name: request.POST.get(name, "").replace("\r\n", "\n")
        for name in ("reason", "question", "read")
    }
    number = request.POST.get(f"{field}_template", "")
    if number.isascii() and number.isdigit() and len(number) < 19:
        template = ReasonTemplate.objects.filter(pk=int(number)).first()
        if template is not None:
            parts = [typed[field].rstrip(), template.text_in(subject.language)]
            typed[field] = "\n\n".join(part for part in parts if part)
    return form(initial=typed)


def context_of(
    request: HttpRequest, moderator: User, subject: Subject, form: DecisionForm
) -> dict[str, Any]:
    """Return what both pages show; whoever opens one reads it from now on."""
    if request.method == "HEAD":
        entry = QueueEntry.objects.of(subject).select_related("claimed_by").first()
    else:
        entry = claims.claim(subject=subject, actor=moderator)
    allowed = targets(VISIBILITY_MOVES, subject.visibility, {Role.MODERATOR})
    questions = Question.objects.filter(about(subject)).select_related("asked_by")
    filters = QueueFilter.read(request.GET)
    query = filters.query if filters.is_valid() else ""
    templates = list(ReasonTemplate.objects.all()) if allowed else []
    context: dict[str, Any] = {
        "form": form,
        "read": subject.words_digest,
        "allowed": allowed,
        "entry": entry,
        "versions": history_of(subject),
        "questions": questions,
        "may_redact": may_be_redacted(subject),
        "is_redacted": subject.is_redacted,
        "original": original_of(subject),
        "queue_url": f"{reverse('moderation:queue')}?{query}".rstrip("?"),
        "next_query": f"{flow_query(query)}&after={place_of(entry)}",
        "is_flow": "flow" in request.GET,
        "here": request.get_full_path(),
    }
    for use in _FIELDS:
        context[f"{use}_templates"] = [
            (template, template.text_in(subject.language))
            for template in templates
            if template.use == use
        ]
    if entry is not None:
        is_other = entry.is_read_by_other(moderator.pk)
        context |= {
            "age": age_of(entry, timezone.now()),
            "reader": claims.reader_of(entry) if is_other else "",
            "stamp": claims.stamp_of(entry),
            "may_ask": entry.asked_at is None and may_be_asked(subject),
            "ask_value": ASKED,
        }
    return context
