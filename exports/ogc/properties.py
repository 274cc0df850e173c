"""What features say of themselves, and what can be asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models.expressions import Combinable


class Type(Enum):
    """What a property holds; the value is its type in JSON Schema."""

    TEXT = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "date-time"
    ADDRESS = "uri"
    TEXTS = "array"


TEXTUAL_FORMATS = {Type.DATE, Type.MOMENT, Type.ADDRESS}


@dataclass(frozen=True)
class Property:
    """A property of the features of a collection.

    `expression` gives it in SQL, for filters. Without one it is only shown. `choices`
    are its values, where only those make sense.
    """

    name: str
    type: Type
    title: object
    expression: Combinable | None = None
    is_nullable: bool = False
    choices: Callable[[], list[str]] | None = None

    @property
    def is_queryable(self) -> bool:
        return self.expression is not None

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema; whether it may be null is said elsewhere."""
        schema: dict[str, Any] = {"title": str(self.title)}
        if self.type in TEXTUAL_FORMATS:
            schema |= {"type": "string", "format": self.type.value}
        elif self.type is Type.TEXTS:
            schema |= {"type": "array", "items": {"type": "string"}}
        else:
            schema["type"] = self.type.value
        if self.choices:
            schema["enum"] = self.choices()
        return schema
