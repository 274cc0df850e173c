"""What contributions, comments and following keep about people."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pins import erasing
from pins.moderation import wordings
from pins.own_data import address_records, erase_address
from pins.reporting import personal as reports
from pins.telling import author_address, following, mailing
from trust.register import Basis, Harmless, Personal, Rule, Source, Whose

MODERATORS = _("the moderation team")
OPERATORS = _("those who run this site")
NOBODY = _("nobody: it cannot be read back")
IN_OFFICE = _("everybody who works here; the public sees only the name of the body")
REFUSED = format_lazy(
    _(
        "stays as part of the city's records; {days} days after it was refused or "
        "withdrawn, or at once by your own link"
    ),
    days=settings.REFUSED_LIFETIME.days,
)

DATA = (
    Personal(
        "pins.Pin",
        ("title", "text", "place_note", "location"),
        Whose.RESIDENTS,
        _("Contribution: words and place"),
        _("to deal with what somebody tells the city"),
        Basis.TASK,
        _("everybody once it is published, without a name; before that the team"),
        REFUSED,
        ("refused-contributions",),
    ),
    Personal(
        "pins.Pin",
        ("token_hash",),
        Whose.RESIDENTS,
        _("Fingerprint of your own link"),
        _("so that you reach what you wrote without an account"),
        Basis.TASK,
        NOBODY,
        _("30 days after the link has expired"),
        ("own-links",),
    ),
    Personal(
        "pins.Comment",
        ("text", "token_hash"),
        Whose.RESIDENTS,
        _("Comment, and the fingerprint of its own link"),
        _("to hear what others say to a contribution"),
        Basis.TASK,
        _("everybody once it is published, without a name; before that the team"),
        REFUSED,
        ("refused-comments",),
    ),
    Personal(
        "pins.Photo",
        ("name", "alt"),
        Whose.RESIDENTS,
        _("Photos, without place, time and camera"),
        _("to show what a contribution is about"),
        Basis.TASK,
        _("everybody once the contribution is published; before that the team"),
        _("with the contribution; after a day where the form was not sent"),
        ("unsent-photos",),
    ),
    Personal(
        "pins.Wording",
        ("title", "text", "place_note"),
        Whose.RESIDENTS,
        _("Former versions of your words"),
        _("to check what was changed or taken out"),
        Basis.TASK,
        MODERATORS,
        format_lazy(
            _("{days} days after the last change, or when you withdraw"),
            days=settings.WORDING_LIFETIME.days,
        ),
        ("former-words",),
    ),
    Personal(
        "pins.Question",
        ("text", "answer"),
        Whose.RESIDENTS,
        _("Question of the moderation team, and your answer"),
        _("to clear up what is not clear before publishing"),
        Basis.TASK,
        MODERATORS,
        _("with the former versions of your words"),
        ("former-words",),
    ),
    Personal(
        "pins.Contact",
        ("email", "language", "consent_version"),
        Whose.RESIDENTS,
        _("E-mail address you left with a contribution"),
        _("to tell you what becomes of it"),
        Basis.CONSENT,
        OPERATORS,
        format_lazy(
            _(
                "after two days if you do not confirm it; {days} days after the "
                "contribution has come to its end; at any time by your own link or the link in each e-mail"
            ),
            days=settings.CONTACT_LIFETIME.days,
        ),
        ("contacts", "unconfirmed-contacts"),
    ),
    Personal(
        "pins.Mailbox",
        ("email",),
        Whose.RESIDENTS,
        _("E-mail address that follows something or wrote something"),
        _("to send at most one e-mail a day"),
        Basis.CONSENT,
        OPERATORS,
        _("with the last thing that it follows or wrote"),
    ),
    Personal(
        "pins.Follow",
        (
            "language",
            "district_slug",
            "place",
            "place_name",
            "consent_version",
        ),
        Whose.RESIDENTS,
        _("What you follow: a contribution, district, theme or place"),
        _("to tell you what happens there"),
        Basis.CONSENT,
        OPERATORS,
        format_lazy(
            _(
                "after two days if you do not confirm it; {days} days after the "
                "contribution has come to its end; at any time by the link in each e-mail"
            ),
            days=settings.CONTACT_LIFETIME.days,
        ),
        ("unconfirmed-follows", "follows-of-ended-contributions"),
    ),
    Personal(
        "pins.Support",
        ("key",),
        Whose.RESIDENTS,
        _("Support: the fingerprint of a random number in your browser"),
        _("so that each browser counts once"),
        Basis.TASK,
        NOBODY,
        _("when you take your support back; otherwise it counts for good"),
    ),
    *(
        Personal(
            model,
            fields,
            Whose.STAFF,
            _("Who decided on a contribution or comment, and why"),
            _("so that decisions can be checked"),
            Basis.TASK,
            IN_OFFICE,
            _("stays as part of the city's records"),
        )
        for model, fields in (
            ("pins.StatusChange", ("actor", "public_note")),
            ("pins.Handover", ("actor", "reason")),
            ("pins.VisibilityChange", ("actor", "reason")),
            ("pins.Comment", ("actor", "decided_by", "reason")),
            ("pins.Wording", ("actor",)),
            ("pins.Question", ("asked_by",)),
            ("pins.ErasureRequest", ("asked_by", "decided_by", "reason")),
        )
    ),
    Personal(
        "pins.QueueEntry",
        ("claimed_by",),
        Whose.STAFF,
        _("Who is reading what at the moment"),
        _("so that two moderators do not work on the same"),
        Basis.TASK,
        MODERATORS,
        _("with the decision"),
    ),
    *reports.DATA,
)
HARMLESS = (
    Harmless(
        "pins.Pin", ("reference", "goal", "measure"), "made by the city, of no person"
    ),
    Harmless(
        "pins.PublicPin",
        (
            *("reference", "theme_slug", "title", "text", "language", "place_note"),
            *("district_name", "district_slug", "body_name", "body_slug", "goal"),
            *("measure", "public_answer", "answer_body", "duplicate_of", "timeline"),
            *("photos", "feature", "location"),
        ),
        "a copy of what is published of `pins.Pin`; goes with it by a trigger",
    ),
    Harmless(
        "pins.PublicCell",
        ("theme_slug", "district_slug", "body_slug"),
        "counts of published contributions",
    ),
    Harmless("pins.SearchWord", ("spelling",), "single words of what is published"),
    Harmless(
        "pins.News",
        ("texts", "path", "topic", "key"),
        "public steps in public words; erased after 30 days all the same",
    ),
    Harmless(
        "pins.ReasonTemplate",
        ("title", "text_de", "text_en"),
        "texts of the office, about nobody",
    ),
)


RULES = (
    Rule(
        "contacts",
        "the contribution came to its end",
        lambda: settings.CONTACT_LIFETIME,
        author_address.erase_contacts,
    ),
    Rule(
        "unconfirmed-contacts",
        "the confirming mail was asked for",
        lambda: settings.CONFIRM_PERIOD,
        author_address.erase_unconfirmed,
    ),
    Rule(
        "unconfirmed-follows",
        "the confirming mail was asked for",
        lambda: settings.CONFIRM_PERIOD,
        following.erase_follows,
    ),
    Rule(
        "follows-of-ended-contributions",
        "the contribution came to its end",
        lambda: settings.CONTACT_LIFETIME,
        following.erase_follows,
    ),
    Rule(
        "told-news",
        "it was told",
        lambda: mailing.NEWS_LIFETIME,
        mailing.erase_told_news,
    ),
    Rule(
        "unsent-photos",
        "it was added to a form",
        lambda: erasing.UNSENT_LIFETIME,
        erasing.erase_unsent_photos,
    ),
    Rule(
        "refused-contributions",
        "it was refused or withdrawn",
        lambda: settings.REFUSED_LIFETIME,
        erasing.erase_refused_pins,
    ),
    Rule(
        "refused-comments",
        "it was refused or withdrawn",
        lambda: settings.REFUSED_LIFETIME,
        erasing.erase_refused_comments,
    ),
    Rule(
        "former-words",
        "it was written or asked last, and it waits for no decision",
        lambda: settings.WORDING_LIFETIME,
        wordings.erase_wordings,
    ),
    Rule(
        "own-links",
        "the link expired",
        lambda: erasing.LINK_REMAINS,
        erasing.close_old_links,
    ),
    *reports.RULES,
)
SOURCES = (
    Source(
        ("pins.Contact", "pins.Mailbox", "pins.Follow"), address_records, erase_address
    ),
    *reports.SOURCES,
)
