"""The dossier of a sitting: what stands in it, for whom, and that everyone can read it."""

import datetime
from itertools import pairwise

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from councils.matters import waive_hearing
from councils.models import Consultation, DeskNote, Hearing, Sitting
from councils.papers.content import count_pins, read_pin, read_sitting
from councils.papers.glyphs import boxed, plain
from councils.papers.pdf import NotSet, make_dossier
from pins.models import Pin, PublicPin
from pins.photos.files import path_of
from pins.workflow import Visibility
from tests.councils.pdf_structure import (
    alternatives,
    bookmarks,
    elements,
    kinds,
    metadata,
    opened,
    words,
)
from tests.factories import (
    make_body,
    make_comment,
    make_consultation,
    make_item,
    make_member,
    make_pin,
    make_sitting,
)
from tests.photos import make_photo
from trust.media import MediaAway, rest

SCRIPT = "<script>alert(1)</script> #panic() $x$ @label *bold*"


@pytest.fixture
def sitting(west):
    """A sitting with three items: one without a matter, one with a pin, one non-public."""
    sitting = make_sitting(west, state=Sitting.State.INVITED)
    make_item(sitting, "Einwohnerfragestunde")
    pin = make_pin(title="Ein sicherer Weg")
    make_consultation(west, pin, item=make_item(sitting, pin.title))
    make_item(sitting, "Kauf eines Grundstücks", is_public=False)
    return sitting


def pdf_of(sitting, *, is_public=False):
    return opened(make_dossier(read_sitting(sitting, is_public=is_public)))


def test_it_is_tagged_as_pdf_ua_asks(sitting):
    pdf = pdf_of(sitting)

    assert pdf.Root.MarkInfo.Marked
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(pdf)
    assert str(pdf.Root.Lang).startswith("de")
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert str(pdf.docinfo.Title).startswith("Ortsbeirat West · ")
    assert all(page.get("/Tabs") == "/S" for page in pdf.pages if "/Annots" in page)
    found = kinds(pdf)
    assert {"H1", "H2", "H3", "Table", "TH", "TD", "L", "Figure", "P"} <= set(found)
    # No level is left out on the way down.
    levels = [int(kind[1:]) for kind in found if kind[0] == "H" and kind[1:].isdigit()]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_picture_has_words(sitting):
    pin = PublicPin.objects.get()
    make_photo(pin_of(pin), alt="Ein Weg ohne Gehsteig")
    make_photo(pin_of(pin), alt="", position=2)

    found = alternatives(pdf_of(sitting))

    assert len(found) == 4
    assert all(found)
    assert "Ein Weg ohne Gehsteig" in found


def pin_of(shown):
    return Pin.objects.get(pk=shown.pk)


def test_bookmarks_lead_to_each_item(sitting):
    found = bookmarks(pdf_of(sitting))

    reference = PublicPin.objects.get().reference
    assert [title for title in found if "1" in title or "2" in title] == [
        found[2],
        found[3],
        reference,
    ]
    assert "Einwohnerfragestunde" in found[2]
    assert "Ein sicherer Weg" in found[3]


def test_the_internal_paper_says_so_and_has_everything(sitting, west):
    pin = pin_of(PublicPin.objects.get())
    author = make_member(west, "kim.muster")
    DeskNote.objects.create(pin=pin, body=west, author=author, text="Anruf am Montag.")
    make_comment(pin, body=west, actor=author, text="Wir kümmern uns.")

    text = words(pdf_of(sitting))

    for expected in (
        "Intern",
        "Kauf eines Grundstücks",
        "Anruf am Montag.",
        "kim.muster",
        "Wir kümmern uns.",
        pin.text[:20],
    ):
        assert expected in text


def test_the_public_paper_leaves_out_what_is_internal(sitting, west):
    pin = pin_of(PublicPin.objects.get())
    author = make_member(west, "kim")
    DeskNote.objects.create(pin=pin, body=west, author=author, text="Anruf am Montag.")

    text = words(pdf_of(sitting, is_public=True))

    assert "Ein sicherer Weg" in text
    for secret in ("Intern", "Kauf eines Grundstücks", "Anruf am Montag"):
        assert secret not in text


def test_results_are_public_only_after_the_end(sitting):
    item = sitting.items.get(order=2)
    item.votes_for, item.votes_against, item.votes_abstained = 9, 4, 2
    item.resolution_text = "Der Weg wird gebaut."
    item.save()
    Consultation.objects.filter(item=item).update(
        outcome="endorsed", decided_at=timezone.now()
    )

    assert "Der Weg wird gebaut." in words(pdf_of(sitting))
    assert "Der Weg wird gebaut." not in words(pdf_of(sitting, is_public=True))

    Sitting.objects.filter(pk=sitting.pk).update(state=Sitting.State.HELD)
    sitting.refresh_from_db()
    assert "Der Weg wird gebaut." in words(pdf_of(sitting, is_public=True))


def test_what_another_desk_keeps_to_itself_stays_there(sitting, west):
    """A non-public item of another body, and its results before the end."""
    matter = Consultation.objects.get().matter
    council = make_body("Stadtrat", kind="council")
    elsewhere = make_sitting(council, state=Sitting.State.HELD, days=-3)
    secret = make_item(elsewhere, "Geheim", is_public=False)
    make_consultation(
        council,
        matter=matter,
        item=secret,
        outcome="noted",
        reason="Nur für uns.",
        decided_at=timezone.now(),
    )

    content = read_sitting(sitting, is_public=False)

    assert content.items[1].consultations == []


def test_votes_of_a_sitting_that_was_cancelled_are_nobodys(sitting):
    """Counted while it was invited, and then it did not take place after all."""
    council = make_body("Stadtrat", kind="council")
    cancelled = make_sitting(council, state=Sitting.State.CANCELLED, days=3)
    make_consultation(
        council,
        matter=Consultation.objects.get().matter,
        item=make_item(cancelled, votes_for=9, votes_against=4, votes_abstained=2),
        outcome="postponed",
        decided_at=timezone.now(),
    )

    (told,) = read_sitting(sitting, is_public=True).items[1].consultations

    assert (told.body, told.votes) == ("Stadtrat", None)


def test_earlier_advice_and_waivers_are_told(sitting, west):
    matter = Consultation.objects.get().matter
    committee = make_body("Hauptausschuss", kind="committee")
    held = make_sitting(committee, state=Sitting.State.HELD, days=-9)
    item = make_item(held, votes_for=9, votes_against=4, votes_abstained=2)
    make_consultation(
        committee,
        matter=matter,
        item=item,
        role="advice",
        outcome="not_endorsed",
        reason="Zu teuer.",
        decided_at=timezone.now(),
    )
    north = make_body("Ortsbeirat Nord")
    Hearing.objects.create(matter=matter, body=north)
    waive_hearing(
        matter=matter, body=north, actor=make_member(north), reason="Nicht berührt."
    )

    told = read_sitting(sitting, is_public=True).items[1].consultations

    assert [(one.body, one.reason) for one in told] == [
        ("Hauptausschuss", "Zu teuer."),
        ("Ortsbeirat Nord", "Nicht berührt."),
    ]
    assert told[0].votes is not None
    assert "Zu teuer." in words(pdf_of(sitting))


def test_texts_never_become_code(west):
    sitting = make_sitting(west, place=SCRIPT)
    pin = make_pin(title=SCRIPT, text=SCRIPT, place_note=SCRIPT)
    item = make_item(sitting, SCRIPT, resolution_text=SCRIPT)
    make_consultation(west, pin, item=item, reason=SCRIPT)

    assert SCRIPT in words(pdf_of(sitting))


@pytest.mark.parametrize(
    ("before", "rare", "after"),
    [
        ("Ein Weg für alle Kinder ", "😀👨\u200d👩\u200d👧", "!"),
        ("Eine Flagge hängt ", "🇩🇪", " am Haus"),
        ("Der Weg heißt dort ", "道路", " und fehlt"),
    ],
)
def test_what_no_font_has_is_a_box(west, before, rare, after):
    sitting = make_sitting(west)
    pin = make_pin(title="Ein Titel", text=f"{before}{rare}{after}")
    make_consultation(west, pin, item=make_item(sitting))

    text = words(pdf_of(sitting)).replace(" ", "")

    # Machines differ in their fonts: what one cannot show another can.
    start = text.index(before.replace(" ", "")) + len(before.replace(" ", ""))
    assert text[start] in {"□", rare[0]}
    assert after.replace(" ", "") in text[start:]


def test_what_is_no_character_is_left_out(west):
    sitting = make_sitting(west)
    pin = make_pin(
        title="Ein Titel", text="Steuer\x07zeichen\ufeff und \ue000mehr davon"
    )
    make_consultation(west, pin, item=make_item(sitting))

    assert "Steuerzeichen und mehr davon" in words(pdf_of(sitting))


def test_runs_without_a_glyph_are_one_box():
    text = "a😀👨\u200d👩b道c"

    assert boxed(text, frozenset("😀👨👩道")) == "a□b□c"
    assert plain("Straße 道路!") == "Straße □!"
    assert boxed("Straße", frozenset("道")) == "Straße"


def test_arabic_is_set(west):
    sitting = make_sitting(west)
    pin = make_pin(title="مرحبا بكم جميعا", text="نحتاج إلى طريق آمن للأطفال هنا.")
    make_consultation(west, pin, item=make_item(sitting, pin.title))

    assert "□" not in words(pdf_of(sitting))


def test_a_photo_without_its_file_is_told_in_words(sitting):
    photo = make_photo(pin_of(PublicPin.objects.get()), alt="Ein Weg")
    default_storage.delete(path_of(photo.name, small=True))

    pdf = pdf_of(sitting)

    assert "Ein Weg" in words(pdf)
    assert "Ein Weg" not in alternatives(pdf)


def test_a_photo_out_of_reach_is_not_said_to_be_lost(sitting, bucket):
    make_photo(pin_of(PublicPin.objects.get()), alt="Ein Weg")
    rest.note(has_answered=False)
    with pytest.raises(MediaAway):
        pdf_of(sitting)


def test_a_hidden_contribution_is_only_counted(west):
    sitting = make_sitting(west)
    seen, gone = make_pin(title="Gesehen"), make_pin(title="Beleidigend")
    make_consultation(west, gone, seen, item=make_item(sitting, "Beleidigend"))
    gone.visibility = Visibility.HIDDEN
    gone.save()

    for is_public in (True, False):
        text = words(pdf_of(sitting, is_public=is_public))
        assert "Beleidigend" not in text
        assert gone.reference not in text
        assert "Gesehen" in text


def test_an_item_of_which_nothing_is_shown_has_no_title(west):
    sitting = make_sitting(west)
    gone = make_pin(title="Beleidigend")
    make_consultation(west, gone, item=make_item(sitting, "Beleidigend"))
    gone.visibility = Visibility.HIDDEN
    gone.save()

    for is_public in (True, False):
        assert "Beleidigend" not in words(pdf_of(sitting, is_public=is_public))
    assert count_pins(sitting, is_public=False) == 0


def test_an_empty_agenda_is_a_paper_too(west):
    pdf = pdf_of(make_sitting(west))

    assert len(pdf.pages) == 1
    assert pdf.Root.MarkInfo.Marked


def test_only_the_internal_paper_has_the_exact_place(west):
    sitting = make_sitting(west)
    pin = make_pin(is_rough=True)
    make_consultation(west, pin, item=make_item(sitting))

    (inside,) = read_sitting(sitting, is_public=False).pins
    (outside,) = read_sitting(sitting, is_public=True).pins

    assert inside.location == pin.location
    assert not inside.is_rough
    assert outside.location == PublicPin.objects.get().location != pin.location
    assert outside.is_rough


def test_what_is_odd_about_a_paper_is_told(west):
    sitting = make_sitting(west, state=Sitting.State.CANCELLED)
    pin = make_pin(is_approximate=True, place_note="Am alten Brunnen")
    rough = make_pin(is_rough=True)
    make_consultation(west, pin, rough, item=make_item(sitting, "Zwei Orte"))

    text = words(pdf_of(sitting, is_public=True))

    assert sitting.cancelled_because in text
    assert "Am alten Brunnen" in text
    for count in (1, 2):
        assert f"1.{count} · " in text


def test_english_readers_get_english(sitting):
    with translation.override("en"):
        pdf = pdf_of(sitting)
        text = words(pdf)

    assert str(pdf.Root.Lang) == "en-GB"
    assert "Agenda" in text
    # What somebody wrote in German is read out in German.
    assert any(str(e.get("/Lang", "")).startswith("de") for e in elements(pdf))


def test_one_contribution(west):
    pin = make_pin(title="Ein sicherer Weg")
    make_consultation(west, pin)
    shown = PublicPin.objects.get()

    pdf = opened(make_dossier(read_pin(west, shown, is_public=False)))

    assert str(pdf.docinfo.Title) == f"{pin.reference}: Ein sicherer Weg"
    assert bookmarks(pdf) == [pin.reference]
    assert len(alternatives(pdf)) == 1


def test_the_number_of_queries_does_not_grow(west):
    def queries(count):
        sitting = make_sitting(
            west, start=timezone.now() + datetime.timedelta(days=count)
        )
        for _ in range(count):
            pin = make_pin()
            make_consultation(west, pin, item=make_item(sitting, pin.title))
        with CaptureQueriesContext(connection) as captured:
            read_sitting(sitting, is_public=False)
            read_sitting(sitting, is_public=True)
        return len(captured)

    assert queries(1) == queries(5)


def test_a_typesetter_that_fails_says_why(sitting, monkeypatch):
    monkeypatch.setattr("councils.papers.typesetting.__name__", "no.such.module")

    with pytest.raises(NotSet, match=r"no\.such"):
        pdf_of(sitting)
