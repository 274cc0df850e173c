"""The files of `deploy/cluster/` fit together, and to the site."""

from pathlib import Path
from string import Template

import pytest
import yaml
from django.conf import settings

from installer.side_environments import PATRONI

FOLDER = Path(settings.ROOT) / "deploy" / "cluster"
TEMPLATES = (
    "database.sql",
    "etcd.env",
    "haproxy.cfg",
    "patroni.yml",
    "pgbouncer.ini",
    "userlist.txt",
)
UNIT = "patroni.service"


def values() -> dict[str, str]:
    lines = (FOLDER / "cluster.env").read_text("utf-8").splitlines()
    written = [line.partition("=") for line in lines if line and line[0] != "#"]
    return {name: value or f"secret-{name}" for name, _equals, value in written}


def filled(name: str) -> str:
    return Template((FOLDER / name).read_text("utf-8")).substitute(values())


def test_every_file_is_known_here():
    there = {file.name for file in FOLDER.iterdir()}

    assert there == {*TEMPLATES, "cluster.env", UNIT, "README.md"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_whatever_a_file_asks_for_is_in_the_list(name: str):
    assert "${" not in filled(name)


@pytest.mark.parametrize("name", [*TEMPLATES, UNIT])
def test_the_instructions_name_each_file(name: str):
    assert name in (FOLDER / "README.md").read_text("utf-8")


def test_a_leader_that_is_cut_off_gives_up_before_another_one_leads():
    shared = yaml.safe_load(filled("patroni.yml"))["bootstrap"]["dcs"]

    assert shared["synchronous_mode"] is True
    assert shared["ttl"] >= shared["loop_wait"] + 2 * shared["retry_timeout"]
    # Patroni would take that for any less, and these files would not say what it does.
    assert shared["ttl"] >= 20


def test_no_commit_is_cancelled_while_it_may_wait_for_a_second_machine():
    shared = yaml.safe_load(filled("patroni.yml"))["bootstrap"]["dcs"]
    statement = int(settings.DATABASE_SESSION["statement_timeout"].removesuffix("s"))

    assert statement > 2 * shared["ttl"]


def test_sessions_by_the_pooler_begin_as_the_site_wants_them():
    pooler = filled("pgbouncer.ini").replace("'", "")
    wanted = [f"SET {name} = {it}" for name, it in settings.DATABASE_SESSION.items()]

    (line,) = (line for line in pooler.splitlines() if "connect_query=" in line)

    assert all(words in line for words in wanted)


def test_the_unit_starts_what_the_instructions_install():
    unit = (FOLDER / UNIT).read_text("utf-8")
    instructions = (FOLDER / "README.md").read_text("utf-8")

    (start,) = (line for line in unit.splitlines() if line.startswith("ExecStart="))
    program, config = start.removeprefix("ExecStart=").split()
    assert f"python3 -m venv {Path(program).parents[1]}\n" in instructions
    assert f"-r {PATRONI.lock}\n" in instructions
    assert f"envsubst < files/patroni.yml > {config}\n" in instructions


def test_patroni_is_one_that_compares_whose_key_it_takes():
    lock = (Path(settings.ROOT) / PATRONI.lock).read_text("utf-8")

    (line,) = (line for line in lock.splitlines() if line.startswith("patroni=="))
    assert line.startswith("patroni==4.")
