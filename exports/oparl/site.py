"""The system, the city and its bodies in OParl."""

from collections.abc import Collection

from django.conf import settings
from django.urls import reverse

from districts.models import Body
from exports import licence
from exports.oparl.things import CITY, Thing, of_body
from exports.oparl.vocabulary import (
    BODY_OF_PEOPLE,
    CLASSIFICATIONS,
    VERSION,
    Content,
    Kind,
    address_of,
    without_empty,
)


def site() -> list[Thing]:
    """Return the system and the city; one query."""
    council = Body.objects.filter(kind=Body.Kind.COUNCIL).order_by("pk").first()
    terms = {"license": licence.current().url}
    contact = {"contactEmail": settings.DATA_CONTACT}
    system = {
        "oparlVersion": VERSION,
        "name": settings.SITE_NAME,
        "body": _list("bodies"),
        "web": reverse("exports:index"),
    }
    city = {
        "system": address_of(Kind.SYSTEM, ""),
        "shortName": settings.CITY_NAME,
        "name": settings.PUBLISHER,
        "website": settings.PUBLISHER_URL,
        "ags": settings.MUNICIPALITY_KEY,
        "organization": _list("organizations"),
        "person": _list("persons"),
        "meeting": _list("meetings"),
        "paper": _list("papers"),
        "agendaItem": _list("agendaitems"),
        "consultation": _list("consultations"),
        "file": _list("files"),
        "locationList": _list("locations"),
        "mainOrganization": council and address_of(Kind.ORGANIZATION, council.pk),
        "web": reverse("sittings"),
    }
    # The standard wants this one within, also where none is known.
    terms_of_office: Content = {"legislativeTerm": []}
    about = without_empty((city | terms | contact).items()) | terms_of_office
    return [
        Thing(Kind.SYSTEM, "", "site", system | terms | contact),
        Thing(Kind.BODY, CITY, "site", about),
    ]


def _list(name: str) -> str:
    return reverse("oparl:list", args=[name])


def organizations(ids: Collection[int]) -> list[Thing]:
    """Return the bodies of the city; one query."""
    return [_organization(body) for body in Body.objects.filter(pk__in=ids)]


def _organization(body: Body) -> Thing:
    lists = {
        name: reverse("oparl:organization-list", args=[body.pk, f"{name}s"])
        for name in ("meeting", "consultation")
    }
    content = {
        "body": address_of(Kind.BODY, CITY),
        "name": body.name,
        "organizationType": BODY_OF_PEOPLE,
        "classification": str(CLASSIFICATIONS[Body.Kind(body.kind)]),
        **lists,
        "web": f"{reverse('sittings')}?body={body.slug}",
    }
    return Thing(Kind.ORGANIZATION, str(body.pk), of_body(body.pk), content)
