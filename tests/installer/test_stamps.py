"""Knowing what has not changed."""

from pathlib import Path

from installer.stamps import Stamp, fingerprint


def test_same_content_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "style.css"
    file.write_text("a")
    before = fingerprint([tmp_path])
    file.write_text("a")
    assert fingerprint([tmp_path]) == before


def test_everything_that_matters_changes_it(tmp_path: Path) -> None:
    file = tmp_path / "style.css"
    file.write_text("a")
    seen = {fingerprint([tmp_path]), fingerprint([tmp_path], "another word")}
    file.write_text("b")
    seen.add(fingerprint([tmp_path]))
    file.rename(tmp_path / "other.css")
    seen.add(fingerprint([tmp_path]))
    (tmp_path / "new.css").touch()
    seen.add(fingerprint([tmp_path]))
    assert len(seen) == 5


def test_missing_file_counts_as_none(tmp_path: Path) -> None:
    assert fingerprint([tmp_path / "missing"]) == fingerprint([])


def test_stamp_remembers_and_forgets(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "stamps", "packages")
    assert stamp.read() == ""
    stamp.write("state")
    assert Stamp(tmp_path / "stamps", "packages").read() == "state"
    stamp.clear()
    assert stamp.read() == ""
