"""What the CMS keeps about people: about those who write in it alone."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import ModelLogEntry, PageLogEntry

from trust.register import Basis, Harmless, Personal, Rule, Whose, Words

LOG_LIFETIME = datetime.timedelta(days=365)
CONTENT = "public words of the office"
STRUCTURE = "structure of the CMS, of no person"
AFTER_A_YEAR, AFTER_A_DAY = _("after a year"), _("after a day")
WITH_THE_PAGE = _("with the page, picture or document")


def _of_editors(
    model: str, fields: tuple[str, ...], erased: Words, *rules: str
) -> Personal:
    return Personal(
        model,
        fields,
        Whose.STAFF,
        _("Who wrote or changed a page, picture or document"),
        _("so that editors do not overwrite each other, and changes can be checked"),
        Basis.TASK,
        _("editors, and those who run this site"),
        erased,
        rules,
    )


DATA = (
    _of_editors(
        "wagtailcore.ModelLogEntry", ("user", "label", "data"), AFTER_A_YEAR, "cms-log"
    ),
    _of_editors(
        "wagtailcore.PageLogEntry",
        ("user", "label", "data"),
        AFTER_A_YEAR,
        "cms-log-of-pages",
    ),
    _of_editors("wagtailadmin.EditingSession", ("user",), AFTER_A_DAY, "cms-editing"),
    _of_editors("wagtailadmin.FormState", ("user", "data"), AFTER_A_DAY, "cms-forms"),
    *(
        _of_editors(model, fields, WITH_THE_PAGE)
        for model, fields in (
            ("insek_pages.PagePicture", ("uploaded_by_user",)),
            ("insek_pages.PageDocument", ("uploaded_by_user",)),
            ("wagtaildocs.Document", ("uploaded_by_user",)),
            ("wagtailimages.Image", ("uploaded_by_user",)),
            ("wagtailcore.Revision", ("user",)),
            ("wagtailcore.Page", ("locked_by", "owner")),
            ("wagtailcore.Comment", ("user", "text", "resolved_by")),
            ("wagtailcore.CommentReply", ("user", "text")),
            ("wagtailcore.PageSubscription", ("user",)),
            ("wagtailcore.UploadedFile", ("uploaded_by_user", "file")),
            ("wagtailcore.WorkflowState", ("requested_by",)),
            ("wagtailcore.TaskState", ("finished_by", "comment")),
            (
                "wagtailusers.UserProfile",
                (
                    "user",
                    "preferred_language",
                    "current_time_zone",
                    "avatar",
                    "dismissibles",
                ),
            ),
        )
    ),
)
_FILE = ("title", "file", "file_hash", "description")
HARMLESS = (
    *(
        Harmless(f"insek_pages.{name}", ("intro",), CONTENT)
        for name in (
            "TextPage",
            "DocumentsPage",
            "PeoplePage",
            "FaqPage",
            "NewsIndexPage",
            "NewsPage",
            "HomePage",
            "LegalPage",
        )
    ),
    Harmless("insek_pages.PagePicture", (*_FILE, "credit"), CONTENT),
    Harmless(
        "insek_pages.PageRendition", ("filter_spec", "focal_point_key", "file"), CONTENT
    ),
    Harmless("insek_pages.PageDocument", _FILE, CONTENT),
    Harmless("wagtaildocs.Document", ("title", "file", "file_hash"), CONTENT),
    Harmless("wagtailimages.Image", _FILE, CONTENT),
    Harmless(
        "wagtailimages.Rendition", ("filter_spec", "file", "focal_point_key"), CONTENT
    ),
    Harmless(
        "wagtailsearch.IndexEntry", ("object_id", "title_text", "body_text"), CONTENT
    ),
    Harmless(
        "wagtailcore.Page",
        (
            "path",
            "title",
            "draft_title",
            "slug",
            "url_path",
            "seo_title",
            "search_description",
        ),
        CONTENT,
    ),
    Harmless("wagtailcore.Revision", ("object_id", "object_str", "content"), CONTENT),
    Harmless("wagtailadmin.EditingSession", ("object_id",), STRUCTURE),
    Harmless("wagtailadmin.FormState", ("object_id", "parent_object_id"), STRUCTURE),
    Harmless("wagtailcore.Locale", ("language_code",), STRUCTURE),
    Harmless("wagtailcore.Site", ("hostname", "site_name"), STRUCTURE),
    Harmless("wagtailcore.ModelLogEntry", ("action", "object_id"), STRUCTURE),
    Harmless("wagtailcore.PageLogEntry", ("action",), STRUCTURE),
    Harmless(
        "wagtailcore.CollectionViewRestriction",
        ("password",),
        "a password of a collection, of no person",
    ),
    Harmless(
        "wagtailcore.PageViewRestriction",
        ("password",),
        "a password of a page, of no person",
    ),
    Harmless("wagtailcore.Collection", ("path", "name"), STRUCTURE),
    Harmless("wagtailcore.WorkflowState", ("object_id",), STRUCTURE),
    Harmless("wagtailcore.Workflow", ("name",), STRUCTURE),
    Harmless("wagtailcore.Task", ("name",), STRUCTURE),
    Harmless("wagtailcore.Comment", ("contentpath", "position"), STRUCTURE),
    Harmless(
        "wagtailcore.ReferenceIndex",
        ("object_id", "to_object_id", "model_path", "content_path"),
        STRUCTURE,
    ),
    Harmless("taggit.Tag", ("name", "slug"), CONTENT),
)


def erase_log(*, dry_run: bool) -> int:
    """Erase what the CMS noted about changes a year ago; return how many entries."""
    before = timezone.now() - LOG_LIFETIME
    old = [
        ModelLogEntry.objects.filter(timestamp__lt=before),
        PageLogEntry.objects.filter(timestamp__lt=before),
    ]
    count = sum(entries.count() for entries in old)
    for entries in old if not dry_run else []:
        entries.delete()
    return count


def erase_editing(*, dry_run: bool) -> int:
    """Erase who had what open for writing; return how many rows."""
    before = timezone.now() - FormState.STALE_TIMEOUT
    old = EditingSession.objects.filter(last_seen_at__lt=before)
    return old.count() if dry_run else old.delete()[0]


def erase_forms(*, dry_run: bool) -> int:
    """Erase what was typed into forms of the CMS and never kept; return how many rows."""
    old = FormState.objects.stale()
    return old.count() if dry_run else old.delete()[0]


RULES = (
    Rule("cms-log", "it happened", lambda: LOG_LIFETIME, erase_log),
    Rule("cms-log-of-pages", "it happened", lambda: LOG_LIFETIME, erase_log),
    Rule(
        "cms-editing",
        "it was last seen",
        lambda: FormState.STALE_TIMEOUT,
        erase_editing,
    ),
    Rule(
        "cms-forms",
        "it was last typed into",
        lambda: FormState.STALE_TIMEOUT,
        erase_forms,
    ),
)
