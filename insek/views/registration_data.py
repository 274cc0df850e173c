"""All that is stored about somebody who registered for an event, by their link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from insek.models import Registration
from insek.personal import erase_registration, registration_records
from pins.own_link import hash_token
from trust.records import download, for_page

GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is stored; `?format=json` takes it along, `?erase=1` asks once more, and
    POST cancels and erases.

    410 for a link behind which there is nothing any more, 400 for an unknown button.
    """
    wanted = Registration.objects.select_related("event")
    found = wanted.filter(token_hash=hash_token(token)).first()
    if found is None:
        return render(request, "insek/registration_gone.html", status=GONE)
    if request.method == "POST" and request.POST.get("erase") == "all":
        erase_registration(found)
        return redirect("own-data-erased")
    is_wrong = request.method == "POST"
    records = registration_records(found)
    if not is_wrong and request.GET.get("format") == "json":
        return download(records)
    context = {
        "registration": found,
        "records": for_page(records),
        "is_asking": "erase" in request.GET and not is_wrong,
        "message": _("Please use one of the buttons of this page.") if is_wrong else "",
    }
    status = 400 if is_wrong else 200
    return render(request, "insek/registration_data.html", context, status=status)
