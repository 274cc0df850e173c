"""What data is made of: as long as it stays, a client need not load the data again."""

from django.db.models import Count, Max
from django.utils import timezone

from councils.models import AgendaItem, Sitting
from districts.models import District
from geo.functions import ShapeHash
from layers.models import Theme
from pins.models.public import PublicVersion


def pins_state() -> object:
    """Return what changes with every change of the public pins."""
    return PublicVersion.now()


def themes_state() -> object:
    """Return what changes with the names, colours and order of the themes."""
    return list(
        Theme.objects.values_list("slug", "title_de", "title_en", "colour", "position")
    )


def districts_state() -> object:
    """Return what changes with today's districts, their borders and bodies."""
    districts = District.objects.current().with_body().order_by("number")
    return list(
        districts.values_list(
            "number",
            "name",
            "slug",
            "kind",
            "source",
            "body_name",
            ShapeHash("geometry"),
        )
    )


def sittings_state() -> object:
    """Return what changes with the sittings, their agendas and results, and each day.

    The titles on the agendas depend on which contributions are public.
    """
    number_and_last = {"number": Count("pk"), "last": Max("modified_at")}
    return (
        timezone.localdate(),
        pins_state(),
        Sitting.objects.aggregate(**number_and_last),
        AgendaItem.objects.aggregate(**number_and_last),
    )
