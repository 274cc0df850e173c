"""`docs/asvs.md` has each rule of ASVS 5.0 up to level 2 once, and names tests that exist."""

import ast
import re
from collections import Counter
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
# OWASP ASVS 5.0.0, May 2025: section, and which of its rules belong to the level.
LEVEL_1 = """
1.2:1-5 1.3:1-2 1.5:1 2.1:1 2.2:1-2 2.3:1 3.2:1-2 3.3:1 3.4:1-2 3.5:1-3 4.1:1 4.4:1
5.2:1-2 5.3:1-2 6.1:1 6.2:1-8 6.3:1-2 6.4:1-2 7.2:1-4 7.4:1-2 8.1:1 8.2:1-2 8.3:1
9.1:1-3 9.2:1 10.4:1-5 11.3:1-2 11.4:1 12.1:1 12.2:1-2 13.4:1 14.2:1 14.3:1 15.1:1 15.2:1
15.3:1
"""
LEVEL_2 = """
1.1:1-2 1.2:6-9 1.3:3-11 1.4:1-3 1.5:2 2.1:2-3 2.2:3 2.3:2-4 2.4:1 3.3:2-4 3.4:3-6 3.5:4-5
3.7:1-2 4.1:2-3 4.2:1 4.3:1-2 4.4:2-4 5.1:1 5.2:3 5.4:1-3 6.1:2-3 6.2:9-12 6.3:3-4 6.4:3-4
6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3 7.3:1-2 7.4:3-5 7.5:1-2 7.6:1-2 8.1:2 8.2:3 8.4:1 9.2:2-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:6-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:3
11.4:2-4 11.5:1 11.6:1 12.1:2-3 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:2-5 14.1:1-2
14.2:2-4 14.3:2-3 15.1:2-3 15.2:2-3 15.3:2-7 16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3
17.1:1 17.2:1-4 17.3:1-2
"""
ID = r"\d+\.\d+\.\d+"
ROW = re.compile(rf"^\| ({ID}) \| ([123]) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
GROUP = re.compile(rf"^\| ({ID}(?:[, –]+{ID})*) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::([\w:]+)`")
NO_TEST = re.compile(r"(operator|written|open): .+")


def ids_of(rules: str) -> list[str]:
    found = []
    for part in rules.split():
        section, _, numbers = part.partition(":")
        first, _, last = numbers.partition("-")
        found += [f"{section}.{n}" for n in range(int(first), int(last or first) + 1)]
    return found


def groups() -> list[str]:
    """Return the ids of what does not apply; "1.2.3–1.2.5" stands for three."""
    found = []
    for ids, _reason in GROUP.findall(DOCUMENT.partition("## Does not apply")[2]):
        for part in ids.split(", "):
            first, _, last = part.partition("–")
            section, _, start = first.rpartition(".")
            end = (last or first).rpartition(".")[2]
            found += [f"{section}.{n}" for n in range(int(start), int(end) + 1)]
    return found


def names_in(file: Path) -> set[str]:
    """Return the names of the tests of a file, those of classes as Class::test."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (n.name for n in node.body if isinstance(n, ast.FunctionDef))
            found |= {f"{node.name}::{name}" for name in inner}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


def test_the_rules_are_as_many_as_the_standard_has() -> None:
    assert len(ids_of(LEVEL_1)) == 70
    assert len(ids_of(LEVEL_2)) == 183


def test_each_rule_of_levels_1_and_2_is_there_once() -> None:
    named = Counter(chain((row[0] for row in ROW.findall(DOCUMENT)), groups()))

    assert [rule for rule, times in named.items() if times > 1] == []
    wanted = {*ids_of(LEVEL_1), *ids_of(LEVEL_2)}
    assert sorted(wanted - named.keys()) == []


def test_each_row_says_its_level() -> None:
    first, second = set(ids_of(LEVEL_1)), set(ids_of(LEVEL_2))

    for rule, level, *_texts in ROW.findall(DOCUMENT):
        wanted = "1" if rule in first else "2" if rule in second else "3"
        assert level == wanted, rule


def test_each_row_names_tests_or_says_why_there_is_none() -> None:
    for rule, _level, _what, _how, proof in ROW.findall(DOCUMENT):
        assert TEST.search(proof) or NO_TEST.fullmatch(proof), rule


def test_each_test_that_is_named_exists() -> None:
    files: dict[str, set[str]] = {}
    named = TEST.findall(DOCUMENT)
    assert len(named) > 150

    for path, name in named:
        if path not in files:
            files[path] = names_in(ROOT / "tests" / path)
        assert name in files[path], f"{path}::{name}"


def test_what_is_open_is_counted() -> None:
    rows = ROW.findall(DOCUMENT)
    still_open = [row[0] for row in rows if row[4].startswith("open: ")]

    said = re.search(r"(\d+) are open", DOCUMENT)
    assert said
    assert int(said[1]) == len(still_open)
