"""Papers at their addresses: made at once, made by a job, and for whom."""

import datetime
from io import BytesIO
from uuid import uuid4

import docx
import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from procrastinate.contrib.django.models import ProcrastinateJob

from councils.models import Consultation, Matter, Membership, Paper, Sitting
from councils.papers import keeping
from councils.tasks import make_paper
from tests.factories import (
    make_body,
    make_consultation,
    make_district,
    make_item,
    make_member,
    make_pin,
    make_planner,
    make_sitting,
    make_user,
)
from tests.pages import text_of
from trust.register import erase_due

FORMULAS = ["=1+1+1", "+49 631", "-12345", "@SUM(A1)", "\tTabulator", "#DIV/0!"]
FILES = ["dossier.pdf", "dossier.xlsx", "agenda.docx"]
PROGRAM = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def west(db):
    body = make_body("Ortsbeirat West")
    make_district(16, name="Westdorf", body=body)
    make_district(17, name="Ostdorf", body=make_body("Ortsbeirat Ost"))
    return body


@pytest.fixture
def sitting(west):
    sitting = make_sitting(west, state=Sitting.State.INVITED)
    pin = make_pin(title="Ein sicherer Weg")
    item = make_item(sitting, pin.title)
    make_consultation(west, pin, item=item, outcome="endorsed")
    item.votes_for, item.votes_against, item.votes_abstained = 9, 4, 2
    item.save()
    make_item(sitting, "Kauf eines Grundstücks", is_public=False)
    return sitting


@pytest.fixture
def member(client, west):
    """A simple member: papers are for everyone at the desk."""
    user = make_member(west, role=Membership.Role.MEMBER)
    client.force_login(user)
    return user


@pytest.fixture
def large(sitting, monkeypatch):
    """The same sitting, as if it had more contributions than are set at once."""
    monkeypatch.setattr("councils.views.papers.AT_ONCE", 0)
    return sitting


def address(sitting, file="dossier.pdf"):
    return f"/desk/ortsbeirat-west/sittings/{sitting.pk}/{file}"


@pytest.mark.parametrize("file", FILES)
def test_members_take_papers(client, member, sitting, file):
    response = client.get(address(sitting, file))

    assert response.status_code == 200
    day = timezone.localtime(sitting.start).date().isoformat()
    name = f"ortsbeirat-west-{day}.{file.rpartition('.')[2]}"
    assert name in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("file", FILES)
def test_not_for_others(client, west, sitting, file):
    assert client.get(address(sitting, file)).status_code == 302

    client.force_login(make_user())
    assert client.get(address(sitting, file)).status_code == 404

    ended = make_member(west, "ended", valid_to=timezone.localdate())
    client.force_login(ended)
    assert client.get(address(sitting, file)).status_code == 404

    client.force_login(make_member(make_body("Ortsbeirat Süd")))
    assert client.get(address(sitting, file)).status_code == 404
    other = address(sitting, file).replace("ortsbeirat-west", "ortsbeirat-sud")
    assert client.get(other).status_code == 404


@pytest.mark.parametrize("file", FILES)
def test_head_makes_nothing(client, member, sitting, file, monkeypatch):
    monkeypatch.setattr("councils.views.papers.read_sitting", None)

    response = client.head(address(sitting, file))

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("wanted", ["yes", "2", "%00"])
def test_an_unknown_variant_is_refused(client, member, sitting, file, wanted):
    response = client.get(f"{address(sitting, file)}?public={wanted}")

    assert response.status_code == 400
    assert response.json()["detail"]


@pytest.mark.parametrize("sitting_id", ["0", "99999999999999999999999", "-1", "x"])
def test_no_such_sitting(client, member, sitting_id):
    url = f"/desk/ortsbeirat-west/sittings/{sitting_id}/dossier.pdf"
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("file", FILES)
def test_only_read(client, member, sitting, file):
    assert client.post(address(sitting, file)).status_code == 405


def test_one_contribution(client, member, west):
    mine, other = make_pin(), make_pin(district=17)
    hidden = make_pin(visibility="hidden")

    found = client.get(f"/desk/ortsbeirat-west/{mine.reference}/dossier.pdf?public=1")
    assert found.content.startswith(b"%PDF")
    assert f"{mine.reference}-public.pdf" in found["Content-Disposition"]
    for gone in (other.reference, hidden.reference, "KL-2026-99999"):
        url = f"/desk/ortsbeirat-west/{gone}/dossier.pdf"
        assert client.get(url).status_code == 404
    url = f"/desk/ortsbeirat-west/{mine.reference}/dossier.pdf"
    assert client.get(f"{url}?public=yes").status_code == 400


@pytest.mark.parametrize(
    ("broken", "value"),
    [
        ("councils.papers.typesetting.__name__", "no.such.module"),
        ("councils.papers.pdf.ROOT", "/no/such/folder"),
        ("councils.papers.pdf.PATIENCE", 0),
    ],
)
def test_a_typesetter_that_fails_is_told(
    client, member, sitting, monkeypatch, broken, value
):
    monkeypatch.setattr(broken, value)

    response = client.get(address(sitting))

    assert response.status_code == 503
    assert response.json()["detail"]


def test_what_the_typesetter_says_is_logged(
    client, member, sitting, monkeypatch, caplog
):
    monkeypatch.setenv("PYTHONWARNINGS", "nonsense")

    response = client.get(address(sitting))

    assert response.content.startswith(b"%PDF")
    assert "The typesetter said: Invalid -W option" in caplog.text


def test_the_sittings_page_leads_to_its_papers(client, member, sitting):
    page = client.get(f"/desk/ortsbeirat-west/sittings/{sitting.pk}/").content.decode()

    for file in FILES:
        assert f'href="{address(sitting, file)}"' in page
        assert f'href="{address(sitting, file)}?public=1"' in page


def test_the_list_leads_to_its_files(client, member, sitting):
    page = client.get("/desk/ortsbeirat-west/?tab=all&kind=problem").content.decode()

    link = "/desk/ortsbeirat-west/pins.gpkg?tab=all&amp;tab=all&amp;kind=problem"
    assert link in page


# --- Spreadsheet and document -----------------------------------------------------------


def sheets_of(client, sitting, **query):
    response = client.get(address(sitting, "dossier.xlsx"), query)
    return openpyxl.load_workbook(BytesIO(response.content))


def test_the_spreadsheet_has_agenda_contributions_and_votes(client, member, sitting):
    book = sheets_of(client, sitting)

    about, agenda, pins, _advice = book.worksheets
    assert about["B4"].is_date
    assert [cell.value for cell in agenda["B"]][1:] == [
        "Ein sicherer Weg",
        "Kauf eines Grundstücks",
    ]
    assert [agenda.cell(2, column).value for column in (8, 9, 10)] == [9, 4, 2]
    assert pins["F2"].value == "Ein sicherer Weg"
    assert pins["K2"].is_date


def test_the_public_spreadsheet_leaves_out_what_is_internal(client, member, sitting):
    _about, agenda, _pins, _advice = sheets_of(client, sitting, public="1").worksheets

    assert [cell.value for cell in agenda["B"]][1:] == ["Ein sicherer Weg"]
    assert agenda.cell(2, 8).value is None


def test_the_spreadsheet_says_what_others_have_said(client, member, west, sitting):
    asked = Consultation.objects.get(item__sitting=sitting)
    others = make_sitting(
        make_body("Ortsbeirat Süd"), days=-3, state=Sitting.State.HELD
    )
    item = make_item(others, asked.matter.title)
    make_consultation(
        others.body,
        matter=asked.matter,
        item=item,
        outcome="not_endorsed",
        reason="Zu teuer.",
        decided_at=others.start,
    )

    for public in ("", "1"):
        advice = sheets_of(client, sitting, public=public).worksheets[3]
        rows = [[cell.value for cell in row] for row in advice.iter_rows(min_row=2)]
        (row,) = rows
        assert row[:3] == [1, "Ein sicherer Weg", "Ortsbeirat Süd"]
        assert "Zu teuer." in row


def test_no_text_becomes_a_formula(client, member, west):
    sitting = make_sitting(west, place="=HYPERLINK(1)")
    for title in [*FORMULAS, "Klingel\ufffe"]:
        pin = make_pin(title=title)
        make_consultation(west, pin, item=make_item(sitting, title))

    book = sheets_of(client, sitting)

    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    titles = [cell.value for cell in book.worksheets[1]["B"]][1:]
    assert titles == [*FORMULAS, "Klingel"]


def document_of(client, sitting, **query):
    response = client.get(address(sitting, "agenda.docx"), query)
    return docx.Document(BytesIO(response.content))


def headings_of(document):
    return [
        paragraph.text
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]


def test_the_agenda_has_headings_and_a_table_of_votes(client, member, sitting):
    document = document_of(client, sitting)

    headings = headings_of(document)
    assert any("Ein sicherer Weg" in heading for heading in headings)
    assert any("Kauf eines Grundstücks" in heading for heading in headings)
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells][3:] == ["9", "4", "2"]


def test_a_matter_without_contributions_brings_its_own_words(client, member, west):
    """What a submission on the concept lays before a body: its draft and its page."""
    sitting = make_sitting(west, state=Sitting.State.INVITED)
    for text, path in (("Die Ziele gelten.", "/insek/submissions/1/"), ("Nur so.", "")):
        matter = Matter.objects.create(title="Ziele", text=text, path=path)
        item = make_item(sitting, matter.title)
        make_consultation(west, matter=matter, item=item)

    for public in ("", "1"):
        found = document_of(client, sitting, public=public).paragraphs
        lines = [paragraph.text for paragraph in found]
        for text in ("Die Ziele gelten.", "Nur so."):
            assert lines[lines.index(text) - 1] == "Beschlussvorschlag"
        assert [line for line in lines if "/insek/submissions/1/" in line] == [
            "Seite: http://testserver/insek/submissions/1/"
        ]
        agenda = sheets_of(client, sitting, public=public).worksheets[1]
        cells = {cell.value for row in agenda.iter_rows() for cell in row}
        assert {"Die Ziele gelten.", "Nur so."} <= cells


def test_the_agenda_gives_the_words_of_a_result(client, member, sitting):
    item = sitting.items.get(order=1)
    item.resolution_text = "Der Weg wird gebaut."
    item.save()
    Consultation.objects.filter(item=item).update(
        reason="Er ist\r\nnötig.\n\n\n\nSehr."
    )

    paragraphs = [p.text for p in document_of(client, sitting).paragraphs]

    resolution, reason = (
        paragraphs.index("Der Weg wird gebaut."),
        paragraphs.index("Er ist\nnötig."),
    )
    assert paragraphs[resolution - 1] == "Beschluss"
    assert paragraphs[reason - 1] == "Begründung"
    # An empty paragraph is none.
    assert paragraphs[reason + 1] == "Sehr."


def test_the_public_agenda_leaves_out_what_is_internal(client, member, sitting):
    text = "\n".join(
        paragraph.text
        for paragraph in document_of(client, sitting, public="1").paragraphs
    )

    assert "Ein sicherer Weg" in text
    assert "Kauf eines Grundstücks" not in text


def test_an_empty_agenda_is_a_document_too(client, member, west):
    document = document_of(client, make_sitting(west))

    assert len(headings_of(document)) == 1
    assert not document.tables


def test_the_offices_template_is_used(client, member, sitting, settings, tmp_path):
    template = docx.Document()
    template.add_paragraph("Stadt Musterstadt – Briefkopf")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    template.styles["Normal"].element.get_or_add_rPr().append(language)
    template.save(str(tmp_path / "agenda.docx"))
    settings.AGENDA_TEMPLATE = tmp_path / "agenda.docx"

    document = document_of(client, sitting)

    assert document.paragraphs[0].text == "Stadt Musterstadt – Briefkopf"
    languages = document.styles["Normal"].element.rPr.findall(qn("w:lang"))
    assert [found.get(qn("w:val")) for found in languages] == ["de-DE"]


def test_a_template_without_the_usual_styles(
    client, member, sitting, settings, tmp_path
):
    template = docx.Document()
    for name in ("Heading 1", "Heading 2", "Heading 3", "Table Grid"):
        style = template.styles[name].element
        style.getparent().remove(style)
    template.save(str(tmp_path / "agenda.docx"))
    settings.AGENDA_TEMPLATE = tmp_path / "agenda.docx"
    sitting.items.filter(order=1).update(resolution_text="Der Weg wird gebaut.")

    document = document_of(client, sitting)

    titles = [p for p in document.paragraphs if "Ein sicherer Weg" in p.text]
    assert all(run.bold for paragraph in titles for run in paragraph.runs)
    assert any("Der Weg wird gebaut." in p.text for p in document.paragraphs)
    assert len(document.tables) == 1


@pytest.mark.parametrize("content", [None, b"no document"])
def test_a_broken_template_keeps_nobody_waiting(
    client, member, sitting, settings, tmp_path, content
):
    settings.AGENDA_TEMPLATE = tmp_path / "agenda.docx"
    if content is not None:
        settings.AGENDA_TEMPLATE.write_bytes(content)

    assert headings_of(document_of(client, sitting))


def test_characters_that_no_document_can_hold(client, member, west):
    sitting = make_sitting(west, place="Saal\x0bzwei")
    make_item(sitting, "Frage\x07stunde", resolution_text="Erstens\x1f\n\nZweitens")

    text = [paragraph.text for paragraph in document_of(client, sitting).paragraphs]

    assert any("Fragestunde" in line for line in text)
    assert {"Erstens", "Zweitens"} <= set(text)


# --- Papers that a job makes ------------------------------------------------------------


def test_a_large_dossier_is_made_by_a_job(
    client, member, large, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = client.get(address(large))

    paper = Paper.objects.get()
    assert response.status_code == 202
    assert response["Location"] == f"/desk/ortsbeirat-west/papers/{paper.pk}"
    assert response.json()["total"] == 1
    job = ProcrastinateJob.objects.get(task_name="councils.tasks.make_paper")
    assert job.args == {"paper_id": str(paper.pk)}

    keeping.make_paper(paper.pk)

    told = client.get(response["Location"], headers=PROGRAM)
    assert (told.status_code, told.json()["state"]) == (200, "ready")
    file = client.get(told.json()["file"])
    assert file.getvalue().startswith(b"%PDF")
    assert "no-store" in file["Cache-Control"]


def test_people_are_led_to_a_page(client, member, large):
    response = client.get(address(large), headers=BROWSER)
    assert response.status_code == 302

    page = client.get(response["Location"], headers=BROWSER)
    assert page.status_code == 200
    assert b'http-equiv="refresh"' in page.content

    keeping.make_paper(Paper.objects.get().pk)
    page = client.get(response["Location"], headers=BROWSER)
    assert b'http-equiv="refresh"' not in page.content
    assert f"{response['Location']}.pdf" in page.content.decode()


def test_asked_for_twice_it_is_one_paper(client, member, large):
    addresses = {client.get(address(large))["Location"] for _ in range(2)}
    public = client.get(f"{address(large)}?public=1")["Location"]

    assert len(addresses) == 1
    assert public not in addresses
    assert Paper.objects.count() == 2


def test_head_asks_for_none(client, member, large):
    assert client.head(address(large)).status_code == 202
    assert not Paper.objects.exists()


def test_only_who_asked_may_fetch_it(client, member, west, large):
    location = client.get(address(large))["Location"]
    keeping.make_paper(Paper.objects.get().pk)

    colleague = make_member(west, "colleague")
    for user in (colleague, make_planner(), make_user()):
        client.force_login(user)
        assert client.get(location).status_code == 404
        assert client.get(f"{location}.pdf").status_code == 404
        assert client.post(location).status_code == 404


def test_without_the_seat_it_is_gone(client, member, large):
    location = client.get(address(large))["Location"]
    Membership.objects.update(valid_to=timezone.localdate())

    assert client.get(location).status_code == 404


def test_the_file_is_there_when_it_is_ready(client, member, large):
    location = client.get(address(large))["Location"]
    assert client.get(f"{location}.pdf").status_code == 404

    keeping.make_paper(Paper.objects.get().pk)
    default_storage.delete(Paper.objects.get().file.name)
    assert client.get(f"{location}.pdf").status_code == 404


def test_a_paper_that_failed_says_so_and_can_be_made_again(
    client, member, large, monkeypatch
):
    location = client.get(address(large))["Location"]
    paper = Paper.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr("councils.papers.typesetting.__name__", "no.such.module")
        with pytest.raises(Exception, match="typesetter"):
            keeping.make_paper(paper.pk)

    page = client.get(location, headers=BROWSER)
    assert "<form" in page.content.decode()
    assert client.get(location, headers=PROGRAM).json()["state"] == "failed"

    assert client.post(location).status_code == 302
    keeping.make_paper(paper.pk)
    assert client.get(location, headers=PROGRAM).json()["state"] == "ready"


def test_a_job_that_went_astray_is_a_failure(client, member, large):
    location = client.get(address(large))["Location"]
    Paper.objects.update(
        state=Paper.State.RUNNING,
        created_at=timezone.now() - keeping.PATIENCE - datetime.timedelta(seconds=1),
    )

    assert client.get(location, headers=PROGRAM).json()["state"] == "failed"
    assert client.get(address(large))["Location"] != location


def test_made_once(member, client, large):
    client.get(address(large))
    paper = Paper.objects.get()
    keeping.make_paper(paper.pk)
    first = Paper.objects.get().file.name

    keeping.make_paper(paper.pk)
    client.post(f"/desk/ortsbeirat-west/papers/{paper.pk}")

    assert Paper.objects.get().file.name == first


def test_no_such_paper(client, member):
    for name in (uuid4(), "nonsense", "1"):
        assert client.get(f"/desk/ortsbeirat-west/papers/{name}").status_code == 404


def test_papers_are_erased_after_a_day(client, member, large):
    location = client.get(address(large))["Location"]
    keeping.make_paper(Paper.objects.get().pk)
    name = Paper.objects.get().file.name
    yesterday = timezone.now() - keeping.LIFETIME
    Paper.objects.update(created_at=yesterday - datetime.timedelta(seconds=1))

    assert client.get(location).status_code == 404
    assert keeping.erase_papers(yesterday) == 1
    assert not default_storage.exists(name)
    assert not Paper.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_jobs_do_the_same(client, member, large):
    client.get(address(large))
    paper = Paper.objects.get()

    make_paper(paper_id=str(paper.pk))
    assert Paper.objects.get().state == Paper.State.READY

    Paper.objects.update(created_at=timezone.now() - 2 * keeping.LIFETIME)
    assert erase_due(["papers"], dry_run=False) == {"papers": 1}
    assert not Paper.objects.exists()


def test_a_paper_of_no_sitting_cannot_be_made(member, west):
    paper = Paper.objects.create(
        body=west, format="pdf", language="de", requested_by=member
    )

    with pytest.raises(ValueError, match="no sitting"):
        keeping.make_paper(paper.pk)
    assert Paper.objects.get().state == Paper.State.FAILED


def test_files_without_a_paper_are_erased(member, client, large):
    client.get(address(large))
    keeping.make_paper(Paper.objects.get().pk)
    name = Paper.objects.get().file.name
    Paper.objects.all().delete()

    later = timezone.now() + datetime.timedelta(minutes=1)
    assert keeping.erase_papers(timezone.now() - keeping.LIFETIME) == 0
    assert keeping.erase_papers(later, dry_run=True) >= 1
    assert default_storage.exists(name)
    assert keeping.erase_papers(later) >= 1
    assert not default_storage.exists(name)


def test_what_is_erased_while_it_is_made_leaves_no_file(
    client, member, large, monkeypatch
):
    client.get(address(large))
    paper = Paper.objects.get()

    def make(content, report):
        Paper.objects.all().delete()
        return b"%PDF"

    monkeypatch.setattr(keeping, "make_dossier", make)
    folder = keeping.FOLDER
    before = _files(folder)
    keeping.make_paper(paper.pk)

    assert _files(folder) == before


def _files(folder):
    if not default_storage.exists(folder):
        return set()
    _folders, files = default_storage.listdir(folder)
    return set(files)


def test_the_page_counts_what_is_done(client, member, large, monkeypatch):
    location = client.get(address(large))["Location"]
    monkeypatch.setattr(keeping, "STEP", 1)
    seen = []

    def make(content, report):
        report(1)
        seen.append(client.get(location, headers=PROGRAM).json())
        return b"%PDF"

    monkeypatch.setattr(keeping, "make_dossier", make)
    keeping.make_paper(Paper.objects.get().pk)

    assert (seen[0]["state"], seen[0]["done"], seen[0]["total"]) == ("running", 1, 1)
    assert "1" in text_of(client.get(location, headers=BROWSER))
