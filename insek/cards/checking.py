"""Checking a table of cards row by row, in a fixed number of queries. Nothing is written."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from insek.cards.columns import BY_NAME, Heads, in_both_languages, plain
from insek.cards.places import Places, Wish
from insek.models import CardRow, Event
from insek.titles import title_from
from layers.models import Theme
from pins.forms import TextField, TitleField
from pins.models import Pin
from pins.models.contact import EMAIL_LENGTH
from pins.models.pin import NOTE_LENGTH
from pins.validators import forbid_control_characters, one_line
from pins.workflow import Kind

NAMESPACE = UUID("5d0c26f3-3f0c-4d52-9d0a-7f2b8f0f7a51")
NUMBER_LENGTH = 40
SHOWN = 120
# About a metre.
SAME_PLACE = 1e-5


@dataclass
class Checked:
    """A row with what was found out about it so far."""

    number: int
    values: dict[str, str]
    content: dict[str, Any] = field(default_factory=dict)
    problems: list[list[str]] = field(default_factory=list)
    state: str = CardRow.State.NEW
    key: UUID | None = None
    pin_id: int | None = None

    def refuse(self, column: str, reason: str) -> None:
        """Note what is wrong: column, value and reason."""
        value = self.values.get(column, "")[:SHOWN]
        self.problems.append([BY_NAME[column].head, value, reason])
        self.state = CardRow.State.WRONG

    @property
    def card_number(self) -> str:
        return one_line(self.values.get("card_number", "")).upper()[:NUMBER_LENGTH]


def check_rows(
    event: Event, heads: Heads, rows: Sequence[tuple[int, list[str]]]
) -> list[Checked]:
    """Return each row with what it becomes, or with all that is wrong with it."""
    words = _Words()
    checked = [Checked(number, heads.read(cells)) for number, cells in rows]
    for row in checked:
        words.check(row)
    _place(checked)
    _identify(event, checked)
    _find_repeats(checked)
    _compare_with_pins(checked)
    return checked


class _Words:
    """Checks what stands in single cells, as the form of residents does."""

    def __init__(self) -> None:
        self.kinds = in_both_languages(Kind.choices)
        self.themes: dict[str, int] = {}
        for theme in Theme.objects.active():
            for name in (theme.slug, theme.title_de, theme.title_en):
                self.themes[plain(name)] = theme.pk
        self.languages = {
            **dict.fromkeys(("", "de", "deutsch", "german"), "de"),
            **dict.fromkeys(("en", "englisch", "english"), "en"),
        }
        self.title, self.text = TitleField(), TextField()
        self.email = forms.EmailField(required=False, max_length=EMAIL_LENGTH)
        self.note = forms.CharField(
            required=False,
            max_length=NOTE_LENGTH,
            validators=[forbid_control_characters],
        )

    def check(self, row: Checked) -> None:
        self._choose(row, "kind", self.kinds)
        self._choose(row, "theme", self.themes)
        self._choose(row, "language", self.languages)
        self._clean(row, "text", self.text)
        if not row.values.get("title") and "text" in row.content:
            row.values["title"] = title_from(row.content["text"])
        self._clean(row, "title", self.title)
        self._clean(row, "email", self.email)
        self._clean(row, "place_note", self.note)
        if len(row.values.get("card_number", "")) > NUMBER_LENGTH:
            row.refuse("card_number", _("A card number has at most 40 characters."))

    def _choose(self, row: Checked, name: str, known: dict[str, Any]) -> None:
        words = row.values.get(name, "")
        value = known.get(plain(words))
        if value is not None:
            row.content[name] = value
        elif words:
            row.refuse(name, _("This value is not known. See the template."))
        else:
            row.refuse(name, _("This is missing."))

    def _clean(self, row: Checked, name: str, rule: forms.Field) -> None:
        try:
            value = rule.clean(row.values.get(name, ""))
        except ValidationError as error:
            for message in error.messages:
                row.refuse(name, str(message))
        else:
            row.content[name] = one_line(value) if name == "place_note" else value


def _place(rows: list[Checked]) -> None:
    """Find the places of all rows at once."""
    wishes = [
        Wish({n: row.values.get(n, "") for n in Wish.COLUMNS}, row.content)
        for row in rows
    ]
    for row, found in zip(rows, Places().find(wishes), strict=True):
        for column, reason in found.problems:
            row.refuse(column, reason)
        row.content |= found.content


def _identify(event: Event, rows: list[Checked]) -> None:
    """Give each row the key of its contribution: its card number, or else its words."""
    for row in rows:
        identity = f"{event.pk}:{row.card_number}"
        if not row.card_number:
            said = [plain(row.values.get(n, "")) for n in ("kind", "theme", "title")]
            said += [re.sub(r"\s+", " ", row.values.get("text", "")).strip()]
            said += [plain(row.values.get(name, "")) for name in Wish.COLUMNS]
            digest = hashlib.sha256("\0".join(said).encode()).hexdigest()
            identity = f"{event.pk}:sha256:{digest}"
        row.key = uuid5(NAMESPACE, identity)


def _find_repeats(rows: list[Checked]) -> None:
    """Refuse a card that another row has with other words; the same again is known."""
    first: dict[UUID | None, Checked] = {}
    for row in rows:
        if row.state == CardRow.State.WRONG:
            continue
        before = first.setdefault(row.key, row)
        if before is row:
            continue
        if before.content == row.content:
            row.state = CardRow.State.KNOWN
        else:
            row.refuse(
                "card_number",
                _("Row {number} has the same card with other words.").format(
                    number=before.number
                ),
            )


def _compare_with_pins(rows: list[Checked]) -> None:
    """Find the cards that have been imported before, and whether they say the same."""
    keys = {row.key for row in rows if row.state != CardRow.State.WRONG}
    pins = {
        pin.idempotency_key: pin
        for pin in Pin.objects.filter(idempotency_key__in=keys).only(
            "idempotency_key", "kind", "theme_id", "title", "text", "location"
        )
    }
    for row in rows:
        pin = pins.get(row.key) if row.key else None
        if pin is None or row.state == CardRow.State.WRONG:
            continue
        row.pin_id = pin.pk
        same = says_the_same(row.content, pin)
        row.state = CardRow.State.KNOWN if same else CardRow.State.DIFFERS


def says_the_same(content: dict[str, Any], pin: Pin) -> bool:
    """Tell whether a row says what its contribution says."""
    mine = tuple(content[name] for name in ("kind", "theme", "title", "text"))
    its = (pin.kind, pin.theme_id, pin.title, pin.text)
    is_there = (
        abs(pin.location.x - content["lon"]) < SAME_PLACE
        and abs(pin.location.y - content["lat"]) < SAME_PLACE
    )
    return mine == its and is_there
