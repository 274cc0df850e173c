"""Files for the office of the process, below /planning/."""

from django.urls import path, register_converter

from exports import registrations


class TableFormat:
    """The formats of a table."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TableFormat, "table_format")

urlpatterns = [
    path(
        "events/<int:event_id>/registrations.<table_format:extension>",
        registrations.for_the_door,
        name="event-registrations",
    ),
]
