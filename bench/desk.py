"""What a desk costs with many pins in its body: `./run bench desk [PINS]`.

Makes a scratch database in which one body answers for so many published pins (100,000
unless told otherwise; two minutes), with members, notes, assignments and agendas, and
prints for each tab of the inbox, its filters and orders the milliseconds of the whole
page and its queries; then the overview of all desks, and 20 pins accepted at once.
"""

import datetime
import html
import re
import sys
import time
from functools import partial
from typing import Any

from bench._pins import fill
from bench._scratch import scratch_city
from bench.map import milliseconds, say

PINS = 100_000
ASSIGNED = 5_000
LISTS = [
    "tab=new",
    "tab=new&theme=energy&kind=keep",
    "tab=new&sort=supported",
    "tab=new&q=Spielplatz",
    "tab=waiting",
    "tab=overdue",
    "tab=overdue&theme=digital",
    "tab=overdue&sort=newest",
    "tab=mine",
    "tab=all",
    "tab=all&sort=waiting",
    "tab=all&status=done",
    "tab=all&status=done&sort=waiting",
    "tab=all&district=hohenecken",
    "tab=all&q=Spielplatz+Radweg",
    "tab=all&sort=nearest&near=7.77,49.44",
]


def furnish() -> tuple[Any, Any]:
    """Let one body answer for all districts; return it and its chair."""
    from django.contrib.auth.models import User

    from councils.models import Membership
    from districts.models import Body, Responsibility

    body = Body.objects.get(slug="haupt-und-finanzausschuss")
    Responsibility.objects.update(body=body)
    chair = User.objects.create(username="bench", first_name="Kim", last_name="Muster")
    Membership.objects.create(
        user=chair, body=body, role="chair", valid_from=datetime.date(2024, 7, 1)
    )
    return body, chair


def busy(body: Any, chair: Any) -> None:
    """Put work on the desk: assignments, notes, and an agenda."""
    from django.utils import timezone

    from councils.agendas import SittingData, plan_sitting, put_on_agenda
    from councils.models import Assignment, DeskNote
    from pins.models import Pin, PublicPin

    ids = PublicPin.objects.for_body(body).order_by("waiting_since", "id")
    some = list(ids.values_list("pk", flat=True)[:: max(ids.count() // ASSIGNED, 1)])
    Assignment.objects.bulk_create(
        Assignment(pin_id=pk, body=body, assignee=chair, assigned_by=chair)
        for pk in some
    )
    DeskNote.objects.bulk_create(
        DeskNote(pin_id=pk, body=body, author=chair, text="Ortstermin am Montag.")
        for pk in some
    )
    start = timezone.now() + datetime.timedelta(days=10)
    data = SittingData(start=start, end=None, place="Rathaus")
    sitting = plan_sitting(body=body, data=data)
    open_ones = PublicPin.objects.for_body(body).filter(status="received")
    first = open_ones.order_by("waiting_since").values("pk")[:100]
    for pin in Pin.objects.filter(pk__in=first):
        put_on_agenda(sitting=sitting, pins=[pin], actor=chair)


def measure(body: Any, chair: Any) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.force_login(chair)

    def visit(address: str) -> Any:
        response = client.get(address)
        if response.status_code not in {200, 302}:
            sys.exit(f"{address} was answered with {response.status_code}.")
        return response

    desk = f"/desk/{body.slug}/"
    first = visit(f"{desk}?tab=overdue").text
    # None where few pins were asked for.
    second = re.findall(r'rel="next" href="\?([^"]+)"', first)
    for query in [*LISTS, *map(html.unescape, second)]:
        address = f"{desk}?{query}"
        with CaptureQueriesContext(connection) as queries:
            visit(address)
        number = len(queries)
        taken = milliseconds(partial(visit, address), times=15)
        say(f"{taken:8.1f} ms {number:3} queries  {query}")
    measure_overview(visit)
    measure_bulk(client, desk)


def measure_overview(visit: Any) -> None:
    from django.contrib.auth.models import Permission, User
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    permission = Permission.objects.get(codename="plan_pin")
    User.objects.get(username="bench").user_permissions.add(permission)
    with CaptureQueriesContext(connection) as queries:
        visit("/desk/")
    number = len(queries)
    taken = milliseconds(partial(visit, "/desk/"), times=15)
    say(f"{taken:8.1f} ms {number:3} queries  all desks")


def measure_bulk(client: Any, desk: str) -> None:
    page = client.get(f"{desk}?tab=new").text
    references = re.findall(r'name="pin" value="([^"]+)"', page)
    start = time.perf_counter()
    client.post(f"{desk}bulk", {"action": "accept", "pin": references})
    taken = (time.perf_counter() - start) * 1000
    say(f"{taken:8.1f} ms               {len(references)} accepted at once")


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PINS
    with scratch_city():
        from django.conf import settings
        from django.db import connection

        # The invented pins come one every 13 seconds: deadlines of some of them are over.
        settings.ACCEPT_PERIOD = datetime.timedelta(days=3)
        settings.ANSWER_PERIOD = datetime.timedelta(days=8)
        body, chair = furnish()
        fill(wanted, lambda reached: say(f"{reached:,} pins"))
        busy(body, chair)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        measure(body, chair)


if __name__ == "__main__":
    main()
