"""The templates of a desk's answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, get_seat
from councils.forms.pin import TemplateForm
from councils.models import AnswerTemplate
from councils.rights import Right


@never_cache
@login_required
@require_safe
def templates(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List the body's own templates, and those of all bodies."""
    seat = get_seat(request.user, body_slug)
    found = AnswerTemplate.objects.for_desk(seat.body)
    context = _context(seat) | {
        "own": [template for template in found if template.body_id is not None],
        "common": [template for template in found if template.body_id is None],
    }
    return render(request, "councils/templates.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, body_slug: str) -> HttpResponse:
    """Write a new template; 422 for what the form refuses."""
    seat = get_seat(request.user, body_slug, Right.EDIT_TEMPLATES)
    return _edit(request, seat, AnswerTemplate(body=seat.body))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, body_slug: str, template_id: int) -> HttpResponse:
    """Change one of the body's own templates; 404 for any other."""
    seat, template = _get_own(request, body_slug, template_id)
    return _edit(request, seat, template)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, body_slug: str, template_id: int) -> HttpResponse:
    """Ask, and on POST delete one of the body's own templates."""
    seat, template = _get_own(request, body_slug, template_id)
    if request.method != "POST":
        context = _context(seat) | {"template": template}
        return render(request, "councils/template_delete.html", context)
    template.delete()
    messages.success(request, _("The template is deleted."))
    return redirect("councils:templates", seat.body.slug)


def _get_own(
    request: HttpRequest, body_slug: str, template_id: int
) -> tuple[Seat, AnswerTemplate]:
    seat = get_seat(request.user, body_slug, Right.EDIT_TEMPLATES)
    own = AnswerTemplate.objects.filter(body=seat.body)
    return seat, get_object_or_404(own, pk=template_id)


def _edit(request: HttpRequest, seat: Seat, template: AnswerTemplate) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, seat, TemplateForm(instance=template))
    form = TemplateForm(request.POST, instance=template)
    if form.is_valid() and _save(form):
        messages.success(request, _("The template is saved."))
        return redirect("councils:templates", seat.body.slug)
    return _form_page(request, seat, form, status=422)


def _save(form: TemplateForm) -> bool:
    """Save; where somebody has just taken the title, say so instead."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError as error:
        if "answertemplate_title_once" not in str(error):
            raise
        form.add_error("title", _("There is a template with this title."))
        return False
    return True


def _form_page(
    request: HttpRequest, seat: Seat, form: TemplateForm, status: int = 200
) -> HttpResponse:
    context = _context(seat) | {"form": form, "template": form.instance}
    return render(request, "councils/template_form.html", context, status=status)


def _context(seat: Seat) -> dict[str, object]:
    return {"seat": seat, "body": seat.body, "section": "templates"}
