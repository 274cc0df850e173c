"""`.env.example` explains every setting, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = r"(?:MAPAPP|MITMACH)_[A-Z_]+"


def test_every_setting_is_explained() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(rf"^#({NAMES})=", example, re.MULTILINE))
    sources = [
        *(ROOT / "mapapp").glob("settings*.py"),
        *(ROOT / "installer").glob("*.py"),
    ]
    used = {
        name
        for file in sources
        for name in re.findall(rf'"({NAMES})"', file.read_text(encoding="utf-8"))
    }
    assert explained == used
