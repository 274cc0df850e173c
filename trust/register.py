"""What is kept about people, declared beside the models, and collected here.

Each package says in its module `personal` which fields of its models tell about somebody
(`DATA`), which could and do not (`HARMLESS`), when the first are erased (`RULES`) and, for
addresses, how all of one is found and erased (`SOURCES`). `docs/retention.md`, the table of
the privacy page, the nightly job and the tests all read that and nothing else.
"""

import datetime
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.gis.db import models
from django.utils.functional import Promise

from trust import clock

logger = logging.getLogger(__name__)

Words = str | Promise


class Basis(StrEnum):
    """What allows keeping it (GDPR; (e) with § 3 LDSG of Rhineland-Palatinate)."""

    CONSENT = "Art. 6(1)(a)"
    DUTY = "Art. 6(1)(c)"
    TASK = "Art. 6(1)(e)"


class Whose(StrEnum):
    """Whose data it is."""

    RESIDENTS = "residents"
    STAFF = "staff"


class Erase(Protocol):
    """Erases what is due and returns how many; with `dry_run` only counts them."""

    def __call__(self, *, dry_run: bool) -> int: ...


@dataclass(frozen=True)
class Rule:
    """When rows go of themselves: so long after a moment that `moment` names.

    Several rules may share one job, which erases what any of them asks for.
    """

    name: str
    # English, for docs/retention.md.
    moment: str
    after: Callable[[], datetime.timedelta]
    erase: Erase


@dataclass(frozen=True)
class Personal:
    """Fields of a model that tell about somebody. Words are for the privacy page, too."""

    model: str
    fields: tuple[str, ...]
    whose: Whose
    what: Words
    purpose: Words
    basis: Basis
    seen_by: Words
    erased: Words
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Harmless:
    """Fields that could hold something about somebody, and why they do not."""

    model: str
    fields: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Fact:
    """One thing that is stored about somebody, in words and as a value for programs."""

    label: Words
    value: object


@dataclass(frozen=True)
class Record:
    """One row that is stored about somebody. `key` names it for their own acts alone."""

    key: str
    title: Words
    facts: tuple[Fact, ...]
    # Where its own page is, for whoever may see that.
    path: str = ""


@dataclass(frozen=True)
class Source:
    """How a package finds and erases everything of one address.

    `find` and `erase` are called for whoever has proven that the address is theirs.
    """

    models: tuple[str, ...]
    find: Callable[[str], Iterable[Record]]
    erase: Callable[[str], int]


@dataclass
class Register:
    """What all packages declare together."""

    data: list[Personal] = field(default_factory=list)
    harmless: list[Harmless] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def jobs(self) -> dict[str, Erase]:
        """Return the jobs of all rules, each once, by the name of its first rule."""
        found: dict[str, Erase] = {}
        for rule in self.rules.values():
            if rule.erase not in found.values():
                found[rule.name] = rule.erase
        return found

    def job_of(self, rule: Rule) -> str:
        """Return the name of the job that carries a rule out."""
        return next(n for n, erase in self.jobs().items() if erase == rule.erase)

    def declared(self) -> set[str]:
        """Return all declared fields as `app.Model.field`."""
        entries: list[Personal | Harmless] = [*self.data, *self.harmless]
        return {f"{entry.model}.{name}" for entry in entries for name in entry.fields}


class DeclaredTwice(Exception):
    """Two rules have one name."""


@cache
def register() -> Register:
    """Collect what the packages declare. Raises DeclaredTwice."""
    found = Register()
    for name in _modules():
        module = import_module(name)
        found.data += getattr(module, "DATA", ())
        found.harmless += getattr(module, "HARMLESS", ())
        found.sources += getattr(module, "SOURCES", ())
        for rule in getattr(module, "RULES", ()):
            if rule.name in found.rules:
                raise DeclaredTwice(rule.name)
            found.rules[rule.name] = rule
    return found


def _modules() -> Iterator[str]:
    for config in apps.get_app_configs():
        name = f"{config.name}.personal"
        if find_spec(name) is not None:
            yield name


def fields_to_declare() -> Iterator[str]:
    """Return the fields of all models that could hold something about somebody.

    Text, numbers of a network, files, places, what is stored as JSON or as bytes, and
    whose account it is. What is chosen from a list holds nothing but what is on it.
    """
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed or model._meta.app_label == "procrastinate":
            for one in model._meta.local_fields:
                if _could_be_personal(one):
                    yield f"{model._meta.label}.{one.name}"


_KINDS = (
    models.CharField,
    models.TextField,
    models.GenericIPAddressField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.PointField,
)


def _could_be_personal(one: "models.Field[object, object]") -> bool:
    if one.related_model is get_user_model():
        return True
    return isinstance(one, _KINDS) and not one.choices and not one.primary_key


def erase_due(names: Iterable[str] = (), *, dry_run: bool) -> dict[str, int]:
    """Carry the rules out, all or the named jobs; return how many rows each erased.

    The log holds counts, never what was erased. One that fails holds up no other: it is
    raised at the end. Raises ClockDoubted where the clock may be ahead.
    """
    if not dry_run:
        clock.demand()
    jobs = register().jobs()
    counts: dict[str, int] = {}
    failed: list[Exception] = []
    for name in names or jobs:
        try:
            counts[name] = jobs[name](dry_run=dry_run)
        except Exception as error:
            logger.exception("Erasing failed: %s.", name)
            failed.append(error)
            continue
        if counts[name] and not dry_run:
            logger.info("%s: %d erased.", name, counts[name])
    if failed:
        raise failed[0]
    return counts
