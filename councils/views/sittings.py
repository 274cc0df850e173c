"""The sittings of a body at its desk: planning, moving, cancelling, their papers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.access import Seat, get_desk_sitting, get_seat
from councils.agendas import (
    AgendaChanged,
    SittingRefused,
    cancel_sitting,
    change_sitting,
    plan_sitting,
    publish_agenda,
)
from councils.forms.sittings import CancelForm, PapersForm, SittingForm
from councils.models import Sitting
from councils.public.agenda import read_agenda
from councils.rights import Right
from councils.sitting_files import Paper, answer_with, keep_papers, remove_paper
from pins.photos.files import StorageFailed

# As many past ones on the page; older ones page by page.
PAST_ON_A_PAGE = 20
NOT_KEPT = gettext_lazy("The file could not be kept. Please send it again.")


@never_cache
@login_required
@require_safe
def sittings(request: HttpRequest, body_slug: str) -> HttpResponse:
    """List the body's sittings: those to come, then past ones page by page."""
    seat = get_seat(request.user, body_slug)
    of_body = Sitting.objects.of_body(seat.body).annotate(item_count=Count("items"))
    page = _page_number(request.GET.get("page", "1"))
    first = (page - 1) * PAST_ON_A_PAGE
    shown = list(of_body.past()[first : first + PAST_ON_A_PAGE + 1])
    if page > 1 and not shown:
        raise Http404
    context = _desk(seat) | {
        "upcoming": of_body.ahead(),
        "past": shown[:PAST_ON_A_PAGE],
        "page": page,
        "has_more": len(shown) > PAST_ON_A_PAGE,
    }
    return render(request, "councils/sittings.html", context)


def _page_number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6 or int(typed) < 1:
        raise Http404
    return int(typed)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, body_slug: str) -> HttpResponse:
    """Plan a sitting; `?next=` is where somebody comes back to who was elsewhere."""
    seat = get_seat(request.user, body_slug, Right.SCHEDULE)
    if request.method != "POST":
        return _form_page(request, seat, SittingForm(), None)
    form = SittingForm(request.POST)
    if not form.is_valid():
        return _form_page(request, seat, form, None, status=422)
    try:
        sitting = plan_sitting(body=seat.body, data=form.data_of_sitting())
    except SittingRefused as error:
        form.add_error(error.field, str(error))
        return _form_page(request, seat, form, None, status=422)
    messages.success(request, _("The sitting is planned."))
    if way_back := _way_back(request):
        joint = "&" if "?" in way_back else "?"
        return redirect(f"{way_back}{joint}sitting={sitting.pk}")
    return redirect(_address(sitting))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Move a sitting or correct it; 409 where somebody else changed it meanwhile."""
    seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.SCHEDULE
    )
    if request.method != "POST":
        form = SittingForm(sitting=sitting)
        return _form_page(request, seat, form, sitting)
    form = SittingForm(request.POST, sitting=sitting)
    if not form.is_valid():
        return _form_page(request, seat, form, sitting, status=422)
    try:
        change_sitting(
            sitting=sitting, data=form.data_of_sitting(), read=form.when_read()
        )
    except SittingRefused as error:
        form.add_error(error.field, str(error))
        status = 422 if error.field else 409
        return _form_page(request, seat, form, sitting, status=status)
    except AgendaChanged:
        return _form_again(request, seat, sitting)
    messages.success(request, _("Saved."))
    return redirect(_address(sitting))


def _form_again(request: HttpRequest, seat: Seat, sitting: Sitting) -> HttpResponse:
    """Show what was typed once more, on top of what somebody else has saved."""
    data = request.POST.copy()
    data["read"] = sitting.modified_at.isoformat()
    form = SittingForm(data, sitting=sitting)
    message = _(
        "Somebody else has changed this sitting meanwhile. Below is what you typed; "
        "please compare it and save again."
    )
    form.add_error(None, message)
    return _form_page(request, seat, form, sitting, status=409)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Cancel a sitting with a reason; 409 where it is over."""
    seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.SCHEDULE
    )
    form = CancelForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            cancel_sitting(
                sitting=sitting, reason=form.cleaned_data["reason"], actor=seat.user
            )
        except SittingRefused as error:
            form.add_error(error.field, str(error))
            status = 409
        else:
            messages.success(request, _("The sitting is cancelled."))
            return redirect(_address(sitting))
    elif form.is_bound:
        status = 422
    context = _desk(seat) | {"sitting": sitting, "form": form}
    return render(request, "councils/sitting_cancel.html", context, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Show what publishing the agenda does; on POST publish it. 409 if it cannot be."""
    seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id, Right.INVITE)
    message, status = "", 200
    if request.method == "POST":
        try:
            publish_agenda(sitting=sitting, actor=seat.user)
        except SittingRefused as error:
            message, status = str(error), 409
            sitting.refresh_from_db()
        else:
            messages.success(request, _("The agenda is published."))
            return redirect(_address(sitting))
    agenda = read_agenda(sitting, preview=True)
    context = _desk(seat) | {
        "sitting": sitting,
        "agenda": agenda,
        "pin_count": sum(len(item.pins) for item in agenda),
        "hidden_count": sitting.items.filter(is_public=False).count(),
        "message": message,
    }
    return render(request, "councils/sitting_invite.html", context, status=status)


@never_cache
@login_required
@require_safe
def preview(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Show the agenda as everyone will read it."""
    seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id)
    context = _desk(seat) | {
        "sitting": sitting,
        "agenda": read_agenda(sitting, preview=True),
    }
    return render(request, "councils/sitting_preview.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Keep invitation and minutes, or take one away (`remove=minutes`)."""
    seat, sitting = get_desk_sitting(
        request.user, body_slug, sitting_id, Right.SCHEDULE
    )
    if request.method == "POST" and "remove" in request.POST:
        remove_paper(sitting=sitting, paper=_named(request.POST["remove"]))
        messages.success(request, _("The file is removed."))
        return redirect("councils:sitting-papers", seat.body.slug, sitting.pk)
    form, status = PapersForm(), 200
    if request.method == "POST":
        form, status = PapersForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                keep_papers(sitting=sitting, **form.cleaned_data)
            except StorageFailed:
                status = 503
                for name in [n for n, file in form.cleaned_data.items() if file]:
                    form.add_error(name, NOT_KEPT)
            else:
                messages.success(request, _("Saved."))
                return redirect("councils:sitting-papers", seat.body.slug, sitting.pk)
    context = _desk(seat) | {"sitting": sitting, "form": form}
    return render(request, "councils/sitting_papers.html", context, status=status)


def _named(paper: str) -> Paper:
    try:
        return Paper(paper)
    except ValueError as error:
        raise Http404 from error


@login_required
@require_safe
def paper(
    request: HttpRequest, body_slug: str, sitting_id: int, paper: Paper
) -> HttpResponseBase:
    """Answer with invitation or minutes, whatever the state of the sitting."""
    _seat, sitting = get_desk_sitting(request.user, body_slug, sitting_id)
    return answer_with(sitting, paper, cached="private, no-store")


def _form_page(
    request: HttpRequest,
    seat: Seat,
    form: SittingForm,
    sitting: Sitting | None,
    status: int = 200,
) -> HttpResponse:
    context = _desk(seat) | {
        "form": form,
        "sitting": sitting,
        "next": _way_back(request),
    }
    return render(request, "councils/sitting_form.html", context, status=status)


def _desk(seat: Seat) -> dict[str, Any]:
    return {"seat": seat, "body": seat.body, "section": "sittings"}


def _address(sitting: Sitting) -> str:
    return reverse("councils:sitting", args=[sitting.body.slug, sitting.pk])


def _way_back(request: HttpRequest) -> str:
    """Return the page of this site that asked for a sitting; empty for none."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if own and address.startswith("/") and len(address) < 2_000 else ""
