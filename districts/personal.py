"""Districts and bodies: nothing about anybody."""

from trust.register import Harmless

HARMLESS = (
    Harmless(
        "districts.Body",
        ("name", "slug", "mail"),
        "a body and its public office address",
    ),
    Harmless(
        "districts.District",
        ("name", "slug", "source", "population_source"),
        "official geodata",
    ),
)
