"""The legal pages: what the application knows of itself, and the operator's own words."""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from insek.pages.models.legal import LegalPage, legal_text
from layers.languages import page_language
from mapapp.barrier import BarrierForm, send_report
from trust.guard import Stopped, check
from trust.limits import BARRIER
from trust.register import Whose, register

logger = logging.getLogger(__name__)
Kind = LegalPage.Kind


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is stored, why and for how long."""
    hosts = [urlsplit(host).netloc for host in settings.WMS_HOSTS]
    held = [entry for entry in register().data if entry.whose == Whose.RESIDENTS]
    return _legal(
        request,
        Kind.PRIVACY,
        wms_hosts=hosts,
        held=held,
        marks_writers=bool(settings.DATABASE_REPLICAS),
        refused_days=settings.REFUSED_LIFETIME.days,
    )


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Say who is responsible for the site (DDG § 5), and whom to contact (DSA)."""
    return _legal(request, Kind.IMPRINT, contact_point=settings.CONTACT_POINT_EMAIL)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the site is and where to report barriers (BITV)."""
    return _legal(request, Kind.ACCESSIBILITY)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Say what may be written here, and how it is read before it is published."""
    return _legal(request, Kind.TERMS, report_days=settings.REPORT_PERIOD.days)


def _legal(request: HttpRequest, kind: Kind, **more: Any) -> HttpResponse:
    written = legal_text(kind, page_language())
    context = {"written": written, "review_days": settings.REVIEW_PERIOD.days, **more}
    return render(request, f"mapapp/legal/{kind}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: HttpRequest) -> HttpResponse:
    """Take a report of a barrier; 422 where something is missing, 429 for too many,
    503 without mail.
    """
    form = BarrierForm(
        request.POST if request.method == "POST" else None,
        initial={"page": _page_of(request)},
    )
    if not form.is_bound:
        return render(request, "mapapp/legal/barrier.html", {"form": form})
    if not form.is_valid():
        return render(request, "mapapp/legal/barrier.html", {"form": form}, status=422)
    sent = form.cleaned_data
    try:
        check(request, BARRIER, form=sent["key"], texts=(sent["text"], sent["page"]))
        send_report(**sent)
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(
            render(request, "mapapp/legal/barrier.html", {"form": form})
        )
    except OSError:
        logger.exception("A report of a barrier could not be sent.")
        form.add_error(
            None,
            _("Your report could not be sent just now. Please try again in a while."),
        )
        return render(request, "mapapp/legal/barrier.html", {"form": form}, status=503)
    return redirect("barrier-sent")


def _page_of(request: HttpRequest) -> str:
    wanted = request.GET.get("page", "")
    return wanted[:300] if wanted.startswith("/") and wanted.isprintable() else ""


@require_safe
def barrier_sent(request: HttpRequest) -> HttpResponse:
    """Thank for a report."""
    return render(request, "mapapp/legal/barrier_sent.html")
