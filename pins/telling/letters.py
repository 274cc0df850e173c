"""The mails about news: what one person is told at once, as text and as HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from districts.models import District
from pins.models import Follow, Mailbox, Merge, News, Notice, PublicPin
from pins.telling.follow_links import confirm_url, manage_url, stop_url
from pins.telling.news import Words

# Further sections of one mail are named with their links alone.
TOLD_IN_FULL = 30
# Contributions that one section names.
PINS_NAMED = 10


@dataclass
class Entry:
    """One piece of news, in the language of the mail."""

    words: Words
    # Where more can be read, if not on the page of the pin.
    url: str = ""

    label: str = ""


@dataclass
class Told:
    """A contribution that something is told of, and why to this person."""

    pin: PublicPin
    url: str
    is_own: bool
    reason: str
    # Ends what gave the reason, and nothing else.
    stop_url: str


@dataclass
class Section:
    """What a mail tells of one pin, or of a topic that several pins led to."""

    # Empty: the one pin itself.
    about: str
    told: list[Told] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.about or self.told[0].pin.title

    @property
    def url(self) -> str:
        """Where the matter stands: the pin's page, or that of the topic."""
        if self.about and self.entries[-1].url:
            return self.entries[-1].url
        return self.told[0].url

    @property
    def named(self) -> list[Told]:
        return self.told[:PINS_NAMED]

    @property
    def unnamed(self) -> int:
        return len(self.told) - len(self.named)

    def add(self, entry: Entry, told: Told) -> None:
        """Take up a piece of news; what others of its pins brought already, once."""
        if not self.about or entry not in self.entries:
            self.entries.append(entry)
        if all(known.pin.pk != told.pin.pk for known in self.told):
            self.told.append(told)


def write_letter(
    mailbox: Mailbox, notices: Sequence[Notice]
) -> EmailMultiAlternatives | None:
    """Return the mail that tells all of these, in the language used last.

    `notices` come with their news, contact and follow. None where nothing is left that
    may be told: the pins have been hidden meanwhile, or the comments.
    """
    with translation.override(_language(notices)):
        sections = _sections(mailbox, notices)
        if not sections:
            return None
        context: dict[str, Any] = {
            "language": translation.get_language(),
            "site_name": settings.SITE_NAME,
            "site_url": settings.BASE_URL,
            "subject": _subject(sections),
            "sections": sections[:TOLD_IN_FULL],
            "further": sections[TOLD_IN_FULL:],
            "manage_url": manage_url(mailbox),
            "stop_all_url": stop_url(mailbox),
        }
        return _message(
            "news", context, mailbox, one_click=_one_click(mailbox, notices)
        )


def write_confirmation(follow: Follow) -> EmailMultiAlternatives:
    """Return the mail whose link lets a follow begin, or says that it has."""
    with translation.override(follow.language):
        what = describe_follow(follow)
        subject = (
            _("You already follow this: %(what)s")
            if follow.is_confirmed
            else _("Please confirm: %(what)s")
        )
        context: dict[str, Any] = {
            "language": follow.language,
            "site_name": settings.SITE_NAME,
            "site_url": settings.BASE_URL,
            "subject": _one_line(subject % {"what": what}),
            "what": what,
            "is_confirmed": follow.is_confirmed,
            "confirm_url": confirm_url(follow),
            "manage_url": manage_url(follow.mailbox),
            "days": settings.CONFIRM_PERIOD.days,
        }
        return _message("confirm", context, follow.mailbox)


def describe_follow(follow: Follow) -> str:
    """Say in the present language what is followed.

    A pin is named by its title only while everybody can read it.
    """
    if follow.pin is not None:
        shown = PublicPin.objects.for_list().filter(pk=follow.pin.pk).first()
        if shown is None:
            return _("Contribution %(reference)s") % {"reference": follow.pin.reference}
        values = {"reference": shown.reference, "title": shown.title}
        return _("Contribution %(reference)s “%(title)s”") % values
    if follow.theme is not None:
        return _("Theme “%(theme)s”") % {"theme": follow.theme.title}
    if follow.place is not None:
        return _("Within %(distance)s of %(place)s") % _around(follow)
    return _("District %(district)s") % {"district": district_name(follow)}


def district_name(follow: Follow) -> str:
    """Return the name of the district that is followed, its slug where it is gone."""
    names = District.objects.filter(slug=follow.district_slug)
    latest = names.order_by("-valid_from").values_list("name", flat=True).first()
    return latest or follow.district_slug


def distance(metres: int) -> str:
    """Say how far that is: 500 m, 1 km, 1.5 km."""
    if metres < 1_000:
        return _("%(n)s m") % {"n": number_format(metres)}
    decimals = 0 if metres % 1_000 == 0 else 1
    return _("%(n)s km") % {"n": number_format(metres / 1_000, decimals)}


def _around(follow: Follow) -> dict[str, str]:
    place = follow.place_name
    if not place and follow.place is not None:
        place = f"{follow.place.y:.4f}, {follow.place.x:.4f}"
    return {"distance": distance(follow.radius or 0), "place": place}


def _language(notices: Iterable[Notice]) -> str:
    """Return the language in which this person last left the address."""
    known = [source for n in notices if (source := n.follow or n.contact)]
    latest = max(known, key=lambda source: source.created_at, default=None)
    return latest.language if latest else settings.LANGUAGE_CODE


def _sections(mailbox: Mailbox, notices: Iterable[Notice]) -> list[Section]:
    """Return what may be told, pin by pin or topic by topic, in the order in which it
    happened.
    """
    told = [n for n in notices if _may_be_told(n.news)]
    public = (
        PublicPin.objects.for_list()
        .filter(pk__in={n.news.pin_id for n in told})
        .in_bulk()
    )
    sections: dict[str | int, Section] = {}
    for notice in told:
        pin = public.get(notice.news.pin_id)
        if pin is None:
            continue
        entry = _entry(notice.news)
        about = entry.words.get("about", "") if notice.news.topic else ""
        place = notice.news.topic if about else pin.pk
        section = sections.setdefault(place, Section(about))
        # As it is called by now.
        section.about = about
        section.add(entry, _told(mailbox, notice, pin))
    return list(sections.values())


def _told(mailbox: Mailbox, notice: Notice, pin: PublicPin) -> Told:
    return Told(
        pin=pin,
        url=settings.BASE_URL + pin.get_absolute_url(),
        is_own=_is_own(notice),
        reason=_reason(notice),
        stop_url=stop_url(mailbox, follow=notice.follow, contact=notice.contact),
    )


def _may_be_told(news: News) -> bool:
    return news.comment is None or news.comment.is_published


def _entry(news: News) -> Entry:
    language = translation.get_language()
    texts = news.texts
    words = texts.get(language) or texts[settings.LANGUAGE_CODE]
    if _names_what_is_hidden(news):
        words = {**words, "facts": []}
    if not news.path:
        return Entry(words)
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    label = (
        _("Read more about it")
        if news.event == News.Event.MEASURE
        else _("Read more about the sitting")
    )
    return Entry(words, settings.BASE_URL + prefix + news.path, label)


def _names_what_is_hidden(news: News) -> bool:
    """Tell whether it was merged into what has been hidden since: by its title."""
    merge: Merge | None = getattr(news.step, "merge", None)
    return merge is not None and not merge.survivor.is_published


def _is_own(notice: Notice) -> bool:
    contact = notice.contact
    return contact is not None and contact.pin_id == notice.news.pin_id


def _reason(notice: Notice) -> str:
    """Say why this person gets this."""
    contact, follow = notice.contact, notice.follow
    if contact is not None:
        if _is_own(notice):
            return _("You get this because you wrote this contribution.")
        reason = _(
            "You get this because your contribution %(reference)s was merged with it."
        )
        return reason % {"reference": contact.pin.reference}
    if follow is None or follow.pin_id == notice.news.pin_id:
        return _("You get this because you follow this contribution.")
    if follow.pin is not None:
        reason = _(
            "You get this because you follow %(reference)s, which was merged with it."
        )
        return reason % {"reference": follow.pin.reference}
    if follow.theme is not None:
        reason = _("You get this because you follow the theme “%(theme)s”.")
        return reason % {"theme": follow.theme.title}
    if follow.place is not None:
        reason = _(
            "You get this because you follow what happens within %(distance)s of "
            "this place: %(place)s."
        )
        return reason % _around(follow)
    reason = _("You get this because you follow this district: %(district)s.")
    return reason % {"district": district_name(follow)}


def _subject(sections: Sequence[Section]) -> str:
    title, more = sections[0].title, len(sections) - 1
    if not more:
        subject = _("%(site)s: news about “%(title)s”")
    elif any(section.about for section in sections):
        subject = _("%(site)s: news about “%(title)s” and more")
    else:
        subject = ngettext(
            "%(site)s: news about “%(title)s” and one more contribution",
            "%(site)s: news about “%(title)s” and %(n)s more contributions",
            more,
        )
    values = {"site": settings.SITE_NAME, "title": title, "n": number_format(more)}
    return _one_line(subject % values)


def _one_line(text: str) -> str:
    """Return the text without the line ends that would begin another header."""
    return " ".join(text.split())


def _one_click(mailbox: Mailbox, notices: Sequence[Notice]) -> str:
    """Return what one click ends: the one thing the mail is about, else everything."""
    sources = {(n.contact_id, n.follow_id) for n in notices}
    if len(sources) > 1:
        return stop_url(mailbox)
    return stop_url(mailbox, follow=notices[0].follow, contact=notices[0].contact)


def _message(
    name: str,
    context: dict[str, Any],
    mailbox: Mailbox,
    *,
    one_click: str = "",
) -> EmailMultiAlternatives:
    # RFC 3834: no out-of-office note answers a program.
    headers = {"Auto-Submitted": "auto-generated"}
    if one_click:
        # RFC 8058: a button of the mail program ends the mails, without a page.
        headers["List-Unsubscribe"] = f"<{one_click}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=str(context["subject"]),
        body=render_to_string(f"pins/mail/{name}.txt", context),
        to=[mailbox.email],
        headers=headers,
    )
    message.attach_alternative(
        render_to_string(f"pins/mail/{name}.html", context), "text/html"
    )
    return message
