"""What is stored about an address: asked for, shown by a link, taken along, erased."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from layers.languages import page_language
from mapapp.own_data import ask_what_is_stored, erase_all, records_of
from pins.models.contact import EMAIL_LENGTH
from pins.validators import LENGTH_MESSAGES
from trust.address_links import BadLink, LinkExpired, read_token
from trust.guard import Stopped, check
from trust.limits import OWN_DATA
from trust.records import download, for_page

GONE = 410


class OwnDataForm(forms.Form):
    """The address that somebody asks about."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We send a link there, if anything is stored about it."),
        max_length=EMAIL_LENGTH,
        error_messages={
            "required": gettext_lazy("Please enter your e-mail address."),
            "invalid": gettext_lazy(
                "Please enter a complete e-mail address, such as name@example.org."
            ),
            **LENGTH_MESSAGES,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take an address; the answer is the same whether it is known here or not.

    422 for what is no address, 429 where too much was sent.
    """
    form = OwnDataForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return render(request, "mapapp/own_data/ask.html", {"form": form})
    if not form.is_valid():
        return render(request, "mapapp/own_data/ask.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    try:
        check(request, OWN_DATA, email=email)
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(render(request, "mapapp/own_data/ask.html", {"form": form}))
    ask_what_is_stored(email=email, language=page_language())
    return redirect("own-data-sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say what happens now; the same to everybody."""
    return render(request, "mapapp/own_data/sent.html")


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """Say that it is done."""
    return render(request, "mapapp/own_data/erased.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show all that is stored about the address of the link; `?format=json` takes it
    along, `?erase=1` asks once more, and POST erases.

    404 for a wrong link, 410 for one whose time is over, 400 for an unknown button.
    """
    try:
        link = read_token(token)
    except BadLink as error:
        raise Http404 from error
    except LinkExpired:
        return render(request, "mapapp/own_data/expired.html", status=GONE)
    if request.method == "POST" and request.POST.get("erase") == "all":
        erase_all(link=link)
        return redirect("own-data-erased")
    records = list(records_of(link.email))
    if request.method != "POST" and request.GET.get("format") == "json":
        return download(records)
    is_wrong = request.method == "POST"
    context = {
        "records": for_page(records),
        "email": link.email,
        "is_asking": "erase" in request.GET and not is_wrong,
        "message": _("Please use one of the buttons of this page.") if is_wrong else "",
    }
    status = 400 if is_wrong else 200
    return render(request, "mapapp/own_data/address.html", context, status=status)
