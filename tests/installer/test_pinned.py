"""Each package is one that somebody has looked at: by its version, its hashes and no host."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [
        *ROOT.glob("requirements*.txt"),
        *(ROOT / "installer").glob("*-requirements.txt"),
    ]
)
ENTRY = re.compile(
    r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[^\s;]+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+"
)


def test_all_locks_are_looked_at() -> None:
    assert "requirements.txt" in LOCKS
    assert "requirements-dev.txt" in LOCKS
    assert len(LOCKS) >= 6


@pytest.mark.parametrize("name", LOCKS)
def test_each_line_is_a_version_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))

    assert "://" not in text
    entries = [line.strip() for line in joined.splitlines() if line.strip()]
    assert entries
    assert [entry for entry in entries if not ENTRY.fullmatch(entry)] == []


def test_each_package_of_npm_has_its_hash() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert packages
    for name, entry in packages.items():
        assert re.match(r"sha512-[A-Za-z0-9+/=]{88}$", entry["integrity"]), name
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in wanted["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
