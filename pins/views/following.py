"""Somebody wants to be told: the form, the link in the mail, and the end of it."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from districts.models import District
from geo.coordinates import CoordinateError, Position, read_position
from layers.languages import page_language
from layers.models import Theme
from layers.places import nearest_address
from pins.consents import FOLLOW
from pins.follow_forms import FollowForm, FollowPlaceForm
from pins.models import Contact, Follow, Mailbox, PublicPin
from pins.telling.follow_links import (
    BadLink,
    LinkExpired,
    Stop,
    manage_path,
    read_confirm,
    read_manage,
    read_stop,
)
from pins.telling.following import (
    Target,
    ask_to_follow,
    confirm,
    end_all,
    end_contact,
    end_follow,
)
from pins.telling.letters import describe_follow
from trust.guard import Stopped, check
from trust.limits import FOLLOW as FOLLOW_ACT

GONE = 410


@dataclass(frozen=True)
class Subject:
    """What the page offers to follow: one thing, or the surroundings of a place."""

    name: str
    target: Target | None = None
    back_url: str = ""
    near: Position | None = None


class BadSubject(Exception):
    """The address of the page names nothing that can be followed."""


def _read_subject(query: QueryDict) -> Subject:
    """Return what the query asks for. Raises BadSubject, and Http404 for what is gone."""
    if reference := query.get("pin"):
        return _pin_subject(reference)
    if slug := query.get("district"):
        district = District.objects.current().defer("geometry").filter(slug=slug)
        found = get_object_or_404(district)
        return Subject(
            name=_("District %(district)s") % {"district": found.name},
            target=Target(district_slug=found.slug),
            back_url=reverse("district", args=[found.slug]),
        )
    if slug := query.get("theme"):
        theme = get_object_or_404(Theme.objects.active(), slug=slug)
        return Subject(
            name=_("Theme “%(theme)s”") % {"theme": theme.title},
            target=Target(theme=theme),
            back_url=f"{reverse('home')}?theme={theme.slug}",
        )
    return Subject(name="", near=_read_near(query.get("near")))


def _pin_subject(reference: str) -> Subject:
    pin = get_object_or_404(PublicPin.objects.for_list(), reference=reference)
    return Subject(
        name=_("Contribution %(reference)s “%(title)s”")
        % {"reference": pin.reference, "title": pin.title},
        target=Target(pin_id=pin.pk),
        back_url=pin.get_absolute_url(),
    )


def _read_near(text: str | None) -> Position | None:
    if not text:
        return None
    try:
        return read_position(*text.split(","))
    except (CoordinateError, TypeError) as error:
        raise BadSubject from error


# As with a new pin: whoever goes back finds what they typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new_follow(request: HttpRequest) -> HttpResponse:
    """Show the form for `?pin=`, `?district=`, `?theme=`, or a place (`?near=lon,lat`);
    on POST send the mail that confirms it.

    400 for a place that is none, 404 for what is not there, 422 for what the form
    refuses, 429 where too much was sent from there. The answer is the same whether the
    address is known here or not.
    """
    if "\0" in request.GET.urlencode().replace("%00", "\0"):
        raise Http404
    try:
        subject = _read_subject(request.GET)
    except BadSubject:
        return render(request, "400.html", status=400)
    if request.method != "POST":
        return _form_page(request, subject, _empty_form(subject))
    form = _filled_form(request, subject)
    if not form.is_valid():
        return _form_page(request, subject, form, status=422)
    try:
        check(request, FOLLOW_ACT, email=form.cleaned_data["email"])
    except Stopped as stopped:
        form.add_error(None, stopped.message)
        return stopped.mark(_form_page(request, subject, form))
    ask_to_follow(
        email=form.cleaned_data["email"],
        language=page_language(),
        # Without a subject the form asks for the place.
        target=subject.target or cast("FollowPlaceForm", form).target(),
    )
    return redirect("follow:sent")


def _empty_form(subject: Subject) -> FollowForm | FollowPlaceForm:
    if subject.target is not None:
        return FollowForm()
    near = subject.near
    initial = {"lon": f"{near.lon:.6f}", "lat": f"{near.lat:.6f}"} if near else {}
    return FollowPlaceForm(initial=initial)


def _filled_form(
    request: HttpRequest, subject: Subject
) -> FollowForm | FollowPlaceForm:
    if subject.target is not None:
        return FollowForm(request.POST)
    return FollowPlaceForm(request.POST)


def _form_page(
    request: HttpRequest,
    subject: Subject,
    form: FollowForm | FollowPlaceForm,
    status: int = 200,
) -> HttpResponse:
    near = subject.near
    address = nearest_address(near.lon, near.lat) if near else None
    context: dict[str, Any] = {
        "subject": subject,
        "form": form,
        "near_address": address.label if address else "",
        "districts": District.objects.current().defer("geometry"),
        "themes": Theme.objects.active(),
        "consent": FOLLOW.current,
    }
    return render(request, "follow/new.html", context, status=status)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Say what happens now; the same to everybody."""
    return render(request, "follow/sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by the link of the mail; on POST let it begin.

    Not by looking: programs follow the links in mails. 404 for a wrong link, 410 for one
    whose time is over.
    """
    try:
        follow = read_confirm(token)
    except BadLink as error:
        raise Http404 from error
    except LinkExpired:
        return render(request, "follow/expired.html", status=GONE)
    if request.method == "POST":
        confirm(follow=follow)
        return redirect(f"{manage_path(follow.mailbox)}?new=1")
    context = {
        "what": describe_follow(follow),
        "is_confirmed": follow.is_confirmed,
        "manage_url": manage_path(follow.mailbox),
    }
    return render(request, "follow/confirm.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """List what an address follows; on POST end one of it, or everything.

    404 for a wrong link, 410 where the address is erased, 400 for an unknown action.
    """
    try:
        mailbox = read_manage(token)
    except BadLink as error:
        raise Http404 from error
    except LinkExpired:
        return render(request, "follow/nothing.html", status=GONE)
    if request.method != "POST":
        return _manage_page(request, mailbox)
    match request.POST.get("action"):
        case "follow":
            end_follow(mailbox=mailbox, follow_id=_number(request))
        case "contact":
            end_contact(mailbox=mailbox, contact_id=_number(request))
        case "all":
            end_all(mailbox=mailbox)
        case _:
            message = _("Please use one of the buttons of this page.")
            return _manage_page(request, mailbox, message=message, status=400)
    if not Mailbox.objects.filter(pk=mailbox.pk).exists():
        return render(request, "follow/nothing.html")
    return redirect(f"{request.path}?ended=1")


def _number(request: HttpRequest) -> int:
    """Return the id that a button sent; of nothing where it is none."""
    text = request.POST.get("id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _manage_page(
    request: HttpRequest, mailbox: Mailbox, *, message: str = "", status: int = 200
) -> HttpResponse:
    follows = Follow.objects.confirmed().filter(mailbox=mailbox)
    context = {
        "follows": [
            {"id": follow.pk, "name": describe_follow(follow)}
            for follow in follows.select_related("pin", "theme").order_by("pk")
        ],
        "contacts": [
            {"id": contact.pk, "reference": contact.pin.reference}
            for contact in Contact.objects.of_address(mailbox.email)
            .select_related("pin")
            .order_by("pk")
        ],
        "message": message,
        "is_new": "new" in request.GET,
        "has_ended": "ended" in request.GET,
    }
    return render(request, "follow/manage.html", context, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by the link of the mail; on POST end what it names, one thing or everything.

    The POST needs neither cookie nor page, as RFC 8058 asks: the mail program sends it.
    The link itself is the proof. 404 for a wrong one.
    """
    try:
        mailbox, ends = read_stop(token)
    except BadLink as error:
        raise Http404 from error
    name = _name_of(ends) if mailbox else ""
    if request.method == "POST":
        if mailbox is not None:
            _end(mailbox, ends)
        context: dict[str, Any] = {"is_done": True, "ends": ends}
    else:
        is_there = mailbox is not None and (ends.is_everything or name)
        context = {"is_done": not is_there, "ends": ends, "name": name}
    if mailbox is not None:
        context["manage_url"] = manage_path(mailbox)
    return render(request, "follow/stop.html", context)


def _end(mailbox: Mailbox, ends: Stop) -> None:
    if ends.follow_id is not None:
        end_follow(mailbox=mailbox, follow_id=ends.follow_id)
    elif ends.contact_id is not None:
        end_contact(mailbox=mailbox, contact_id=ends.contact_id)
    else:
        end_all(mailbox=mailbox)


def _name_of(ends: Stop) -> str:
    """Return what a link ends in words; empty where it has ended already."""
    if ends.follow_id is not None:
        wanted = Follow.objects.select_related("pin", "theme")
        follow = wanted.filter(pk=ends.follow_id).first()
        return describe_follow(follow) if follow else ""
    if ends.contact_id is not None:
        contacts = Contact.objects.select_related("pin").filter(pk=ends.contact_id)
        contact = contacts.first()
        if contact is None:
            return ""
        values = {"reference": contact.pin.reference}
        return _("Your contribution %(reference)s") % values
    return ""
