"""The typesetter, called as its own process calls it."""

import json

import pytest
import typst

from councils.papers import glyphs, typesetting
from councils.papers.content import read_sitting
from councils.papers.dossier import Dossier
from councils.papers.glyphs import missing, printable
from councils.papers.pdf import nothing
from tests.councils.pdf_structure import opened, words
from tests.factories import make_body, make_district, make_item, make_sitting

# A hieroglyph: the fonts that typst brings have none.
RARE = "\U00013000"


@pytest.fixture(autouse=True)
def fonts(monkeypatch):
    """Set with the fonts that typst brings, whatever the machine has besides."""
    own = typst.Fonts(include_system_fonts=False)
    for module in (glyphs, typesetting):
        monkeypatch.setattr(module, "fonts", lambda: own)


@pytest.fixture
def folder(db, tmp_path):
    body = make_body("Ortsbeirat West")
    make_district(16, name="Westdorf", body=body)
    sitting = make_sitting(body)
    make_item(sitting, f"Ein Punkt {RARE} und Ω", resolution_text="Eins\n\nZwei")
    content = read_sitting(sitting, is_public=False)
    data = typesetting.mapped(Dossier(content, tmp_path, nothing).write(), printable)
    (tmp_path / typesetting.WORDS).write_text(json.dumps(data), encoding="utf-8")
    return tmp_path


def text_in(folder):
    return words(opened((folder / typesetting.SET).read_bytes())).replace(" ", "")


def test_it_writes_the_file_beside_the_words(folder):
    typesetting.set_paper(folder, typesetting.TEMPLATE)

    assert "EinPunkt□undΩ" in text_in(folder)


def test_what_the_probe_missed_costs_the_rarer_letters(folder, monkeypatch, capsys):
    monkeypatch.setattr(typesetting, "missing", lambda letters: frozenset())

    typesetting.set_paper(folder, typesetting.TEMPLATE)

    assert "EinPunkt□und□" in text_in(folder)
    assert "plain letters" in capsys.readouterr().err


def test_typst_says_what_it_lacks():
    assert missing(f"Straße {RARE}Ω") == {RARE}
    assert missing("Straße") == frozenset()
    assert missing("Ω") == frozenset()


def test_maps_are_written_with_the_letters_there_are(folder):
    picture = folder / f"1{typesetting.MAP_SUFFIX}"
    picture.write_text(f"<svg><text>Am {RARE}</text></svg>", encoding="utf-8")

    typesetting.set_paper(folder, typesetting.TEMPLATE)

    assert picture.read_text("utf-8") == "<svg><text>Am □</text></svg>"
