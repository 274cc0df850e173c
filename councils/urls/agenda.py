"""Sittings, agendas and proposals of a desk."""

from django.urls import path

from councils.sitting_files import Paper
from councils.views import agenda as agenda_views
from councils.views import proposals as proposal_views
from councils.views import putting as putting_views
from councils.views import sittings as sitting_views

_SITTINGS = "<slug:body_slug>/sittings/"
_SITTING = f"{_SITTINGS}<int:sitting_id>/"
_ITEM = f"{_SITTINGS}items/<int:item_id>/"

urlpatterns = [
    path(_SITTINGS, sitting_views.sittings, name="sittings"),
    path(f"{_SITTINGS}new", sitting_views.new, name="sitting-new"),
    path(_SITTING, agenda_views.sitting, name="sitting"),
    path(f"{_SITTING}edit", sitting_views.edit, name="sitting-edit"),
    path(f"{_SITTING}cancel", sitting_views.cancel, name="sitting-cancel"),
    path(f"{_SITTING}invite", sitting_views.invite, name="sitting-invite"),
    path(f"{_SITTING}preview", sitting_views.preview, name="sitting-preview"),
    path(f"{_SITTING}papers", sitting_views.papers, name="sitting-papers"),
    *(
        path(
            f"{_SITTING}{paper}.pdf",
            sitting_views.paper,
            {"paper": paper},
            name=f"sitting-{paper}",
        )
        for paper in Paper
    ),
    path(f"{_SITTING}order", agenda_views.order, name="agenda-order"),
    path(f"{_SITTING}items", agenda_views.add, name="item-add"),
    path(f"{_ITEM}move", agenda_views.move, name="item-move"),
    path(f"{_ITEM}edit", agenda_views.item, name="item-edit"),
    path(f"{_ITEM}off", agenda_views.off, name="item-off"),
    path("<slug:body_slug>/agenda", putting_views.put, name="agenda"),
    path("<slug:body_slug>/proposals/", proposal_views.proposals, name="proposals"),
    path(
        "<slug:body_slug>/proposals/<int:consultation_id>/decline",
        proposal_views.decline,
        name="proposal-decline",
    ),
    path(
        "<slug:body_slug>/<slug:reference>/propose",
        proposal_views.propose,
        name="propose",
    ),
]
