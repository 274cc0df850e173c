"""Files of staff go through the operator's scanner for viruses: a small one, on this machine."""

import logging
import socket
import struct
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.documents.forms import get_document_form
from wagtail.models import Collection

from insek.pages.models import PageDocument
from tests.factories import make_body, make_member, make_sitting, make_user
from trust.checks import scanner_has_an_address
from trust.scanning import refuse_infected

# The test of the scanners' makers, in two parts: else they would find it in this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n" + b"x" * 200_000


class Scanner(threading.Thread):
    """Speaks clamd's INSTREAM: chunks with their length in front, an empty one at the end."""

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(daemon=True)
        self.listening = listening
        self.most = 10**9
        self.says, self.ends = b"", b"\0"
        self.heard: list[bytes] = []

    def run(self) -> None:
        while True:
            try:
                wire, _address = self.listening.accept()
            except OSError:
                return
            with wire, wire.makefile("rb") as lines:
                assert lines.read(10) == b"zINSTREAM\0"
                wire.sendall((self.says or self.judge(lines)) + self.ends)

    def judge(self, lines) -> bytes:
        content = b""
        while length := struct.unpack("!L", lines.read(4))[0]:
            content += lines.read(length)
            if len(content) > self.most:
                return b"INSTREAM size limit exceeded. ERROR"
        self.heard.append(content)
        return b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"


@pytest.fixture(params=["unix", "tcp"])
def scanner(request, settings, tmp_path_factory):
    if request.param == "unix":
        path = tmp_path_factory.mktemp("clamd") / "ctl"
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(path))
        settings.CLAMD = f"unix://{path}"
    else:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        settings.CLAMD = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    listening.listen()
    running = Scanner(listening)
    running.start()
    yield running
    # Wakes the thread, which closing alone does not.
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    running.join()


def codes_of(file):
    try:
        refuse_infected(file)
    except ValidationError as error:
        return error.code
    return None


def test_a_clean_file_is_taken_and_can_be_read(scanner):
    file = ContentFile(PDF, name="a.pdf")
    file.read(5)

    assert codes_of(file) is None
    assert file.read() == PDF
    assert scanner.heard == [PDF]


def test_a_virus_is_refused_by_its_name(scanner, caplog):
    with pytest.raises(ValidationError) as refused, caplog.at_level(logging.WARNING):
        refuse_infected(ContentFile(PDF + EICAR))

    assert refused.value.code == "infected"
    assert "Eicar-Signature" in refused.value.messages[0]
    assert "Eicar-Signature" in caplog.text


def test_an_empty_file_is_asked_about_too(scanner):
    assert codes_of(ContentFile(b"")) is None
    assert scanner.heard == [b""]


@pytest.mark.parametrize(
    "says", [b"", b"UNKNOWN COMMAND", b"stream: Can't allocate memory ERROR", b"\xff"]
)
def test_whatever_else_it_says_no_file_is_taken(scanner, says):
    scanner.most, scanner.says = 1000, says

    assert codes_of(ContentFile(PDF)) == "scanner_silent"


def test_half_an_answer_is_none(scanner):
    scanner.says, scanner.ends = b"stream: O", b""

    assert codes_of(ContentFile(b"")) == "scanner_silent"


@pytest.mark.parametrize(
    "address",
    ["unix:///nowhere/clamd.ctl", "tcp://127.0.0.1:1", "tcp://127.0.0.1:99999"],
)
def test_where_none_answers_no_file_is_taken(settings, caplog, address):
    settings.CLAMD = address
    file = ContentFile(PDF)

    assert codes_of(file) == "scanner_silent"
    assert file.read(4) == b"%PDF"
    assert "Scanner" in caplog.text


def test_without_one_nothing_is_asked(settings):
    settings.CLAMD = ""
    assert codes_of(ContentFile(EICAR)) is None


@pytest.fixture
def papers(db):
    body = make_body("Ortsbeirat West")
    client = Client()
    client.force_login(make_member(body))
    sitting = make_sitting(body)
    address = f"/desk/{body.slug}/sittings/{sitting.pk}/papers"

    def send(content):
        file = SimpleUploadedFile("Einladung.pdf", content)
        return client.post(address, {"invitation": file}), sitting

    return send


@pytest.mark.parametrize("scanner", ["unix"], indirect=True)
def test_the_papers_of_a_sitting(scanner, papers):
    page, sitting = papers(b"%PDF-1.7 " + EICAR)

    assert page.status_code == 422
    assert "Eicar-Signature" in page.context["form"].errors["invitation"][0]
    sitting.refresh_from_db()
    assert not sitting.invitation

    answer, sitting = papers(PDF)
    assert answer.status_code == 302
    sitting.refresh_from_db()
    with sitting.invitation.open() as kept:
        assert kept.read() == PDF


def test_and_where_the_scanner_is_down(settings, papers):
    settings.CLAMD = "unix:///nowhere/clamd.ctl"

    page, sitting = papers(PDF)

    assert page.status_code == 422
    assert page.context["form"].errors["invitation"]
    sitting.refresh_from_db()
    assert not sitting.invitation


@pytest.mark.parametrize("scanner", ["unix"], indirect=True)
@pytest.mark.parametrize("is_clean", [True, False])
def test_documents_of_pages(db, scanner, is_clean):
    writer = make_user("redaktion", is_superuser=True)
    data = {"title": "Programm", "collection": Collection.get_first_root_node().pk}
    content = PDF if is_clean else PDF + EICAR
    file = SimpleUploadedFile("Programm.pdf", content)

    form = get_document_form(PageDocument)(data, {"file": file}, user=writer)

    assert ("file" in form.errors) is not is_clean


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        *(("", True), ("unix:///run/clamav/clamd.ctl", True)),
        *(("tcp://127.0.0.1:3310", True), ("tcp://scanner", True)),
        *(("/run/clamav/clamd.ctl", False), ("unix://clamd.ctl", False)),
        *(("tcp://", False), ("http://127.0.0.1:3310", False)),
        *(("tcp://127.0.0.1:99999", False), ("tcp://127.0.0.1:x", False)),
    ],
)
def test_the_address_of_a_scanner(settings, address, is_good):
    settings.CLAMD = address
    assert (scanner_has_an_address() == []) is is_good
