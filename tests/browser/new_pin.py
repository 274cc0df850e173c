"""Filling in the form of a new pin."""

from django.contrib.gis.geos import Point
from playwright.sync_api import Page

from tests.geometries import point_in


def write_words(page: Page, title: str, text: str) -> None:
    """Choose kind and theme, and write title and description."""
    page.get_by_text("Problem", exact=True).click()
    page.get_by_text("Mobility", exact=True).click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Description").fill(text)


def set_place(page: Page, point: Point | None = None) -> None:
    """Set a place, in district 16 unless told otherwise, as the map would."""
    point = point or point_in(16)
    for name, value in (("lon", point.x), ("lat", point.y)):
        field = page.locator(f"input[name={name}]")
        field.evaluate("(field, value) => field.value = value", f"{value:.6f}")
