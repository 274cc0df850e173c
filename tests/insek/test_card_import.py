"""Typed cards: checked, imported exactly once, taken back, forgotten."""

import datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob

from insek.cards import keeping
from insek.cards.keeping import NotPossible
from insek.cards.reading import Table
from insek.models import CardRow, CardSheet, PinOrigin
from layers.places import AddressRow, StreetRow, replace_places
from pins.actions import publish_pin
from pins.models import Contact, Pin, PublicPin
from pins.workflow import Visibility
from tests.factories import (
    make_district,
    make_editor,
    make_event,
    make_moderator,
    make_pin,
    make_theme,
    make_user,
)
from tests.geometries import point_in

URL = "/planning/input/cards/"
HERE = point_in(16)
GOOD = {
    "Kartennummer": "E1-0001",
    "Art": "Idee",
    "Thema": "Thema mobility",
    "Titel": "Eine Bank am Brunnen",
    "Text": "Vom Brunnen aus sieht man die Burg, aber man muss stehen.",
    "Längengrad": str(HERE.x),
    "Breitengrad": str(HERE.y),
}


@pytest.fixture
def event(db):
    make_district(16, name="Hohenecken")
    make_theme()
    return make_event()


@pytest.fixture
def editor(event):
    return make_editor()


def table(*rows):
    heads = list({name: None for row in rows for name in row})
    cells = [[row.get(head, "") for head in heads] for row in rows]
    return Table(heads, list(enumerate(cells, start=2)))


def keep(event, editor, *rows):
    return keeping.keep_sheet(
        event=event, name="karten.xlsx", table=table(*rows), actor=editor
    )


def states(sheet):
    return list(sheet.rows.values_list("state", flat=True))


def reasons(sheet):
    """Return column and reason of all that is wrong."""
    problems = sheet.rows.values_list("problems", flat=True)
    return [(column, reason) for row in problems for column, _value, reason in row]


def xlsx(*rows):
    book = Workbook(write_only=True)
    page = book.create_sheet("Karten")
    heads = list({name: None for row in rows for name in row})
    page.append(heads)
    for row in rows:
        page.append([row.get(head) for head in heads])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "karten.xlsx"
    return file


def test_checking_writes_no_contribution(event, editor):
    sheet = keep(event, editor, GOOD)

    assert states(sheet) == ["new"]
    assert sheet.state == CardSheet.State.CHECKED
    assert not Pin.objects.exists()


def test_an_imported_card_waits_for_moderation_with_its_source(event, editor):
    sheet = keep(event, editor, GOOD | {"E-Mail": "kim@example.org", "Sprache": "en"})

    keeping.start_import(sheet=sheet)

    pin = Pin.objects.get()
    assert (pin.source, pin.visibility, pin.language) == ("card", "submitted", "en")
    assert pin.title == GOOD["Titel"]
    assert pin.district.number == 16
    assert PinOrigin.objects.get(pin=pin).event == event
    assert Contact.objects.get(pin=pin).email == "kim@example.org"
    row = sheet.rows.get()
    assert (row.state, row.pin, row.content) == ("imported", pin, {})
    assert not PublicPin.objects.exists()


def test_5000_rows_of_which_37_are_broken(
    event, editor, client, django_capture_on_commit_callbacks
):
    broken = {n * 135 for n in range(37)}
    rows = [
        GOOD
        | {"Kartennummer": f"E1-{n:04d}", "Titel": f"Karte Nummer {n}"}
        | ({"Text": "kurz"} if n in broken else {})
        for n in range(5_000)
    ]
    client.force_login(editor)

    page = client.post(URL, {"event": event.pk, "file": xlsx(*rows)}, follow=True)
    address = page.redirect_chain[-1][0]
    sheet = CardSheet.objects.get()
    assert keeping.count_rows(sheet)["new"] == 4_963
    assert not Pin.objects.exists()
    wrong = sheet.rows.in_state(CardRow.State.WRONG)
    assert {row.number for row in wrong} == {n + 2 for n in broken}
    assert all(row.problems[0][1] == "kurz" for row in wrong)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"action": "import"})
    assert client.get(address).context["is_open"]
    job = ProcrastinateJob.objects.get(task_name="insek.tasks.import_cards")
    assert job.args == {"sheet_id": str(sheet.pk)}
    keeping.run_import(sheet)

    assert Pin.objects.filter(source="card").count() == 4_963
    sheet.refresh_from_db()
    assert sheet.state == CardSheet.State.IMPORTED

    client.post(URL, {"event": event.pk, "file": xlsx(*rows)})
    again = CardSheet.objects.exclude(pk=sheet.pk).get()
    counts = keeping.count_rows(again)
    assert (counts["new"], counts["known"], counts["wrong"]) == (0, 4_963, 37)
    with pytest.raises(NotPossible):
        keeping.start_import(sheet=again)
    assert Pin.objects.count() == 4_963


def test_the_queries_do_not_grow_with_the_rows(
    event, editor, django_assert_max_num_queries
):
    rows = [
        GOOD | {"Kartennummer": f"E1-{n}", "Titel": f"Karte {n}"} for n in range(90)
    ]
    with django_assert_max_num_queries(16):
        sheet = keep(event, editor, *rows)
    with django_assert_max_num_queries(30):
        keeping.start_import(sheet=sheet)
    assert Pin.objects.count() == 90


def test_a_card_without_a_number_is_known_by_its_words(event, editor):
    card = GOOD | {"Kartennummer": ""}
    keeping.start_import(sheet=keep(event, editor, card))

    again = keep(event, editor, card, card | {"Titel": "Eine andere Bank"})

    assert states(again) == ["known", "new"]


def test_a_card_with_other_words_is_reported_and_not_repeated(event, editor):
    keeping.start_import(sheet=keep(event, editor, GOOD))
    pin = Pin.objects.get()

    again = keep(event, editor, GOOD | {"Titel": "Zwei Bänke am Brunnen"})

    row = again.rows.get()
    assert (row.state, row.pin) == ("differs", pin)
    with pytest.raises(NotPossible):
        keeping.start_import(sheet=again)
    pin.refresh_from_db()
    assert pin.title == GOOD["Titel"]


def test_the_number_of_another_event_is_another_card(event, editor):
    keeping.start_import(sheet=keep(event, editor, GOOD))
    other = keep(make_event(), editor, GOOD)
    assert states(other) == ["new"]


def test_twice_in_one_table(event, editor):
    sheet = keep(
        event,
        editor,
        GOOD,
        GOOD | {"Kartennummer": " e1-0001 "},
        GOOD | {"Titel": "Ganz etwas anderes"},
    )
    assert states(sheet) == ["new", "known", "wrong"]
    ((column, reason),) = reasons(sheet)
    assert column == "Kartennummer"
    assert "2" in reason


def test_a_double_click_imports_once(event, editor):
    sheet = keep(event, editor, GOOD)
    keeping.start_import(sheet=sheet)
    keeping.start_import(sheet=sheet)
    keeping.run_import(sheet)
    assert Pin.objects.count() == 1


def test_two_tables_with_the_same_card_give_one_contribution(event, editor):
    one, other = keep(event, editor, GOOD), keep(event, editor, GOOD)
    keeping.start_import(sheet=one)
    keeping.start_import(sheet=other)
    assert Pin.objects.count() == 1
    assert states(other) == ["known"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"Art": ""}, "Art"),
        ({"Art": "Beschwerde"}, "Art"),
        ({"Thema": "Sport"}, "Thema"),
        ({"Text": "zu kurz"}, "Text"),
        ({"Text": "x" * 4_001}, "Text"),
        ({"Text": "mit \x07 Zeichen, die man nicht sieht"}, "Text"),
        ({"Titel": "x" * 121}, "Titel"),
        ({"E-Mail": "keine Adresse"}, "E-Mail"),
        ({"Sprache": "fr"}, "Sprache"),
        ({"Kartennummer": "x" * 41}, "Kartennummer"),
        ({"Längengrad": "abc"}, "Längengrad"),
        ({"Breitengrad": ""}, "Breitengrad"),
        ({"Längengrad": "nan"}, "Längengrad"),
        ({"Längengrad": "8.9"}, "Längengrad"),
        ({"Längengrad": str(HERE.y), "Breitengrad": str(HERE.x)}, "Längengrad"),
        ({"Längengrad": "", "Breitengrad": ""}, "Adresse"),
        ({"Stadtteil": "Atlantis"}, "Stadtteil"),
    ],
)
def test_what_is_wrong_is_said_at_its_column(event, editor, change, column):
    sheet = keep(event, editor, GOOD | change)
    assert states(sheet) == ["wrong"]
    assert column in {name for name, _reason in reasons(sheet)}


def test_swapped_degrees_are_recognised(event, editor):
    swapped = {"Längengrad": str(HERE.y), "Breitengrad": str(HERE.x)}
    ((_column, reason),) = reasons(keep(event, editor, GOOD | swapped))
    assert "vertauscht" in reason


def without_degrees(**more):
    return GOOD | {"Längengrad": "", "Breitengrad": ""} | more


def test_metres_of_the_grid_with_decimal_commas(event, editor):
    grid = HERE.clone()
    grid.transform(25832)
    row = without_degrees(
        Ostwert=f"{grid.x:.3f}".replace(".", ","),
        Nordwert=f"{grid.y:,.3f}".translate(str.maketrans(",.", ".,")),
    )
    content = keep(event, editor, row).rows.get().content
    assert content["lon"] == pytest.approx(HERE.x, abs=1e-6)
    assert content["lat"] == pytest.approx(HERE.y, abs=1e-6)


@pytest.mark.parametrize("east", ["1e308", "inf", "7.76", "-5"])
def test_metres_that_are_none(event, editor, east):
    sheet = keep(event, editor, without_degrees(Ostwert=east, Nordwert="5477000"))
    assert [column for column, _ in reasons(sheet)] == ["Ostwert"]


def test_a_district_alone_stands_for_all_of_it(event, editor):
    sheet = keep(event, editor, without_degrees(Stadtteil="hohenecken"))
    keeping.start_import(sheet=sheet)
    pin = Pin.objects.get()
    assert pin.is_approximate
    assert "Hohenecken" in pin.place_note


@pytest.fixture
def streets(event):
    make_district(15, name="Dansenberg")
    here, there = point_in(16, 0.3), point_in(15, 0.3)
    replace_places(
        streets=[
            StreetRow("Hauptstraße", here.x, here.y),
            StreetRow("Hauptstraße", there.x, there.y),
            StreetRow("Brunnenweg", here.x, here.y),
        ],
        addresses=[AddressRow("Brunnenweg", "7a", "67661", HERE.x, HERE.y)],
    )


@pytest.mark.usefixtures("streets")
@pytest.mark.parametrize("words", ["Brunnenweg 7a", "brunnenweg 7 A, 67661"])
def test_an_address_however_it_is_spelt(event, editor, words):
    content = keep(event, editor, without_degrees(Adresse=words)).rows.get().content
    assert content["lon"] == pytest.approx(HERE.x)


@pytest.mark.usefixtures("streets")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Hauptstr.", "Dansenberg"),
        ("Brunenweg 7a", "Brunnenweg"),
        ("Brunnenweg 99", "Brunnenweg"),
        ("Nirgendwo 1", ""),
    ],
)
def test_an_unclear_address_comes_with_suggestions(event, editor, words, said):
    ((column, reason),) = reasons(keep(event, editor, without_degrees(Adresse=words)))
    assert column == "Adresse"
    assert said in reason


@pytest.mark.usefixtures("streets")
def test_the_district_tells_streets_of_one_name_apart(event, editor):
    row = without_degrees(Adresse="Hauptstraße", Stadtteil="Dansenberg")
    keeping.start_import(sheet=keep(event, editor, row))
    assert Pin.objects.get().district.number == 15


def test_taken_back_the_same_cards_can_be_imported_again(event, editor):
    sheet = keep(event, editor, GOOD | {"E-Mail": "kim@example.org"})
    keeping.start_import(sheet=sheet)

    assert keeping.undo_import(sheet=sheet) == 1

    assert not Pin.objects.exists()
    assert not Contact.objects.exists()
    again = keep(event, editor, GOOD)
    keeping.start_import(sheet=again)
    assert Pin.objects.count() == 1


def test_what_was_decided_on_is_not_taken_back(event, editor):
    sheet = keep(event, editor, GOOD)
    keeping.start_import(sheet=sheet)
    pin = Pin.objects.get()
    publish_pin(pin=pin, actor=make_moderator(), read=pin.words_digest)

    with pytest.raises(NotPossible):
        keeping.undo_import(sheet=sheet)

    assert PublicPin.objects.get().source == "card"


def test_an_import_that_died_goes_on_where_it_stopped(event, editor, monkeypatch):
    monkeypatch.setattr(keeping, "BATCH", 1)
    sheet = keep(
        event, editor, GOOD, GOOD | {"Kartennummer": "E1-2", "Titel": "Zwei!!"}
    )
    make = keeping._make_pins

    def die(*_args):
        monkeypatch.setattr(keeping, "_make_pins", broken)
        return make(*_args)

    def broken(*_args):
        raise RuntimeError

    monkeypatch.setattr(keeping, "_make_pins", die)
    with pytest.raises(RuntimeError):
        keeping.start_import(sheet=sheet)
    sheet.refresh_from_db()
    assert (sheet.state, Pin.objects.count()) == ("failed", 1)

    monkeypatch.setattr(keeping, "_make_pins", make)
    keeping.start_import(sheet=sheet)
    assert Pin.objects.count() == 2


def test_what_became_no_contribution_is_forgotten(event, editor):
    kept = keep(event, editor, GOOD, GOOD | {"Art": "x", "E-Mail": "kim@example.org"})
    keeping.start_import(sheet=kept)
    unused = keep(event, editor, GOOD | {"Titel": "Andere Bank"})
    old = timezone.now() - keeping.LIFETIME - datetime.timedelta(days=1)
    CardSheet.objects.update(created_at=old)

    assert keeping.empty_old_sheets(timezone.now() - keeping.LIFETIME) == 2

    assert not CardSheet.objects.filter(pk=unused.pk).exists()
    wrong = kept.rows.in_state(CardRow.State.WRONG).get()
    assert (wrong.content, wrong.problems) == ({}, [])
    assert Pin.objects.count() == 1


def test_what_is_forgotten_cannot_go_on(event, editor, client):
    sheet = keep(event, editor, GOOD)
    long_ago = timezone.now() - 2 * keeping.LIFETIME
    CardSheet.objects.update(state=CardSheet.State.FAILED, created_at=long_ago)
    keeping.empty_old_sheets(timezone.now() - keeping.LIFETIME)
    client.force_login(editor)

    assert 'value="import"' not in client.get(f"{URL}{sheet.pk}/").content.decode()
    assert client.post(f"{URL}{sheet.pk}/", {"action": "import"}).status_code == 409
    assert not Pin.objects.exists()


# --- Pages ----------------------------------------------------------------------------


def test_the_page_shows_each_row_with_what_is_wrong(event, editor, client):
    sheet = keep(event, editor, GOOD, GOOD | {"Kartennummer": "K2", "Art": "<b>x</b>"})
    client.force_login(editor)

    page = client.get(f"{URL}{sheet.pk}/?state=wrong").content.decode()

    assert "K2" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "E1-0001" not in page
    places = client.get(f"{URL}{sheet.pk}/places.geojson").json()
    assert [f["properties"]["row"] for f in places["features"]] == [2]
    file = client.get(f"{URL}{sheet.pk}/problems.xlsx").content
    rows = load_workbook(BytesIO(file)).worksheets[0].iter_rows(values_only=True)
    cells = [value for row in rows for value in row]
    assert "<b>x</b>" in cells


def test_import_and_undo_by_the_page(event, editor, client):
    sheet = keep(event, editor, GOOD)
    address = f"{URL}{sheet.pk}/"
    client.force_login(editor)

    assert client.post(address, {"action": "import"}).status_code == 302
    assert client.post(address, {"action": "import"}).status_code == 302
    assert Pin.objects.count() == 1
    assert client.post(address, {"action": "discard"}).status_code == 409
    told = client.get(address, headers={"Accept": "application/json"}).json()
    assert (told["done"], told["is_open"]) == (1, False)
    assert client.post(address, {"action": "undo"}).status_code == 302
    assert client.post(address, {"action": "undo"}).status_code == 409
    assert client.post(address, {"action": "import"}).status_code == 409
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("action", [None, "", "erase", "\0"])
def test_what_is_no_action_is_refused(event, editor, client, action):
    sheet = keep(event, editor, GOOD)
    client.force_login(editor)
    data = {} if action is None else {"action": action}
    assert client.post(f"{URL}{sheet.pk}/", data).status_code == 400


def test_a_file_that_is_no_table_comes_back_with_the_reason(event, editor, client):
    client.force_login(editor)
    file = BytesIO(b"%PDF-1.7")
    file.name = "karten\0.pdf"

    response = client.post(URL, {"event": event.pk, "file": file})

    assert response.status_code == 422
    assert "XLSX" in response.content.decode()
    assert not CardSheet.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"event": "x"}, {"event": "999999999999999999999"}]
)
def test_a_form_without_its_parts(editor, client, data):
    client.force_login(editor)
    assert client.post(URL, data).status_code == 422


def test_more_than_the_site_takes_is_refused(event, editor, client):
    client.force_login(editor)
    file = BytesIO(b"Art;Thema;Text\n" + b"x" * (6 * 1024 * 1024))
    file.name = "gross.csv"
    response = client.post(URL, {"event": event.pk, "file": file})
    assert response.status_code == 413
    assert not CardSheet.objects.exists()


def test_templates_can_be_sent_back(event, editor, client):
    client.force_login(editor)
    for extension in ("csv", "xlsx"):
        file = BytesIO(client.get(f"{URL}template.{extension}").content)
        file.name = f"karten.{extension}"
        client.post(URL, {"event": event.pk, "file": file})
        sheet = CardSheet.objects.first()
        # The second example lies in the true city, which this one is not.
        assert states(sheet)[0] == "new", reasons(sheet)


def test_only_the_office_comes_in(event, client):
    sheet = keep(event, make_user(), GOOD)
    paths = [URL, f"{URL}{sheet.pk}/", f"{URL}{sheet.pk}/places.geojson"]
    paths += [f"{URL}{sheet.pk}/problems.xlsx", f"{URL}template.csv"]
    for path in paths:
        assert client.get(path).status_code == 302
    client.force_login(make_moderator())
    for path in paths:
        assert client.get(path).status_code == 403
    assert client.post(f"{URL}{sheet.pk}/", {"action": "import"}).status_code == 403


def test_a_sheet_that_is_not_there(editor, client):
    client.force_login(editor)
    assert client.get(f"{URL}{uuid4()}/").status_code == 404
    assert client.get(f"{URL}x/").status_code == 404
    assert client.put(URL).status_code == 405


def test_taking_back_leaves_all_others(event, editor):
    sheet = keep(event, editor, GOOD)
    keeping.start_import(sheet=sheet)
    other = make_pin(visibility=Visibility.SUBMITTED)
    assert keeping.undo_import(sheet=sheet) == 1
    assert Pin.objects.get() == other
