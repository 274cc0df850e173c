"""docs/retention.md: what is kept about people and until when, out of the register."""

from collections.abc import Iterable

from django.utils import translation

from trust.register import Personal, Rule, Whose, register

HEAD = """# What is kept about people, and until when

Written by `./run manage write_retention` from what the packages declare in their modules
`personal`; a test fails when it is out of date, and when a field of a model that could hold
something about somebody is not declared. The jobs of the worker carry the rules out every
hour; `./run manage erase_due --dry-run` says what they would erase. ADR 45 has the reasons.
"""
HEADINGS = {Whose.RESIDENTS: "Of residents", Whose.STAFF: "Of those who work here"}
COLUMNS = ("Field", "What", "Purpose", "Legal basis (GDPR)", "Who sees it", "Erased")


def document() -> str:
    """Return the whole file."""
    found = register()
    with translation.override("en"):
        parts = [HEAD]
        for whose, heading in HEADINGS.items():
            of_them = [entry for entry in found.data if entry.whose == whose]
            parts.append(f"## {heading}\n\n{_table(COLUMNS, map(_row, of_them))}")
        rules = _table(
            ("Rule", "Erased after", "Counted from when", "Job"),
            map(_rule_row, found.rules.values()),
        )
        parts.append(f"## Rules\n\n{rules}")
        harmless = (
            (f"`{entry.model}`", _names(entry.fields), entry.because)
            for entry in sorted(found.harmless, key=lambda entry: entry.model)
        )
        table = _table(("Model", "Fields", "Why not personal"), harmless)
        parts.append(f"## Fields that hold nothing about anybody\n\n{table}")
    return "\n".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(head)]
    lines += [("---",) * len(lines[0]), *map(tuple, rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _row(entry: Personal) -> tuple[str, ...]:
    fields = _names(f"{entry.model}.{name}" for name in entry.fields)
    words = (entry.what, entry.purpose, entry.basis, entry.seen_by, entry.erased)
    rules = f" ({_names(entry.rules)})" if entry.rules else ""
    said = [str(part) for part in words]
    return (fields, *said[:-1], said[-1] + rules)


def _rule_row(rule: Rule) -> tuple[str, ...]:
    after = rule.after()
    said = f"{after.days} days" if after.days != 1 else "1 day"
    job = register().job_of(rule)
    return (f"`{rule.name}`", said if after else "at once", rule.moment, f"`{job}`")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
