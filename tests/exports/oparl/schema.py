"""JSON schemas of OParl 1.1, made of the tables of properties in its specification.

The specification: https://github.com/OParl/spec (`schema/*.json` of version 1.1). Its own
files say `format: url` and embed by a keyword of their own, which no validator knows; so
the tables are written down here: u an address, d a day, t a moment, s text, i a whole
number, b true or false, o an object, and the name of a type for whole objects. A `*`
means several, a `!` that it must be there.
"""

from functools import cache
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

TYPES = "https://schema.oparl.org/1.1/"
COMMON = "license:s keyword:s* created:t! modified:t! web:u deleted:b"
PROPERTIES = {
    "System": """oparlVersion:s! otherOparlVersions:u* body:u! name:s contactEmail:s
        contactName:s website:u vendor:u product:u""",
    "Body": """system:u shortName:s name:s! website:u licenseValidSince:t oparlSince:t
        ags:s rgs:s equivalent:u* contactEmail:s contactName:s organization:u! person:u!
        meeting:u! paper:u! legislativeTerm:LegislativeTerm*! agendaItem:u consultation:u
        file:u locationList:u legislativeTermList:u membership:u classification:s
        location:Location mainOrganization:u""",
    "LegislativeTerm": "body:u name:s startDate:d endDate:d",
    "Organization": """body:u name:s membership:u* meeting:u consultation:u shortName:s
        post:s* subOrganizationOf:u organizationType:s classification:s startDate:d
        endDate:d website:u location:Location externalBody:u memberCount:i
        votingMemberCount:i""",
    "Meeting": """name:s meetingState:s cancelled:b start:t end:t location:Location
        organization:u* participant:u* invitation:File resultsProtocol:File
        verbatimProtocol:File auxiliaryFile:File* agendaItem:AgendaItem*""",
    "AgendaItem": """meeting:u number:s order:i! name:s public:b consultation:u result:s
        resolutionText:s resolutionFile:File auxiliaryFile:File* start:t end:t""",
    "Paper": """body:u name:s reference:s date:d paperType:s relatedPaper:u*
        superordinatedPaper:u* subordinatedPaper:u* mainFile:File auxiliaryFile:File*
        location:Location* originatorPerson:u* underDirectionOf:u*
        originatorOrganization:u* consultation:Consultation*""",
    "Consultation": """paper:u agendaItem:u meeting:u organization:u* authoritative:b
        role:s""",
    "File": """name:s fileName:s mimeType:s date:d size:i sha1Checksum:s sha512Checksum:s
        text:s accessUrl:u! downloadUrl:u externalServiceUrl:u masterFile:u
        derivativeFile:u* fileLicense:u meeting:u* agendaItem:u* person:u paper:u*""",
    "Location": """description:s geojson:o streetAddress:s room:s postalCode:s
        subLocality:s locality:s bodies:u* organizations:u* persons:u* meetings:u*
        papers:u*""",
}
# Dates and times as the standard writes them: with an offset, and whole seconds.
DAY = r"^\d{4}-\d\d-\d\d$"
MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$"
SIMPLE: dict[str, dict[str, Any]] = {
    "u": {"type": "string", "pattern": "^https?://[^/]+/"},
    "d": {"type": "string", "format": "date", "pattern": DAY},
    "t": {"type": "string", "pattern": MOMENT},
    "s": {"type": "string", "minLength": 1},
    "i": {"type": "integer"},
    "b": {"type": "boolean"},
    "o": {"type": "object"},
}
LIST_PAGE = {
    "type": "object",
    "required": ["data", "pagination", "links"],
    "additionalProperties": False,
    "properties": {
        "data": {"type": "array"},
        "pagination": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"type": "integer", "minimum": 0}
                for name in (
                    *("totalElements", "elementsPerPage"),
                    *("currentPage", "totalPages"),
                )
            },
        },
        "links": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(
                ("first", "prev", "self", "next", "last", "web"), SIMPLE["u"]
            ),
        },
    },
}


def check(content: dict[str, Any]) -> None:
    """Raise unless an object is one of its type; deleted ones are nothing but that."""
    kind = content["type"].removeprefix(TYPES)
    if content.get("deleted"):
        assert set(content) == {"id", "type", "created", "modified", "deleted"}
    else:
        _validator(kind).validate(content)


def check_page(content: dict[str, Any]) -> None:
    """Raise unless it is a page of a list, and each of its objects one of its type."""
    Draft7Validator(LIST_PAGE).validate(content)
    for found in content["data"]:
        check(found)


@cache
def _validator(kind: str) -> Draft7Validator:
    return Draft7Validator(_schema(kind), format_checker=FormatChecker())


def _schema(kind: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": SIMPLE["u"],
        "type": {"const": f"{TYPES}{kind}"},
    }
    required = ["id", "type"]
    for entry in f"{PROPERTIES[kind]} {COMMON}".split():
        name, _colon, text = entry.partition(":")
        if text.endswith("!"):
            required.append(name)
        word = text.rstrip("!").rstrip("*")
        one = SIMPLE[word] if word in SIMPLE else _schema(word)
        several = {"type": "array", "items": one}
        # No empty lists, but where the standard wants one.
        least = {} if text.endswith("!") else {"minItems": 1}
        properties[name] = several | least if "*" in text else one
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        # Of the maker of the system, with its prefix.
        "patternProperties": {"^mitmachkarte:": {}},
        "additionalProperties": False,
    }
