"""What is stored about somebody, as a page shows it and as a file takes it along."""

import datetime
from collections.abc import Iterable

from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format

from trust.register import Record


def download(records: Iterable[Record]) -> JsonResponse:
    """Return the records as a file that people and programs can read (JSON)."""
    content = {
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "records": [
            {
                "what": str(record.title),
                "data": {str(fact.label): fact.value for fact in record.facts},
            }
            for record in records
        ],
    }
    answer = JsonResponse(
        content, json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = 'attachment; filename="data.json"'
    return answer


def readable(value: object) -> list[str]:
    """Return a value in lines; none where there is nothing."""
    if value in (None, "", []):
        return []
    if isinstance(value, datetime.datetime):
        return [date_format(timezone.localtime(value), "DATETIME_FORMAT")]
    if isinstance(value, list):
        # A row, or a list of rows.
        rows = [" · ".join(readable(row)) for row in value]
        return (
            rows
            if any(isinstance(row, list | str) for row in value)
            else [", ".join(rows)]
        )
    if isinstance(value, float):
        return [f"{value:.6f}"]
    return str(value).splitlines()


def for_page(records: Iterable[Record]) -> list[dict[str, object]]:
    """Return what a template shows of the records."""
    return [
        {
            "title": record.title,
            "path": record.path,
            "facts": [(fact.label, readable(fact.value)) for fact in record.facts],
        }
        for record in records
    ]
