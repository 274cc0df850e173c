"""Where the office opens stands, and hands their links out."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from insek import stands
from insek.access import for_editors, get_editor
from insek.forms.stand import OpenStandForm
from insek.models import Stand
from pins.sharing import qr_data_uri
from pins.workflow import Visibility

PAGE_SIZE = 20
STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "close": (stands.close_stand, "closed"),
    "reopen": (stands.reopen_stand, "reopened"),
    "renew": (stands.renew_link, "renewed"),
}


@for_editors
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """List the stands with what each has collected; lead to cards and sheets."""
    kept = Count("origins", filter=~Q(origins__pin__visibility=Visibility.WITHDRAWN))
    found = Stand.objects.select_related("event").annotate(collected=kept)
    latest = found.order_by("-valid_until", "-pk")
    context = {
        "section": "input",
        "page": Paginator(latest, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "insek/input/overview.html", context)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def new_stand(request: HttpRequest) -> HttpResponse:
    """Open a stand and lead to its link; 422 for what the form refuses."""
    if request.method != "POST":
        form = OpenStandForm(initial={"event": request.GET.get("event", "")})
        return _new(request, form)
    form = OpenStandForm(request.POST)
    if not form.is_valid():
        return _new(request, form, status=422)
    stand = stands.open_stand(**form.cleaned_data, actor=get_editor(request.user))
    return redirect("planning:stand", stand.pk)


def _new(request: HttpRequest, form: OpenStandForm, status: int = 200) -> HttpResponse:
    context = {"section": "input", "form": form}
    return render(request, "insek/input/new_stand.html", context, status=status)


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def stand(request: HttpRequest, stand_id: int) -> HttpResponse:
    """Show a stand with its link; on POST close it, open it again or renew the link.

    400 for anything else that is asked for.
    """
    found = get_object_or_404(Stand.objects.select_related("event"), pk=stand_id)
    if request.method == "POST":
        step = STEPS.get(request.POST.get("action", ""))
        if step is None:
            messages.error(request, _("Please use one of the buttons of this page."))
            return _page(request, found, status=400)
        do, done = step
        do(stand=found)
        messages.success(request, _said(done))
        return redirect("planning:stand", found.pk)
    return _page(request, found)


def _said(done: str) -> str:
    return {
        "closed": _("The stand is closed. Its link takes nothing any more."),
        "reopened": _("The stand is open again."),
        "renewed": _("The stand has a new link. The old one opens nothing any more."),
    }[done]


def _page(request: HttpRequest, found: Stand, status: int = 200) -> HttpResponse:
    url = f"{settings.BASE_URL}{reverse('insek:stand', args=[found.token])}"
    context = {
        "section": "input",
        "stand": found,
        "url": url,
        "code": qr_data_uri(url),
        "count": stands.collected_at(found).count(),
    }
    response = render(request, "insek/input/stand.html", context, status=status)
    # The page holds a link that is a secret.
    response["Referrer-Policy"] = "strict-origin"
    return response
