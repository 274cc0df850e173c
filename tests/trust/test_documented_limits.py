"""What docs/operation.md says about limits is what the code does."""

import re

from django.conf import settings

from trust.limits import ALL, DAY, HOUR, MINUTE, QUESTIONS, Limit, Whose

PERIODS = {MINUTE: "minute", HOUR: "hour", DAY: "day"}
WHOSE = {
    Whose.ADDRESS: "an address",
    Whose.UNPROVEN: "an address, without a proof of work",
    Whose.MAILBOX: "mails to one mailbox",
    Whose.EVERYBODY: "everybody together",
    Whose.LINK: "a link of a stand",
}


def row_of(limit: Limit) -> str:
    whose = WHOSE[limit.whose] + (", in each process" if limit in QUESTIONS else "")
    return f"| `{limit.name}` | {limit.most} | {PERIODS[limit.period]} | {whose} |"


def test_the_table_of_limits_is_that_of_the_code():
    text = (settings.ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    section = text.split("## Against spam\n")[1].split("\n## ")[0]

    rows = re.findall(r"^\| `.*$", section, flags=re.MULTILINE)
    assert rows == [row_of(limit) for limit in ALL]


def test_each_setting_is_explained():
    text = (settings.ROOT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#(MAPAPP_\w+)=", text, flags=re.MULTILINE)

    assert {
        *("MAPAPP_TRUSTED_PROXIES", "MAPAPP_LIMITS", "MAPAPP_PROOF_STEPS"),
        *("MAPAPP_PROOF_COST", "MAPAPP_LEAST_FORM_SECONDS", "MAPAPP_MOST_LINKS"),
        *("MAPAPP_TEXT_DAYS", "MAPAPP_SUSPICION_DAYS"),
    } <= set(names)
