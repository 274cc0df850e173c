"""The goals of the concept as everyone reads them: by field, and one by one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from insek.concept.resolving import adoption, resolutions_on
from insek.concept.tree import read_trees
from insek.models import FieldOfAction, Goal, MeasureGoal


@require_safe
def goals(request: HttpRequest) -> HttpResponse:
    """Show the fields of action with all their goals."""
    fields = FieldOfAction.objects.prefetch_related("themes")
    trees = read_trees(fields, Goal.objects.public())
    return render(request, "insek/goals.html", {"section": "goals", "trees": trees})


@require_safe
def field(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one field of action with its goals."""
    found = get_object_or_404(
        FieldOfAction.objects.prefetch_related("themes"), slug=slug
    )
    [tree] = read_trees([found], Goal.objects.public().filter(field=found))
    context = {"section": "goals", "field": found, "tree": tree}
    return render(request, "insek/field.html", context)


@require_safe
def goal(request: HttpRequest, number: str) -> HttpResponse:
    """Show a goal: the goals above and below, its measures, what bodies resolved."""
    found = _get(number)
    of_field = list(Goal.objects.public().filter(field=found.field_id))
    serving = MeasureGoal.objects.filter(goal=found, measure__is_public=True)
    resolutions = resolutions_on(found)
    context = {
        "section": "goals",
        "goal": found,
        "above": _above(found, of_field),
        "below": [goal for goal in of_field if goal.parent_id == found.pk],
        "serving": serving.select_related("measure").order_by("measure__number"),
        "resolutions": resolutions,
        "adoption": adoption(resolutions),
    }
    return render(request, "insek/goal.html", context)


def _get(number: str) -> Goal:
    if "\0" in number:
        raise Http404
    goal = Goal.objects.public().select_related("field").filter(number=number).first()
    if goal is None:
        raise Http404
    return goal


def _above(goal: Goal, known: list[Goal]) -> list[Goal]:
    """Return the public goals that a goal is part of, the outermost first."""
    by_id = {one.pk: one for one in known}
    found: list[Goal] = []
    parent = by_id.get(goal.parent_id or 0)
    while parent is not None and parent not in found:
        found.insert(0, parent)
        parent = by_id.get(parent.parent_id or 0)
    return found
