"""The office plans the phases."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from insek.access import for_editors
from insek.forms.phases import PhaseForm
from insek.models import Phase
from insek.phases import calendar_of, delete_phase, keep_phase
from insek.reading import ChangedMeanwhile

PREVIEW = "preview"


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan a phase; 422 for what the form refuses."""
    return _edit(request, Phase())


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, phase_id: int) -> HttpResponse:
    """Change a phase; 409 where somebody else has changed it meanwhile, 404 where it is
    gone.
    """
    return _edit(request, get_object_or_404(Phase, pk=phase_id))


def _edit(request: HttpRequest, phase: Phase) -> HttpResponse:
    if request.method != "POST":
        return _page(request, PhaseForm(instance=phase))
    form = PhaseForm(request.POST, instance=phase)
    if not form.is_valid():
        return _page(request, form, status=422)
    if request.POST.get("action") == PREVIEW:
        return _page(request, form, preview=True)
    try:
        keep_phase(phase=form.instance, read=form.cleaned_data["read"])
    except ChangedMeanwhile as error:
        return _page(request, _again(request, phase, error), status=409)
    except Phase.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved. What everybody may do follows at once."))
    return redirect("planning:events")


def _again(request: HttpRequest, phase: Phase, error: ChangedMeanwhile) -> PhaseForm:
    """Return the form with what was typed, to be sent over what somebody else saved."""
    data = request.POST.copy()
    data["read"] = error.digest
    form = PhaseForm(data, instance=phase)
    message = _(
        "Somebody else has changed this meanwhile. Below is what you typed; if you save "
        "it, it takes the place of what they saved."
    )
    form.add_error(None, message)
    return form


def _page(
    request: HttpRequest, form: PhaseForm, *, preview: bool = False, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"section": "events", "form": form}
    if preview:
        others = Phase.objects.exclude(pk=form.instance.pk)
        context["spans"] = calendar_of([*others, form.instance], timezone.localdate())
    return render(request, "insek/planning/phase_form.html", context, status=status)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, phase_id: int) -> HttpResponse:
    """Ask, and then delete a phase."""
    phase = get_object_or_404(Phase, pk=phase_id)
    if request.method == "POST":
        delete_phase(phase=phase)
        messages.success(request, _("The phase is deleted."))
        return redirect("planning:events")
    others = Phase.objects.exclude(pk=phase.pk)
    context = {
        "section": "events",
        "phase": phase,
        "event_count": phase.events.count(),
        "spans": calendar_of(others, timezone.localdate()),
    }
    return render(request, "insek/planning/phase_delete.html", context)
