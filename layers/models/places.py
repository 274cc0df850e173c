"""Streets and addresses, for finding a place by its name and a name for a place.

Written as a whole by `layers.places.replace_places`, from whatever the operator brings.
"""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 200
NUMBER_LENGTH = 40
POSTCODE_LENGTH = 10


def _key(source: str, max_length: int) -> Any:
    """Return a column with what all spellings of another have in common.

    The database keeps it by the function that also reads what somebody searches for.
    """
    return models.GeneratedField(
        expression=Func(source, function="layers_place_key"),
        # The plain order of bytes, in which an index also finds beginnings.
        output_field=models.CharField(max_length=max_length, db_collation="C"),
        db_persist=True,
    )


class Street(models.Model):
    """A street or square. A name may occur more than once in a city."""

    name = models.CharField(_("name"), max_length=NAME_LENGTH, db_collation="de-x-icu")
    key = _key("name", 2 * NAME_LENGTH)
    # A point that is sure to lie on it.
    location = models.PointField(_("location"), srid=4326, spatial_index=False)

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["key"], name="street_key"),
            GinIndex(
                fields=["key"], name="street_key_alike", opclasses=["gin_trgm_ops"]
            ),
        ]
        constraints = [
            models.CheckConstraint(name="street_can_be_found", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A house number of a street."""

    street = models.ForeignKey(
        Street,
        on_delete=models.CASCADE,
        related_name="addresses",
        verbose_name=_("street"),
        # The constraint's index begins with it.
        db_index=False,
    )
    housenumber = models.CharField(_("house number"), max_length=NUMBER_LENGTH)
    postcode = models.CharField(_("postcode"), max_length=POSTCODE_LENGTH, blank=True)
    key = _key("housenumber", 2 * NUMBER_LENGTH)
    # Geography: "the nearest" is meant in metres, and degrees are not alike here.
    location = models.PointField(_("location"), srid=4326, geography=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["street", "key"]
        constraints = [
            models.UniqueConstraint(
                name="address_once_in_its_street", fields=["street", "key"]
            ),
            models.CheckConstraint(name="address_can_be_found", condition=~Q(key="")),
        ]

    def __str__(self) -> str:
        return f"{self.street} {self.housenumber}"
