"""Objects of OParl before they are kept, and what they are made anew with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.files.storage import default_storage

from exports.models import OparlObject
from exports.oparl.vocabulary import Content, Kind, without_empty

CITY = "1"
PDF = "application/pdf"
Name = tuple[str, str]


@dataclass(frozen=True)
class Thing:
    """An object to be given out; as the row of `OparlObject` that it becomes."""

    kind: str
    key: str
    unit: str
    content: Content
    organization: int | None = None
    stamp: str = ""

    @property
    def name(self) -> Name:
        return self.kind, self.key


Kept = Mapping[Name, OparlObject]


def of_sitting(sitting_id: int) -> str:
    """Return the name of the unit that a sitting is."""
    return f"sitting-{sitting_id}"


def of_matter(matter_id: int) -> str:
    """Return the name of the unit that a matter is."""
    return f"matter-{matter_id}"


def of_body(body_id: int) -> str:
    """Return the name of the unit that a body is."""
    return f"body-{body_id}"


def file_of(
    key: str, unit: str, stored: str, address: str, described: Content
) -> Iterator[Thing]:
    """Yield a file; nothing where it is not kept, or not there any longer."""
    if not stored:
        return
    try:
        size = default_storage.size(stored)
    except FileNotFoundError:
        return
    places = {"size": size, "accessUrl": address, "downloadUrl": address}
    content = without_empty((described | places).items())
    yield Thing(Kind.FILE, key, unit, content, stamp=stored)
