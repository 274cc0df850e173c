"""The planners' pages of the concept: the tree, fields of action and goals."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from insek.access import for_planners
from insek.concept.keeping import (
    ConceptRefused,
    delete_field,
    delete_goal,
    save_field,
    save_goal,
)
from insek.concept.tree import read_trees
from insek.forms.concept import FieldForm, GoalForm
from insek.models import FieldOfAction, Goal, Measure
from insek.reading import ChangedMeanwhile

FORM = "insek/planning/concept_form.html"


@for_planners
@require_safe
def concept(request: HttpRequest) -> HttpResponse:
    """Show all of the concept, drafts included: fields, goals, measures."""
    fields = FieldOfAction.objects.prefetch_related("themes")
    context = {
        "section": "concept",
        "trees": read_trees(fields, Goal.objects.all()),
        "measures": Measure.objects.prefetch_related("goals").defer("geometry"),
    }
    return render(request, "insek/planning/concept.html", context)


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def field_new(request: HttpRequest) -> HttpResponse:
    """Add a field of action; 422 for what the form refuses."""
    return _edit_field(request, FieldOfAction())


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def field_edit(request: HttpRequest, field_id: int) -> HttpResponse:
    """Change a field of action; 409 where somebody else has changed it meanwhile."""
    return _edit_field(request, get_object_or_404(FieldOfAction, pk=field_id))


def _edit_field(request: HttpRequest, field: FieldOfAction) -> HttpResponse:
    def save(form: ModelForm[Any]) -> None:
        save_field(
            field=form.instance,
            themes=form.cleaned_data["themes"],
            read=form.cleaned_data["read"],
        )

    return edit(request, FieldForm, field, save, _("Field of action"))


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def goal_new(request: HttpRequest) -> HttpResponse:
    """Add a goal, below `?parent=` or in `?field=`, with the next free number."""
    goal = Goal()
    parent = _given(request, "parent", Goal)
    field = parent.field if parent else _given(request, "field", FieldOfAction)
    if field is not None:
        goal.field, goal.parent = field, parent
        goal.number = _next_number(field, parent)
    return _edit_goal(request, goal)


def _given(request: HttpRequest, name: str, model: type[Any]) -> Any:
    typed = request.GET.get(name, "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
        raise Http404
    return get_object_or_404(model, pk=int(typed))


def _next_number(field: FieldOfAction, parent: Goal | None) -> str:
    above = parent.number if parent else str(field.number)
    beside = Goal.objects.filter(field=field, parent=parent)
    last = [n.rpartition(".")[2] for n in beside.values_list("number", flat=True)]
    return f"{above}.{max((int(n) for n in last if n.isdigit()), default=0) + 1}"


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def goal_edit(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Change, move or renumber a goal; 409 where somebody else has changed it."""
    return _edit_goal(request, get_object_or_404(Goal, pk=goal_id))


def _edit_goal(request: HttpRequest, goal: Goal) -> HttpResponse:
    def save(form: ModelForm[Any]) -> None:
        save_goal(goal=form.instance, read=form.cleaned_data["read"])

    return edit(request, GoalForm, goal, save, _("Goal"))


def edit(
    request: HttpRequest,
    form_class: Callable[..., ModelForm[Any]],
    row: Any,
    save: Callable[[ModelForm[Any]], None],
    what: str,
) -> HttpResponse:
    """Show a form of the concept, or save it: 422 refused, 409 changed meanwhile."""
    context: dict[str, Any] = {"section": "concept", "what": what, "row": row}
    if request.method != "POST":
        return render(request, FORM, context | {"form": form_class(instance=row)})
    form = form_class(request.POST, instance=row)
    status = 422
    if form.is_valid():
        try:
            save(form)
        except ConceptRefused as error:
            form.add_error(error.field, str(error))
        except ChangedMeanwhile as error:
            form, context["saved"] = again(request.POST, form_class, row, error)
            status = 409
        except type(row).DoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, _("Saved."))
            return redirect("planning:concept")
    return render(request, FORM, context | {"form": form}, status=status)


def again(
    sent: QueryDict,
    form_class: Callable[..., ModelForm[Any]],
    row: Any,
    error: ChangedMeanwhile,
) -> tuple[ModelForm[Any], list[tuple[str, str]]]:
    """Return the form with what was typed, and what somebody else saved where it differs.

    Sent again, it takes the place of that.
    """
    data = sent.copy()
    data["read"] = error.digest
    now = type(row).objects.get(pk=row.pk)
    form, saved = form_class(data, instance=row), form_class(instance=now)
    form.add_error(
        None,
        _(
            "Somebody else has changed this meanwhile. Below is what you typed, and what "
            "they saved; if you save, yours takes its place."
        ),
    )
    differing = [
        (str(saved[name].label), _words(saved[name]))
        for name in saved.fields
        if name not in {"read", "file", "whole_district"}
        and _words(saved[name]) != _words(form[name])
    ]
    return form, differing


def _words(bound: Any) -> str:
    """Return the value of a field as somebody reads it."""
    value = bound.field.prepare_value(bound.value())
    values = value if isinstance(value, list) else [value]
    texts = [str(v) for v in values if v not in (None, "")]
    labels = {
        str(key): str(label) for key, label in getattr(bound.field, "choices", [])
    }
    joined = ", ".join(sorted(labels.get(text, text) for text in texts))
    return " ".join(joined.split()) or "–"


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def field_delete(request: HttpRequest, field_id: int) -> HttpResponse:
    """Ask, and then delete a field of action; 409 where goals belong to it."""
    field = get_object_or_404(FieldOfAction, pk=field_id)
    return ask_to_delete(request, field, lambda: delete_field(field=field))


@for_planners
@require_http_methods(["GET", "HEAD", "POST"])
def goal_delete(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Ask, and then delete a goal; 409 with the reason where something hangs on it."""
    goal = get_object_or_404(Goal, pk=goal_id)
    return ask_to_delete(request, goal, lambda: delete_goal(goal=goal))


def ask_to_delete(
    request: HttpRequest, row: Any, delete: Callable[[], None]
) -> HttpResponse:
    """Ask whether to delete something, and on POST do it."""
    context: dict[str, Any] = {"section": "concept", "row": row}
    if request.method != "POST":
        return render(request, "insek/planning/concept_delete.html", context)
    try:
        delete()
    except ConceptRefused as error:
        context["refusal"] = str(error)
        return render(
            request, "insek/planning/concept_delete.html", context, status=409
        )
    except type(row).DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Deleted."))
    return redirect("planning:concept")
