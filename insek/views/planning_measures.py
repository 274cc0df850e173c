"""The planners' pages of measures: the form, the state, milestones."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from insek.access import for_planners, get_planner
from insek.concept.keeping import ConceptRefused
from insek.concept.measuring import (
    change_measure_state,
    complete_milestone,
    delete_measure,
    delete_milestone,
    reopen_milestone,
    save_measure,
    save_milestone,
)
from insek.forms.concept import DoneForm, MeasureForm, MilestoneForm, StateForm
from insek.forms.shape import text_of
from insek.models import Measure, Milestone
from insek.reading import ChangedMeanwhile
from insek.views.planning_concept import again, ask_to_delete


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a measure; 422 for what the form refuses."""
    return _edit(request, Measure())


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Change a measure; 409 with both versions where somebody else has changed it."""
    return _edit(request, get_object_or_404(Measure, pk=measure_id))


def _edit(request: HttpRequest, measure: Measure) -> HttpResponse:
    if request.method != "POST":
        return _page(request, measure, MeasureForm(instance=measure))
    form = MeasureForm(request.POST, request.FILES, instance=measure)
    if not form.is_valid():
        return _page(request, measure, form, status=422)
    try:
        saved = save_measure(
            measure=form.instance,
            goals=form.chosen_goals(),
            actor=get_planner(request.user),
            read=form.cleaned_data["read"],
        )
    except ConceptRefused as error:
        form.add_error(error.field, str(error))
        return _page(request, measure, form, status=422)
    except ChangedMeanwhile as error:
        # A file cannot be sent twice: what it held stands in the text instead.
        data = request.POST.copy()
        data["geometry"] = text_of(form.instance.geometry)
        data["whole_district"] = ""
        changed, differing = again(data, MeasureForm, measure, error)
        return _page(request, measure, changed, status=409, saved=differing)
    except Measure.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved."))
    return redirect("planning:measure", saved.pk)


def _page(
    request: HttpRequest, measure: Measure, form: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Show a measure with its forms; `more` takes the place of forms that were refused."""
    known = Measure.objects.filter(pk=measure.pk).first()
    context: dict[str, Any] = {
        "section": "concept",
        "form": form,
        "measure": known,
        "goal_rows": form.goal_rows(),
    }
    if known is not None:
        context |= {
            "state_form": StateForm(measure=known),
            "milestone_form": MilestoneForm(prefix="milestone"),
            "milestones": known.milestones.all(),
            "done_form": DoneForm(),
        }
    return render(request, "insek/planning/measure.html", context | more, status=status)


@for_planners
@require_POST
def state(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Take a measure to another state; 422 refused, 409 changed meanwhile."""
    measure = get_object_or_404(Measure, pk=measure_id)
    form = StateForm(request.POST, measure=measure)
    status = 422
    if form.is_valid():
        try:
            change_measure_state(
                measure=measure,
                to=Measure.State(form.cleaned_data["to"]),
                reason=form.cleaned_data["reason"],
                progress=form.cleaned_data["progress"],
                read=form.cleaned_data["read"],
            )
        except ConceptRefused as error:
            form.add_error(
                error.field if error.field in form.fields else None, str(error)
            )
        except ChangedMeanwhile as error:
            data = request.POST.copy()
            data["state-read"] = error.digest
            form = StateForm(data, measure=measure)
            form.add_error(None, _("Somebody else has changed this measure meanwhile."))
            status = 409
        except Measure.DoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, _("Saved."))
            return redirect("planning:measure", measure.pk)
    plain = MeasureForm(instance=measure)
    return _page(request, measure, plain, status=status, state_form=form)


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Ask, and then delete a measure; 409 with the reason where something hangs on it."""
    measure = get_object_or_404(Measure, pk=measure_id)
    return ask_to_delete(request, measure, lambda: delete_measure(measure=measure))


@for_planners
@require_POST
def milestone_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Add a milestone to a measure."""
    measure = get_object_or_404(Measure, pk=measure_id)
    form = MilestoneForm(
        request.POST, instance=Milestone(measure=measure), prefix="milestone"
    )
    if not form.is_valid():
        plain = MeasureForm(instance=measure)
        return _page(request, measure, plain, status=422, milestone_form=form)
    save_milestone(milestone=form.instance)
    messages.success(request, _("The milestone is added."))
    return redirect("planning:measure", measure.pk)


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def milestone_edit(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Change a milestone; 409 where somebody else has changed it meanwhile."""
    milestone = _get(milestone_id)
    context: dict[str, Any] = {"section": "concept", "milestone": milestone}
    form, status = MilestoneForm(instance=milestone), 200
    if request.method == "POST":
        form, status = MilestoneForm(request.POST, instance=milestone), 422
        if form.is_valid():
            try:
                save_milestone(milestone=form.instance, read=form.cleaned_data["read"])
            except ChangedMeanwhile as error:
                form, context["saved"] = again(  # type: ignore[assignment]  # the same kind of form
                    request.POST, MilestoneForm, milestone, error
                )
                status = 409
            except Milestone.DoesNotExist as error:
                raise Http404 from error
            else:
                messages.success(request, _("Saved."))
                return redirect("planning:measure", milestone.measure_id)
    context["form"] = form
    return render(request, "insek/planning/milestone.html", context, status=status)


def _get(milestone_id: int) -> Milestone:
    return get_object_or_404(
        Milestone.objects.select_related("measure"), pk=milestone_id
    )


@for_planners
@require_POST
def milestone_done(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Say that a milestone is reached; what is done already is told by a message."""
    milestone = _get(milestone_id)
    form = DoneForm(request.POST)
    if not form.is_valid():
        said = " ".join(str(text) for text in form.errors["done_on"])
        messages.error(request, said)
        return redirect("planning:measure", milestone.measure_id)
    day = form.cleaned_data["done_on"]
    return _act(
        request,
        milestone,
        lambda: complete_milestone(milestone=milestone, done_on=day),
        _("The milestone is done. Whoever follows its contributions is told."),
    )


@for_planners
@require_POST
def milestone_reopen(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Take back that a milestone is reached."""
    milestone = _get(milestone_id)
    return _act(
        request,
        milestone,
        lambda: reopen_milestone(milestone=milestone),
        _("The milestone is open again."),
    )


@for_planners
@require_POST
def milestone_delete(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Delete a milestone that nothing is linked to."""
    milestone = _get(milestone_id)
    return _act(
        request,
        milestone,
        lambda: delete_milestone(milestone=milestone),
        _("The milestone is deleted."),
    )


def _act(
    request: HttpRequest, milestone: Milestone, act: Callable[[], Any], said: str
) -> HttpResponse:
    try:
        act()
    except ConceptRefused as error:
        messages.error(request, str(error))
    except Milestone.DoesNotExist as error:
        raise Http404 from error
    else:
        messages.success(request, said)
    return redirect("planning:measure", milestone.measure_id)
