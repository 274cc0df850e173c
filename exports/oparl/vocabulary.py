"""What types, addresses and recommended values are called in OParl 1.1.

Those values are German in the standard, whatever the language of the pages.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from councils.models import Consultation, Sitting
from districts.models import Body
from exports.models import OparlObject
from exports.moments import in_local_time

Kind = OparlObject.Kind
Content = dict[str, Any]

VERSION = "https://schema.oparl.org/1.1/"
ERROR = f"{VERSION}Error"
# Of properties that are ours alone: the standard asks for a prefix.
OURS = "mitmachkarte"

# The lists that everything of a type is in, and whose type they are of. Of the persons
# nothing is given out: who sits in a body is known to the council information system.
LISTS = {
    "bodies": "Body",
    "organizations": "Organization",
    "persons": "Person",
    "meetings": "Meeting",
    "agendaitems": "AgendaItem",
    "papers": "Paper",
    "consultations": "Consultation",
    "files": "File",
    "locations": "Location",
}
LISTS_OF_ORGANIZATION = ("meetings", "consultations")
KIND_OF_PATH = {kind.value.lower(): kind for kind in Kind if kind != Kind.SYSTEM}

STATES = {
    Sitting.State.PLANNED: "terminiert",
    Sitting.State.INVITED: "eingeladen",
    Sitting.State.HELD: "durchgeführt",
}
CLASSIFICATIONS = {
    # As the law of the Land calls it: what the site calls it.
    Body.Kind.DISTRICT_COUNCIL: Body.Kind.DISTRICT_COUNCIL.label,
    Body.Kind.COMMITTEE: "Ausschuss",
    # So the standard wants the highest instance of a municipality to be called.
    Body.Kind.COUNCIL: "Parlament",
    Body.Kind.ADVISORY_BOARD: "Beirat",
}
ROLES = {
    Consultation.Role.HEARING: "Anhörung",
    Consultation.Role.ADVICE: "Vorberatung",
    Consultation.Role.NOTICE: "Kenntnisnahme",
    Consultation.Role.DECISION: "Entscheidung",
}
BODY_OF_PEOPLE = "Gremium"
SUGGESTION, DRAFT_RESOLUTION = "Bürgeranregung", "Beschlussvorlage"

# Properties that hold an address, or several of them.
ADDRESSES = frozenset(
    {
        "id",
        "web",
        "accessUrl",
        "downloadUrl",
        "system",
        "body",
        "mainOrganization",
        "organization",
        "person",
        "meeting",
        "meetings",
        "agendaItem",
        "paper",
        "papers",
        "consultation",
        "file",
        "locationList",
    }
)
# Properties that hold whole objects which lists of their own have too.
EMBEDDED = frozenset(
    {
        "location",
        "invitation",
        "resultsProtocol",
        "mainFile",
        "agendaItem",
        "consultation",
    }
)


def address_of(kind: str, key: object) -> str:
    """Return the path of an object, which is its `id` once the host is put before it."""
    if kind == Kind.SYSTEM:
        return reverse("oparl:system")
    return reverse("oparl:object", args=[f"{kind.lower()}/{key}"])


def given_out(row: OparlObject) -> Content:
    """Return an object as it is given out, with paths for addresses."""
    content: Content = {
        "id": address_of(row.kind, row.key),
        "type": f"{VERSION}{row.kind}",
        **row.content,
        "created": in_local_time(row.created),
        "modified": in_local_time(row.modified),
    }
    return content | {"deleted": True} if row.is_deleted else content


def embedded(row: OparlObject, *left_out: str) -> Content:
    """Return an object as part of another one, without what leads back there."""
    return {k: v for k, v in given_out(row).items() if k not in left_out}


def without_embedded(content: Content) -> Content:
    """Return an object without the whole objects in it (`omit_internal`)."""
    return {
        key: value
        for key, value in content.items()
        if not (key in EMBEDDED and _holds_objects(value))
    }


def _holds_objects(value: Any) -> bool:
    first = value[0] if isinstance(value, list) else value
    return isinstance(first, dict)


def at_host(content: Any, host: str, key: str = "") -> Any:
    """Return content with the host before each path of it."""
    if isinstance(content, dict):
        return {name: at_host(value, host, name) for name, value in content.items()}
    if isinstance(content, list):
        return [at_host(value, host, key) for value in content]
    if key in ADDRESSES and isinstance(content, str) and content.startswith("/"):
        return f"{host}{content}"
    return content


def without_empty(values: Iterable[tuple[str, Any]]) -> Content:
    """Return those properties that have a value: the standard wants no others."""
    return {name: value for name, value in values if value not in (None, "", [])}
