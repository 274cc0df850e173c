"""The audit log, for the operator and the data protection officer: read, and taken along."""

import csv
import json
from collections.abc import Callable, Iterator
from functools import wraps

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exports.files.csv_table import BYTE_ORDER_MARK, MEDIA_TYPE, harmless
from exports.operation.access import OPERATE
from trust import audit
from trust.models import AuditEntry

# What the data protection officer has, who is no operator.
READ = "trust.view_auditentry"
PAGE_SIZE = 100
COLUMNS = ("at", "actor", "action", "object_type", "object_id", "before", "after")


class AuditFilter(forms.Form):
    """Which entries are wanted."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"})
    )
    who = forms.CharField(label=_("Who (user name)"), required=False, max_length=150)
    what = forms.CharField(label=_("What"), required=False, max_length=60)
    thing = forms.CharField(
        label=_("Thing, such as pins.pin:12"), required=False, max_length=130
    )

    def entries(self) -> QuerySet[AuditEntry]:
        """Return the entries, the newest first; only after `is_valid()`."""
        wanted = AuditEntry.objects.select_related("actor")
        data = self.cleaned_data
        if data["since"]:
            wanted = wanted.filter(at__date__gte=data["since"])
        if data["until"]:
            wanted = wanted.filter(at__date__lte=data["until"])
        if data["who"]:
            wanted = wanted.filter(actor__username__iexact=data["who"])
        if data["what"]:
            wanted = wanted.filter(action__icontains=data["what"])
        if data["thing"]:
            kind, _colon, number = data["thing"].partition(":")
            wanted = wanted.filter(object_type__iexact=kind.strip())
            if number.strip():
                wanted = wanted.filter(object_id=number.strip())
        return wanted


def get_reader(user: User | AnonymousUser) -> User:
    """Return the user as somebody who may read the log; raises PermissionDenied."""
    if isinstance(user, AnonymousUser):
        raise PermissionDenied
    if not (user.has_perm(READ) or user.has_perm(OPERATE)):
        raise PermissionDenied
    return user


def for_readers(
    view: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Ask for somebody who may read the log: sign in first, 403 for others."""

    @never_cache
    @login_required
    @require_safe
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponseBase:
        get_reader(request.user)
        return view(request)

    return checked


@for_readers
def overview(request: HttpRequest) -> HttpResponse:
    """List the entries; 422 where a filter is none."""
    form = AuditFilter(request.GET)
    entries = form.entries() if form.is_valid() else AuditEntry.objects.none()
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "part": "audit",
        "form": form,
        "page": Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "is_operator": request.user.has_perm(OPERATE),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "exports/operation/audit.html", context, status=status)


@for_readers
def table(request: HttpRequest) -> HttpResponseBase:
    """Give out the entries as CSV; that is an entry, too. 400 where a filter is none."""
    form = AuditFilter(request.GET)
    if not form.is_valid():
        return render(request, "400.html", status=400)
    filters = {name: str(value) for name, value in form.cleaned_data.items() if value}
    audit.record(
        "export the audit log",
        actor=get_reader(request.user),
        after={"filters": sorted(filters), "entries": form.entries().count()},
    )
    answer = StreamingHttpResponse(_lines(form.entries()), content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return answer


class _Echo:
    """What the writer of CSV writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";")
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    for entry in entries.iterator(chunk_size=2_000):
        yield writer.writerow(harmless(cell) for cell in _cells(entry))


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    return (
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        entry.actor.username if entry.actor else "",
        entry.action,
        entry.object_type,
        entry.object_id,
        json.dumps(entry.before, ensure_ascii=False),
        json.dumps(entry.after, ensure_ascii=False),
    )
