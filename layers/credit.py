"""Whom maps name as the source of the districts' borders."""

from django.conf import settings

from layers.languages import in_language


def borders_credit() -> str:
    """Return it in the language of the page, as the city's file has it."""
    said = settings.CITY.boundaries
    return in_language(said.credit_de, said.credit_en)
