"""The author's own page behind the secret link, and the end of mails."""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pins.access import OwnLinkExpired, get_own_pin
from pins.actions import edit_pin, forget_contact, withdraw_pin
from pins.forms import EditPinForm
from pins.models import Contact, Pin
from pins.moderation.letters import question_for
from pins.notifications import STOP_SALT
from pins.photo_forms import PhotoChoice, photo_names
from pins.photos.files import StorageFailed
from pins.photos.keeping import edit_photos, remove_photos
from pins.sharing import public_url, qr_data_uri
from pins.workflow import MoveNotAllowed, Visibility


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_pin(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Show one's own pin whatever its visibility; on POST edit, withdraw or forget.

    The page is also the confirmation after submitting (`?new=1`). 404 for a wrong
    link, 410 for one whose time is over, 422 for words the form refuses.
    """
    try:
        pin = get_own_pin(reference, token)
    except OwnLinkExpired:
        return render(request, "pins/link_expired.html", status=410)
    if request.method != "POST":
        return _page(request, pin)
    return _change(request, pin)


def _change(request: HttpRequest, pin: Pin) -> HttpResponse:
    form = None
    try:
        match request.POST.get("action"):
            case "edit":
                form = EditPinForm(request.POST)
                if not form.is_valid():
                    return _page(request, pin, form, status=422)
                edit_pin(pin=pin, **form.cleaned_data)
            case "photos":
                return _change_photos(request, pin)
            case "remove-photo":
                remove_photos(pin=pin, names=photo_names(request.POST, "photo"))
            case "withdraw":
                withdraw_pin(pin=pin)
            case "forget":
                forget_contact(pin=pin)
            case _:
                message = _("Please use one of the buttons of this page.")
                return _page(request, pin, message=message, status=400)
    except MoveNotAllowed as error:
        pin.refresh_from_db()
        return _page(request, pin, form, message=str(error), status=409)
    return redirect(f"{request.path}?done={request.POST['action']}")


def _change_photos(request: HttpRequest, pin: Pin) -> HttpResponse:
    """Keep what can be kept, and say what is wrong with the rest."""
    photos = PhotoChoice.read(pin.photos.all(), request.POST, request.FILES)
    try:
        kept = edit_photos(pin=pin, album=photos.album(), removed=photos.removed)
        photos.take(kept)
    except StorageFailed:
        photos.say_unkept()
        return _page(request, pin, photos=photos, status=503)
    if photos.errors:
        return _page(request, pin, photos=photos, status=422)
    return redirect(f"{request.path}?done=photos")


def _page(
    request: HttpRequest,
    pin: Pin,
    form: EditPinForm | None = None,
    *,
    photos: PhotoChoice | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    if form is None and pin.may_be_edited:
        form = EditPinForm(initial={"title": pin.title, "text": pin.text})
    photos = photos or PhotoChoice(list(pin.photos.all()))
    context = {
        "pin": pin,
        "is_new": "new" in request.GET,
        "done": request.GET.get("done", ""),
        "message": message,
        "own_url": settings.BASE_URL + request.path,
        "own_qr": qr_data_uri(settings.BASE_URL + request.path),
        # Shown beforehand too, with the word that it works only once it is published.
        "public_url": public_url(pin.reference),
        "may_be_public": pin.visibility in {Visibility.SUBMITTED, Visibility.PUBLISHED},
        "review_by": pin.created_at + settings.REVIEW_PERIOD,
        "answer_days": settings.ANSWER_PERIOD.days,
        "edit_form": form,
        "photos": photos,
        "photos_form": photos.form() if pin.may_be_edited else None,
        "may_withdraw": pin.may_be_withdrawn,
        "contact": Contact.objects.filter(pin=pin).first(),
        "last_decision": pin.visibility_changes.last(),
        "is_redacted": pin.is_redacted,
        "question": question_for(pin),
    }
    return render(request, "pins/own.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Erase an address by the link in a mail; asks first, since programs follow links."""
    try:
        contact_id = signing.loads(token, salt=STOP_SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    contact = Contact.objects.select_related("pin").filter(pk=contact_id).first()
    if request.method == "POST" and contact is not None:
        forget_contact(pin=contact.pin)
        contact = None
    return render(request, "pins/stop_mail.html", {"contact": contact})
