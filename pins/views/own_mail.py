"""The address of an author: confirmed by the link in a mail, changed by the own link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from layers.languages import page_language
from pins.access import OwnLinkExpired, get_own_pin
from pins.actions import forget_contact
from pins.forms import AddressForm
from pins.models import Contact, Pin
from pins.notifications import stop_url
from pins.telling.author_address import (
    ask_once_more,
    confirm_contact,
    correct_address,
    read_confirm_token,
)
from pins.telling.follow_links import BadLink, LinkExpired
from trust.guard import Stopped, check
from trust.limits import ADDRESS

GONE, TOO_MANY = 410, 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by the link of the mail; on POST let the mails begin.

    Not by looking: programs follow the links in mails. 404 for a wrong link, 410 for one
    whose time is over or whose address has been erased.
    """
    try:
        contact = read_confirm_token(token)
    except BadLink as error:
        raise Http404 from error
    except LinkExpired:
        return render(request, "pins/confirm_expired.html", status=GONE)
    if request.method == "POST":
        confirm_contact(contact=contact)
        return redirect(request.path)
    context = {"contact": contact, "stop_url": stop_url(contact)}
    return render(request, "pins/confirm_mail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_mail(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Show what address was left with one's own pin; on POST change or erase it, or have
    the confirming mail sent again.

    404 for a wrong link, 410 for one whose time is over, 422 for what is no address, 429
    where too many mails went there already.
    """
    try:
        pin = get_own_pin(reference, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=GONE)
    if request.method != "POST":
        return _page(request, pin, AddressForm())
    match request.POST.get("action"):
        case "address":
            return _take_address(request, pin)
        case "again":
            if not ask_once_more(pin=pin):
                return _page(request, pin, AddressForm(), too_often=True, status=429)
        case "forget":
            forget_contact(pin=pin)
        case _:
            message = _("Please use one of the buttons of this page.")
            return _page(request, pin, AddressForm(), message=message, status=400)
    return redirect(f"{request.path}?done={request.POST['action']}")


def _take_address(request: HttpRequest, pin: Pin) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, pin, form, status=422)
    email = form.cleaned_data["email"]
    try:
        check(request, ADDRESS, email=email)
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(_page(request, pin, form))
    correct_address(pin=pin, email=email, language=page_language())
    return redirect(f"{request.path}?done=address")


def _page(
    request: HttpRequest,
    pin: Pin,
    form: AddressForm,
    *,
    message: str = "",
    too_often: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "pin": pin,
        "contact": Contact.objects.filter(pin=pin).first(),
        "own_path": request.path.removesuffix("/mail"),
        "form": form,
        "message": message,
        "too_often": too_often,
        "done": request.GET.get("done", ""),
    }
    return render(request, "pins/own_mail.html", context, status=status)
