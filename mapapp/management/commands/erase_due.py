"""Erase what nobody needs any more: `manage.py erase_due [--dry-run] [--list] [RULE …]`.

The worker does it every hour; the command is for looking before, and for sites that
schedule their jobs elsewhere. What there is stands in docs/retention.md. With
`--trust-clock` it erases also where the clock has jumped, and the worker goes on.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trust import clock
from trust.register import erase_due, register


class Command(BaseCommand):
    help = "Erases personal data whose time is over; says how many, never which."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rules", nargs="*", metavar="RULE", help="Only these.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how many there are."
        )
        parser.add_argument(
            "--trust-clock",
            action="store_true",
            help="The clock is right: go on, although it has jumped or stood still.",
        )
        parser.add_argument(
            "--list", action="store_true", help="Only name the rules there are."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = register()
        if options["list"]:
            for rule in found.rules.values():
                self.stdout.write(f"{rule.name}: {rule.after()} after {rule.moment}")
            return
        unknown = set(options["rules"]) - set(found.rules)
        if unknown:
            message = f"There is no rule {', '.join(sorted(unknown))}."
            raise CommandError(message)
        jobs = [found.job_of(found.rules[name]) for name in options["rules"]]
        counts = self._erase(jobs, options)
        done = "would be erased" if options["dry_run"] else "erased"
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count} {done}.")

    def _erase(self, jobs: list[str], options: dict[str, Any]) -> dict[str, int]:
        is_dry = options["dry_run"]
        try:
            if options["trust_clock"] and not is_dry:
                clock.believe()
            return erase_due(dict.fromkeys(jobs), dry_run=is_dry)
        except clock.ClockDoubted as doubted:
            hint = "Set it right, or say --trust-clock where it is."
            message = f"{doubted} {hint}"
            raise CommandError(message) from doubted
