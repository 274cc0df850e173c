"""The editor of an agenda: its items, their order, what is added and taken off."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from councils.access import Seat, get_desk_item, get_desk_sitting
from councils.agenda_order import move_item, reorder
from councils.agendas import (
    AgendaChanged,
    SittingRefused,
    add_item,
    change_item,
    take_off,
)
from councils.desk.agenda import read_items
from councils.forms.agenda import USUAL_TITLES, ItemForm, NewItemForm
from councils.models import AgendaItem, Sitting
from councils.rights import Right

CHANGED_MEANWHILE = "changed"


@never_cache
@login_required
@require_safe
def sitting(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Show a sitting with its whole agenda, to be put together."""
    seat, found = get_desk_sitting(request.user, body_slug, sitting_id)
    if CHANGED_MEANWHILE in request.GET:
        messages.warning(request, _changed())
        return redirect(_address(found))
    return _editor(request, seat, found, NewItemForm())


def _changed() -> str:
    return _(
        "Somebody else has changed the agenda meanwhile. This is how it stands now; "
        "please do once more what you wanted."
    )


@never_cache
@login_required
@require_POST
def add(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Add an item without contributions."""
    seat, found = get_desk_sitting(request.user, body_slug, sitting_id, Right.SCHEDULE)
    form = NewItemForm(request.POST)
    if not form.is_valid():
        return _editor(request, seat, found, form, status=422)
    try:
        item = add_item(sitting=found, **form.cleaned_data)
    except SittingRefused as error:
        form.add_error(None, str(error))
        return _editor(request, seat, found, form, status=409)
    messages.success(
        request, _("“%(title)s” is on the agenda.") % {"title": item.title}
    )
    return redirect(f"{_address(found)}#item-{item.pk}")


@never_cache
@login_required
@require_POST
def order(request: HttpRequest, body_slug: str, sitting_id: int) -> HttpResponse:
    """Put the agenda into an order: JSON `{"items": [ids], "read": [ids]}`.

    422 for anything else, 409 where it cannot be or somebody changed it meanwhile.
    """
    _seat, found = get_desk_sitting(request.user, body_slug, sitting_id, Right.SCHEDULE)
    try:
        wanted = json.loads(request.body)
        ids, read = _ids(wanted["items"]), _ids(wanted["read"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"message": _("This order cannot be read.")}, status=422)
    try:
        reorder(sitting=found, item_ids=ids, read=read)
    except SittingRefused as error:
        return JsonResponse({"message": str(error)}, status=409)
    except AgendaChanged:
        return JsonResponse({"message": _changed()}, status=409)
    return JsonResponse({"items": ids})


def _ids(values: Any) -> list[int]:
    if not isinstance(values, list) or not all(type(v) is int for v in values):
        raise ValueError
    return values


@never_cache
@login_required
@require_POST
def move(request: HttpRequest, body_slug: str, item_id: int) -> HttpResponse:
    """Move an item one place `up` or `down`, without a script."""
    _seat, item = get_desk_item(request.user, body_slug, item_id, Right.SCHEDULE)
    steps = {"up": -1, "down": 1}
    direction = request.POST.get("move", "")
    if direction not in steps:
        return render(request, "400.html", status=400)
    try:
        move_item(item=item, by=steps[direction])
    except SittingRefused as error:
        messages.error(request, str(error))
    except AgendaChanged:
        messages.warning(request, _changed())
    return redirect(f"{_address(item.sitting)}#item-{item.pk}")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, body_slug: str, item_id: int) -> HttpResponse:
    """Change title and publicity of an item; 409 where somebody else did meanwhile."""
    seat, found = get_desk_item(request.user, body_slug, item_id, Right.SCHEDULE)
    if request.method != "POST":
        return _item_page(request, seat, found, ItemForm.of(found))
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _item_page(request, seat, found, form, status=422)
    try:
        change_item(
            item=found,
            title=form.cleaned_data["title"],
            is_public=form.cleaned_data["is_public"],
            actor=seat.user,
            read=form.as_read(),
        )
    except SittingRefused as error:
        form.add_error(None, str(error))
        return _item_page(request, seat, found, form, status=409)
    except AgendaChanged:
        return _item_again(request, seat, found)
    messages.success(request, _("Saved."))
    return redirect(f"{_address(found.sitting)}#item-{found.pk}")


def _item_again(request: HttpRequest, seat: Seat, item: AgendaItem) -> HttpResponse:
    """Show what was typed once more, beside what somebody else has saved."""
    now = AgendaItem.objects.filter(pk=item.pk).first()
    if now is None:
        messages.warning(request, _changed())
        return redirect(_address(item.sitting))
    data = request.POST.copy()
    data["read_title"] = now.title
    data["read_public"] = "yes" if now.is_public else "no"
    form = ItemForm(data)
    message = _(
        "Somebody else has changed this item meanwhile; it reads “%(title)s” now. "
        "Below is what you typed; please compare it and save again."
    )
    form.add_error(None, message % {"title": now.title})
    return _item_page(request, seat, item, form, status=409)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, body_slug: str, item_id: int) -> HttpResponse:
    """Ask, and on POST take an item off its agenda; its matter waits for another."""
    seat, found = get_desk_item(request.user, body_slug, item_id, Right.SCHEDULE)
    if request.method != "POST":
        context = _desk(seat) | {"item": found, "sitting": found.sitting}
        return render(request, "councils/item_off.html", context)
    try:
        take_off(item=found, actor=seat.user)
    except SittingRefused as error:
        messages.error(request, str(error))
    except AgendaChanged:
        messages.warning(request, _changed())
    else:
        words = _("“%(title)s” is off the agenda.")
        messages.success(request, words % {"title": found.title})
    return redirect(_address(found.sitting))


def _editor(
    request: HttpRequest,
    seat: Seat,
    sitting: Sitting,
    form: NewItemForm,
    status: int = 200,
) -> HttpResponse:
    rows = read_items(sitting)
    taken = {row.item.title for row in rows}
    context = _desk(seat) | {
        "sitting": sitting,
        "rows": rows,
        "form": form,
        "usual_titles": [title for title in USUAL_TITLES if title not in taken],
        "may_edit": seat.may(Right.SCHEDULE) and sitting.is_editable,
    }
    return render(request, "councils/sitting.html", context, status=status)


def _item_page(
    request: HttpRequest,
    seat: Seat,
    item: AgendaItem,
    form: ItemForm,
    status: int = 200,
) -> HttpResponse:
    context = _desk(seat) | {"item": item, "sitting": item.sitting, "form": form}
    return render(request, "councils/item.html", context, status=status)


def _desk(seat: Seat) -> dict[str, Any]:
    return {"seat": seat, "body": seat.body, "section": "sittings"}


def _address(sitting: Sitting) -> str:
    return reverse("councils:sitting", args=[sitting.body.slug, sitting.pk])
