"""What is linked to a part of the concept: taking it back, and linking other things."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from councils.models import Consultation, Sitting
from insek.access import for_planners, get_planner
from insek.forms.trace import ReasonForm, read_ids
from insek.models import Event, Link
from insek.models.trace import LinkQuerySet
from insek.trace.linking import link_one
from insek.trace.tracing import LinkRefused, Target, target_field, unlink_all
from insek.views.trace import get_target, head_context
from pins.models import Comment, PublicPin

PER_PAGE = 50
SHOWN = 50
KINDS = {
    "comment": gettext_lazy("Comments"),
    "event": gettext_lazy("Events"),
    "consultation": gettext_lazy("Resolutions"),
}


def _links(target: Target) -> LinkQuerySet:
    return Link.objects.filter(**{target_field(target): target})


@for_planners
@require_safe
def links(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """List everything linked to a part of the concept: who did it, when and why."""
    target = get_target(kind, target_id)
    found = (
        _links(target)
        .select_related(
            "pin",
            "comment__pin",
            "event",
            "consultation__body",
            "consultation__item__sitting",
            "linked_by",
        )
        .order_by("-linked_at", "-pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = [link.pin_id for link in page.object_list if link.pin_id]
    public = PublicPin.objects.filter(pk__in=shown).values_list("pk", flat=True)
    context = head_context(request, target, "links") | {
        "page": page,
        "public": set(public),
    }
    return render(request, "insek/planning/trace_links.html", context)


@for_planners
@require_POST
def unlink(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Take back the links that are ticked, or all of this target; 400 for bad ids."""
    target = get_target(kind, target_id)
    chosen = _links(target)
    if "all" not in request.POST:
        try:
            ids = read_ids(request.POST.getlist("link"))
        except ValidationError:
            return render(request, "400.html", status=400)
        if not ids:
            messages.error(request, _("Choose at least one link."))
            return redirect("planning:trace-links", kind, target_id)
        chosen = chosen.filter(pk__in=ids)
    n = unlink_all(links=chosen)
    words = ngettext("One link taken back.", "%(n)d links taken back.", n)
    messages.success(request, words % {"n": n})
    return redirect("planning:trace-links", kind, target_id)


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest, kind: str, target_id: int) -> HttpResponse:
    """Link comments, events or resolutions; 422 with what is wrong."""
    target = get_target(kind, target_id)
    of = request.GET.get("of", "comment")
    if of not in KINDS:
        return render(request, "400.html", status=400)
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _link(request, target, of, form):
        return redirect("planning:trace-links", kind, target_id)
    linked = _links(target).filter(**{f"{of}__isnull": False})
    found = _found(of, words).exclude(pk__in=linked.values(of))[:SHOWN]
    context = head_context(request, target, "sources") | {
        "kinds": KINDS,
        "of": of,
        "words": words,
        "form": form,
        "found": found,
        "shown": SHOWN,
        "chosen": request.POST.getlist("source"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "insek/planning/trace_sources.html", context, status=status)


def _link(request: HttpRequest, target: Target, of: str, form: ReasonForm) -> bool:
    """Link what is ticked; False with the errors at the form."""
    if not form.is_valid():
        return False
    try:
        ids = read_ids(request.POST.getlist("source"))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    chosen = list(_found(of, "").filter(pk__in=ids))
    if not chosen:
        form.add_error(None, _("Choose at least one entry."))
        return False
    try:
        with transaction.atomic():
            for source in chosen:
                link_one(
                    source=source,
                    target=target,
                    actor=get_planner(request.user),
                    reason=form.cleaned_data["reason"],
                )
    except LinkRefused as error:
        form.add_error(None, str(error))
        return False
    n = len(chosen)
    words = ngettext("One link made.", "%(n)d links made.", n)
    messages.success(request, words % {"n": n})
    return True


def _found(of: str, words: str) -> QuerySet[Any]:
    """Return what everyone can read of a kind, with these words in it, the latest first."""
    if of == "comment":
        comments = Comment.objects.public().select_related("pin")
        return comments.filter(text__icontains=words).order_by("-created_at", "-pk")
    if of == "event":
        events = Event.objects.public()
        return events.filter(title_de__icontains=words).order_by("-starts_at", "-pk")
    return (
        Consultation.objects.public()
        .filter(
            decided_at__isnull=False,
            item__sitting__state=Sitting.State.HELD,
            matter__title__icontains=words,
        )
        .select_related("body", "matter", "item__sitting")
        .order_by("-item__sitting__start", "-pk")
    )
