"""The reasons and questions that moderators start from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pins.access import get_moderator
from pins.models import ReasonTemplate
from pins.moderation_forms import ReasonTemplateForm


@never_cache
@login_required
@require_safe
def reasons(request: HttpRequest) -> HttpResponse:
    """List all templates, reasons first."""
    get_moderator(request.user)
    found = list(ReasonTemplate.objects.all())
    groups = [
        (use.label, [template for template in found if template.use == use])
        for use in ReasonTemplate.Use
    ]
    return render(request, "moderation/reasons.html", {"groups": groups})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a new template; 422 for what the form refuses."""
    get_moderator(request.user)
    return _edit(request, ReasonTemplate(use=ReasonTemplate.Use.REFUSE))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, template_id: int) -> HttpResponse:
    """Change a template; 422 for what the form refuses."""
    return _edit(request, _get(request, template_id))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, template_id: int) -> HttpResponse:
    """Ask, and on POST delete a template."""
    template = _get(request, template_id)
    if request.method != "POST":
        context = {"template": template}
        return render(request, "moderation/reason_delete.html", context)
    template.delete()
    messages.success(request, _("The template is deleted."))
    return redirect("moderation:reasons")


def _get(request: HttpRequest, template_id: int) -> ReasonTemplate:
    get_moderator(request.user)
    return get_object_or_404(ReasonTemplate, pk=template_id)


def _edit(request: HttpRequest, template: ReasonTemplate) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ReasonTemplateForm(instance=template))
    form = ReasonTemplateForm(request.POST, instance=template)
    if form.is_valid() and _save(form):
        messages.success(request, _("The template is saved."))
        return redirect("moderation:reasons")
    return _page(request, form, status=422)


def _save(form: ReasonTemplateForm) -> bool:
    """Save; where somebody has just taken the title, say so instead.

    All other rules of the table are those of the form.
    """
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("title", _("There is a template with this title."))
        return False
    return True


def _page(
    request: HttpRequest, form: ReasonTemplateForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "template": form.instance}
    return render(request, "moderation/reason_form.html", context, status=status)
